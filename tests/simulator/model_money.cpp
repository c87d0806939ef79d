// What the model says about money: wallets, lots and budgets.
#include <algorithm>

#include <fmt/format.h>

#include "model.h"

namespace understudy::simulator {

using money::BudgetScope;

namespace {

std::string_view kind_of(const money::Funding& funding) {
  if (funding.source == money::kAdjustment) return "adjust";
  return funding.source == money::kCash ? "top_up" : "grant";
}

money::LotTerms terms_of(const money::Funding& funding) {
  if (funding.terms) return *funding.terms;
  if (funding.source == money::kPromo) return {.source = money::LotSource::promo, .priority = 40};
  if (funding.source == money::kPlan) return {.source = money::LotSource::premium, .priority = 10};
  return {};
}

}  // namespace

Money price_of(const std::string& item, int version, std::int64_t quantity) {
  const auto* book = money::PriceBook::of_version(version).value();
  return money::charge(book->find(item).value(), {quantity});
}

Outcome insufficient(Money needed, Money available, const std::string& wallet) {
  const json::object extra{{"needed", money::to_json(needed)},
                           {"available", money::to_json(available)},
                           {"missing", money::to_json(needed - available)},
                           {"currency", wallet.ends_with(".credits") ? "credits" : "usd"}};
  return "insufficient_credit " + to_text(extra);
}

Outcome request_cap(Money limit, Money needed) {
  const json::object extra{{"cap", "request"},
                           {"limit", money::to_json(limit)},
                           {"spent", money::to_json({})},
                           {"held", money::to_json({})},
                           {"needed", money::to_json(needed)},
                           {"fits", money::to_json(std::max(Money{}, limit))}};
  return "spending_cap_exceeded " + to_text(extra);
}

// --------------------------------------------------------------------------------------- wallets

Money Model::held(const std::string& wallet) const {
  Money sum;
  for (const auto& [id, job] : jobs) {
    if (job.wallet == wallet && !is_terminal(job.state)) sum = sum + job.hold;
  }
  return sum;
}

Money Model::available(const std::string& wallet) const {
  return wallets.at(wallet).posted - held(wallet);
}

void Model::post(const std::string& wallet_id, ModelEntry entry) {
  ModelWallet& wallet = wallets.at(wallet_id);
  wallet.posted = wallet.posted + entry.amount;
  entry.balance_after = wallet.posted;
  // A capture takes what was held: nothing that is available.
  if (entry.kind != "capture") {
    const Money after = available(wallet_id);
    tell_low(wallet_id, after - entry.amount, after);
  }
  wallet.entries.push_back(std::move(entry));
}

void Model::tell_low(const std::string& wallet, Money before, Money after) {
  const Money threshold = wallets.at(wallet).low_below;
  if (threshold >= Money{} && before >= threshold && after < threshold) {
    ++messages["wallet.low_balance"];
  }
}

Outcome Model::set_low_balance(const std::string& wallet, Money threshold) {
  const auto found = wallets.find(wallet);
  if (found == wallets.end()) return "not_found";
  found->second.low_below = threshold;
  return "ok";
}

Outcome Model::create_account(const std::string& account) {
  if (!wallets.emplace(account, ModelWallet{}).second) return "conflict";
  wallets.emplace(money::credits_wallet(account), ModelWallet{});
  return "ok";
}

Outcome Model::fund(const money::Funding& funding) {
  const std::string kind(kind_of(funding));
  const auto effect = std::pair(funding.account_id, funding.amount);
  if (funding.amount == Money{} || (funding.amount < Money{} && kind != "adjust")) {
    return "invalid_parameter";
  }
  if (const auto earlier = payments.find({kind, funding.reference}); earlier != payments.end()) {
    return earlier->second == effect ? "ok" : "conflict";
  }
  if (!wallets.contains(funding.account_id)) return "not_found";
  if (available(funding.account_id) + funding.amount < Money{}) {
    return insufficient(-funding.amount, available(funding.account_id), funding.account_id);
  }
  payments[{kind, funding.reference}] = effect;
  if (funding.amount < Money{}) {
    take(funding.account_id, -funding.amount);
  } else {
    lots.push_back({.wallet = funding.account_id,
                    .terms = terms_of(funding),
                    .amount = funding.amount,
                    .remaining = funding.amount,
                    .held = {}});
  }
  post(funding.account_id, {kind, funding.reference, funding.amount, {}});
  return "ok";
}

Outcome Model::withdraw(const money::Withdrawal& withdrawal) {
  if (withdrawal.amount <= Money{}) return "invalid_parameter";
  const auto name = std::pair(withdrawal.kind, withdrawal.reference);
  if (const auto earlier = payments.find(name); earlier != payments.end()) {
    const auto& [account, amount] = earlier->second;
    const bool is_same = account == withdrawal.account_id &&
                         (withdrawal.up_to_available || -amount == withdrawal.amount);
    return is_same ? fmt::format("ok {}", amount.nano_usd) : "conflict";
  }
  if (!wallets.contains(withdrawal.account_id)) return "not_found";
  const Money there = available(withdrawal.account_id);
  if (!withdrawal.up_to_available && there < withdrawal.amount) {
    return insufficient(withdrawal.amount, there, withdrawal.account_id);
  }
  const Money amount = std::min(withdrawal.amount, there);
  payments[name] = {withdrawal.account_id, -amount};
  take(withdrawal.account_id, amount);
  post(withdrawal.account_id, {withdrawal.kind, withdrawal.reference, -amount, {}});
  return fmt::format("ok {}", -amount.nano_usd);
}

Outcome Model::refund(const money::Refund& refund) {
  const std::string reference = refund.reference.empty() ? refund.job_id : refund.reference;
  const auto found = jobs.find(refund.job_id);
  const bool is_charged = found != jobs.end() && found->second.is_paid() &&
                          found->second.state == jobs::JobState::completed;
  if (!is_charged) return "not_found";
  ModelJob& job = found->second;
  if (const auto earlier = payments.find({"refund", reference}); earlier != payments.end()) {
    const auto& [wallet, amount] = earlier->second;
    if (wallet != job.wallet || amount != refund.amount.value_or(amount)) return "conflict";
    return fmt::format("ok {}", amount.nano_usd);
  }
  const Money left = job.captured - job.refunded;
  const Money amount = refund.amount.value_or(left);
  if (amount > left || amount == Money{}) return "conflict";
  // It is spent like the money it gives back, and does not end.
  money::LotTerms terms{.source = money::LotSource::refund};
  for (auto part = job.parts.rbegin(); part != job.parts.rend(); ++part) {
    if (part->captured > Money{}) terms.priority = lots[part->lot].terms.priority;
  }
  lots.push_back(
      {.wallet = job.wallet, .terms = terms, .amount = amount, .remaining = amount, .held = {}});
  job.refunded = job.refunded + amount;
  payments[{"refund", reference}] = {job.wallet, amount};
  post(job.wallet, {"refund", reference, amount, {}});
  return fmt::format("ok {}", amount.nano_usd);
}

// ------------------------------------------------------------------------------------------ lots

// What ends while it is held may still be captured; it ends when it is given back.
int Model::expire_wallet(const std::string& wallet, std::int64_t now_ms) {
  int count = 0;
  for (ModelLot& lot : lots) {
    if (lot.wallet != wallet || lot.terms.expires_at_ms > now_ms || lot.free() == Money{}) continue;
    post(wallet, {"expiry", "", -lot.free(), {}});
    lot.remaining = lot.held;
    ++count;
  }
  return count;
}

Outcome Model::expire(std::int64_t now_ms) {
  int count = 0;
  for (const auto& [id, wallet] : wallets) count += expire_wallet(id, now_ms);
  return fmt::format("ok {}", count);
}

Outcome Model::seal() {
  std::map<std::string, std::size_t> sealed;
  for (const ModelSeal& before : seals) {
    for (const auto& [id, entries] : before.changed) sealed[id] = entries;
  }
  ModelSeal made;
  for (const auto& [id, wallet] : wallets) {
    if (wallet.entries.empty()) continue;
    ++made.wallets;
    if (wallet.entries.size() != sealed[id]) made.changed[id] = wallet.entries.size();
  }
  if (made.changed.empty()) return "ok nothing";
  seals.push_back(std::move(made));
  return fmt::format("ok {}", seals.size());
}

Outcome Model::reserve(const std::string& wallet, Money amount, std::int64_t now_ms) {
  if (!wallets.contains(wallet)) return "not_found";
  expire_wallet(wallet, now_ms);
  return available(wallet) < amount ? insufficient(amount, available(wallet), wallet) : "ok";
}

// The smaller priority first, then what ends first, then the older.
std::vector<std::size_t> Model::spending_order(const std::string& wallet) const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < lots.size(); ++i) {
    if (lots[i].wallet == wallet && lots[i].free() > Money{}) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return std::pair(lots[a].terms.priority, lots[a].terms.expires_at_ms) <
           std::pair(lots[b].terms.priority, lots[b].terms.expires_at_ms);
  });
  return order;
}

