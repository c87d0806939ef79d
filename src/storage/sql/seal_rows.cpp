#include "storage/sql/seal_rows.h"

#include <unordered_map>

#include <fmt/format.h>

namespace understudy::storage {
namespace {

using money::Check;
using money::Seal;

void complain(Check& check, std::string sentence) {
  if (check.broken.size() < money::kBrokenMax) check.broken.push_back(std::move(sentence));
}

// Goes through the seals with the tree as it was at each.
class Replay {
 public:
  Replay(const std::vector<Seal>& seals, Check& check) : seals_(seals), check_(check) {}

  // Rows come by seal and wallet.
  void take(std::int64_t number, const std::string& wallet_id, std::int64_t seq,
            std::string_view entry_hash) {
    close_until(number);
    if (next_ >= seals_.size() || seals_[next_].number != number) {
      complain(check_,
               fmt::format("wallet {} is in seal {}, which is not there", wallet_id, number));
      return;
    }
    if (entry_hash.empty()) {
      complain(check_, fmt::format("entry {} of wallet {}, in seal {}, is not there", seq,
                                   wallet_id, number));
    }
    Place& place = places_.try_emplace(wallet_id, Place{.index = tree_.size()}).first->second;
    if (seq <= place.seq) {
      complain(check_, fmt::format("wallet {} did not go on in seal {}", wallet_id, number));
    }
    place.seq = seq;
    tree_.set(place.index, money::seal_leaf(wallet_id, seq, entry_hash));
  }

  // Compares every seal before this number with the tree.
  void close_until(std::int64_t number) {
    for (; next_ < seals_.size() && seals_[next_].number < number; ++next_) compare(seals_[next_]);
  }

 private:
  struct Place {
    std::size_t index = 0;
    std::int64_t seq = 0;
  };

  void compare(const Seal& seal) {
    std::string_view wrong;
    if (seal.number != last_number_ + 1) {
      wrong = "does not follow the one before it";
    } else if (seal.previous != last_hash_) {
      wrong = "does not name the hash before it";
    } else if (seal.wallets != static_cast<std::int64_t>(tree_.size())) {
      wrong = "counts other wallets";
    } else if (tree_.size() == 0 || money::bytes_of(tree_.root()) != seal.root) {
      wrong = "does not have the root of its entries";
    } else if (seal.hash != money::seal_hash(seal)) {
      wrong = "does not have the hash of its facts";
    }
    if (!wrong.empty()) complain(check_, fmt::format("seal {} {}", seal.number, wrong));
    last_number_ = seal.number;
    last_hash_ = seal.hash;
  }

  const std::vector<Seal>& seals_;
  Check& check_;
  std::size_t next_ = 0;
  std::int64_t last_number_ = 0;
  std::string last_hash_;
  money::SealTree tree_;
  std::unordered_map<std::string, Place> places_;
};

}  // namespace

Seal seal_of(const Row& row) {
  Columns columns(row);
  Seal seal;
  seal.number = columns.integer();
  seal.wallets = columns.integer();
  seal.root = columns.text();
  seal.previous = columns.text();
  seal.hash = columns.text();
  seal.signature = columns.text();
  seal.created_at_ms = columns.integer();
  return seal;
}

Result<Check> check_seals(Connection& connection) {
  static const std::string kAll = std::string(kSelectSeal) + "ORDER BY number";
  TRY_ASSIGN(const auto seals, connection.all(kAll, {}, seal_of));
  Check check{.name = "I13",
              .rule = "The seals follow each other, and each recomputes from the entries",
              .looked_at = static_cast<std::int64_t>(seals.size()),
              .broken = {}};
  Replay replay(seals, check);
  TRY(connection.query(
      "SELECT seal, wallet_id, seal_wallet.seq, entry.hash FROM seal_wallet "
      "LEFT JOIN entry ON entry.account_id = wallet_id AND entry.seq = seal_wallet.seq "
      "ORDER BY seal, wallet_id",
      {}, [&](const Row& row) {
        replay.take(row.integer(0), std::string(row.text(1)), row.integer(2), row.text(3));
      }));
  replay.close_until(money::kNever);
  return check;
}

}  // namespace understudy::storage
