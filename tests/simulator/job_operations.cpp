#include <fmt/format.h>

#include "operations.h"

namespace understudy::simulator {
namespace {

std::string facts(const std::string& id, jobs::JobState state, Money held, Money captured,
                  std::int64_t attempt, const std::string& failure) {
  return fmt::format("; {} {} held {} captured {} attempt {} {}", id, to_string(state),
                     held.nano_usd, captured.nano_usd, attempt, failure);
}

std::string facts(const jobs::Job& job) {
  return facts(job.id, job.state, job.charge.held, job.charge.captured, job.attempt,
               job.failure_code);
}

std::string facts(const std::string& id, const ModelJob& job) {
  return facts(id, job.state, job.hold, job.captured, job.attempt, job.failure);
}

}  // namespace

Operation submit(const jobs::Submission& submission) {
  std::string text = "submit";
  for (const auto& job : submission.jobs) {
    text += fmt::format(" {} of {} with {} for {}", job.id,
                        job.wallet_id.empty() ? job.account_id : job.wallet_id, job.key_id,
                        to_text(job.hold));
  }
  if (submission.answer) text += " with key " + submission.answer->key;
  return {.text = text,
          .run = [=](Stores& stores) { return outcome_of(stores.jobs->submit(submission)); },
          .apply = [=](const Model&, Model& now) { return now.submit(submission); }};
}

Operation find(const std::string& account, const std::string& id) {
  return {.text = "find " + id,
          .run =
              [=](Stores& stores) {
                const auto job = stores.jobs->find(account, id);
                return job ? "ok" + facts(*job) : outcome_of(job.error());
              },
          .apply = [=](const Model& before, Model&) -> Outcome {
            const auto found = before.jobs.find(id);
            if (found == before.jobs.end() || found->second.account != account ||
                found->second.is_removed) {
              return "not_found";
            }
            return "ok" + facts(id, found->second);
          }};
}

Operation list(const jobs::JobQuery& query) {
  return {.text = "list jobs of " + query.account_id,
          .run =
              [=](Stores& stores) {
                const auto jobs = stores.jobs->list(query);
                if (!jobs) return outcome_of(jobs.error());
                Outcome outcome = "ok";
                for (const auto& job : *jobs) outcome += facts(job);
                return outcome;
              },
          .apply =
              [=](const Model& before, Model&) {
                Outcome outcome = "ok";
                int left = query.limit;
                for (auto row = before.jobs.rbegin(); row != before.jobs.rend() && left > 0;
                     ++row) {
                  const auto& [id, job] = *row;
                  if (job.account != query.account_id || job.is_removed) continue;
                  if (!query.before_id.empty() && id >= query.before_id) continue;
                  outcome += facts(id, job);
                  --left;
                }
                return outcome;
              }};
}

Operation claim(const jobs::ClaimRequest& request, std::int64_t now_ms,
                std::shared_ptr<std::optional<jobs::Job>> claimed) {
  const auto chosen = std::make_shared<std::string>();
  const auto told = [](const std::string& id, std::int64_t fence, std::int64_t attempt) {
    return fmt::format("ok {} fence {} attempt {}", id, fence, attempt);
  };
  return {.text = "claim for " + request.worker_id,
          .run = [=](Stores& stores) -> Outcome {
            auto job = stores.jobs->claim(request, now_ms);
            if (!job) return outcome_of(job.error());
            *claimed = *std::move(job);
            return *claimed ? told((*claimed)->id, (*claimed)->fence, (*claimed)->attempt)
                            : "ok none";
          },
          .apply = [=](const Model& before, Model& now) -> Outcome {
            chosen->clear();
            if (before.has_queued(request.lanes, now_ms)) *chosen = now.claim(request, now_ms);
            return "";
          },
          .settle = [=](const Model& after, const Outcome&) -> Outcome {
            if (chosen->empty()) return "ok none";
            const ModelJob& job = after.jobs.at(*chosen);
            // Cancelled by a later operation of the same batch.
            if (job.state != jobs::JobState::running) return "ok none";
            return told(*chosen, job.fence, job.attempt);
          }};
}

Operation heartbeat(const jobs::Heartbeat& beat, std::int64_t now_ms) {
  return {.text = fmt::format("heartbeat {} fence {}", beat.job_id, beat.fence),
          .run = [=](Stores& stores) { return outcome_of(stores.jobs->heartbeat(beat, now_ms)); },
          .apply = [=](const Model&, Model& now) { return now.heartbeat(beat, now_ms); }};
}

Operation set_exact(const std::string& id, std::int64_t fence, std::int64_t quantity,
                    std::int64_t now_ms) {
  return {.text = fmt::format("set exact {} fence {} to {}", id, fence, quantity),
          .run =
              [=](Stores& stores) {
                return outcome_of(stores.jobs->set_exact(id, fence, quantity, now_ms));
              },
          .apply = [=](const Model&,
                       Model& now) { return now.set_exact(id, fence, quantity, now_ms); }};
}

Operation complete(const jobs::Completion& completion, std::int64_t now_ms) {
  return {
      .text = fmt::format("complete {} fence {} with {}", completion.job_id, completion.fence,
                          completion.quantity),
      .run = [=](Stores& stores) { return outcome_of(stores.jobs->complete(completion, now_ms)); },
      .apply = [=](const Model&, Model& now) { return now.complete(completion); }};
}

Operation fail_job(const std::string& id, std::int64_t fence, const Error& error, bool is_retryable,
                   std::int64_t now_ms) {
  return {
      .text = fmt::format("fail {} fence {}{}", id, fence, is_retryable ? " retryable" : ""),
      .run =
          [=](Stores& stores) {
            return outcome_of(stores.jobs->fail(id, fence, error, is_retryable, now_ms));
          },
      .apply = [=](const Model&, Model& now) { return now.fail(id, fence, error, is_retryable); }};
}

Operation cancel(const std::string& account, const std::string& id, std::int64_t now_ms) {
  return {.text = fmt::format("cancel {} of {}", id, account),
          .run =
              [=](Stores& stores) {
                const auto job = stores.jobs->cancel(account, id, now_ms);
                return job ? "ok" + facts(*job) : outcome_of(job.error());
              },
          .apply =
              [=](const Model&, Model& now) {
                const Outcome outcome = now.cancel(account, id);
                return outcome == "ok" ? "ok" + facts(id, now.jobs.at(id)) : outcome;
              }};
}

Operation remove(const std::string& account, const std::string& id, std::int64_t now_ms) {
  return {
      .text = fmt::format("remove {} of {}", id, account),
      .run = [=](Stores& stores) { return outcome_of(stores.jobs->remove(account, id, now_ms)); },
      .apply = [=](const Model&, Model& now) { return now.remove(account, id); }};
}

Operation sweep(std::int64_t now_ms) {
  return {.text = "sweep",
          .run = [=](Stores& stores) -> Outcome {
            const auto changed = stores.jobs->sweep(now_ms);
            return changed ? fmt::format("ok {}", *changed) : outcome_of(changed.error());
          },
          .apply = [=](const Model&, Model& now) { return now.sweep(now_ms); }};
}

}  // namespace understudy::simulator
