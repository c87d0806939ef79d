#include "jobs/worker_protocol.h"

#include <algorithm>

#include "jobs/render_message.h"

namespace understudy::jobs {
namespace {

constexpr std::int64_t kLeaseMinMs = 100;
constexpr std::int64_t kLeaseMaxMs = 10 * 60'000;

tl::unexpected<Error> missing(std::string name) {
  return fail(ErrorCode::invalid_parameter, "A field of the worker protocol is missing or wrong.",
              std::move(name));
}

struct Claimed {
  std::string job_id;
  std::int64_t fence = 0;
};

Result<Claimed> claimed_from(const json::object& object) {
  Claimed claimed{string_or(object, "job_id"), int_or(object, "fence", 0)};
  if (claimed.job_id.empty()) return missing("job_id");
  if (claimed.fence <= 0) return missing("fence");
  return claimed;
}

std::int64_t lease_from(const json::object& object) {
  return std::clamp(int_or(object, "lease_ms", 45'000), kLeaseMinMs, kLeaseMaxMs);
}

}  // namespace

json::object to_json(const Job& job) {
  return {{"id", job.id},
          {"kind", job.kind},
          {"lane", to_string(job.lane)},
          {"title", job.title},
          {"request", job.request},
          {"attempt", job.attempt},
          {"fence", job.fence},
          {"deadline_at_ms", job.deadline_at_ms}};
}

Result<Job> claimed_job_from(const json::object& object) {
  Job job;
  job.id = string_or(object, "id");
  job.kind = string_or(object, "kind");
  job.title = string_or(object, "title");
  job.lane = lane_from(string_or(object, "lane")).value_or(Lane::standard);
  job.attempt = static_cast<int>(int_or(object, "attempt", 1));
  job.fence = int_or(object, "fence", 0);
  job.deadline_at_ms = int_or(object, "deadline_at_ms", 0);
  job.state = JobState::running;
  const auto* request = object_or_null(object, "request");
  if (job.id.empty()) return missing("id");
  if (job.fence <= 0) return missing("fence");
  if (request == nullptr) return missing("request");
  job.request = *request;
  return job;
}

json::object to_json(const ClaimRequest& request, std::int64_t wait_ms) {
  json::array lanes;
  for (const Lane lane : request.lanes) lanes.emplace_back(to_string(lane));
  return {{"worker_id", request.worker_id},
          {"lanes", std::move(lanes)},
          {"lease_ms", request.lease_ms},
          {"wait_ms", wait_ms}};
}

Result<ClaimCall> claim_from(const json::object& object) {
  ClaimCall call{
      {.worker_id = string_or(object, "worker_id"), .lanes = {}, .lease_ms = lease_from(object)},
      std::max<std::int64_t>(0, int_or(object, "wait_ms", 0))};
  const auto* lanes = array_or_null(object, "lanes");
  if (call.request.worker_id.empty()) return missing("worker_id");
  if (lanes == nullptr || lanes->empty()) return missing("lanes");
  for (const auto& name : *lanes) {
    const auto* text = name.if_string();
    const auto lane =
        text != nullptr ? lane_from(std::string_view(text->data(), text->size())) : std::nullopt;
    if (!lane) return missing("lanes");
    call.request.lanes.push_back(*lane);
  }
  return call;
}

json::object to_json(const Heartbeat& beat) {
  return {{"job_id", beat.job_id}, {"fence", beat.fence},   {"progress", beat.progress},
          {"stage", beat.stage},   {"eta_ms", beat.eta_ms}, {"lease_ms", beat.lease_ms}};
}

Result<Heartbeat> heartbeat_from(const json::object& object) {
  TRY_ASSIGN(Claimed claimed, claimed_from(object));
  return Heartbeat{.job_id = std::move(claimed.job_id),
                   .fence = claimed.fence,
                   .progress = std::clamp(number_or(object, "progress", 0), 0.0, 1.0),
                   .stage = string_or(object, "stage").substr(0, kStageMax),
                   .eta_ms = std::max<std::int64_t>(-1, int_or(object, "eta_ms", -1)),
                   .lease_ms = lease_from(object)};
}

json::object to_json(const Completion& completion) {
  json::array outputs;
  for (const auto& hash : completion.output_blobs) outputs.emplace_back(hash);
  return {{"job_id", completion.job_id},
          {"fence", completion.fence},
          {"quantity", completion.quantity},
          {"parts", to_json(completion.parts)},
          {"result", completion.result},
          {"output_blobs", std::move(outputs)}};
}

Result<Completion> completion_from(const json::object& object) {
  TRY_ASSIGN(Claimed claimed, claimed_from(object));
  Completion completion{.job_id = std::move(claimed.job_id),
                        .fence = claimed.fence,
                        .quantity = int_or(object, "quantity", -1),
                        .parts = {},
                        .result = {},
                        .output_blobs = {}};
  const auto* result = object_or_null(object, "result");
  const auto* outputs = array_or_null(object, "output_blobs");
  if (completion.quantity < 0) return missing("quantity");
  auto parts = parts_from(object);
  if (!parts) return missing("parts");
  completion.parts = *std::move(parts);
  if (result == nullptr) return missing("result");
  if (outputs == nullptr) return missing("output_blobs");
  completion.result = *result;
  for (const auto& hash : *outputs) {
    const auto* text = hash.if_string();
    if (text == nullptr || !is_blob_hash({text->data(), text->size()})) {
      return missing("output_blobs");
    }
    completion.output_blobs.emplace_back(text->data(), text->size());
  }
  return completion;
}

json::object to_json(const ExactRequest& request) {
  return {{"job_id", request.job_id},
          {"fence", request.fence},
          {"quantity", request.delivered.quantity},
          {"parts", to_json(request.delivered.parts)}};
}

Result<ExactRequest> exact_from(const json::object& object) {
  TRY_ASSIGN(Claimed claimed, claimed_from(object));
  const auto quantity = int_or(object, "quantity", -1);
  if (quantity < 0) return missing("quantity");
  auto parts = parts_from(object);
  if (!parts) return missing("parts");
  return ExactRequest{std::move(claimed.job_id), claimed.fence, {quantity, *std::move(parts)}};
}

json::object to_json(const FailRequest& request) {
  return {{"job_id", request.job_id},
          {"fence", request.fence},
          {"code", to_string(request.error.code)},
          {"message", request.error.message},
          {"param", request.error.param},
          {"detail", request.error.detail},
          {"retryable", request.is_retryable}};
}

Result<FailRequest> fail_from(const json::object& object) {
  TRY_ASSIGN(Claimed claimed, claimed_from(object));
  FailRequest request{std::move(claimed.job_id), claimed.fence, {}, false};
  const auto code = error_code_from(string_or(object, "code"));
  if (!code) return missing("code");
  request.error.code = *code;
  request.error.message = string_or(object, "message");
  request.error.param = string_or(object, "param");
  request.error.detail = string_or(object, "detail");
  request.is_retryable = bool_or(object, "retryable", false);
  return request;
}

}  // namespace understudy::jobs
