#include "money/ledger.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/bytes.h"

namespace understudy::money {

bool is_funding_source(std::string_view account) {
  return account == kCash || account == kPromo || account == kAdjustment || account == kPlan;
}

bool is_house_account(std::string_view account) {
  constexpr std::string_view kAccounts[] = {
      kCash, kPromo, kAdjustment, kRevenue, kCreditsRevenue, kRefunds, kDisputes, kBreakage, kPlan, kSales, kCreditSales};
  return std::find(std::begin(kAccounts), std::end(kAccounts), account) != std::end(kAccounts);
}

namespace {

constexpr std::string_view kCreditsEnding = ".credits";
constexpr std::pair<LotSource, std::string_view> kLotSources[] = {{LotSource::paid, "paid"},
                                                                  {LotSource::promo, "promo"},
                                                                  {LotSource::refund, "refund"},
                                                                  {LotSource::premium, "premium"},
                                                                  {LotSource::add_on, "add_on"}};

}  // namespace

std::string credits_wallet(std::string_view account_id) {
  return std::string(account_id) + std::string(kCreditsEnding);
}

bool is_credits_wallet(std::string_view wallet_id) { return wallet_id.ends_with(kCreditsEnding); }

std::string_view revenue_of(std::string_view wallet_id) {
  return is_credits_wallet(wallet_id) ? kCreditsRevenue : kRevenue;
}

std::string_view currency_of(std::string_view wallet_id) {
  return is_credits_wallet(wallet_id) ? "credits" : "usd";
}

std::string amount_name(std::string_view name, std::string_view wallet_id) {
  return fmt::format("{}_{}", name, currency_of(wallet_id));
}

std::string_view to_string(LotSource source) {
  for (const auto& [known, name] : kLotSources) {
    if (known == source) return name;
  }
  return {};
}

std::optional<LotSource> lot_source_from(std::string_view name) {
  for (const auto& [known, text] : kLotSources) {
    if (text == name) return known;
  }
  return std::nullopt;
}

Money capture_amount(Money exact_price, Money hold) {
  return std::min(exact_price, hold);
}

Money test_amount(Money exact_price) {
  constexpr Money kMost{10'000'000'000'000};
  return std::min(exact_price, kMost);
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
