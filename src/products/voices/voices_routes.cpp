#include "products/voices/voices_routes.h"

#include "api/pagination.h"
#include "products/voices/voices_json.h"

namespace understudy::voices {
namespace {

constexpr std::string_view kPreviewPath = "/understudy/v1/voices/{voice_id}/preview.mp3";

Result<api::Response> list(const api::Request& request) {
  TRY_ASSIGN(const auto page, api::page_request(request, {.limit_default = 20, .limit_max = 100}));
  VoiceQuery query;
  query.is_private = request.query_value("type") == "private";
  query.engine = request.query_value("engine").value_or("");
  query.language = request.query_value("language").value_or("");
  query.gender = request.query_value("gender").value_or("");
  query.after_id = page.after_id;
  query.limit = page.limit;
  TRY_ASSIGN(const auto found, find_voices(query));
  json::array data;
  for (const auto* voice : found.voices)
    data.push_back(voice_json(*voice, preview_url(request, *voice)));
  std::optional<std::string> next;
  if (found.has_more) next = api::page_token(found.voices.back()->id);
  return api::page_response(std::move(data), next);
}

Result<api::Response> show(const api::Request& request) {
  TRY_ASSIGN(const auto* voice, find_voice(request.path_param("voice_id")));
  return api::data_response(voice_detail_json(*voice, preview_url(request, *voice)));
}

// All voices are of the catalogue, which belongs to nobody.
Result<api::Response> remove(const api::Request& request) {
  TRY(find_voice(request.path_param("voice_id")));
  return fail(ErrorCode::resource_access_denied, "This voice is public: it cannot be deleted.",
              "voice_id");
}

Result<api::Response> preview(VoicePreviews& previews, const api::Request& request) {
  const std::string& id = request.path_param("voice_id");
  TRY_ASSIGN(auto path, previews.file(id));
  api::Response response;
  response.file = api::FileBody{
      .path = std::move(path), .mime_type = "audio/mpeg", .download_name = id + ".mp3", .etag = id};
  return response;
}

}  // namespace

std::string preview_url(const api::Request& request, const speech::Voice& voice) {
  return request.base_url + "/understudy/v1/voices/" + voice.id + "/preview.mp3";
}

std::vector<api::Route> routes(VoicesService& service, VoicePreviews& previews, api::Links links,
                               const money::PriceBook& prices) {
  const auto speak = [&service, links = std::move(links),
                      &prices](const api::Request& request) -> Result<api::Response> {
    TRY_ASSIGN(const auto job, service.speak(request));
    TRY_ASSIGN(auto answer, speech_json(job, api::link_for(links, request), prices));
    return api::data_response(std::move(answer));
  };
  api::Route preview_route{
      "GET", std::string(kPreviewPath),
      [&previews](const api::Request& request) { return preview(previews, request); }};
  preview_route.needs_key = false;  // players of sound cannot send one
  preview_route.is_public_file = true;
  return {
      {"GET", "/v3/voices", list},
      {"GET", "/v3/voices/{voice_id}", show},
      {"DELETE", "/v3/voices/{voice_id}", remove},
      {"POST", "/v3/voices/speech", speak},
      std::move(preview_route),
  };
}

api::QuoteFunctions quotes(VoicesService& service) {
  return {{"/v3/voices/speech",
           [&service](const auto&, const auto& body) { return service.quote(body); }}};
}

}  // namespace understudy::voices
