#include "clients.h"

#include <algorithm>

#include <fmt/format.h>

namespace understudy::simulator {
namespace {

constexpr std::int64_t kNanoPerUsd = 1'000'000'000;
// Per second, per minute, per piece; an odd rate that rounds.
constexpr const char* kItems[] = {"avatar_video.avatar_iv.studio_avatar", "hyperframes.1080p30",
                                  "cinematic_avatar.video", "video_agent.prompt_to_video"};

std::string account_name(std::int64_t number) { return fmt::format("account-{}", number); }

}  // namespace

// Like new_id(), without its randomness.
std::string Clients::new_text_id(std::int64_t now_ms) {
  return fmt::format("{:012x}{:020x}", now_ms, ++ids_);
}

std::string Clients::some_account() { return account_name(chance_.below(habits_.accounts)); }

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
  }
  return operations;
}

jobs::NewJob Clients::some_new_job(const std::string& account, std::int64_t now_ms) {
  jobs::NewJob job;
  job.id = new_text_id(now_ms);
  job.account_id = account;
  job.key_id = "key";
  job.kind = "avatar_video";
  job.lane = chance_.percent(30) ? jobs::Lane::speech : jobs::Lane::standard;
  job.request = {{"script", "Hello"}};
  job.created_at_ms = now_ms;
  if (chance_.percent(habits_.deadline_percent)) {
    job.deadline_at_ms = now_ms + chance_.between(1, 120'000);
  }
  if (chance_.percent(30)) job.input_blobs = {std::string(32, 'a') + job.id};
  if (chance_.percent(10)) return job;  // free
  job.price_item = kItems[chance_.below(std::ssize(kItems))];
  job.hold = {chance_.percent(5) ? 0 : chance_.below(2 * kNanoPerUsd)};
  return job;
}

jobs::Submission Clients::some_submission(std::int64_t now_ms) {
  jobs::Submission submission;
  const std::string account = some_account();
  const auto count = chance_.percent(80) ? 1 : chance_.between(2, 5);
  for (auto i = count; i > 0; --i) submission.jobs.push_back(some_new_job(account, now_ms));
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

Operation Clients::pay(const Model&, std::int64_t now_ms) {
  if (!payments_.empty() && chance_.percent(30)) {  // told twice, or wrongly
    money::Funding again = chance_.any_of(payments_);
    if (chance_.percent(30)) again.amount = again.amount + Money{1};
    if (chance_.percent(10)) again.account_id = some_account();
    return fund(again, now_ms);
  }
  money::Funding payment{.account_id = some_account(),
                         .amount = {chance_.below(3 * kNanoPerUsd)},
                         .source = std::string(chance_.percent(50) ? money::kCash : money::kPromo),
                         .reference = "payment-" + new_text_id(now_ms)};
  if (chance_.percent(40)) {
    payment.source = money::kAdjustment;
    payment.amount = payment.amount - Money{2 * kNanoPerUsd};
  }
  if (chance_.percent(2)) payment.account_id = "nobody";
  payments_.push_back(payment);
  return fund(payment, now_ms);
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
  const std::string account = some_account();
  const auto limit = static_cast<int>(chance_.between(1, 20));
  switch (chance_.below(5)) {
    case 0: return look_at_wallet(account);
    case 1:
      return list_entries({.account_id = account,
                           .kind = chance_.percent(30) ? "capture" : "",
                           .before_seq = chance_.percent(50) ? INT64_MAX : chance_.below(20),
                           .limit = limit});
    case 2: return list_usage({.account_id = account, .limit = limit});
    case 3:
      return list({.account_id = account,
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
    case 3: return remove(owner_of(model, id), id, now_ms);
    case 4: return change_key(now_ms);
    case 5: return chance_.percent(80) ? look(model, now_ms) : purge(now_ms);
    case 6:
    case 7:
    case 8:
    case 9: return look(model, now_ms);
    case 10:
    case 11: return sweep(now_ms);
    default: return order(now_ms);
  }
}

}  // namespace understudy::simulator