void Model::take(const std::string& wallet, Money amount) {
  for (const std::size_t i : spending_order(wallet)) {
    const Money taken = std::min(lots[i].free(), amount);
    lots[i].remaining = lots[i].remaining - taken;
    amount = amount - taken;
  }
}

void Model::hold(ModelJob& job, Money amount) {
  for (const std::size_t i : spending_order(job.wallet)) {
    if (amount == Money{}) return;
    const Money taken = std::min(lots[i].free(), amount);
    lots[i].held = lots[i].held + taken;
    job.parts.push_back({.lot = i, .amount = taken});
    amount = amount - taken;
  }
}

// The last that was taken first.
void Model::give_back(ModelJob& job, Money amount) {
  while (amount > Money{} && !job.parts.empty()) {
    ModelPart& part = job.parts.back();
    const Money back = std::min(part.amount, amount);
    lots[part.lot].held = lots[part.lot].held - back;
    part.amount = part.amount - back;
    amount = amount - back;
    if (part.amount == Money{}) job.parts.pop_back();
  }
}

void Model::capture(ModelJob& job, Money amount) {
  for (ModelPart& part : job.parts) {
    part.captured = std::min(part.amount, amount);
    ModelLot& lot = lots[part.lot];
    lot.remaining = lot.remaining - part.captured;
    lot.held = lot.held - part.amount;
    amount = amount - part.captured;
  }
}

