// The errors every module speaks.
//
// A code tells the caller what to do next; the HTTP status and the documentation link are derived
// from it in one place, api/error_envelope.cpp. Enumerators are spelled exactly as on the wire.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

namespace understudy {

enum class ErrorCode {
  // 400
  invalid_parameter,
  download_failed,
  video_too_long,
  no_audio_track,
  content_policy_violation,
  script_too_short,
  tts_text_invalid,
  resource_limit_reached,
  voice_unavailable,
  asset_not_available,
  hyperframes_project_invalid,
  // 401, 402, 403
  unauthorized,
  insufficient_credit,
  spending_cap_exceeded,
  trial_limit_exceeded,
  plan_upgrade_required,
  forbidden,
  resource_access_denied,
  voice_not_usable,
  insufficient_api_key_scope,
  avatar_consent_required,
  // 404
  not_found,
  resource_not_found,
  video_not_found,
  avatar_not_found,
  avatar_group_not_found,
  voice_not_found,
  template_not_found,
  asset_not_found,
  webhook_not_found,
  hyperframes_render_not_found,
  // 405, 408, 409, 410, 413, 416
  method_not_allowed,
  request_timeout,
  conflict,
  resource_not_ready,
  request_in_progress,
  gone,
  payload_too_large,
  range_not_satisfiable,
  // 429
  rate_limit_exceeded,
  quota_exceeded,
  // 500, 501, 503
  internal_error,
  video_delete_failed,
  not_implemented,
  service_unavailable,
  // Failures of a job; they appear as failure_code, and as 500 should one escape to HTTP.
  media_unreadable,
  engine_failed,
  storage_failed,
  deadline_exceeded,
  cancelled,
};

struct Error {
  ErrorCode code = ErrorCode::internal_error;
  std::string message;  // one sentence for the API's caller: no paths, no SQL, no secrets
  std::string param;    // request field at fault as a path such as "voice_settings.speed", or empty
  std::string detail;   // for the log only
  int retry_after_s = 0;  // > 0: when a repeat may succeed; becomes the header Retry-After
  // Further members of the error object (needed, available, ...), or null.
  std::shared_ptr<const boost::json::object> extra;
};

std::string_view to_string(ErrorCode code);
std::optional<ErrorCode> error_code_from(std::string_view name);

}  // namespace understudy
