#include "money/seal.h"

#include <fmt/format.h>

#include "base/ed25519.h"

namespace understudy::money {
namespace {

Sha256 node(const Sha256& left, const Sha256& right) {
  std::string bytes(1, '\1');
  bytes += bytes_of(left);
  bytes += bytes_of(right);
  return sha256(bytes);
}

}  // namespace

std::string bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string seal_hash(const Seal& seal) {
  return bytes_of(
      sha256(fmt::format("understudy seal|{}|{}|{}|{}|{}", seal.number, seal.wallets,
                         to_hex(seal.root), to_hex(seal.previous), seal.created_at_ms)));
}

Sha256 seal_leaf(std::string_view wallet_id, std::int64_t seq, std::string_view entry_hash) {
  std::string bytes(1, '\0');
  bytes += fmt::format("{}:{}|{}|{}", wallet_id.size(), wallet_id, seq, to_hex(entry_hash));
  return sha256(bytes);
}

// A node without a right neighbour goes up as it is, which gives the tree of RFC 6962.
void SealTree::set(std::size_t index, const Sha256& leaf) {
  if (levels_.empty()) levels_.emplace_back();
  Sha256 value = leaf;
  for (std::size_t level = 0;; ++level, index /= 2) {
    auto& nodes = levels_[level];
    if (index == nodes.size()) nodes.push_back(value);
    nodes[index] = value;
    if (nodes.size() == 1) return;
    const std::size_t left = index - index % 2;
    value = left + 1 < nodes.size() ? node(nodes[left], nodes[left + 1]) : nodes[left];
    // The first node of a new level covers the leaves that were there before as well.
    if (level + 1 == levels_.size()) levels_.emplace_back();
  }
}

Sha256 SealTree::root() const { return levels_.back().front(); }

std::vector<Sha256> SealTree::path(std::size_t index) const {
  std::vector<Sha256> found;
  for (const auto& nodes : levels_) {
    const std::size_t sibling = index ^ 1U;
    if (sibling < nodes.size()) found.push_back(nodes[sibling]);
    index /= 2;
  }
  return found;
}

bool leads_to_root(const Sha256& leaf, std::size_t index, std::size_t size,
                   std::span<const Sha256> path, std::string_view root) {
  if (index >= size) return false;
  Sha256 value = leaf;
  for (std::size_t nodes = size; nodes > 1; nodes = (nodes + 1) / 2, index /= 2) {
    if ((index ^ 1U) >= nodes) continue;
    if (path.empty()) return false;
    value = index % 2 == 0 ? node(value, path.front()) : node(path.front(), value);
    path = path.subspan(1);
  }
  return path.empty() && bytes_of(value) == root;
}

Check check_signatures(std::span<const Seal> seals, std::string_view public_key) {
  Check check{.name = "I14",
              .rule = "Every seal has the signature of this installation's key",
              .looked_at = static_cast<std::int64_t>(seals.size()),
              .broken = {}};
  for (const Seal& seal : seals) {
    if (ed25519_verify(public_key, seal.signature, seal.hash)) continue;
    check.broken.push_back(fmt::format("seal {} has another signature", seal.number));
    if (check.broken.size() == kBrokenMax) break;
  }
  return check;
}

}  // namespace understudy::money
