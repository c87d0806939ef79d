#include "base/error.h"

#include <cstdlib>

namespace understudy {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_parameter: return "invalid_parameter";
    case ErrorCode::download_failed: return "download_failed";
    case ErrorCode::video_too_long: return "video_too_long";
    case ErrorCode::no_audio_track: return "no_audio_track";
    case ErrorCode::content_policy_violation: return "content_policy_violation";
    case ErrorCode::script_too_short: return "script_too_short";
    case ErrorCode::tts_text_invalid: return "tts_text_invalid";
    case ErrorCode::resource_limit_reached: return "resource_limit_reached";
    case ErrorCode::voice_unavailable: return "voice_unavailable";
    case ErrorCode::asset_not_available: return "asset_not_available";
    case ErrorCode::hyperframes_project_invalid: return "hyperframes_project_invalid";
    case ErrorCode::unauthorized: return "unauthorized";
    case ErrorCode::insufficient_credit: return "insufficient_credit";
    case ErrorCode::spending_cap_exceeded: return "spending_cap_exceeded";
    case ErrorCode::trial_limit_exceeded: return "trial_limit_exceeded";
    case ErrorCode::plan_upgrade_required: return "plan_upgrade_required";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::resource_access_denied: return "resource_access_denied";
    case ErrorCode::voice_not_usable: return "voice_not_usable";
    case ErrorCode::insufficient_api_key_scope: return "insufficient_api_key_scope";
    case ErrorCode::avatar_consent_required: return "avatar_consent_required";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::resource_not_found: return "resource_not_found";
    case ErrorCode::video_not_found: return "video_not_found";
    case ErrorCode::avatar_not_found: return "avatar_not_found";
    case ErrorCode::avatar_group_not_found: return "avatar_group_not_found";
    case ErrorCode::voice_not_found: return "voice_not_found";
    case ErrorCode::template_not_found: return "template_not_found";
    case ErrorCode::asset_not_found: return "asset_not_found";
    case ErrorCode::webhook_not_found: return "webhook_not_found";
    case ErrorCode::hyperframes_render_not_found: return "hyperframes_render_not_found";
    case ErrorCode::method_not_allowed: return "method_not_allowed";
    case ErrorCode::request_timeout: return "request_timeout";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::resource_not_ready: return "resource_not_ready";
    case ErrorCode::request_in_progress: return "request_in_progress";
    case ErrorCode::gone: return "gone";
    case ErrorCode::payload_too_large: return "payload_too_large";
    case ErrorCode::range_not_satisfiable: return "range_not_satisfiable";
    case ErrorCode::rate_limit_exceeded: return "rate_limit_exceeded";
    case ErrorCode::quota_exceeded: return "quota_exceeded";
    case ErrorCode::internal_error: return "internal_error";
    case ErrorCode::video_delete_failed: return "video_delete_failed";
    case ErrorCode::not_implemented: return "not_implemented";
    case ErrorCode::service_unavailable: return "service_unavailable";
    case ErrorCode::media_unreadable: return "media_unreadable";
    case ErrorCode::engine_failed: return "engine_failed";
    case ErrorCode::storage_failed: return "storage_failed";
    case ErrorCode::deadline_exceeded: return "deadline_exceeded";
    case ErrorCode::cancelled: return "cancelled";
  }
  std::abort();  // a value outside the enum is corrupt memory
}

std::optional<ErrorCode> error_code_from(std::string_view name) {
  for (int value = 0; value <= static_cast<int>(ErrorCode::cancelled); ++value) {
    const auto code = static_cast<ErrorCode>(value);
    if (to_string(code) == name) return code;
  }
  return std::nullopt;
}

}  // namespace understudy
