// ApiClient: calls of the HTTP API from the command line. A caller is either a key at a URL, or the
// Unix socket of a server on this machine, which needs no key.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "net/http_client.h"

namespace understudy::cli {

class ApiClient {
 public:
  static ApiClient at_url(std::string base_url, std::string api_key);
  static ApiClient at_socket(std::filesystem::path socket);

  // The whole answer's body. Errors: the server's own code and message, or service_unavailable.
  Result<json::object> call(const std::string& method, const std::string& path,
                            const json::object* body = nullptr);

  Result<void> download(const std::string& url, const std::filesystem::path& target);

 private:
  ApiClient() = default;
  std::string base_url_;
  std::string api_key_;
  std::string socket_;
  std::unique_ptr<net::HttpClient> http_ = std::make_unique<net::HttpClient>();
};

}  // namespace understudy::cli
