#include "products/avatars/consent_routes.h"

#include <fmt/chrono.h>

#include "api/error_envelope.h"
#include "base/log.h"
#include "products/avatars/consent_page.h"

namespace understudy::avatars {
namespace {

using api::Request;
using api::Response;

constexpr const char* kPagePath = "/consent/{token}";

struct Context {
  Consents& consents;
  AvatarsService& service;
  api::Links links;
};

std::string page_path(const std::string& token) { return "/consent/" + token; }

Submitter submitter_of(const Request& request, const char* way) {
  return {.way = way,
          .remote_address = request.remote_address,
          .user_agent = std::string(request.header("user-agent")),
          .key_id = request.principal.key_id};
}

Result<Response> begin(const Context& context, const Request& request) {
  const std::string& id = request.path_param("group_id");
  if (avatar::find_presenter(id) != nullptr) {
    return fail(ErrorCode::invalid_parameter, "This avatar needs no consent: digital twins do.",
                "group_id");
  }
  TRY_ASSIGN(const auto begun, context.consents.begin(request.principal, id, request.object(),
                                                      submitter_of(request, "api")));
  TRY_ASSIGN(auto group, shown_group(context.service, context.links, request, begun.group));
  json::value url;
  if (!begun.token.empty()) url = request.base_url + page_path(begun.token);
  return api::data_response(json::object{{"avatar_group", std::move(group)}, {"url", url}});
}

bool wants_json(const Request& request) {
  return request.header("accept").find("application/json") != std::string_view::npos;
}

// What a person sees in place of an error body.
Response notice_of(const Error& error) {
  const int status = api::http_status(error.code);
  if (status == 410) return consent_notice("Nothing left to do here", error.message, false, status);
  return consent_notice("This page cannot be shown", error.message, false, status);
}

Result<ConsentPage> page_for(Consents& consents, const Request& request) {
  const std::string& token = request.path_param("token");
  TRY_ASSIGN(const auto consent, consents.find_page(token));
  TRY_ASSIGN(const auto group, consents.group_of(consent));
  return ConsentPage{.group_name = group.name,
                     .text = consent.text,
                     .action = page_path(token),
                     .reroute_url = consent.reroute_url,
                     .problem = {}};
}

Result<Response> show_page(const Context& context, const Request& request) {
  const auto page = page_for(context.consents, request);
  if (!page) return notice_of(page.error());
  return consent_page(*page);
}

Result<Response> show_thanks(const Context&, const Request&) {
  return consent_notice("Thank you", "Your consent was received. You can close this page.", true,
                        200);
}

Result<jobs::AvatarConsent> take_film(Consents& consents, const Request& request) {
  const api::UploadedFile* film = nullptr;
  for (const auto& file : request.files)
    if (file.field == "video") film = &file;
  if (film == nullptr || film->size == 0) {
    TRY(consents.find_page(request.path_param("token")));
    return fail(ErrorCode::invalid_parameter, "Choose or record a film first.", "video");
  }
  return consents.submit(request.path_param("token"), film->path, film->content_type,
                         submitter_of(request, "page"));
}

// A browser without script sends the form and gets a page; the script asks for JSON.
Result<Response> take_consent(const Context& context, const Request& request) {
  const auto taken = take_film(context.consents, request);
  if (!taken) {
    if (!taken.error().detail.empty()) log::warn("consent: {}", taken.error().detail);
    if (wants_json(request)) return tl::make_unexpected(taken.error());
    auto page = page_for(context.consents, request);
    if (!page) return notice_of(page.error());
    page->problem = taken.error().message;
    return consent_page(*page, api::http_status(taken.error().code));
  }
  const std::string next = taken->reroute_url.empty() ? "/consent-given" : taken->reroute_url;
  if (wants_json(request)) return api::data_response(json::object{{"next", next}});
  Response response;
  response.status = 303;
  response.text = "";
  response.content_type = "text/plain; charset=utf-8";
  response.headers = {{"location", next}, {"cache-control", "no-store"}};
  return response;
}

json::object consent_json(const jobs::AvatarConsent& consent, std::int64_t now_ms,
                          const api::LinkFunction& link) {
  const bool is_given = consent.submitted_at_ms > 0;
  const auto time = [](std::int64_t ms) {
    return json::value(fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time_t{ms / 1000})));
  };
  json::object json{{"id", consent.id},
                    {"group_id", consent.group_id},
                    {"status", is_given                          ? "approved"
                               : now_ms >= consent.expires_at_ms ? "expired"
                                                                 : "pending"},
                    {"text", consent.text},
                    {"requested_at", time(consent.created_at_ms)},
                    {"expires_at", time(consent.expires_at_ms)},
                    {"submitted_at", is_given ? time(consent.submitted_at_ms) : nullptr},
                    {"video", nullptr}};
  for (const auto& [name, value] : consent.record) json[name] = value;
  if (is_given) {
    json["video"] = json::object{{"url", link(consent.video)},
                                 {"sha256", consent.video.hash},
                                 {"size_bytes", consent.video.size},
                                 {"mime_type", consent.video.mime_type}};
  }
  return json;
}

Result<Response> export_consents(const Context& context, const Request& request) {
  const std::string& id = request.path_param("group_id");
  TRY_ASSIGN(const auto consents, context.consents.list(request.principal.account_id, id));
  json::array list;
  for (const auto& consent : consents) {
    list.push_back(consent_json(consent, context.consents.now_ms(), [&](const jobs::BlobRef& blob) {
      return context.links(blob, request);
    }));
  }
  return api::data_response(json::object{{"group_id", id}, {"consents", std::move(list)}});
}

}  // namespace

std::vector<api::Route> consent_routes(Consents& consents, AvatarsService& service,
                                       api::Links links) {
  const Context context{consents, service, std::move(links)};
  const auto route = [&](const char* method, const char* path,
                         Result<Response> (*handler)(const Context&, const Request&)) {
    api::Route made;
    made.method = method;
    made.path = path;
    made.handler = [context, handler](const Request& request) { return handler(context, request); };
    return made;
  };
  api::Route page = route("GET", kPagePath, show_page);
  page.needs_key = false;
  api::Route thanks = route("GET", "/consent-given", show_thanks);
  thanks.needs_key = false;
  api::Route submit = route("POST", kPagePath, take_consent);
  submit.needs_key = false;
  submit.body = api::BodyKind::multipart;
  submit.body_limit = kConsentFilmMax;
  // Nobody sends a film to a page that is not there.
  submit.guard = [&consents](const Request& request) -> Result<void> {
    TRY(consents.find_page(request.path_param("token")));
    return {};
  };
  api::Route exported = route("GET", "/understudy/v1/avatars/{group_id}/consents", export_consents);
  exported.scope = "avatars:read";
  return {route("POST", "/v3/avatars/{group_id}/consent", begin), std::move(page),
          std::move(thanks), std::move(submit), std::move(exported)};
}

}  // namespace understudy::avatars
