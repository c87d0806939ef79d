// What a client names as an input: the contract's AssetInput.
#pragma once

#include <string>

#include "base/json.h"

namespace understudy::jobs {

struct InputSource {  // one of the three
  std::string url = {};
  std::string asset_id = {};
  std::string base64 = {};

  bool is_empty() const { return url.empty() && asset_id.empty() && base64.empty(); }
};

// The member that its type names; of one without a type, whatever is there.
inline InputSource input_source_from(const json::object& asset_input) {
  const std::string type = string_or(asset_input, "type");
  InputSource source;
  if (type.empty() || type == "url") source.url = string_or(asset_input, "url");
  if (type.empty() || type == "asset_id") source.asset_id = string_or(asset_input, "asset_id");
  if (type.empty() || type == "base64") source.base64 = string_or(asset_input, "data");
  return source;
}

}  // namespace understudy::jobs
