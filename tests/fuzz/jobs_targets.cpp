// What sandboxed renders and remote workers say to the processes that trust them least.
#include <string>

#include "jobs/render_message.h"
#include "jobs/render_result.h"
#include "jobs/worker_protocol.h"
#include "target.h"

namespace understudy::fuzz {
namespace {

void render_line(std::string_view input) {
  const auto message = jobs::parse_render_message(input);
  if (!message) return;
  if (const auto* exact = std::get_if<jobs::ExactQuantity>(&*message)) {
    require(exact->delivered.quantity >= 0, "a quantity is at least 0");
  } else {
    const auto& progress = std::get<jobs::RenderProgress>(*message);
    require(progress.fraction >= 0 && progress.fraction <= 1, "progress is a share");
    require(progress.stage.size() <= jobs::kStageMax, "a stage is short");
  }
  require(jobs::parse_render_message(jobs::to_line(*message)).has_value(), "our own line is read");
}

void render_result(std::string_view input) {
  const auto value = parse_json(input);
  if (!value || !value->is_object()) return;
  const auto& object = value->get_object();
  if (const auto outcome = jobs::outcome_from(object)) {
    require(outcome->quantity >= 0, "a quantity is at least 0");
  }
  (void)jobs::failure_from(object);
}

void worker_call(std::string_view input) {
  const auto value = parse_json(input, 64);
  if (!value || !value->is_object()) return;
  const auto& object = value->get_object();
  if (const auto call = jobs::claim_from(object)) {
    require(call->wait_ms >= 0 && call->request.lease_ms > 0, "times are positive");
  }
  if (const auto beat = jobs::heartbeat_from(object)) {
    require(beat->progress >= 0 && beat->progress <= 1, "progress is a share");
    require(beat->lease_ms > 0, "a lease lasts");
  }
  if (const auto exact = jobs::exact_from(object)) {
    require(exact->delivered.quantity >= 0, "a quantity is at least 0");
  }
  if (const auto completion = jobs::completion_from(object)) {
    require(completion->quantity >= 0, "a quantity is at least 0");
    for (const auto& hash : completion->output_blobs) {
      require(jobs::is_blob_hash(hash), "an output is a hash");
    }
  }
  (void)jobs::fail_from(object);
  (void)jobs::claimed_job_from(object);
}

constexpr Target kTargets[] = {
    {"render_line", render_line}, {"render_result", render_result}, {"worker_call", worker_call}};

}  // namespace

std::span<const Target> jobs_targets() { return kTargets; }

}  // namespace understudy::fuzz