// --------------------------------------------------------------------------------------- budgets

Outcome Model::create_budget(const money::Budget& budget) {
  for (const auto& [id, other] : budgets) {
    const bool is_same = !other.is_removed && other.account == budget.account_id &&
                         other.scope == budget.scope && other.scope_id == budget.scope_id &&
                         other.period == budget.period;
    if (is_same) return "conflict";
  }
  budgets[budget.id] = {.account = budget.account_id,
                        .scope = budget.scope,
                        .scope_id = budget.scope_id,
                        .period = budget.period,
                        .time_zone = budget.time_zone,
                        .cap = budget.cap,
                        .alerts = budget.alerts};
  return "ok";
}

Outcome Model::change_budget(const std::string& account, const std::string& id,
                             const money::BudgetChange& change) {
  const auto found = budgets.find(id);
  if (found == budgets.end() || found->second.is_removed || found->second.account != account) {
    return "not_found";
  }
  if (change.cap) found->second.cap = *change.cap;
  if (change.alerts) found->second.alerts = *change.alerts;
  return "ok";
}

Outcome Model::remove_budget(const std::string& account, const std::string& id) {
  const auto found = budgets.find(id);
  if (found == budgets.end() || found->second.is_removed || found->second.account != account) {
    return "not_found";
  }
  found->second.is_removed = true;
  return "ok";
}

