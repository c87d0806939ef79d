#include "accounts/plan_allocator.h"

#include "money/ledger.h"

namespace understudy::accounts {
namespace {

constexpr std::size_t kRememberedMax = 100'000;
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

Result<money::Money> PlanAllocator::brought(const Standing& standing, std::string_view what) {
  const std::string prefix = allocation_prefix(standing.account, standing.month, what);
  money::EntryQuery query;
  query.account_id = money::credits_wallet(standing.account.account_id);
  query.kind = money::kGrant;
  query.from_ms = standing.month.start_ms;
  query.limit = kEntriesMax;
  money::Money sum;
  for (;;) {
    TRY_ASSIGN(const auto page, ledger_.entries(query));
    for (const auto& entry : page) {
      if (entry.reference.starts_with(prefix)) sum = sum + entry.amount;
    }
    if (static_cast<int>(page.size()) < kEntriesMax) return sum;
    query.before_seq = page.back().seq;
  }
}

Result<void> PlanAllocator::allocate_now(const std::string& account_id) {
  TRY_ASSIGN(const auto now, standing(account_id));
  Brought already;
  TRY_ASSIGN(already.premium, brought(now, "premium"));
  TRY_ASSIGN(already.overage, brought(now, "overage"));
  for (const auto& due : allocations_due(now.plan, now.account, already, clock_.now_ms())) {
    const bool is_overage = due.priority == kOveragePriority;
    TRY(ledger_.fund({.account_id = money::credits_wallet(account_id),
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
  up_to_date_until_[account_id] = now.month.end_ms;
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
  if (known != terms_.end()) return known->second;
  TRY_ASSIGN(const auto now, standing(account_id));
  if (terms_.size() >= kRememberedMax) terms_.clear();
  return terms_[account_id] = Terms{.is_usage_based = now.account.is_usage_based,
                                    .concurrency_keys = concurrency_of(now.plan, false),
                                    .concurrency_oauth = concurrency_of(now.plan, true)};
}

Result<void> PlanAllocator::change(const std::string& account_id) {
  const std::lock_guard lock(mutex_);
  terms_.erase(account_id);
  return allocate_now(account_id);
}

}  // namespace understudy::accounts
