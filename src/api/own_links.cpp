#include "api/own_links.h"

#include <memory>
#include <utility>

#include "api/error_envelope.h"
#include "api/links.h"
#include "api/router.h"

namespace understudy::api {
namespace {

struct FileRoutes {
  Router router;
  std::vector<Handler> handlers;
};

// Without query and fragment; empty: not http, or without a path.
std::string_view path_of(std::string_view url) {
  const auto scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, scheme_end);
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https")) return {};
  url.remove_prefix(scheme_end + 3);
  const auto slash = url.find('/');
  if (slash == std::string_view::npos || url.find_first_of("?#@\\") < slash) return {};
  url.remove_prefix(slash);
  return url.substr(0, url.find_first_of("?#"));
}

jobs::OwnFile own_file(Response response, std::string_view path) {
  jobs::OwnFile own;
  if (response.file) {
    own.path = std::move(response.file->path);
    own.name = std::move(response.file->download_name);
  } else {
    own.bytes = std::move(response.text).value_or("");
    own.name = path.substr(path.rfind('/') + 1);
  }
  return own;
}

Result<std::optional<jobs::OwnFile>> find(const FileRoutes& routes, std::string_view url) {
  const std::string_view path = path_of(url);
  if (path.empty()) return std::nullopt;
  auto match = routes.router.find("GET", path);
  if (!match) return std::nullopt;
  Request request;
  request.method = "GET";
  request.path = path;
  request.path_params = std::move(match->params);
  auto response = routes.handlers[match->index](request);
  if (response) return own_file(*std::move(response), path);
  Error error = std::move(response).error();
  if (error.message == kLinkExpired) error.code = ErrorCode::download_failed;
  if (error.code == ErrorCode::forbidden || http_status(error.code) == 404) return std::nullopt;
  return tl::make_unexpected(std::move(error));
}

}  // namespace

jobs::FindOwnFile own_links(const std::vector<Route>& routes) {
  const auto files = std::make_shared<FileRoutes>();
  for (const Route& route : routes) {
    if (!route.is_public_file) continue;
    files->router.add(route.method, route.path, files->handlers.size());
    files->handlers.push_back(route.handler);
  }
  return [files](const std::string& url) { return find(*files, url); };
}

}  // namespace understudy::api