Outcome Model::check_room(const std::string& id, std::int64_t start_ms, Money amount) const {
  const ModelBudget& budget = budgets.at(id);
  const auto found = windows.find({id, start_ms});
  const ModelWindow now = found == windows.end() ? ModelWindow{} : found->second;
  const Money fits = budget.cap - now.spent - now.held;
  if (amount <= fits) return "ok";
  const json::object extra{{"cap", to_string(budget.scope)},
                           {"limit", money::to_json(budget.cap)},
                           {"spent", money::to_json(now.spent)},
                           {"held", money::to_json(now.held)},
                           {"needed", money::to_json(amount)},
                           {"fits", money::to_json(std::max(Money{}, fits))},
                           {"budget_id", id},
                           {"period", to_string(budget.period)}};
  return "spending_cap_exceeded " + to_text(extra);
}

// The periods that will count the job, in the order of the budgets' ids.
Outcome Model::check_budgets(const jobs::NewJob& job, std::vector<WindowKey>& counted) const {
  for (const auto& [id, budget] : budgets) {
    if (budget.is_removed || budget.account != job.account_id) continue;
    const bool is_counted =
        budget.scope == BudgetScope::account ||
        (budget.scope == BudgetScope::key && budget.scope_id == job.key_id) ||
        (budget.scope == BudgetScope::project && budget.scope_id == job.project_id);
    if (!is_counted) continue;
    const auto window = money::window_of(budget.period, budget.time_zone, job.created_at_ms);
    if (Outcome refused = check_room(id, window->start_ms, job.hold); refused != "ok") {
      return refused;
    }
    counted.emplace_back(id, window->start_ms);
  }
  return "ok";
}

void Model::hold_in(const WindowKey& key, Money amount) {
  const ModelBudget& budget = budgets.at(key.first);
  ModelWindow& window = windows.at(key);
  window.held = window.held + amount;
  window.ceiling = std::max(window.ceiling, budget.cap);
  int reached = 0;
  for (const int share : budget.alerts) {
    const Money used = window.spent + window.held;
    if (used.nano_usd * 100 >= budget.cap.nano_usd * share) reached = share;
  }
  if (reached <= window.alerted) return;
  window.alerted = reached;
  ++messages["cap.threshold_reached"];
}

void Model::settle(const ModelJob& job, Money spent) {
  for (const WindowKey& key : job.windows) {
    ModelWindow& window = windows.at(key);
    window.held = window.held - job.hold;
    window.spent = window.spent + spent;
  }
}

Outcome Model::check_concurrency(const jobs::NewJob& job) const {
  const std::string& wallet = job.wallet_id.empty() ? job.account_id : job.wallet_id;
  std::int64_t of_account = 0;
  std::int64_t of_key = 0;
  for (const auto& [id, other] : jobs) {
    if (other.account != job.account_id || is_terminal(other.state)) continue;
    of_account += other.wallet == wallet ? 1 : 0;  // each wallet counts its own
    of_key += other.key == job.key_id ? 1 : 0;
  }
  const auto too_many = [](const char* scope, int most, std::int64_t used) {
    return "rate_limit_exceeded " +
           to_text(json::object{{"scope", scope}, {"limit", most}, {"used", used}});
  };
  if (job.key_jobs_max > 0 && of_key >= job.key_jobs_max) {
    return too_many("key", job.key_jobs_max, of_key);
  }
  if (job.account_jobs_max > 0 && of_account >= job.account_jobs_max) {
    return too_many("account", job.account_jobs_max, of_account);
  }
  return "ok";
}

}  // namespace understudy::simulator
