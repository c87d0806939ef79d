#include "api/job_json.h"

#include <cstdlib>

#include "jobs/charge_json.h"

namespace understudy::api {

using jobs::JobState;

std::string_view status_of(const JobKind& kind, JobState state) {
  switch (state) {
    case JobState::queued: return kind.queued;
    case JobState::running: return kind.running;
    case JobState::completed: return "completed";
    case JobState::failed:
    case JobState::cancelled: return "failed";
  }
  std::abort();
}

std::string failure_code(const jobs::Job& job) {
  if (job.state != JobState::cancelled) return job.failure_code;
  return std::string(to_string(ErrorCode::cancelled));
}

std::string failure_message(const JobKind& kind, const jobs::Job& job) {
  if (job.state != JobState::cancelled) return job.failure_message;
  return "The " + std::string(kind.noun) + " was cancelled; nothing was charged.";
}

json::object job_head(const JobKind& kind, const jobs::Job& job) {
  return {{kind.id_field, job.id},
          {"title", string_or_null(job.title)},
          {"status", status_of(kind, job.state)},
          {"created_at", job.created_at_ms / 1000}};
}

json::value completed_at(const jobs::Job& job) {
  if (job.state != JobState::completed) return nullptr;
  return job.finished_at_ms / 1000;
}

json::value duration_or_null(const jobs::Job& job, std::int64_t duration_ms) {
  if (job.state != JobState::completed) return nullptr;
  return decimal(duration_ms, 3);
}

void add_failure(json::object& resource, const JobKind& kind, const jobs::Job& job) {
  resource["failure_code"] = string_or_null(failure_code(job));
  resource["failure_message"] = string_or_null(failure_message(kind, job));
}

void add_progress(json::object& resource, const jobs::Job& job, const money::PriceBook& prices) {
  resource["charge"] = jobs::charge_json(job, prices);
  resource["progress"] = job.progress;
  resource["stage"] = string_or_null(job.stage);
  if (job.queue_position > 0) resource["queue_position"] = job.queue_position;
  resource["eta_seconds"] = nullptr;
  if (job.eta_ms >= 0 && job.state == JobState::running)
    resource["eta_seconds"] = decimal(job.eta_ms, 3);
}

json::value output_link(const json::object& result, std::string_view name,
                        const LinkFunction& link) {
  const auto* outputs = object_or_null(result, "outputs");
  const auto* output = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
  if (output == nullptr) return nullptr;
  const auto blob = jobs::blob_ref_from(*output);
  return blob ? json::value(link(*blob)) : json::value(nullptr);
}

BatchItem batch_item(const JobKind& kind, const jobs::Job& job) {
  return {.id = job.id,
          .batch_id = job.batch_id,
          .index = job.batch_index,
          .status = job.state == JobState::queued    ? "queued"
                    : job.state == JobState::running ? "processing"
                                                     : status_of(kind, job.state),
          .error_code = failure_code(job),
          .error_message = failure_message(kind, job)};
}

}  // namespace understudy::api
