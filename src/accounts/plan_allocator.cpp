#include "accounts/plan_allocator.h"

#include "money/ledger.h"

namespace understudy::accounts {
namespace {

constexpr std::size_t kRememberedMax = 100'000;
constexpr std::int64_t kTermsMax_ms = 5'000;
constexpr int kEntriesMax = 500;  // a page

}  // namespace

Result<PlanAllocator::Standing> PlanAllocator::standing(std::string_view account_id) {
  Standing standing;
  TRY_ASSIGN(standing.account, plans_.find_plan(account_id));
  const Plan* plan = find_plan(configured_, standing.account.plan);
  if (plan == nullptr) {
    return fail(ErrorCode::internal_error, "The account's plan is not configured.");
  }
  standing.plan = *plan;
  standing.month = plan_month(plan->reset_day, standing.account.joined_at_ms, clock_.now_ms());
  return standing;
}

Result<PlanAllocator::Sum> PlanAllocator::sum_of(const Standing& standing, std::string_view what) {
  const std::string prefix = allocation_prefix(standing.account, standing.month, what);
  money::EntryQuery query;
  query.account_id = money::credits_wallet(standing.account.account_id);
  query.kind = money::kGrant;
  query.from_ms = standing.month.start_ms;
  query.limit = kEntriesMax;
  Sum sum;
  for (;;) {
    TRY_ASSIGN(const auto page, ledger_.entries(query));
    for (const auto& entry : page) {
      if (!entry.reference.starts_with(prefix)) continue;
      sum.amount = sum.amount + entry.amount;
      ++sum.steps;
    }
    if (static_cast<int>(page.size()) < kEntriesMax) return sum;
    query.before_seq = page.back().seq;
  }
}

Result<money::Money> PlanAllocator::brought(const Standing& standing, std::string_view what) {
  TRY_ASSIGN(const Sum sum, sum_of(standing, what));
  return sum.amount;
}

// What jobs hold of it cannot be taken now, and comes back when they end.
Result<bool> PlanAllocator::take_back(const std::string& wallet_id, const Allocation& due) {
  TRY_ASSIGN(const auto lots, ledger_.lots(wallet_id));
  money::Money free;
  money::Money held;
  for (const auto& lot : lots) {
    if (lot.terms.priority != due.priority || lot.terms.expires_at_ms <= clock_.now_ms()) continue;
    free = free + lot.remaining - lot.held;
    held = held + lot.held;
  }
  if (free > money::Money{}) {
    TRY(ledger_.withdraw({.account_id = wallet_id,
                          .amount = -due.credits,
                          .to = std::string(money::kPlan),
                          .kind = std::string(money::kGrant),
                          .reference = due.reference,
                          .note = "Overage beyond the cap",
                          .actor = "plan",
                          .up_to_available = true,
                          .lot_priority = due.priority},
                         clock_.now_ms()));
  }
  return held == money::Money{};
}

Result<void> PlanAllocator::allocate_now(const std::string& account_id) {
  const std::string wallet_id = money::credits_wallet(account_id);
  TRY_ASSIGN(const auto now, standing(account_id));
  TRY_ASSIGN(const Sum premium, sum_of(now, "premium"));
  TRY_ASSIGN(const Sum overage, sum_of(now, "overage"));
  const Brought already{
      .premium = premium.amount, .overage = overage.amount, .overage_steps = overage.steps};
  bool is_settled = true;
  for (const auto& due : allocations_due(now.plan, now.account, already, clock_.now_ms())) {
    if (due.credits < money::Money{}) {
      TRY_ASSIGN(is_settled, take_back(wallet_id, due));
      continue;
    }
    const bool is_overage = due.priority == kOveragePriority;
    TRY(ledger_.fund({.account_id = wallet_id,
                      .amount = due.credits,
                      .source = std::string(money::kPlan),
                      .terms = money::LotTerms{.source = is_overage ? money::LotSource::add_on
                                                                    : money::LotSource::premium,
                                               .priority = due.priority,
                                               .expires_at_ms = due.expires_at_ms},
                      .reference = due.reference,
                      .note = is_overage ? "Overage of the month" : "Credits of the month",
                      .actor = "plan"},
                     clock_.now_ms()));
  }
  if (up_to_date_until_.size() >= kRememberedMax) up_to_date_until_.clear();
  // Until then nothing is due; while jobs hold what is to be taken back, each request looks again.
  up_to_date_until_[account_id] = is_settled ? now.month.end_ms : 0;
  return {};
}

Result<void> PlanAllocator::allocate(const std::string& account_id) {
  const std::lock_guard lock(mutex_);
  const auto known = up_to_date_until_.find(account_id);
  if (known != up_to_date_until_.end() && clock_.now_ms() < known->second) return {};
  return allocate_now(account_id);
}

Result<PlanAllocator::Terms> PlanAllocator::terms(const std::string& account_id) {
  const std::lock_guard lock(mutex_);
  const auto known = terms_.find(account_id);
  const std::int64_t now_ms = clock_.now_ms();
  if (known != terms_.end() && now_ms < known->second.until_ms) return known->second.terms;
  TRY_ASSIGN(const auto now, standing(account_id));
  if (terms_.size() >= kRememberedMax) terms_.clear();
  const Terms terms{.is_usage_based = now.account.is_usage_based,
                    .concurrency_keys = concurrency_of(now.plan, false),
                    .concurrency_oauth = concurrency_of(now.plan, true)};
  terms_[account_id] = {.terms = terms, .until_ms = now_ms + kTermsMax_ms};
  return terms;
}

Result<void> PlanAllocator::change(const std::string& account_id) {
  const std::lock_guard lock(mutex_);
  terms_.erase(account_id);
  return allocate_now(account_id);
}

}  // namespace understudy::accounts
