#include "api/error_envelope.h"

#include <algorithm>
#include <cstdlib>

#include "money/top_up.h"

namespace understudy::api {

// Without `default`, so that a new code without a status does not compile.
int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_parameter:
    case ErrorCode::download_failed:
    case ErrorCode::video_too_long:
    case ErrorCode::no_audio_track:
    case ErrorCode::content_policy_violation:
    case ErrorCode::script_too_short:
    case ErrorCode::tts_text_invalid:
    case ErrorCode::resource_limit_reached:
    case ErrorCode::voice_unavailable:
    case ErrorCode::asset_not_available:
    case ErrorCode::hyperframes_project_invalid: return 400;
    case ErrorCode::unauthorized: return 401;
    case ErrorCode::insufficient_credit:
    case ErrorCode::spending_cap_exceeded:
    case ErrorCode::trial_limit_exceeded:
    case ErrorCode::plan_upgrade_required: return 402;
    case ErrorCode::forbidden:
    case ErrorCode::resource_access_denied:
    case ErrorCode::voice_not_usable:
    case ErrorCode::insufficient_api_key_scope:
    case ErrorCode::avatar_consent_required: return 403;
    case ErrorCode::not_found:
    case ErrorCode::resource_not_found:
    case ErrorCode::video_not_found:
    case ErrorCode::avatar_not_found:
    case ErrorCode::avatar_group_not_found:
    case ErrorCode::voice_not_found:
    case ErrorCode::template_not_found:
    case ErrorCode::asset_not_found:
    case ErrorCode::webhook_not_found:
    case ErrorCode::hyperframes_render_not_found: return 404;
    case ErrorCode::method_not_allowed: return 405;
    case ErrorCode::request_timeout: return 408;
    case ErrorCode::conflict:
    case ErrorCode::resource_not_ready:
    case ErrorCode::request_in_progress: return 409;
    case ErrorCode::gone: return 410;
    case ErrorCode::payload_too_large: return 413;
    case ErrorCode::range_not_satisfiable: return 416;
    case ErrorCode::rate_limit_exceeded:
    case ErrorCode::quota_exceeded: return 429;
    case ErrorCode::internal_error:
    case ErrorCode::video_delete_failed: return 500;
    case ErrorCode::not_implemented: return 501;
    case ErrorCode::service_unavailable: return 503;
    case ErrorCode::media_unreadable:
    case ErrorCode::engine_failed:
    case ErrorCode::storage_failed:
    case ErrorCode::deadline_exceeded:
    case ErrorCode::cancelled: return 500;
  }
  std::abort();  // a value outside the enum is corrupt memory
}

namespace {

// What to call to get on: the least top-up that covers what is missing.
json::value way_out(const Error& error, std::string_view base_url) {
  const auto* missing = error.extra->if_contains("missing");
  if (missing == nullptr) return nullptr;
  const bool is_credits = string_or(*error.extra, "currency") == "credits";
  const std::string url =
      std::string(base_url) + "/understudy/v1/" + (is_credits ? "credits" : "top-ups");
  const auto amount = money::parse_usd(to_text(*missing));
  if (!amount) return nullptr;
  if (is_credits) {
    constexpr std::int64_t kNanoPerCredit = 1'000'000'000;
    const std::int64_t credits = (amount->nano_usd + kNanoPerCredit - 1) / kNanoPerCredit;
    return json::object{
        {"method", "POST"}, {"url", url}, {"body", json::object{{"credits", credits}}}};
  }
  const money::Money least =
      std::max(money::from_cents(money::cents_up(*amount)), money::TopUpLimits{}.minimum);
  return json::object{{"method", "POST"},
                      {"url", url},
                      {"body", json::object{{"amount_usd", money::to_json(least)}}}};
}

}  // namespace

json::object error_object(const Error& error, std::string_view base_url) {
  const std::string_view code = to_string(error.code);
  json::object object;
  object["code"] = json::string_view(code.data(), code.size());
  object["message"] = error.message;
  if (!error.param.empty()) object["param"] = error.param;
  object["doc_url"] = std::string(base_url) + "/docs/errors#" + std::string(code);
  if (error.extra != nullptr) {
    for (const auto& member : *error.extra) object.emplace(member.key(), member.value());
    if (error.code == ErrorCode::insufficient_credit) object["top_up"] = way_out(error, base_url);
  }
  return object;
}

Response error_response(const Error& error, std::string_view base_url) {
  Response response;
  response.status = http_status(error.code);
  response.body = json::object{{"error", error_object(error, base_url)}};
  if (error.retry_after_s > 0) {
    response.headers.emplace_back("retry-after", std::to_string(error.retry_after_s));
  }
  if (error.code == ErrorCode::rate_limit_exceeded && error.extra != nullptr) {
    for (const char* name : {"limit", "used"}) {
      const auto value = int_or(*error.extra, name, -1);
      if (value < 0) continue;
      response.headers.emplace_back("x-understudy-concurrency-" + std::string(name),
                                    std::to_string(value));
    }
  }
  return response;
}

}  // namespace understudy::api
