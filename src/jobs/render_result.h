// result.json and error.json: how a render ends, as files in outputs/.
//   result.json  {"quantity": 4520, "outputs": {"video": {"file", "mime_type", "name"}, ...},
//   facts} error.json   {"code", "message", "param", "detail", "retryable"}
// What the worker reads of them comes from a sandboxed process and may be hostile.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "jobs/render_protocol.h"

namespace understudy::jobs {

// Errors: storage_failed.
Result<void> write_result(const std::filesystem::path& folder, const RenderOutcome& outcome);
Result<void> write_error(const std::filesystem::path& folder, const Error& error);

// Errors: engine_failed (not as above).
Result<RenderOutcome> outcome_from(const json::object& result);
struct RenderFailure {
  Error error;
  bool is_retryable = false;
};
RenderFailure failure_from(const json::object& error);

// Whether another try may succeed without anything being changed.
bool is_retryable(ErrorCode code);

}  // namespace understudy::jobs
