// Seals of the ledger: from time to time the ends of all wallets' chains become the leaves of a
// Merkle tree, and its root is signed. Each seal names the one before it. Whoever keeps a seal's
// hash outside of the database can tell later that nothing before it was rewritten, also by someone
// who could recompute every chain; and a wallet's owner can be shown, by a few hashes, that a seal
// has the wallet's last entry without seeing anybody else's.
//
// The tree is that of RFC 6962 (leaves H(0 || leaf), nodes H(1 || left || right)). A wallet keeps
// its place: the order is that of the first seal it was in, then of the wallets' ids.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "money/ledger_store.h"

namespace understudy::money {

struct Seal {
  std::int64_t number = 0;    // 1, 2, 3 ...
  std::int64_t wallets = 0;   // leaves: wallets that have entries
  std::string root = {};      // 32 bytes, as the hashes below
  std::string previous = {};  // the hash of the seal before; empty in the first
  std::string hash = {};
  std::string signature = {};  // of `hash`, by the installation's key (base/ed25519.h)
  std::int64_t created_at_ms = 0;
};

// What the seal's hash covers: everything but the hash itself and its signature.
std::string seal_hash(const Seal& seal);

// Of the wallet's entry `seq`, whose hash is `entry_hash`.
Sha256 seal_leaf(std::string_view wallet_id, std::int64_t seq, std::string_view entry_hash);

class SealTree {
 public:
  std::size_t size() const { return levels_.empty() ? 0 : levels_.front().size(); }
  // Changes the leaf at `index`, or adds it when `index` is size().
  void set(std::size_t index, const Sha256& leaf);
  Sha256 root() const;                                // of a tree with leaves
  std::vector<Sha256> path(std::size_t index) const;  // what leads from the leaf to the root

 private:
  std::vector<std::vector<Sha256>> levels_;  // leaves first
};

// Whether the path leads from this leaf of a tree of `size` leaves to the root.
bool leads_to_root(const Sha256& leaf, std::size_t index, std::size_t size,
                   std::span<const Sha256> path, std::string_view root);

// "I14": whether each of the seals has its signature.
Check check_signatures(std::span<const Seal> seals, std::string_view public_key);

std::string bytes_of(const Sha256& digest);

}  // namespace understudy::money
