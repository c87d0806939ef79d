#include "products/hyperframes/hyperframes_service.h"

#include <algorithm>
#include <cmath>

#include "api/idempotency.h"
#include "base/id.h"
#include "base/text.h"
#include "browser/composition.h"
#include "jobs/webhook_rules.h"
#include "money/credit_prices.h"

namespace understudy::hyperframes {
namespace {

tl::unexpected<Error> too_long() {
  return fail(ErrorCode::video_too_long, "A render is at most 30 minutes and 108000 frames long.",
              "project");
}

constexpr std::string_view kKind = "hyperframes";
constexpr std::int64_t kDeadlineMs = 60 * 60 * 1000;

Result<jobs::ResolvedInput> fetch(jobs::InputResolver& inputs, std::string_view account_id,
                                  const ProjectSource& source) {
  const jobs::InputRules rules{
      .param = "project", .kinds = {"document"}, .size_max = kArchiveBytesMax};
  if (!source.url.empty()) {
    return inputs.from_url(source.url, rules, jobs::Keep::in_blob_store);
  }
  if (!source.asset_id.empty()) return inputs.from_asset(account_id, source.asset_id, rules);
  return inputs.from_base64(source.base64, rules, jobs::Keep::in_blob_store);
}

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

tl::unexpected<Error> no_render() {
  return fail(ErrorCode::hyperframes_render_not_found, "There is no render with this id.",
              "render_id");
}

}  // namespace

Result<HyperframesService::Project> HyperframesService::resolve(std::string_view account_id,
                                                                const Request& request) {
  TRY_ASSIGN(const auto input, fetch(ports_.inputs, account_id, request.project));
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
  if (!request.callback_url.empty()) {
    TRY(jobs::check_webhook_url(request.callback_url, ports_.inputs.allows_private(),
                                "callback_url"));
  }
  TRY_ASSIGN(const Project project, resolve(principal.account_id, request));
  if (is_strict && !project.lint_errors.empty()) return lint_failure(project.lint_errors);
  request.aspect_ratio = project.aspect_ratio;
  const std::int64_t now_ms = ports_.clock.now_ms();
  TRY_ASSIGN(const auto offer, money::offer(ports_.prices.in_effect(now_ms), principal.wallet_id,
                                            price_item(request)));
  jobs::NewJob job;
  job.kind = kKind;
  job.title = request.title;
  job.request = to_json(request);
  job.request["inputs"] = json::object{{"project", jobs::to_json(project.blob)}};
  if (!request.callback_url.empty()) job.request["callback_url"] = request.callback_url;
  if (!project.lint_errors.empty()) job.request["lint_errors"] = project.lint_errors;
  job.request["estimate_ms"] = project.duration_ms;
  job.request["estimate_is_exact"] = project.is_exact;
  job.input_blobs = {project.blob.hash};
  jobs::bill_to(job, principal);
  job.price_item = price_item(request);
  job.price_version = offer.version;
  job.hold = money::charge(offer.price, {project.duration_ms});
  job.created_at_ms = now_ms;
  job.deadline_at_ms = now_ms + kDeadlineMs;
  job.id = new_id(now_ms);
  return job;
}

Result<std::string> HyperframesService::create(const api::Request& request,
                                               const AnswerFor& answer) {
  TRY_ASSIGN(const bool is_strict, strictness_of(request));
  TRY_ASSIGN(auto job, plan(request.principal, request.object(), is_strict));
  const std::string id = job.id;
  jobs::Submission submission;
  if (request.idempotency) {
    submission.answer = api::stored_answer(*request.idempotency, answer(id));
  }
  submission.jobs.push_back(std::move(job));
  TRY(ports_.queue.submit(submission));
  return id;
}

Result<api::Quote> HyperframesService::quote(const accounts::Principal& principal,
                                             const json::object& body) {
  TRY_ASSIGN(const auto job, plan(principal, body, false));
  api::Quote quote;
  quote.price_item = job.price_item;
  quote.price_version = job.price_version;
  quote.quantity = job.request.at("estimate_ms").to_number<std::int64_t>();
  quote.is_exact = job.request.at("estimate_is_exact").get_bool();
  quote.amount = job.hold;
  return quote;
}

Result<jobs::Job> HyperframesService::find(std::string_view account_id, std::string_view id) {
  auto job = ports_.queue.find(account_id, id);
  if (job && job->kind == kKind) return job;
  if (!job && job.error().code != ErrorCode::not_found) return job;
  return no_render();
}

Result<std::vector<jobs::Job>> HyperframesService::list(jobs::JobQuery query) {
  query.kind = kKind;
  return ports_.queue.list(query);
}

Result<void> HyperframesService::remove(std::string_view account_id, std::string_view id) {
  TRY(find(account_id, id));
  return ports_.queue.remove(account_id, id, ports_.clock.now_ms());
}

}  // namespace understudy::hyperframes
