#include "model.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace understudy::simulator {

using jobs::JobState;
using jobs::Lane;

namespace {

constexpr Money kTestMost{10'000'000'000'000};  // 10,000 USD

bool is_late(const ModelJob& job, std::int64_t now_ms) {
  return job.deadline_at_ms > 0 && job.deadline_at_ms <= now_ms;
}

}  // namespace

Outcome outcome_of(const Error& error) {
  Outcome outcome(to_string(error.code));
  if (error.extra) outcome += " " + to_text(*error.extra);
  return outcome;
}

Outcome begun(jobs::IdempotencyStart::State state, int status, const std::string& body,
              const std::string& hash) {
  using State = jobs::IdempotencyStart::State;
  if (state == State::fresh) return "ok fresh";
  if (state == State::in_progress) return "ok in progress";
  return fmt::format("ok replay {} {} {}", status, body, hash);
}

Outcome Model::submit(const jobs::Submission& submission) {
  const auto wallet_of = [](const jobs::NewJob& job) {
    return job.wallet_id.empty() ? job.account_id : job.wallet_id;
  };
  const auto is_paid = [](const jobs::NewJob& job) {
    return !job.price_item.empty() && !job.is_test;
  };
  if (const Outcome refused = check_concurrency(submission.jobs.front()); refused != "ok") {
    return refused;
  }
  std::map<std::string, Money> needed;
  for (const auto& job : submission.jobs) {
    if (job.price_item.empty() && job.hold != Money{}) return "internal_error";
    if (!is_paid(job)) continue;
    if (job.hold > job.cost_max) return request_cap(job.cost_max, job.hold);
    needed[wallet_of(job)] = needed[wallet_of(job)] + job.hold;
  }
  std::vector<std::vector<WindowKey>> counted(submission.jobs.size());
  for (std::size_t i = 0; i < submission.jobs.size(); ++i) {
    const jobs::NewJob& job = submission.jobs[i];
    if (!is_paid(job) || money::is_credits_wallet(wallet_of(job))) continue;
    if (Outcome refused = check_budgets(job, counted[i]); refused != "ok") return refused;
  }
  const Model before = *this;
  const auto undone = [&](Outcome refused) {
    *this = before;
    return refused;
  };
  const std::int64_t now_ms = submission.jobs.front().created_at_ms;
  for (const auto& [wallet, amount] : needed) {
    if (Outcome refused = reserve(wallet, amount, now_ms); refused != "ok") return undone(refused);
  }
  for (std::size_t i = 0; i < submission.jobs.size(); ++i) {
    const jobs::NewJob& job = submission.jobs[i];
    if (jobs.contains(job.id)) return undone("conflict");
    ModelJob& made = jobs[job.id];
    made = {.account = job.account_id,
            .wallet = wallet_of(job),
            .key = job.key_id,
            .project = job.project_id,
            .is_test = job.is_test,
            .lane = job.lane,
            .price_item = job.price_item,
            .price_version = job.price_version,
            .cost_max = job.cost_max,
            .hold = is_paid(job) ? job.hold : Money{},
            .captured = {},
            .windows = counted[i],
            .created_at_ms = job.created_at_ms,
            .deadline_at_ms = job.deadline_at_ms,
            .blobs = job.input_blobs.size()};
    if (is_paid(job)) hold(made, job.hold);
    // Jobs of one batch share their budgets' room.
    for (const WindowKey& key : counted[i]) {
      windows.try_emplace(key, ModelWindow{.ceiling = budgets.at(key.first).cap});
      if (Outcome refused = check_room(key.first, key.second, job.hold); refused != "ok") {
        return undone(refused);
      }
      hold_in(key, job.hold);
    }
  }
  for (const auto& [wallet, amount] : needed) {
    tell_low(wallet, available(wallet) + amount, available(wallet));
  }
  if (submission.answer) {
    ModelAnswer& answer = answers[{submission.answer->scope, submission.answer->key}];
    if (answer.is_done) return undone("conflict");
    if (answer.began_at_ms == 0) answer.began_at_ms = now_ms;
    answer.is_done = true;
    answer.status = submission.answer->status;
    answer.body = submission.answer->body;
  }
  return "ok";
}

