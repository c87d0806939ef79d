#include "money/seal.h"

#include <random>

#include <gtest/gtest.h>

#include "base/ed25519.h"

namespace understudy::money {
namespace {

Sha256 leaf(std::size_t number) { return seal_leaf("w" + std::to_string(number), 1, "h"); }

// RFC 6962, section 2.1, word for word: split at the largest power of two below the number of
// leaves.
Sha256 root_of(std::span<const Sha256> leaves) {
  if (leaves.size() == 1) return leaves.front();
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return sha256("\1" + bytes_of(root_of(leaves.first(split))) +
                bytes_of(root_of(leaves.subspan(split))));
}

TEST(SealTree, IsTheTreeOfRfc6962HoweverItGrewAndChanged) {
  std::mt19937 random(6962);
  for (std::size_t size = 1; size <= 40; ++size) {
    SealTree tree;
    std::vector<Sha256> leaves;
    for (std::size_t i = 0; i < size; ++i) {
      leaves.push_back(leaf(i));
      tree.set(i, leaves[i]);
      const std::size_t changed = random() % leaves.size();
      leaves[changed] = leaf(1000 + random() % 1000);
      tree.set(changed, leaves[changed]);
      ASSERT_EQ(tree.root(), root_of(leaves)) << i + 1 << " leaves";
    }
    EXPECT_EQ(tree.size(), size);
  }
}

TEST(SealTree, APathLeadsFromItsLeafToTheRootAndFromNoOther) {
  for (std::size_t size = 1; size <= 20; ++size) {
    SealTree tree;
    for (std::size_t i = 0; i < size; ++i) tree.set(i, leaf(i));
    const std::string root = bytes_of(tree.root());
    for (std::size_t i = 0; i < size; ++i) {
      auto path = tree.path(i);
      EXPECT_TRUE(leads_to_root(leaf(i), i, size, path, root)) << i << " of " << size;
      EXPECT_FALSE(leads_to_root(leaf(i + 1), i, size, path, root));
      EXPECT_FALSE(leads_to_root(leaf(i), size, size, path, root));
      if (path.empty()) continue;
      EXPECT_FALSE(leads_to_root(leaf(i), i ^ 1U, size, path, root));
      path.front()[7] ^= 1;
      EXPECT_FALSE(leads_to_root(leaf(i), i, size, path, root));
      path.pop_back();
      EXPECT_FALSE(leads_to_root(leaf(i), i, size, path, root));
      path = tree.path(i);
      path.push_back(path.back());
      EXPECT_FALSE(leads_to_root(leaf(i), i, size, path, root));
    }
  }
}

TEST(Seal, ItsHashCoversEveryFact) {
  const Seal seal{.number = 2, .wallets = 3, .root = "r", .previous = "p", .created_at_ms = 4};
  Seal other = seal;
  EXPECT_EQ(seal_hash(other), seal_hash(seal));
  for (const auto change : std::initializer_list<void (*)(Seal&)>{
           [](Seal& s) { s.number = 3; }, [](Seal& s) { s.wallets = 4; },
           [](Seal& s) { s.root = "s"; }, [](Seal& s) { s.previous = ""; },
           [](Seal& s) { s.created_at_ms = 5; }}) {
    other = seal;
    change(other);
    EXPECT_NE(seal_hash(other), seal_hash(seal));
  }
  EXPECT_NE(leaf(1), seal_leaf("w1", 2, "h"));
  EXPECT_NE(leaf(1), seal_leaf("w1", 1, "i"));
  EXPECT_NE(seal_leaf("a", 11, "h"), seal_leaf("a1", 1, "h"));
}

TEST(Seal, IsSignedByOneKey) {
  const std::string seed(kEd25519SeedBytes, 's');
  Seal seal{.number = 1, .wallets = 1, .root = "r"};
  seal.hash = seal_hash(seal);
  seal.signature = ed25519_sign(seed, seal.hash);
  EXPECT_TRUE(check_signatures({&seal, 1}, ed25519_public_key(seed)).is_ok());
  EXPECT_FALSE(check_signatures({&seal, 1}, ed25519_public_key(std::string(kEd25519SeedBytes, 't')))
                   .is_ok());
  seal.hash[0] ^= 1;
  const Check check = check_signatures({&seal, 1}, ed25519_public_key(seed));
  EXPECT_EQ(check.broken, std::vector<std::string>{"seal 1 has another signature"});
}

}  // namespace
}  // namespace understudy::money
