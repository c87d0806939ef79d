#include "products/background_removals/background_removals_json.h"

#include <cstdlib>

#include "jobs/charge_json.h"
#include "products/background_removals/background_removals.h"

namespace understudy::background_removals {
namespace {

json::object layers_json(const jobs::Job& job, const LinkFunction& link) {
  json::object layers;
  const auto* outputs = object_or_null(job.result, "outputs");
  if (outputs == nullptr) return layers;
  for (const auto& name : all_layers()) {
    const auto* output = object_or_null(*outputs, name);
    const auto blob =
        output != nullptr ? jobs::blob_ref_from(*output) : fail(ErrorCode::not_found, "");
    if (blob) layers[name] = link(*blob);
  }
  return layers;
}

}  // namespace

std::string_view removal_status(jobs::JobState state) {
  switch (state) {
    case jobs::JobState::queued: return "pending";
    case jobs::JobState::running: return "processing";
    case jobs::JobState::completed: return "completed";
    case jobs::JobState::failed:
    case jobs::JobState::cancelled: return "failed";
  }
  std::abort();
}

json::object removal_json(const jobs::Job& job, const LinkFunction& link,
                          const money::PriceBook& prices) {
  const bool is_completed = job.state == jobs::JobState::completed;
  json::value error = nullptr;
  if (job.state == jobs::JobState::failed) error = job.failure_message;
  if (job.state == jobs::JobState::cancelled)
    error = "The background removal was cancelled; nothing was charged.";
  json::object removal{
      {"id", job.id},
      {"status", removal_status(job.state)},
      {"title", string_or_null(job.title)},
      {"created_at", job.created_at_ms / 1000},
      {"completed_at",
       is_completed ? json::value(job.finished_at_ms / 1000) : json::value(nullptr)},
      {"duration",
       is_completed ? decimal(int_or(job.result, "duration_ms", 0), 3) : json::value(nullptr)},
      {"error", std::move(error)},
      {"layers", layers_json(job, link)},
  };
  removal["charge"] = jobs::charge_json(job, prices);
  removal["progress"] = job.progress;
  removal["stage"] = string_or_null(job.stage);
  const auto* warnings = array_or_null(job.result, "warnings");
  removal["warnings"] = warnings != nullptr ? *warnings : json::array();
  if (const auto* matte = object_or_null(job.result, "matte")) removal["matte"] = *matte;
  return removal;
}

json::object deleted_json(const std::string& id) {
  return {{"id", id},
          {"status", "deleted"},
          {"created_at", nullptr},
          {"completed_at", nullptr},
          {"duration", nullptr},
          {"error", nullptr},
          {"layers", json::object()}};
}

}  // namespace understudy::background_removals
