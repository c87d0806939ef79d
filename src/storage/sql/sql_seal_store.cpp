#include "base/ed25519.h"
#include "storage/sql/seal_rows.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using money::Seal;
using money::SealProof;

struct WalletEnd {
  std::string wallet_id;
  std::int64_t seq = 0;
  std::string hash;
  std::int64_t sealed_seq = 0;  // in the seal before; 0: the wallet is new
};

// A seal, and the wallets that went on since the one before.
struct Sealing {
  Seal seal;
  std::vector<WalletEnd> changed;
};

Result<std::optional<Seal>> newest_seal(Connection& connection) {
  static const std::string kSql = std::string(kSelectSeal) + "ORDER BY number DESC LIMIT 1";
  return connection.first(kSql, {}, seal_of);
}

// The wallets in the order of their leaves.
Result<std::vector<WalletEnd>> ends(Connection& connection) {
  return connection.all(
      "SELECT id, last_seq, last_hash, coalesce((SELECT seq FROM seal_wallet WHERE wallet_id ="
      " wallet.id ORDER BY seal DESC LIMIT 1), 0) AS sealed_seq, coalesce((SELECT min(seal) FROM"
      " seal_wallet WHERE wallet_id = wallet.id), 9223372036854775807) AS first_seal "
      "FROM wallet WHERE last_seq > 0 ORDER BY first_seal, id",
      {}, [](const Row& row) {
        Columns columns(row);
        WalletEnd end;
        end.wallet_id = columns.text();
        end.seq = columns.integer();
        end.hash = columns.text();
        end.sealed_seq = columns.integer();
        return end;
      });
}

Result<std::optional<Sealing>> compute(Connection& connection, std::int64_t min_age_ms,
                                       std::int64_t now_ms) {
  TRY_ASSIGN(const auto before, newest_seal(connection));
  if (before && now_ms - before->created_at_ms < min_age_ms) return std::nullopt;
  TRY_ASSIGN(auto wallets, ends(connection));
  Sealing made;
  money::SealTree tree;
  for (auto& end : wallets) {
    tree.set(tree.size(), money::seal_leaf(end.wallet_id, end.seq, end.hash));
    if (end.seq != end.sealed_seq) made.changed.push_back(std::move(end));
  }
  if (made.changed.empty()) return std::nullopt;
  made.seal.number = before ? before->number + 1 : 1;
  made.seal.wallets = static_cast<std::int64_t>(tree.size());
  made.seal.root = money::bytes_of(tree.root());
  if (before) made.seal.previous = before->hash;
  made.seal.created_at_ms = now_ms;
  made.seal.hash = money::seal_hash(made.seal);
  return made;
}

// False when another server was faster.
Result<bool> insert(Connection& connection, const Sealing& made) {
  const Seal& seal = made.seal;
  TRY_ASSIGN(const auto newest, newest_seal(connection));
  if ((newest ? newest->number : 0) + 1 != seal.number) return false;
  TRY(connection.execute(
      "INSERT INTO seal (number, wallets, root, previous, hash, signature, created_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {seal.number, seal.wallets, Bytes{seal.root}, Bytes{seal.previous}, Bytes{seal.hash},
       Bytes{seal.signature}, seal.created_at_ms}));
  for (const WalletEnd& end : made.changed) {
    TRY(connection.execute("INSERT INTO seal_wallet (wallet_id, seal, seq) VALUES ($1, $2, $3)",
                           {end.wallet_id, seal.number, end.seq}));
  }
  return true;
}

Result<SealProof> prove_in(Connection& connection, std::int64_t number,
                           std::string_view wallet_id) {
  static const std::string kOne = std::string(kSelectSeal) + "WHERE number = $1";
  TRY_ASSIGN(const auto seal, connection.first(kOne, {number}, seal_of));
  if (!seal) return fail(ErrorCode::not_found, "There is no seal with this number.", "number");
  SealProof proof{.seal = *seal, .wallet_id = std::string(wallet_id)};
  money::SealTree tree;
  TRY(connection.query(
      "SELECT ends.wallet_id, ends.seq, entry.hash FROM (SELECT wallet_id, max(seq) AS seq,"
      " min(seal) AS first_seal FROM seal_wallet WHERE seal <= $1 GROUP BY wallet_id) AS ends "
      "JOIN entry ON entry.account_id = ends.wallet_id AND entry.seq = ends.seq "
      "ORDER BY first_seal, ends.wallet_id",
      std::vector<Parameter>{number}, [&](const Row& row) {
        const std::string_view id = row.text(0);
        if (id == wallet_id) {
          proof.index = static_cast<std::int64_t>(tree.size());
          proof.seq = row.integer(1);
          proof.entry_hash = row.text(2);
        }
        tree.set(tree.size(), money::seal_leaf(id, row.integer(1), row.text(2)));
      }));
  if (proof.seq == 0) {
    return fail(ErrorCode::not_found, "The wallet had no entry when this seal was made.", "number");
  }
  proof.path = tree.path(static_cast<std::size_t>(proof.index));
  return proof;
}

class SqlSealStore final : public money::SealStore {
 public:
  explicit SqlSealStore(Database& database) : database_(database) {}

  Result<std::optional<Seal>> seal(std::string_view seed, std::int64_t min_age_ms,
                                   std::int64_t now_ms) override {
    TRY_ASSIGN(auto made, database_.read_snapshot([&](Connection& connection) {
      return compute(connection, min_age_ms, now_ms);
    }));
    if (!made) return std::nullopt;
    made->seal.signature = ed25519_sign(seed, made->seal.hash);
    const auto is_kept =
        database_.write([&](Connection& connection) { return insert(connection, *made); });
    const bool is_taken = is_kept ? !*is_kept : is_kept.error().code == ErrorCode::conflict;
    if (is_taken) return std::nullopt;
    if (!is_kept) return tl::make_unexpected(is_kept.error());
    return std::move(made->seal);
  }

  Result<std::vector<Seal>> list(std::int64_t before_number, int limit) override {
    static const std::string kSql =
        std::string(kSelectSeal) + "WHERE number < $1 ORDER BY number DESC LIMIT $2";
    return database_.read([&](Connection& connection) {
      return connection.all(kSql, {before_number, limit}, seal_of);
    });
  }

  Result<SealProof> prove(std::int64_t number, std::string_view wallet_id) override {
    return database_.read_snapshot(
        [&](Connection& connection) { return prove_in(connection, number, wallet_id); });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<money::SealStore> make_seal_store(Database& database) {
  return std::make_unique<SqlSealStore>(database);
}

}  // namespace understudy::storage
