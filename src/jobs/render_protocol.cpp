#include "jobs/render_protocol.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>

#include "base/file.h"
#include "base/log.h"
#include "jobs/job_folder.h"
#include "jobs/render_message.h"
#include "jobs/render_result.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kJobFileMax = 16u << 20;
constexpr std::int64_t kProgressEveryMs = 150;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Result<RenderOutcome> run_step(const RenderSteps& steps, RenderContext& context) {
  const auto step = steps.find(context.job().kind);
  if (step == steps.end()) {
    return fail(ErrorCode::not_implemented,
                "This worker does not know how to render '" + context.job().kind + "'.");
  }
  // Last border of the process: a library's exception becomes the job's error.
  try {
    return step->second(context);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::resource_limit_reached, "The job needs more memory than it may use.");
  } catch (const std::exception& unexpected) {
    return fail_with_detail(ErrorCode::internal_error, "The render failed.", unexpected.what());
  }
}

}  // namespace

RenderLink standard_link() {
  return {.send =
              [](std::string_view line) {
                std::cout << line << '\n';
                std::cout.flush();
              },
          .reply = []() -> std::optional<std::string> {
            std::string line;
            if (!std::getline(std::cin, line)) return std::nullopt;
            return line;
          }};
}

RenderLink agreeing_link() {
  return {.send = [](std::string_view) {},
          .reply = [] { return std::optional<std::string>(kReplyOk); }};
}

RenderContext::RenderContext(fs::path folder, RenderLink link)
    : folder_(std::move(folder)), link_(std::move(link)) {}

Result<std::unique_ptr<RenderContext>> RenderContext::open(const fs::path& folder,
                                                           RenderLink link) {
  std::unique_ptr<RenderContext> context(new RenderContext(folder, std::move(link)));
  TRY(context->read_job());
  for (const char* name : {kWorkFolder, kOutputsFolder, kTemporaryFolder}) {
    std::error_code failed;
    fs::create_directories(folder / name, failed);  // the worker made them; a test need not
    if (failed) {
      return fail_with_detail(ErrorCode::storage_failed, "The job's folder cannot be written.",
                              failed.message());
    }
  }
  return context;
}

Result<void> RenderContext::read_job() {
  TRY_ASSIGN(const std::string text, read_file(folder_ / kJobFile, kJobFileMax));
  TRY_ASSIGN(const json::value value, parse_json(text, 64));
  const auto* object = value.if_object();
  const auto* request = object != nullptr ? object_or_null(*object, "request") : nullptr;
  if (request == nullptr) return fail(ErrorCode::invalid_parameter, "job.json has no request.");
  job_ = {.id = string_or(*object, "id"),
          .kind = string_or(*object, "kind"),
          .attempt = static_cast<int>(int_or(*object, "attempt", 1)),
          .request = *request};
  TRY_ASSIGN(const auto inputs, JobFolder::inputs_of(*request));
  for (const auto& [name, input] : inputs) {
    inputs_[name] = {.file = folder_ / input.file, .blob = input.blob};
  }
  return {};
}

Result<RenderInput> RenderContext::input(std::string_view name) const {
  const auto found = inputs_.find(name);
  if (found == inputs_.end()) {
    return fail(ErrorCode::internal_error, "The job has no input '" + std::string(name) + "'.");
  }
  return found->second;
}

bool RenderContext::has_input(std::string_view name) const {
  return inputs_.find(name) != inputs_.end();
}

fs::path RenderContext::output(std::string_view name) const {
  return folder_ / kOutputsFolder / name;
}
fs::path RenderContext::work_file(std::string_view name) const {
  return folder_ / kWorkFolder / name;
}
fs::path RenderContext::temporary_file(std::string_view name) const {
  return folder_ / kTemporaryFolder / name;
}

Result<void> RenderContext::once(const fs::path& target, const Step& step) {
  std::error_code failed;
  if (fs::exists(target, failed)) return {};
  const fs::path partial = target.parent_path() / ("partial-" + target.filename().string());
  fs::remove_all(partial, failed);
  TRY(step(partial));
  // Written through before it has its name: after a power cut a named file is a whole one.
  TRY(sync_path(partial));
  fs::rename(partial, target, failed);
  if (failed) {
    return fail_with_detail(ErrorCode::storage_failed, "A step's file could not be kept.",
                            target.string() + ": " + failed.message());
  }
  return {};
}

void RenderContext::progress(double fraction, std::string_view stage) {
  const std::lock_guard lock(mutex_);
  const auto now_ms = steady_ms();
  fraction_ = std::clamp(fraction, fraction_, 1.0);
  estimate_.add(fraction_, now_ms);
  const bool is_new_stage = stage != stage_;
  if (!is_new_stage && fraction_ < 1 && now_ms - sent_at_ms_ < kProgressEveryMs) return;
  stage_ = stage;
  sent_at_ms_ = now_ms;
  link_.send(to_line(
      RenderProgress{.fraction = fraction_, .stage = stage_, .eta_ms = estimate_.eta_ms()}));
}

Result<void> RenderContext::confirm_exact(const Delivered& delivered) {
  const std::lock_guard lock(mutex_);
  link_.send(to_line(ExactQuantity{delivered}));
  const auto reply = link_.reply();
  if (reply == kReplyOk) return {};
  if (reply == kReplyRefused) {
    return fail(ErrorCode::insufficient_credit,
                "The wallet or a cap does not cover the exact price.");
  }
  return fail(ErrorCode::cancelled, "The job was taken back.");
}

int run_render(const fs::path& folder, const RenderSteps& steps, RenderLink link) {
  auto context = RenderContext::open(folder, std::move(link));
  Result<RenderOutcome> outcome =
      context ? run_step(steps, **context) : tl::make_unexpected(context.error());
  const Result<void> kept =
      outcome ? write_result(folder, *outcome) : write_error(folder, outcome.error());
  if (!kept) {
    log::error("render: {} ({})", kept.error().message, kept.error().detail);
    return 2;
  }
  if (!outcome) {
    log::warn("render: {}: {} ({})", to_string(outcome.error().code), outcome.error().message,
              outcome.error().detail);
    return 1;
  }
  return 0;
}

int run_render_ahead(const fs::path& folder, const std::string& kind, const PrepareSteps& steps,
                     const RenderLink& link) {
  const auto prepare = steps.find(kind);
  if (prepare == steps.end()) {
    log::error("render: nothing of a job of kind {} can be done ahead", kind);
    return 2;
  }
  const RenderStep step = prepare->second(folder);
  const auto told = link.reply();
  if (!told || *told != kBegin) return 0;
  return run_render(folder, {{kind, step}}, link);
}

}  // namespace understudy::jobs
