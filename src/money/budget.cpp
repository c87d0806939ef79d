#include "money/budget.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/json.h"

namespace understudy::money {
namespace {

__extension__ using Wide = __int128;

constexpr std::size_t kAlertsMax = 10;

struct ScopeName {
  BudgetScope scope;
  std::string_view name;
};
constexpr ScopeName kScopes[] = {{BudgetScope::account, "account"},
                                 {BudgetScope::project, "project"},
                                 {BudgetScope::key, "key"}};

struct PeriodName {
  BudgetPeriod period;
  std::string_view name;
};
constexpr PeriodName kPeriods[] = {{BudgetPeriod::daily, "daily"},
                                   {BudgetPeriod::weekly, "weekly"},
                                   {BudgetPeriod::monthly, "monthly"},
                                   {BudgetPeriod::total, "total"}};

// The library answers an unknown name with an exception.
const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

struct LocalDays {
  date::local_days start;
  date::local_days end;
};

LocalDays days_of(BudgetPeriod period, date::local_days today) {
  switch (period) {
    case BudgetPeriod::weekly: {
      const auto monday = today - (date::weekday{today} - date::Monday);
      return {monday, monday + date::weeks{1}};
    }
    case BudgetPeriod::monthly: {
      const date::year_month_day day{today};
      const auto first = day.year() / day.month() / 1;
      return {date::local_days{first}, date::local_days{first + date::months{1}}};
    }
    default: return {today, today + date::days{1}};
  }
}

// Where a clock skips midnight, the day begins with the first moment after it.
std::int64_t start_of(const date::time_zone& zone, date::local_days day) {
  return std::chrono::floor<std::chrono::milliseconds>(zone.to_sys(day, date::choose::earliest))
      .time_since_epoch()
      .count();
}

}  // namespace

std::string_view to_string(BudgetScope scope) {
  for (const auto& known : kScopes) {
    if (known.scope == scope) return known.name;
  }
  return {};
}

std::optional<BudgetScope> budget_scope_from(std::string_view name) {
  for (const auto& known : kScopes) {
    if (known.name == name) return known.scope;
  }
  return std::nullopt;
}

std::string_view to_string(BudgetPeriod period) {
  for (const auto& known : kPeriods) {
    if (known.period == period) return known.name;
  }
  return {};
}

std::optional<BudgetPeriod> budget_period_from(std::string_view name) {
  for (const auto& known : kPeriods) {
    if (known.name == name) return known.period;
  }
  return std::nullopt;
}

Result<BudgetWindow> window_of(BudgetPeriod period, const std::string& time_zone,
                               std::int64_t now_ms) {
  const auto* zone = find_zone(time_zone);
  if (zone == nullptr) {
    return fail(ErrorCode::invalid_parameter,
                "There is no such time zone; it is a name such as Europe/Berlin.", "time_zone");
  }
  if (period == BudgetPeriod::total) return BudgetWindow{};
  const date::sys_time<std::chrono::milliseconds> now{std::chrono::milliseconds(now_ms)};
  const auto today = std::chrono::floor<date::days>(zone->to_local(now));
  const LocalDays days = days_of(period, today);
  return BudgetWindow{.start_ms = start_of(*zone, days.start), .end_ms = start_of(*zone, days.end)};
}

Result<void> check(const Budget& budget) {
  if (budget.cap < Money{}) {
    return fail(ErrorCode::invalid_parameter, "A cap is at least 0 USD.", "limit_usd");
  }
  const bool is_ascending = std::adjacent_find(budget.alerts.begin(), budget.alerts.end(),
                                               std::greater_equal<>()) == budget.alerts.end();
  const bool is_in_range = std::all_of(budget.alerts.begin(), budget.alerts.end(),
                                       [](int share) { return share >= 1 && share <= 100; });
  if (!is_ascending || !is_in_range || budget.alerts.size() > kAlertsMax) {
    return fail(
        ErrorCode::invalid_parameter,
        fmt::format("Alerts are at most {} ascending percentages from 1 to 100.", kAlertsMax),
        "alerts");
  }
  TRY(window_of(budget.period, budget.time_zone, 0));
  return {};
}

int alert_reached(const std::vector<int>& alerts, Money used, Money cap) {
  int reached = 0;
  for (const int share : alerts) {
    // In 128 bits: a cap may be as large as Money goes.
    const auto is_reached =
        static_cast<Wide>(used.nano_usd) * 100 >= static_cast<Wide>(cap.nano_usd) * share;
    if (is_reached) reached = std::max(reached, share);
  }
  return reached;
}

std::string joined_alerts(const std::vector<int>& alerts) {
  return fmt::format("{}", fmt::join(alerts, " "));
}

std::vector<int> split_alerts(std::string_view text) {
  std::vector<int> alerts;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    int share = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + end, share);
    if (parsed.ec == std::errc()) alerts.push_back(share);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return alerts;
}

Error spending_cap_exceeded(const CapState& cap, Money needed) {
  const Money fits = std::max(Money{}, cap.limit - cap.spent - cap.held);
  Error error;
  error.code = ErrorCode::spending_cap_exceeded;
  error.message = fmt::format("This needs {} USD and the {} cap leaves {} USD of {} USD{}.",
                              to_text(needed), cap.cap, to_text(fits), to_text(cap.limit),
                              cap.period.empty() ? "" : " (" + cap.period + ")");
  json::object extra{{"cap", cap.cap},
                     {"limit", to_json(cap.limit)},
                     {"spent", to_json(cap.spent)},
                     {"held", to_json(cap.held)},
                     {"needed", to_json(needed)},
                     {"fits", to_json(fits)}};
  if (!cap.budget_id.empty()) extra["budget_id"] = cap.budget_id;
  if (!cap.period.empty()) extra["period"] = cap.period;
  error.extra = std::make_shared<const json::object>(std::move(extra));
  return error;
}

}  // namespace understudy::money
