#include "cli/api_client.h"

#include <utility>

namespace understudy::cli {

ApiClient ApiClient::at_url(std::string base_url, std::string api_key) {
  ApiClient client;
  while (base_url.ends_with('/')) base_url.pop_back();
  client.base_url_ = std::move(base_url);
  client.api_key_ = std::move(api_key);
  return client;
}

ApiClient ApiClient::at_socket(std::filesystem::path socket) {
  ApiClient client;
  client.base_url_ = "http://localhost";
  client.socket_ = socket.string();
  return client;
}

Result<json::object> ApiClient::call(const std::string& method, const std::string& path,
                                     const json::object* body) {
  net::HttpRequest request;
  request.method = method;
  request.url = base_url_ + path;
  request.is_trusted = true;
  request.unix_socket = socket_;
  if (!api_key_.empty()) request.headers.emplace_back("x-api-key", api_key_);
  if (body != nullptr) {
    request.headers.emplace_back("content-type", "application/json");
    request.body = to_text(*body);
  }
  TRY_ASSIGN(const auto response, http_->request(request));
  TRY_ASSIGN(auto document, parse_json(response.body, 64));
  if (!document.is_object()) {
    return fail(ErrorCode::service_unavailable,
                base_url_ + " does not answer as an Understudy server.");
  }
  auto& object = document.get_object();
  if (response.status < 400) return std::move(object);
  const auto* error = object_or_null(object, "error");
  if (error == nullptr) {
    return fail(ErrorCode::service_unavailable,
                "The server answered " + std::to_string(response.status) + ".");
  }
  return fail(error_code_from(string_or(*error, "code")).value_or(ErrorCode::internal_error),
              string_or(*error, "message"), string_or(*error, "param"));
}

Result<void> ApiClient::download(const std::string& url, const std::filesystem::path& target) {
  net::HttpRequest request;
  request.url = url;
  request.is_trusted = true;
  request.unix_socket = socket_;
  request.answer_file = target;
  TRY_ASSIGN(const auto response, http_->request(request));
  if (response.status != 200) {
    return fail(ErrorCode::download_failed,
                "The download answered " + std::to_string(response.status) + ".");
  }
  return {};
}

}  // namespace understudy::cli
