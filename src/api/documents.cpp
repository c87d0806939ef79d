#include "api/documents.h"

#include <algorithm>

#include "api/contract.h"
#include "api/error_envelope.h"
#include "api/reference.h"
#include "api/response_head.h"
#include "api/router.h"
#include "base/text.h"

namespace understudy::api {
namespace {

constexpr std::size_t kDocumentDepth = 64;

// What a client should do about a status, in one sentence.
std::string_view advice(int status) {
  switch (status) {
    case 400:
      return "Correct the request; `param` names the field. Repeating it unchanged fails again.";
    case 401: return "Send a valid key in the header x-api-key.";
    case 402:
      return "Add balance to the wallet; the error states what is needed and what is there.";
    case 403: return "The key or account may not do this; the message says what is missing.";
    case 404: return "Check the id; resources of other accounts look absent.";
    case 405: return "Use a method from the header Allow.";
    case 409:
      return "The resource or key is busy or in another state; wait, read it again, then repeat.";
    case 410: return "The resource is over.";
    case 413: return "Send less, or use an upload.";
    case 416: return "Ask for a range inside the file.";
    case 429:
    case 503: return "Wait as long as the header Retry-After says, then repeat.";
    case 501: return "This server does not offer the operation yet.";
    default: return "Repeat later; tell the operator the x-request-id if it stays.";
  }
}

std::string error_page() {
  std::string page =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Error codes</title>"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
      "td{padding:.3rem 1rem .3rem 0;vertical-align:top}:target{background:#ffd}</style>"
      "<h1>Error codes</h1><p>Every failed request answers <code>{\"error\": {code, message, param?, "
      "doc_url}}</code>. Failed jobs carry the same codes.</p><table>";
  for (int value = 0; value <= static_cast<int>(ErrorCode::cancelled); ++value) {
    const auto code = static_cast<ErrorCode>(value);
    const std::string name(to_string(code));
    const int status = http_status(code);
    page += "<tr id=\"" + name + "\"><td><code>" + name + "</code><td>" + std::to_string(status) +
            " " + std::string(reason_phrase(status)) + "<td>" + std::string(advice(status));
  }
  return page + "</table></html>";
}

// The operations of a path that this server has, each saying what it answers.
json::object served_path(std::string_view path, const json::object& methods,
                         const std::vector<Route>& offered) {
  json::object served;
  for (const auto& method : methods) {
    json::object operation = method.value().as_object();
    if (bool_or(operation, "x-preview", false)) continue;
    const bool is_offered = std::any_of(offered.begin(), offered.end(), [&](const Route& route) {
      return lower_case(route.method) == std::string_view(method.key()) &&
             path_shape(route.path) == path_shape(path);
    });
    if (!is_offered) {
      operation["responses"].as_object()["501"] =
          json::object{{"$ref", "#/components/responses/E501"}};
    }
    served[method.key()] = std::move(operation);
  }
  return served;
}

json::object served_document(const std::vector<Route>& offered) {
  auto parsed = parse_json(contract::document(), kDocumentDepth);
  json::object document = parsed.value().as_object();  // made from the text at build time
  json::object paths;
  for (const auto& path : document["paths"].as_object()) {
    auto served = served_path(path.key(), path.value().as_object(), offered);
    if (!served.empty()) paths[path.key()] = std::move(served);
  }
  document["paths"] = std::move(paths);
  document["servers"] = json::array{json::object{{"url", "@BASE@"}}};  // as the reader reached us
  json::object& responses = document["components"].as_object()["responses"].as_object();
  json::object not_offered = responses.at("E400").as_object();
  not_offered["description"] = "Not offered by this server";
  responses["E501"] = std::move(not_offered);
  return document;
}

// "POST /v3/avatars" of every operation that the served document gives a 501.
std::vector<std::string> unbuilt_names(const json::object& served) {
  std::vector<std::string> names;
  for (const auto& path : served.at("paths").as_object()) {
    for (const auto& method : path.value().as_object()) {
      const auto& operation = method.value().as_object();
      if (!operation.at("responses").as_object().contains("501")) continue;
      std::string name = std::string(method.key()) + " " + std::string(path.key());
      std::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(method.key().size()),
                     name.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      names.push_back(std::move(name));
    }
  }
  return names;
}

void replace_all(std::string& text, std::string_view mark, std::string_view by) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size())) {
    text.replace(at, mark.size(), by);
  }
}

// Each "@501 METHOD PATH@" becomes `said` where the operation is not offered, and nothing
// elsewhere.
std::string marked(const std::string& text, const std::vector<std::string>& unbuilt,
                   std::string_view said) {
  constexpr std::string_view kMark = "@501 ";
  std::string made;
  made.reserve(text.size());
  std::size_t at = 0;
  for (auto open = text.find(kMark); open != std::string::npos; open = text.find(kMark, at)) {
    const auto close = text.find('@', open + 1);
    const std::string name = text.substr(open + kMark.size(), close - open - kMark.size());
    made.append(text, at, open - at);
    if (std::find(unbuilt.begin(), unbuilt.end(), name) != unbuilt.end()) made += said;
    at = close + 1;
  }
  return made.append(text, at);
}

std::string reference_with(const std::vector<std::string>& unbuilt) {
  std::string page =
      marked(reference_page(), unbuilt, "<span class=\"tag no\">501: not offered here</span>");
  std::string list = "<p>Nothing: all of the contract is here.</p>";
  if (!unbuilt.empty()) {
    list = "<ul>";
    for (const auto& name : unbuilt) list += "<li><code>" + name + "</code>";
    list += "</ul>";
  }
  replace_all(page, "@UNBUILT@", list);
  return page;
}

Route document(std::string path, std::string content_type, const std::string& text) {
  Route route;
  route.method = "GET";
  route.path = std::move(path);
  route.needs_key = false;
  route.runs_on = RunsOn::inline_;
  const bool names_base = text.find("@BASE@") != std::string::npos;
  route.handler = [content_type = std::move(content_type), text,
                   names_base](const Request& request) -> Result<Response> {
    Response response;
    response.text = text;
    if (names_base) replace_all(*response.text, "@BASE@", request.base_url);
    response.content_type = content_type;
    return response;
  };
  return route;
}

}  // namespace

std::vector<Route> document_routes(const std::vector<Route>& offered) {
  const json::object served = served_document(offered);
  const auto unbuilt = unbuilt_names(served);
  return {document("/openapi.json", "application/json", to_text(served)),
          document("/docs", "text/html; charset=utf-8", reference_with(unbuilt)),
          document("/llms.txt", "text/plain; charset=utf-8",
                   marked(llms_text(), unbuilt, " (not offered by this server)")),
          document("/docs/errors", "text/html; charset=utf-8", error_page())};
}

}  // namespace understudy::api
