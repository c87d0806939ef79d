// Bulk statuses and batches, which every kind of resource answers in the same shape: an item's id
// stands in "video_id" whatever it is, and a batch has has_more and next_token inside of data.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "base/json.h"

namespace understudy::api {

struct BatchItem {
  std::string id = {};
  std::string batch_id = {};  // empty: not of a batch
  int index = 0;
  std::string_view status = {};  // queued, processing, completed, failed
  std::string error_code = {};   // empty: none
  std::string error_message = {};
};

struct BatchView {
  std::string id;
  std::string title;
  std::int64_t created_at_ms = 0;
  std::vector<BatchItem> items;  // by index
};

// The states of what the query's `ids_name` ("asset_ids") and batch_ids name: one at least, 100
// together at most. What is not found (an error that answers 404) is an entry that says so.
// Errors: invalid_parameter; the other ones of both functions.
using FindItem = std::function<Result<BatchItem>(const std::string& id)>;
using FindBatch = std::function<Result<BatchView>(const std::string& batch_id)>;
Result<Response> statuses_response(const Request& request, std::string_view ids_name,
                                   const FindItem& find_item, const FindBatch& find_batch);

// A page of the items, and the batch as a whole: completed when all ended and one at least is
// there, failed when all failed. Errors: invalid_parameter (limit, token).
Result<Response> batch_response(const Request& request, const BatchView& batch);

}  // namespace understudy::api