const ModelJob* Model::oldest_queued(std::span<const Lane> lanes, std::int64_t now_ms,
                                     std::string& id) const {
  const ModelJob* oldest = nullptr;
  for (const auto& [candidate, job] : jobs) {
    if (job.state != JobState::queued || is_late(job, now_ms)) continue;
    if (std::find(lanes.begin(), lanes.end(), job.lane) == lanes.end()) continue;
    if (oldest != nullptr &&
        std::tie(oldest->created_at_ms, id) <= std::tie(job.created_at_ms, candidate)) {
      continue;
    }
    oldest = &job;
    id = candidate;
  }
  return oldest;
}

bool Model::has_queued(std::span<const Lane> lanes, std::int64_t now_ms) const {
  std::string id;
  return oldest_queued(lanes, now_ms, id) != nullptr;
}

std::string Model::claim(const jobs::ClaimRequest& request, std::int64_t now_ms) {
  std::string id;
  if (oldest_queued(request.lanes, now_ms, id) == nullptr) return "";
  ModelJob& job = jobs.at(id);
  job.state = JobState::running;
  job.lease_until_ms = now_ms + request.lease_ms;
  ++job.attempt;
  ++job.fence;
  return id;
}

ModelJob* Model::held_job(const std::string& id, std::int64_t fence) {
  const auto found = jobs.find(id);
  if (found == jobs.end()) return nullptr;
  ModelJob& job = found->second;
  return job.state == JobState::running && job.fence == fence ? &job : nullptr;
}

void Model::end(ModelJob& job, JobState state, std::string failure) {
  job.state = state;
  job.failure = std::move(failure);
  give_back(job, job.hold);
  settle(job, {});
  ++job.fence;
  ++messages[state == JobState::failed ? "job.failed" : "job.cancelled"];
}

Outcome Model::heartbeat(const jobs::Heartbeat& beat, std::int64_t now_ms) {
  ModelJob* job = held_job(beat.job_id, beat.fence);
  if (job == nullptr) return "conflict";
  job->lease_until_ms = now_ms + beat.lease_ms;
  return "ok";
}

Outcome Model::set_exact(const std::string& id, std::int64_t fence, std::int64_t quantity,
                         std::int64_t now_ms) {
  if (quantity < 0) return "invalid_parameter";
  ModelJob* job = held_job(id, fence);
  if (job == nullptr) return "conflict";
  job->quantity = quantity;
  if (!job->is_paid()) return "ok";
  const Money exact = price_of(job->price_item, job->price_version, quantity);
  const Money more = exact - job->hold;
  Outcome refused = exact > job->cost_max ? request_cap(job->cost_max, exact) : "ok";
  for (const WindowKey& key : job->windows) {
    if (refused == "ok" && more > Money{}) refused = check_room(key.first, key.second, more);
  }
  if (refused == "ok" && more > Money{}) refused = reserve(job->wallet, more, now_ms);
  if (refused != "ok") {
    end(*job, JobState::failed, refused.substr(0, refused.find(' ')));
    return refused;
  }
  if (more > Money{}) {
    hold(*job, more);
  } else {
    give_back(*job, -more);
  }
  for (const WindowKey& key : job->windows) {
    if (more > Money{}) {
      hold_in(key, more);
    } else {
      windows.at(key).held = windows.at(key).held + more;
    }
  }
  job->hold = exact;
  if (more > Money{}) tell_low(job->wallet, available(job->wallet) + more, available(job->wallet));
  return "ok";
}

Outcome Model::complete(const jobs::Completion& completion) {
  const auto found = jobs.find(completion.job_id);
  if (found != jobs.end() && found->second.state == JobState::completed &&
      found->second.fence == completion.fence) {
    return "ok";
  }
  ModelJob* job = held_job(completion.job_id, completion.fence);
  if (job == nullptr) return "conflict";
  if (completion.quantity < 0) return "invalid_parameter";
  job->state = JobState::completed;
  job->quantity = completion.quantity;
  job->blobs += completion.output_blobs.size();
  ++messages["job.completed"];
  if (job->price_item.empty()) return "ok";
  const Money exact = price_of(job->price_item, job->price_version, completion.quantity);
  if (job->is_test) {
    post(job->wallet, {"test_capture", completion.job_id, {}, {}, std::min(exact, kTestMost)});
    return "ok";
  }
  job->captured = std::min(exact, job->hold);
  capture(*job, job->captured);
  settle(*job, job->captured);
  post(job->wallet, {"capture", completion.job_id, -job->captured, {}, job->captured});
  return "ok";
}

