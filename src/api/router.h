// Router: which endpoint a method and a path mean. Static segments win over parameters; a trailing
// slash does not matter; HEAD goes where GET goes. A last segment "{name*}" takes the rest of the
// path. Built once, then read by any thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace understudy::api {

using PathParams = std::map<std::string, std::string, std::less<>>;

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // `index` is what find() gives back. A later route of the same method and shape replaces the
  // earlier.
  void add(std::string_view method, std::string_view pattern, std::size_t index);

  struct Match {
    std::size_t index = 0;
    PathParams params;  // percent-decoded
  };
  // `path`: as in the request line, without the query. Errors: not_found; method_not_allowed
  // (extra: allowed, a list of methods); invalid_parameter (a broken percent escape).
  Result<Match> find(std::string_view method, std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

// "/v3/videos/{video_id}" and "/v3/videos/{id}" have the same shape.
std::string path_shape(std::string_view path);

// Percent-decoding as in RFC 3986; `plus_is_space` for query strings. Errors: invalid_parameter.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// All but letters, digits and "._-" as %XX.
std::string percent_encode(std::string_view text);

// "a=1&b=x%20y" in order. Errors: invalid_parameter.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);

}  // namespace understudy::api
