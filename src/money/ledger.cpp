#include "money/ledger.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/bytes.h"

namespace understudy::money {

bool is_funding_source(std::string_view account) {
  return account == kCash || account == kPromo || account == kAdjustment;
}

Money capture_amount(const Price& price, Quantity delivered, Money hold) {
  return std::min(charge(price, delivered), hold);
}

std::string entry_hash(std::string_view previous_hash, const EntryFacts& facts) {
  // The texts go in with their lengths: two different entries never give the same bytes.
  fmt::memory_buffer bytes;
  bytes.append(previous_hash);
  fmt::format_to(fmt::appender(bytes), "|{}:{}|{}|{}|{}:{}|{}:{}|{}|{}|{}", facts.account_id.size(),
                 facts.account_id, facts.seq, facts.txn_id, facts.kind.size(), facts.kind,
                 facts.reference.size(), facts.reference, facts.amount.nano_usd,
                 facts.balance_after.nano_usd, facts.created_at_ms);
  const Sha256 digest = sha256({bytes.data(), bytes.size()});
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

bool is_balanced(std::span<const Money> amounts) {
  Money sum;
  for (const Money amount : amounts) sum = sum + amount;
  return sum == Money{};
}

}  // namespace understudy::money
