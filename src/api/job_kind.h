// JobKind: how the API speaks of one product's jobs. A product has one, as a constant.
#pragma once

#include <string_view>

#include "base/error.h"

namespace understudy::api {

struct JobKind {
  std::string_view name;             // of jobs::Job: the product's folder, "lipsyncs"
  std::string_view noun;             // in messages: "lipsync"
  std::string_view id_param;         // of its paths: "lipsync_id"
  std::string_view id_field = "id";  // of its JSON
  ErrorCode not_found = ErrorCode::resource_not_found;  // of an id that leads nowhere
  std::string_view queued = "pending";                  // the states' names ...
  std::string_view running = "processing";              // ... beside completed and failed
};

}  // namespace understudy::api