Outcome Model::fail(const std::string& id, std::int64_t fence, const Error& error,
                    bool is_retryable) {
  ModelJob* job = held_job(id, fence);
  if (job == nullptr) return "conflict";
  if (is_retryable && job->attempt < jobs::kAttemptsMax) {
    job->state = JobState::queued;
    job->lease_until_ms = 0;
  } else {
    end(*job, JobState::failed, std::string(to_string(error.code)));
  }
  return "ok";
}

Outcome Model::cancel_if_live(const std::string& account, const std::string& id) {
  const auto found = jobs.find(id);
  if (found == jobs.end() || found->second.account != account || found->second.is_removed) {
    return "not_found";
  }
  if (!is_terminal(found->second.state)) end(found->second, JobState::cancelled, "cancelled");
  return "ok";
}

Outcome Model::cancel(const std::string& account, const std::string& id) {
  return cancel_if_live(account, id);
}

Outcome Model::remove(const std::string& account, const std::string& id) {
  Outcome outcome = cancel_if_live(account, id);
  if (outcome != "ok") return outcome;
  jobs.at(id).is_removed = true;
  jobs.at(id).blobs = 0;
  return outcome;
}

Outcome Model::sweep(std::int64_t now_ms) {
  int changed = 0;
  for (auto& [id, job] : jobs) {
    if (is_terminal(job.state)) continue;
    const bool is_lost = job.state == JobState::running && job.lease_until_ms <= now_ms;
    if (is_late(job, now_ms)) {
      end(job, JobState::failed, "deadline_exceeded");
    } else if (is_lost && job.attempt >= jobs::kAttemptsMax) {
      end(job, JobState::failed, "engine_failed");
    } else if (is_lost) {
      job.state = JobState::queued;
      job.lease_until_ms = 0;
    } else {
      continue;
    }
    ++changed;
  }
  return fmt::format("ok {}", changed);
}

Outcome Model::begin(const std::string& scope, const std::string& key, const std::string& hash,
                     std::int64_t now_ms) {
  using State = jobs::IdempotencyStart::State;
  if (const auto found = answers.find({scope, key}); found != answers.end()) {
    const ModelAnswer& earlier = found->second;
    const auto kept_ms = earlier.is_done ? jobs::kAnswerRetentionMs : jobs::kInProgressMaxMs;
    if (earlier.began_at_ms >= now_ms - kept_ms) {
      return begun(earlier.is_done ? State::replay : State::in_progress, earlier.status,
                   earlier.body, earlier.request_hash);
    }
  }
  answers[{scope, key}] = {.request_hash = hash, .began_at_ms = now_ms};
  return begun(State::fresh, 0, {}, {});
}

Outcome Model::finish(const std::string& scope, const std::string& key, int status,
                      const std::string& body) {
  const auto found = answers.find({scope, key});
  if (found == answers.end()) return "not_found";
  if (found->second.is_done) return "ok";
  found->second.is_done = true;
  found->second.status = status;
  found->second.body = body;
  return "ok";
}

Outcome Model::abandon(const std::string& scope, const std::string& key) {
  const auto found = answers.find({scope, key});
  if (found != answers.end() && !found->second.is_done) answers.erase(found);
  return "ok";
}

Outcome Model::abandon_unfinished() {
  return fmt::format("ok {}",
                     std::erase_if(answers, [](const auto& row) { return !row.second.is_done; }));
}

Outcome Model::purge(std::int64_t now_ms) {
  return fmt::format("ok {}", std::erase_if(answers, [&](const auto& row) {
                       return row.second.began_at_ms < now_ms - jobs::kAnswerRetentionMs;
                     }));
}

Outcome Model::authenticate(const std::string& hash, std::int64_t now_ms) const {
  const auto found = keys.find(hash);
  if (found == keys.end()) return "ok nobody";
  const ModelKey& key = found->second;
  const bool is_over = key.expires_at_ms != 0 && key.expires_at_ms <= now_ms;
  return key.is_revoked || is_over ? "ok nobody" : "ok " + key.account;
}

}  // namespace understudy::simulator
