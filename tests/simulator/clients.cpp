#include "clients.h"

#include <algorithm>

#include <fmt/format.h>

#include "money/credit_prices.h"

namespace understudy::simulator {
namespace {

constexpr std::int64_t kNanoPerUsd = 1'000'000'000;
// Per second, per minute, per piece; an odd rate that rounds.
constexpr const char* kItems[] = {"avatar_video.avatar_iv.studio_avatar", "hyperframes.1080p30",
                                  "cinematic_avatar.video", "video_agent.prompt_to_video"};

constexpr const char* kCreditItems[] = {"avatar_video.avatar_iv.studio_avatar", "speech.starfish",
                                        "avatar_creation.photo_avatar"};
constexpr const char* kZones[] = {"UTC", "Europe/Berlin", "America/Havana", "Pacific/Apia"};
constexpr int kKeysOfAccount = 2;
constexpr std::int64_t kHourMs = 3'600'000;

std::string account_name(std::int64_t number) { return fmt::format("account-{}", number); }
std::string key_name(const std::string& account, std::int64_t number) {
  return fmt::format("key-{}-of-{}", number, account);
}
std::string project_name(const std::string& account) { return "project-of-" + account; }

}  // namespace

// Like new_id(), without its randomness.
std::string Clients::new_text_id(std::int64_t now_ms) {
  return fmt::format("{:012x}{:020x}", now_ms, ++ids_);
}

std::string Clients::some_account() { return account_name(chance_.below(habits_.accounts)); }

std::string Clients::some_wallet() {
  const std::string account = some_account();
  return chance_.percent(habits_.credits_percent) ? money::credits_wallet(account) : account;
}

std::string Clients::some_budget(const Model& model) {
  if (model.budgets.empty() || chance_.percent(2)) return "no-budget";
  auto found = model.budgets.begin();
  std::advance(found, chance_.below(static_cast<std::int64_t>(model.budgets.size())));
  return found->first;
}

// Some end soon, some in a while, some never.
money::LotTerms Clients::some_terms(std::int64_t now_ms) {
  const money::LotSource sources[] = {money::LotSource::promo, money::LotSource::premium,
                                      money::LotSource::add_on};
  money::LotTerms terms{.source = sources[chance_.below(3)],
                        .priority = static_cast<int>(chance_.between(1, 4) * 20)};
  if (chance_.percent(70)) {
    terms.expires_at_ms =
        now_ms + chance_.between(1, chance_.percent(50) ? kHourMs / 6 : 48 * kHourMs);
  }
  return terms;
}

std::string Clients::some_job(const Model& model) {
  if (model.jobs.empty() || chance_.percent(2)) return std::string(32, 'f');
  auto found = model.jobs.begin();
  std::advance(found, chance_.below(static_cast<std::int64_t>(model.jobs.size())));
  return found->first;
}

std::string Clients::owner_of(const Model& model, const std::string& id) {
  const auto found = model.jobs.find(id);
  // Somebody else's job is nobody's.
  return found == model.jobs.end() || chance_.percent(5) ? some_account() : found->second.account;
}

std::vector<Operation> Clients::first_operations(std::int64_t now_ms) {
  std::vector<Operation> operations;
  for (int i = 0; i < habits_.accounts; ++i) {
    const std::string account = account_name(i);
    operations.push_back(
        create_account({.id = account, .name = "", .email = "", .created_at_ms = now_ms}));
    const auto nano =
        chance_.percent(habits_.rich_percent) ? 50 * kNanoPerUsd : chance_.between(1, kNanoPerUsd);
    payments_.push_back({.account_id = account,
                         .amount = {nano},
                         .source = std::string(money::kCash),
                         .reference = "first-" + account});
    operations.push_back(fund(payments_.back(), now_ms));
    operations.push_back(fund({.account_id = money::credits_wallet(account),
                               .amount = {chance_.below(40 * kNanoPerUsd) + 1},
                               .source = std::string(money::kPlan),
                               .terms = some_terms(now_ms),
                               .reference = "plan-" + account},
                              now_ms));
    operations.push_back(create_project({.id = project_name(account),
                                         .account_id = account,
                                         .name = "Project",
                                         .created_at_ms = now_ms}));
    for (int number = 0; number < kKeysOfAccount; ++number) {
      accounts::ApiKey key;
      key.id = key_name(account, number);
      key.account_id = account;
      key.created_at_ms = now_ms;
      operations.push_back(create_key(key, "hash-" + key.id));
    }
  }
  return operations;
}

jobs::NewJob Clients::some_new_job(const std::string& account, std::int64_t now_ms) {
  jobs::NewJob job;
  job.id = new_text_id(now_ms);
  job.account_id = account;
  job.key_id = key_name(account, chance_.below(kKeysOfAccount));
  if (chance_.percent(40)) job.project_id = project_name(account);
  job.kind = "avatar_video";
  job.lane = chance_.percent(30) ? jobs::Lane::speech : jobs::Lane::standard;
  job.request = {{"script", "Hello"}};
  job.created_at_ms = now_ms;
  if (chance_.percent(habits_.deadline_percent)) {
    job.deadline_at_ms = now_ms + chance_.between(1, 120'000);
  }
  if (chance_.percent(30)) job.input_blobs = {std::string(32, 'a') + job.id};
  if (chance_.percent(10)) return job;  // free
  job.is_test = chance_.percent(habits_.test_percent);
  job.price_item = kItems[chance_.below(std::ssize(kItems))];
  if (chance_.percent(habits_.credits_percent)) {
    job.wallet_id = money::credits_wallet(account);
    job.price_version = money::kCreditVersions + 1;
    job.price_item = kCreditItems[chance_.below(std::ssize(kCreditItems))];
  }
  if (chance_.percent(habits_.limited_percent)) job.cost_max = {chance_.below(2 * kNanoPerUsd)};
  job.hold = {chance_.percent(5) ? 0 : chance_.below(2 * kNanoPerUsd)};
  return job;
}

jobs::Submission Clients::some_submission(std::int64_t now_ms) {
  jobs::Submission submission;
  const std::string account = some_account();
  const auto count = chance_.percent(80) ? 1 : chance_.between(2, 5);
  for (auto i = count; i > 0; --i) submission.jobs.push_back(some_new_job(account, now_ms));
  if (chance_.percent(habits_.limited_percent)) {
    submission.jobs.front().key_jobs_max = static_cast<int>(chance_.below(4));
    submission.jobs.front().account_jobs_max = static_cast<int>(chance_.below(6));
  }
  return submission;
}

Operation Clients::order(std::int64_t now_ms) {
  if (chance_.percent(habits_.keyed_percent)) return order_with_key(now_ms);
  return submit(some_submission(now_ms));
}

// A new request, or one that was made before: with the same key and the same jobs in mind.
Operation Clients::order_with_key(std::int64_t now_ms) {
  auto handler = std::make_shared<Handler>();
  if (!known_requests_.empty() && chance_.percent(50)) {
    *handler = *chance_.any_of(known_requests_);
    handler->step = Handler::Step::begin;
    // The server makes new jobs for each request; only the answer's key is the client's.
    for (auto& job : handler->submission.jobs) {
      job.id = new_text_id(now_ms);
      job.created_at_ms = now_ms;
      job.deadline_at_ms = 0;
      job.input_blobs.clear();
    }
  } else {
    handler->submission = some_submission(now_ms);
    handler->scope = handler->submission.jobs.front().account_id + " POST /v3/videos";
    handler->key = "key-" + new_text_id(now_ms);
    known_requests_.push_back(handler);
  }
  auto serving = std::make_shared<Handler>(*handler);
  serving->submission.answer = jobs::StoredAnswer{.scope = serving->scope,
                                                  .key = serving->key,
                                                  .status = 200,
                                                  .body = serving->submission.jobs.front().id};
  serving->is_waiting = true;
  handlers_.push_back(serving);
  Operation operation = begin(serving->scope, serving->key, "hash of " + serving->key, now_ms);
  operation.answered = [serving](const Outcome& outcome) {
    serving->is_waiting = false;
    serving->step = outcome == "ok fresh" ? Handler::Step::effect : Handler::Step::over;
  };
  return operation;
}

// The next call of a handler that is not waiting for one.
std::optional<Operation> Clients::go_on(std::int64_t) {
  using Step = Handler::Step;
  std::erase_if(handlers_, [](const auto& handler) { return handler->step == Step::over; });
  Handlers ready;
  for (const auto& handler : handlers_) {
    if (!handler->is_waiting) ready.push_back(handler);
  }
  if (ready.empty()) return std::nullopt;
  const auto handler = chance_.any_of(ready);
  handler->is_waiting = true;
  if (handler->step == Step::abandon) {
    Operation operation = abandon(handler->scope, handler->key);
    operation.answered = [handler](const Outcome&) { handler->step = Step::over; };
    return operation;
  }
  // Some requests have no job: their answer is stored on its own.
  if (handler->submission.jobs.front().price_item.empty()) {
    Operation operation = finish(handler->scope, handler->key, 200, "done without a job");
    operation.answered = [handler](const Outcome&) { handler->step = Step::over; };
    return operation;
  }
  Operation operation = submit(handler->submission);
  operation.answered = [handler](const Outcome& outcome) {
    handler->is_waiting = false;
    handler->step = outcome == "ok" ? Step::over : Step::abandon;
  };
  return operation;
}

// Told twice, or wrongly.
Operation Clients::pay_again(std::int64_t now_ms) {
  money::Funding again = chance_.any_of(payments_);
  if (chance_.percent(30)) again.amount = again.amount + Money{1};
  if (chance_.percent(10)) again.account_id = some_wallet();
  return fund(again, now_ms);
}

Operation Clients::pay(const Model& model, std::int64_t now_ms) {
  if (chance_.percent(30)) return pay_again(now_ms);
  if (chance_.percent(40)) return give_or_take_back(model, now_ms);
  money::Funding payment{.account_id = some_wallet(),
                         .amount = {chance_.below(3 * kNanoPerUsd)},
                         .source = std::string(chance_.percent(50) ? money::kCash : money::kPromo),
                         .reference = "payment-" + new_text_id(now_ms)};
  if (chance_.percent(50)) payment.terms = some_terms(now_ms);
  if (chance_.percent(30)) {
    payment.source = money::kAdjustment;
    payment.amount = payment.amount - Money{2 * kNanoPerUsd};
  }
  if (chance_.percent(2)) payment.account_id = "nobody";
  payments_.push_back(payment);
  return fund(payment, now_ms);
}

Operation Clients::give_or_take_back(const Model& model, std::int64_t now_ms) {
  if (chance_.percent(60)) {
    money::Refund wanted{.job_id = some_job(model), .reason = "The customer asked."};
    if (chance_.percent(50)) {
      wanted.amount = Money{chance_.below(kNanoPerUsd / 4) + 1};
      wanted.reference = "refund-" + new_text_id(now_ms);
    }
    if (!refunds_.empty() && chance_.percent(30)) wanted = chance_.any_of(refunds_);
    refunds_.push_back(wanted);
    return refund(wanted, now_ms);
  }
  money::Withdrawal wanted{.account_id = some_account(),
                           .amount = {chance_.below(2 * kNanoPerUsd)},
                           .reference = "withdrawal-" + new_text_id(now_ms),
                           .up_to_available = chance_.percent(50)};
  if (chance_.percent(50)) {
    wanted.to = money::kDisputes;
    wanted.kind = money::kDispute;
  }
  if (!withdrawals_.empty() && chance_.percent(30)) wanted = chance_.any_of(withdrawals_);
  withdrawals_.push_back(wanted);
  return withdraw(wanted, now_ms);
}

Operation Clients::change_cap(const Model& model, std::int64_t now_ms) {
  if (chance_.percent(20)) {
    return set_low_balance(some_wallet(),
                           {chance_.percent(20) ? -1 : chance_.below(20 * kNanoPerUsd)});
  }
  const std::string id = some_budget(model);
  const auto found = model.budgets.find(id);
  const bool is_known = found != model.budgets.end() && !chance_.percent(5);
  const std::string owner = is_known ? found->second.account : some_account();
  const auto chosen = chance_.below(10);
  if (chosen < 3) return look_at_budget(owner, id, now_ms);
  if (chosen < 5) return change_budget(owner, id, {.cap = Money{chance_.below(4 * kNanoPerUsd)}});
  if (chosen == 5) return remove_budget(owner, id, now_ms);
  const std::string account = some_account();
  money::Budget budget{.id = "budget-" + new_text_id(now_ms),
                       .account_id = account,
                       .scope_id = account,
                       .time_zone = kZones[chance_.below(std::ssize(kZones))],
                       .cap = {chance_.below(6 * kNanoPerUsd)},
                       .created_at_ms = now_ms};
  const money::BudgetPeriod periods[] = {money::BudgetPeriod::daily, money::BudgetPeriod::weekly,
                                         money::BudgetPeriod::monthly, money::BudgetPeriod::total};
  budget.period = periods[chance_.below(4)];
  if (chance_.percent(30)) budget.alerts = {25, 50, 100};
  if (chance_.percent(40)) {
    budget.scope = money::BudgetScope::key;
    budget.scope_id = key_name(account, chance_.below(kKeysOfAccount));
  } else if (chance_.percent(40)) {
    budget.scope = money::BudgetScope::project;
    budget.scope_id = project_name(account);
  }
  return create_budget(budget);
}

Operation Clients::change_key(std::int64_t now_ms) {
  if (keys_.empty() || chance_.percent(40)) {
    const std::string id = new_text_id(now_ms);
    keys_.push_back(id);
    accounts::ApiKey key;
    key.id = id;
    key.account_id = chance_.percent(5) ? "nobody" : some_account();
    key.created_at_ms = now_ms;
    key.expires_at_ms = chance_.percent(50) ? 0 : now_ms + chance_.below(100'000);
    return create_key(key, "hash-" + id);
  }
  const std::string id = chance_.any_of(keys_);
  if (chance_.percent(30)) return revoke_key(id, "hash-" + id, now_ms);
  return authenticate("hash-" + id, now_ms);
}

Operation Clients::look(const Model& model, std::int64_t) {
  const std::string account = some_wallet();
  const auto limit = static_cast<int>(chance_.between(1, 20));
  switch (chance_.below(6)) {
    case 5: return look_at_lots(account);
    case 0: return look_at_wallet(account);
    case 1:
      return list_entries({.account_id = account,
                           .kind = chance_.percent(30) ? "capture" : "",
                           .before_seq = chance_.percent(50) ? INT64_MAX : chance_.below(20),
                           .limit = limit});
    case 2:
      return list_usage({.account_id = account, .is_test = chance_.percent(30), .limit = limit});
    case 3:
      return list({.account_id = some_account(),
                   .before_id = chance_.percent(50) ? "" : some_job(model),
                   .limit = limit});
    default: {
      const std::string id = some_job(model);
      return find(owner_of(model, id), id);
    }
  }
}

// A new operation of the ledger joins here, with its share of what clients do.
Operation Clients::next(const Model& model, std::int64_t now_ms) {
  if (chance_.percent(40)) {
    if (auto operation = go_on(now_ms)) return *std::move(operation);
  }
  const std::string id = some_job(model);
  switch (chance_.below(20)) {
    case 0:
    case 1: return pay(model, now_ms);
    case 2: return cancel(owner_of(model, id), id, now_ms);
    case 12:
      if (chance_.percent(habits_.budgets_percent)) return change_cap(model, now_ms);
      return chance_.percent(30) ? expire(now_ms) : order(now_ms);
    case 3: return remove(owner_of(model, id), id, now_ms);
    case 4: return change_key(now_ms);
    case 5: return chance_.percent(80) ? look(model, now_ms) : purge(now_ms);
    case 6:
    case 7:
    case 8:
    case 9: return look(model, now_ms);
    case 10:
    case 11: return sweep(now_ms);
    case 13: return chance_.percent(40) ? seal(now_ms) : order(now_ms);
    default: return order(now_ms);
  }
}

}  // namespace understudy::simulator
