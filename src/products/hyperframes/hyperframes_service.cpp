#include "products/hyperframes/hyperframes_service.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "browser/composition.h"
#include "jobs/webhook_rules.h"

namespace understudy::hyperframes {
namespace {

tl::unexpected<Error> too_long() {
  return fail(ErrorCode::video_too_long, "A render is at most 30 minutes and 108000 frames long.",
              "project");
}

constexpr std::int64_t kDeadlineMs = 60 * 60 * 1000;

// The schema of the body has no field for it.
Result<bool> strictness_of(const api::Request& request) {
  const std::string wish = lower_case(request.header("x-understudy-strict"));
  if (wish.empty() || wish == "false") return false;
  if (wish == "true") return true;
  return fail(ErrorCode::invalid_parameter, "X-Understudy-Strict takes true or false.",
              "X-Understudy-Strict");
}

tl::unexpected<Error> lint_failure(const json::array& errors) {
  constexpr std::size_t kShown = 5;
  std::string text = "The composition has " + std::to_string(errors.size()) + " lint errors:";
  for (std::size_t i = 0; i < std::min(kShown, errors.size()); ++i) {
    text += "\n" + std::string(errors[i].get_string());
  }
  return fail(ErrorCode::hyperframes_project_invalid, std::move(text), "project");
}

}  // namespace

Result<HyperframesService::Project> HyperframesService::resolve(std::string_view account_id,
                                                                const Request& request) {
  const jobs::InputRules rules{
      .param = "project", .kinds = {"document"}, .size_max = kArchiveBytesMax};
  TRY_ASSIGN(const auto input, ports_.inputs.from_source(account_id, request.project, rules,
                                                         jobs::Keep::in_blob_store));
  if (input.blob.mime_type != "application/zip") {
    return fail(ErrorCode::invalid_parameter, "'project' must be a ZIP archive.", "project");
  }
  TRY_ASSIGN(const auto file, ports_.blobs.local_path(input.blob.hash));
  auto facts = ports_.inspect(file, request.composition);
  if (!facts) {
    Error error = std::move(facts).error();
    if (error.code == ErrorCode::media_unreadable) {
      error.code = ErrorCode::hyperframes_project_invalid;
      error.message = "The project's archive could not be read.";
    }
    if (error.param.empty()) error.param = "project";
    return tl::make_unexpected(std::move(error));
  }
  if (const auto* declared = array_or_null(*facts, "variables")) {
    for (const auto& complaint :
         browser::check_variables(browser::variables_from(*declared), request.variables)) {
      if (complaint.is_error) {
        return fail(ErrorCode::hyperframes_project_invalid, complaint.text, "variables");
      }
    }
  }
  Project project;
  project.blob = input.blob;
  if (const auto* errors = array_or_null(*facts, "lint_errors")) project.lint_errors = *errors;
  const double said_s = number_or(*facts, "duration_s", 0);
  const double estimated_s = std::max(number_or(*facts, "clips_end_s", 0), said_s);
  if (!(estimated_s <= static_cast<double>(kDurationMaxMs) / 1000)) return too_long();
  project.is_exact = said_s > 0;
  const auto frames = static_cast<std::int64_t>(std::llround(estimated_s * request.fps));
  project.duration_ms = estimated_s > 0
                            ? billable_ms(std::max<std::int64_t>(frames, 1), request.fps)
                            : kUnknownDurationMs;
  if (project.duration_ms > kDurationMaxMs || frames > kFramesMax) {
    return too_long();
  }
  const std::string own = aspect_ratio_of(static_cast<int>(int_or(*facts, "width", 0)),
                                          static_cast<int>(int_or(*facts, "height", 0)));
  project.aspect_ratio = request.aspect_ratio.empty() ? own : request.aspect_ratio;
  if (own.empty()) {
    return fail(
        ErrorCode::hyperframes_project_invalid,
        "The composition's data-width and data-height have not the shape 16:9, 9:16 or 1:1.",
        "project");
  }
  if (own != project.aspect_ratio) {
    return fail(ErrorCode::invalid_parameter,
                "The composition's data-width and data-height are " + own + ", 'aspect_ratio' is " +
                    project.aspect_ratio + ".",
                "aspect_ratio");
  }
  return project;
}

Result<jobs::NewJob> HyperframesService::plan(const accounts::Principal& principal,
                                              const json::object& body, bool is_strict) {
  TRY_ASSIGN(Request request, parse(body));
  TRY(jobs::check_callback_url(request.callback_url, ports_.inputs.allows_private()));
  TRY_ASSIGN(const Project project, resolve(principal.account_id, request));
  if (is_strict && !project.lint_errors.empty()) return lint_failure(project.lint_errors);
  request.aspect_ratio = project.aspect_ratio;
  const std::int64_t now_ms = ports_.clock.now_ms();
  jobs::NewJob job;
  TRY(jobs::set_price(job, ports_.prices.in_effect(now_ms), principal.wallet_id,
                      price_item(request), {project.duration_ms}));
  jobs::set_times(job, now_ms, kDeadlineMs);
  job.kind = kKind.name;
  job.title = request.title;
  job.request = to_json(request);
  job.request["inputs"] = json::object{{"project", jobs::to_json(project.blob)}};
  if (!request.callback_url.empty()) job.request["callback_url"] = request.callback_url;
  if (!project.lint_errors.empty()) job.request["lint_errors"] = project.lint_errors;
  job.request["estimate_ms"] = project.duration_ms;
  job.request["estimate_is_exact"] = project.is_exact;
  job.input_blobs = {project.blob.hash};
  jobs::bill_to(job, principal);
  return job;
}

Result<api::Response> HyperframesService::create(const api::Request& request,
                                                 const api::JobAnswer& answer) {
  TRY_ASSIGN(const bool is_strict, strictness_of(request));
  TRY_ASSIGN(auto job, plan(request.principal, request.object(), is_strict));
  return api::submit_job(ports_.queue, request, std::move(job), answer);
}

Result<api::Quote> HyperframesService::quote(const accounts::Principal& principal,
                                             const json::object& body) {
  TRY_ASSIGN(const auto job, plan(principal, body, false));
  return api::quote_of(job, int_or(job.request, "estimate_ms", 0),
                       bool_or(job.request, "estimate_is_exact", false));
}

}  // namespace understudy::hyperframes
