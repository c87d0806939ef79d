#include "workers.h"

#include <algorithm>

#include <fmt/format.h>

namespace understudy::simulator {
namespace {

constexpr std::int64_t kAnswerPatienceMs = 3'000;
constexpr std::int64_t kTravelMs = 50;

// Mostly usual lengths; now and then none, less than none, or more than any wallet pays.
std::int64_t some_quantity(Chance& chance) {
  if (chance.percent(1)) return -1;
  if (chance.percent(1)) return INT64_MAX / 2;
  if (chance.percent(5)) return 0;
  return chance.below(30'000);
}

}  // namespace

Workers::Workers(int count, const WorkerHabits& habits, Chance& chance)
    : habits_(habits), chance_(chance), workers_(static_cast<std::size_t>(count)) {}

void Workers::act(std::int64_t now_ms) {
  // More than the server keeps up with would only wait.
  const auto waiting = std::count_if(network_.begin(), network_.end(), [&](const Message& message) {
    return message.due_at_ms <= now_ms;
  });
  if (waiting > 2) return;
  Worker& worker = chance_.any_of(workers_);
  if (chance_.below(1000) < habits_.crash_permille) {
    worker = {.life = worker.life + 1};
    return;
  }
  if (chance_.below(1000) < habits_.stall_permille) {
    worker.stalls_until_ms = now_ms + chance_.below(3 * habits_.lease_ms);
  }
  if (worker.stalls_until_ms > now_ms || worker.waits_until_ms > now_ms) return;
  Message message{.worker = static_cast<std::size_t>(&worker - workers_.data()),
                  .life = worker.life};
  if (worker.job) {
    message = worker.plan.front();  // said again until it was answered
    message.life = worker.life;
  }
  worker.waits_until_ms = now_ms + kAnswerPatienceMs;
  send(message, now_ms);
}

void Workers::send(const Message& message, std::int64_t now_ms) {
  const auto put = [&](std::int64_t delay_ms) {
    network_.push_back(message);
    network_.back().due_at_ms = now_ms + delay_ms;
  };
  const bool is_late = chance_.percent(habits_.late_percent);
  const auto delay_ms = is_late ? chance_.below(2 * habits_.lease_ms) : chance_.below(kTravelMs);
  if (!chance_.percent(habits_.lost_percent)) put(delay_ms);
  if (chance_.percent(habits_.duplicate_percent)) put(chance_.below(2 * habits_.lease_ms));
}

std::optional<Operation> Workers::deliver(std::int64_t now_ms) {
  const auto first = std::min_element(
      network_.begin(), network_.end(),
      [](const Message& a, const Message& b) { return a.due_at_ms < b.due_at_ms; });
  if (first == network_.end() || first->due_at_ms > now_ms) return std::nullopt;
  const Message message = *first;
  network_.erase(first);
  return operation_of(message, now_ms);
}

Operation Workers::operation_of(const Message& message, std::int64_t now_ms) {
  auto job = std::make_shared<std::optional<jobs::Job>>();
  Operation operation;
  switch (message.kind) {
    case Kind::claim: {
      jobs::ClaimRequest request{.worker_id = fmt::format("worker-{}", message.worker),
                                 .lanes = {jobs::Lane::speech},
                                 .lease_ms = habits_.lease_ms};
      // As at a server: one worker never takes long jobs.
      if (message.worker > 0 || workers_.size() == 1) request.lanes.push_back(jobs::Lane::standard);
      operation = claim(request, now_ms, job);
      break;
    }
    case Kind::heartbeat:
      operation = heartbeat({.job_id = message.job_id,
                             .fence = message.fence,
                             .progress = 0.5,
                             .stage = "rendering",
                             .lease_ms = habits_.lease_ms},
                            now_ms);
      break;
    case Kind::set_exact:
      operation = set_exact(message.job_id, message.fence, message.quantity, now_ms);
      break;
    case Kind::complete:
      operation = complete({.job_id = message.job_id,
                            .fence = message.fence,
                            .quantity = message.quantity,
                            .result = {{"duration_ms", message.quantity}},
                            .output_blobs = {std::string(32, '0') + message.job_id}},
                           now_ms);
      break;
    case Kind::fail: {
      Error error;
      error.code = ErrorCode::engine_failed;
      error.message = "The engine stopped.";
      operation = fail_job(message.job_id, message.fence, error, message.is_retryable, now_ms);
      break;
    }
  }
  if (!chance_.percent(habits_.lost_percent)) {
    operation.answered = [this, message, job](const Outcome& outcome) {
      hear(message, outcome, *job);
    };
  }
  return operation;
}

void Workers::hear(const Message& message, const Outcome& outcome,
                   const std::optional<jobs::Job>& job) {
  Worker& worker = workers_[message.worker];
  if (worker.life != message.life || outcome == kStorageFailed) return;
  if (message.kind == Kind::claim) {
    if (worker.job) return;  // an answer to a claim that was thought lost; its lease will end
    if (!job) return;        // asks again after a while
    worker.waits_until_ms = 0;
    begin_job(worker, *job);
    return;
  }
  if (!worker.job || worker.job->id != message.job_id || worker.job->fence != message.fence) return;
  if (worker.plan.empty() || worker.plan.front().kind != message.kind) return;
  worker.waits_until_ms = 0;
  if (outcome == "ok") worker.plan.pop_front();
  if (outcome != "ok" || worker.plan.empty()) {
    worker.job.reset();
    worker.plan.clear();
  }
}

void Workers::begin_job(Worker& worker, const jobs::Job& job) {
  worker.job = job;
  const Message message{.worker = static_cast<std::size_t>(&worker - workers_.data()),
                        .life = worker.life,
                        .job_id = job.id,
                        .fence = job.fence,
                        .quantity = some_quantity(chance_),
                        .is_retryable = chance_.percent(60)};
  const auto plan = [&](Kind kind) {
    worker.plan.push_back(message);
    worker.plan.back().kind = kind;
  };
  const auto beats = [&] {
    for (auto left = chance_.below(3); left > 0; --left) plan(Kind::heartbeat);
  };
  beats();
  if (chance_.percent(80)) plan(Kind::set_exact);
  beats();
  plan(chance_.percent(75) ? Kind::complete : Kind::fail);
  // Delivered and announced lengths may differ.
  if (chance_.percent(10)) worker.plan.back().quantity = some_quantity(chance_);
}

}  // namespace understudy::simulator
