#include "jobs/render_result.h"

#include "base/file.h"
#include "jobs/job_folder.h"

namespace understudy::jobs {
namespace {

constexpr std::size_t kOutputsMax = 64;
constexpr std::size_t kTextMax = 500;

}  // namespace

bool is_retryable(ErrorCode code) {
  return code == ErrorCode::service_unavailable || code == ErrorCode::storage_failed;
}

Result<void> write_result(const std::filesystem::path& folder, const RenderOutcome& outcome) {
  json::object result = outcome.facts;
  json::object outputs;
  for (const auto& [name, output] : outcome.outputs) {
    outputs[name] =
        json::object{{"file", output.file}, {"mime_type", output.mime_type}, {"name", output.name}};
  }
  result["quantity"] = outcome.quantity;
  result["parts"] = to_json(outcome.parts);
  result["outputs"] = std::move(outputs);
  return write_file_durably(folder / kOutputsFolder / kResultFile, to_text(result));
}

Result<void> write_error(const std::filesystem::path& folder, const Error& error) {
  const json::object text{{"code", to_string(error.code)},
                          {"message", error.message},
                          {"param", error.param},
                          {"detail", error.detail},
                          {"retryable", is_retryable(error.code)}};
  return write_file_durably(folder / kOutputsFolder / kErrorFile, to_text(text));
}

Result<RenderOutcome> outcome_from(const json::object& result) {
  const auto* outputs = object_or_null(result, "outputs");
  RenderOutcome outcome{
      .quantity = int_or(result, "quantity", -1), .parts = {}, .outputs = {}, .facts = result};
  auto parts = parts_from(result);
  if (outputs == nullptr || outcome.quantity < 0 || !parts || outputs->size() > kOutputsMax) {
    return fail(ErrorCode::engine_failed, "The render left no usable result.");
  }
  outcome.parts = *std::move(parts);
  outcome.facts.erase("quantity");
  outcome.facts.erase("parts");
  outcome.facts.erase("outputs");
  for (const auto& member : *outputs) {
    const auto* output = member.value().if_object();
    if (output == nullptr) {
      return fail(ErrorCode::engine_failed, "The render left no usable result.");
    }
    outcome.outputs[std::string(member.key())] = {.file = string_or(*output, "file"),
                                                  .mime_type = string_or(*output, "mime_type"),
                                                  .name = string_or(*output, "name")};
  }
  return outcome;
}

RenderFailure failure_from(const json::object& error) {
  RenderFailure failure;
  failure.error.code = error_code_from(string_or(error, "code")).value_or(ErrorCode::engine_failed);
  failure.error.message = string_or(error, "message", "The render failed.").substr(0, kTextMax);
  failure.error.param = string_or(error, "param").substr(0, kTextMax);
  failure.error.detail = string_or(error, "detail").substr(0, kTextMax);
  failure.is_retryable = bool_or(error, "retryable", false);
  return failure;
}

}  // namespace understudy::jobs
