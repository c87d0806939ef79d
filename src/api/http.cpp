#include "api/http.h"

#include <algorithm>
#include <cassert>

namespace understudy::api {

std::string_view Request::header(std::string_view lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  const auto found = std::find_if(query.begin(), query.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  if (found == query.end()) return std::nullopt;
  return found->second;
}

const std::string& Request::path_param(std::string_view name) const {
  const auto found = path_params.find(name);
  assert(found != path_params.end());
  return found->second;
}

const json::object& Request::object() const {
  static const json::object kEmpty;
  const auto* found = json.if_object();
  return found == nullptr ? kEmpty : *found;
}

Response data_response(json::value data, int status) {
  Response response;
  response.status = status;
  response.body = json::object{{"data", std::move(data)}};
  return response;
}

}  // namespace understudy::api
