#include "products/templates/templates_service.h"

#include <set>
#include <utility>

#include "api/body_fields.h"
#include "api/contract.h"
#include "api/validation.h"
#include "base/id.h"
#include "base/text.h"

namespace understudy::templates {
namespace {

constexpr std::size_t kNameMax = 256;

// An expanded body against the contract's schema of a studio video.
Result<void> check_schema(const json::object& body) {
  json::value view = contract_view(body);
  for (const auto& operation : api::contract::operations()) {
    if (operation.method == "POST" && operation.path == "/v3/videos") {
      return api::validate(view, api::contract::node(operation.body_node),
                           {.allow_http_urls = true});
    }
  }
  return {};
}

template <class T>
Result<T> in_words(Result<T> result, const Expanded& expanded) {
  if (result) return result;
  return tl::make_unexpected(in_words_of_request(std::move(result).error(), expanded));
}

jobs::InputRules rules_for(std::string_view kind, const std::string& param) {
  const std::int64_t size_max = kind == "video" ? 100 << 20 : 50 << 20;
  std::vector<std::string> kinds{std::string(kind)};
  if (kind == "audio") kinds.emplace_back("video");
  return {.param = param, .kinds = std::move(kinds), .size_max = size_max};
}

// A file's place in a document that is no object of the contract's AssetInput.
Result<void> check_input(const json::object& input, const std::string& param) {
  const std::string type = string_or(input, "type");
  const char* field = type == "url" ? "url" : type == "asset_id" ? "asset_id" : "data";
  const bool is_known = type == "url" || type == "asset_id" || type == "base64";
  if (is_known && !string_or(input, field).empty()) return {};
  return fail(ErrorCode::invalid_parameter,
              "'" + param +
                  "' must be {\"type\": \"url\", \"url\"}, {\"type\": \"asset_id\", "
                  "\"asset_id\"} or {\"type\": \"base64\", \"media_type\", \"data\"}.",
              param);
}

Result<void> check_fields(const json::object& body, bool is_change) {
  static const std::set<std::string_view> kFields = {"name",      "aspect_ratio", "resolution",
                                                     "variables", "scenes",       "video_id"};
  for (const auto& member : body) {
    const bool is_known = kFields.contains(std::string_view(member.key())) &&
                          !(is_change && member.key() == "video_id");
    if (!is_known) {
      const std::string key(member.key().substr(0, 64));
      return fail(ErrorCode::invalid_parameter, "'" + key + "' is no field of a template.", key);
    }
  }
  for (const char* field : {"aspect_ratio", "resolution", "name", "video_id"}) {
    const auto* value = body.if_contains(field);
    if (value != nullptr && !value->is_string())
      return api::invalid_field(field, "must be a string.");
  }
  const auto* variables = body.if_contains("variables");
  if (variables != nullptr && !variables->is_object()) {
    return api::invalid_field("variables", "must be an object.");
  }
  const auto* scenes = body.if_contains("scenes");
  if (scenes != nullptr && !scenes->is_array())
    return api::invalid_field("scenes", "must be an array.");
  return {};
}

Result<void> set_name(accounts::Document& document, const json::object& body) {
  TRY_ASSIGN(document.name, api::required_text(body, "name", kNameMax));
  return {};
}

}  // namespace

StoreFile TemplatesService::store_for(std::string_view account_id) {
  return
      [this, account = std::string(account_id)](const json::object& input, std::string_view kind,
                                                const std::string& param) -> Result<json::object> {
        if (input.contains("stored")) return input;
        TRY(check_input(input, param));
        const auto rules = rules_for(kind, param);
        TRY_ASSIGN(const auto found, inputs_.from_source(account, jobs::input_source_from(input),
                                                         rules, jobs::Keep::in_blob_store));
        return json::object{
            {"stored", json::object{{"blob", jobs::to_json(found.blob)}, {"facts", found.facts}}}};
      };
}

Result<accounts::Document> TemplatesService::find(std::string_view account_id,
                                                  std::string_view id) {
  return templates_.find(account_id, id);
}

Result<std::vector<accounts::Document>> TemplatesService::list(accounts::DocumentQuery query) {
  return templates_.list(std::move(query));
}

Result<api::Response> TemplatesService::generate(const api::Request& request, std::string_view id) {
  const std::string& account_id = request.principal.account_id;
  TRY_ASSIGN(const auto document, find(account_id, id));
  TRY_ASSIGN(auto expanded, expand(document.body, {request.object(), store_for(account_id)}));
  if (!expanded.body.contains("title")) expanded.body["title"] = document.name;
  TRY(in_words(check_schema(expanded.body), expanded));
  return in_words(videos_.create(request, expanded.body), expanded);
}

Result<json::object> TemplatesService::document_of_video(const accounts::Principal& principal,
                                                         const std::string& video_id) {
  TRY_ASSIGN(const auto job, videos_.find(principal.account_id, video_id));
  TRY_ASSIGN(auto kept, template_of_video(job.request));
  const auto* outputs = object_or_null(job.result, "outputs");
  const auto* thumbnail = outputs != nullptr ? object_or_null(*outputs, "thumbnail") : nullptr;
  if (thumbnail != nullptr) {
    kept["thumbnail"] = json::object{
        {"stored", json::object{{"blob", *thumbnail}, {"facts", json::object{{"kind", "image"}}}}}};
  }
  return kept;
}

// A template of which no video can be made is refused when it is written, not when it is used.
Result<void> TemplatesService::check(const accounts::Principal& principal,
                                     const json::object& kept) {
  TRY_ASSIGN(const auto expanded, expand_defaults(kept));
  TRY(check_schema(expanded.body));
  return videos_.check(principal, expanded.body);
}

Result<accounts::Document> TemplatesService::create(const accounts::Principal& principal,
                                                    const json::object& body) {
  TRY(check_fields(body, false));
  accounts::Document document;
  document.account_id = principal.account_id;
  document.kind = kKind.name;
  document.created_at_ms = document.updated_at_ms = clock_.now_ms();
  document.id = new_id(document.created_at_ms);
  TRY(set_name(document, body));
  if (body.contains("video_id")) {
    if (body.size() > 2) {
      return fail(ErrorCode::invalid_parameter, "'video_id' takes only 'name' beside it.",
                  "video_id");
    }
    TRY_ASSIGN(document.body, document_of_video(principal, string_or(body, "video_id")));
  } else {
    TRY_ASSIGN(document.body, read_template(body, {}, store_for(principal.account_id)));
  }
  TRY(check(principal, document.body));
  document.blobs = blobs_of(document.body);
  TRY(templates_.create(document));
  return document;
}

Result<accounts::Document> TemplatesService::change(const accounts::Principal& principal,
                                                    std::string_view id, const json::object& body) {
  TRY(check_fields(body, true));
  TRY_ASSIGN(auto before, find(principal.account_id, id));
  // Files are fetched before the write; two changes at once are told apart by the time of the last.
  TRY_ASSIGN(auto kept, read_template(body, before.body, store_for(principal.account_id)));
  TRY(check(principal, kept));
  const std::int64_t now_ms = clock_.now_ms();
  return templates_.change(
      principal.account_id, id, [&](accounts::Document& document) -> Result<void> {
        if (document.updated_at_ms != before.updated_at_ms) {
          return fail(ErrorCode::conflict, "The template was changed meanwhile; try again.");
        }
        if (body.contains("name")) TRY(set_name(document, body));
        document.body = kept;
        document.blobs = blobs_of(kept);
        document.updated_at_ms = std::max(now_ms, before.updated_at_ms + 1);
        return {};
      });
}

Result<void> TemplatesService::remove(std::string_view account_id, std::string_view id) {
  return templates_.remove(account_id, id);
}

}  // namespace understudy::templates
