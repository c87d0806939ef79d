#include "api/batches.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "api/error_envelope.h"
#include "api/pagination.h"
#include "base/text.h"

namespace understudy::api {
namespace {

constexpr std::size_t kBulkIdsMax = 100;
constexpr std::array<std::string_view, 4> kStatuses = {"queued", "processing", "completed",
                                                       "failed"};

std::int64_t count(const BatchView& batch, std::string_view status) {
  return std::count_if(batch.items.begin(), batch.items.end(),
                       [status](const BatchItem& item) { return item.status == status; });
}

std::string_view status_of(const BatchView& batch) {
  if (count(batch, "queued") + count(batch, "processing") > 0) return "processing";
  return count(batch, "completed") > 0 ? "completed" : "failed";
}

// The index of the last item shown; -1 at the start.
Result<int> last_index(const PageRequest& page) {
  int index = -1;
  if (page.after_id.empty()) return index;
  const auto* end = page.after_id.data() + page.after_id.size();
  const auto parsed = std::from_chars(page.after_id.data(), end, index);
  if (parsed.ec == std::errc() && parsed.ptr == end && index >= 0) return index;
  return fail(ErrorCode::invalid_parameter, "'token' is not a next_token that this list gave out.",
              "token");
}

struct BulkIds {
  std::vector<std::string> ids;
  std::vector<std::string> batch_ids;
};

Result<BulkIds> bulk_ids(const Request& request, std::string_view name) {
  BulkIds asked{.ids = split(request.query_value(name).value_or(""), ','),
                .batch_ids = split(request.query_value("batch_ids").value_or(""), ',')};
  const std::string param(asked.ids.empty() && !asked.batch_ids.empty() ? "batch_ids" : name);
  if (asked.ids.empty() && asked.batch_ids.empty()) {
    return fail(ErrorCode::invalid_parameter, "Give '" + param + "' or 'batch_ids'.", param);
  }
  if (asked.ids.size() + asked.batch_ids.size() > kBulkIdsMax) {
    return fail(ErrorCode::invalid_parameter, "'" + param + "' must name at most 100 ids together.",
                param);
  }
  return asked;
}

json::object status_entry(const BatchItem& item) {
  json::object entry{{"video_id", item.id}, {"status", item.status}};
  entry["batch_id"] = string_or_null(item.batch_id);
  entry["item_index"] = item.batch_id.empty() ? json::value(nullptr) : json::value(item.index);
  entry["error"] = nullptr;
  if (!item.error_code.empty()) {
    entry["error"] = json::object{{"code", item.error_code}, {"message", item.error_message}};
  }
  return entry;
}

// id_name: "video_id" or "batch_id".
json::object missing_entry(std::string_view id_name, std::string_view id) {
  return {{id_name, id}, {"status", "not_found"}, {"error", nullptr}};
}

bool is_missing(const Error& error) { return http_status(error.code) == 404; }

}  // namespace

Result<Response> statuses_response(const Request& request, std::string_view ids_name,
                                   const FindItem& find_item, const FindBatch& find_batch) {
  TRY_ASSIGN(const auto asked, bulk_ids(request, ids_name));
  json::array entries;
  for (const auto& id : asked.ids) {
    const auto item = find_item(id);
    if (!item && !is_missing(item.error())) return tl::make_unexpected(item.error());
    entries.push_back(item ? status_entry(*item) : missing_entry("video_id", id));
  }
  for (const auto& id : asked.batch_ids) {
    const auto batch = find_batch(id);
    if (!batch && !is_missing(batch.error())) return tl::make_unexpected(batch.error());
    if (!batch) entries.push_back(missing_entry("batch_id", id));
    if (!batch) continue;
    for (const auto& item : batch->items) entries.push_back(status_entry(item));
  }
  return page_response(std::move(entries), std::nullopt);
}

Result<Response> batch_response(const Request& request, const BatchView& batch) {
  TRY_ASSIGN(const auto page, page_request(request, {.limit_default = 100, .limit_max = 100}));
  TRY_ASSIGN(const int after, last_index(page));
  json::array items;
  std::optional<std::string> next;
  int last = after;
  for (const BatchItem& item : batch.items) {
    if (item.index <= after) continue;
    if (static_cast<int>(items.size()) == page.limit) {
      next = page_token(std::to_string(last));
      break;
    }
    json::object entry = status_entry(item);
    entry.erase("batch_id");
    items.push_back(std::move(entry));
    last = item.index;
  }
  json::object counts;
  for (const std::string_view status : kStatuses) counts[status] = count(batch, status);
  return data_response(json::object{{"batch_id", batch.id},
                                    {"title", string_or_null(batch.title)},
                                    {"status", status_of(batch)},
                                    {"created_at", batch.created_at_ms / 1000},
                                    {"total_items", batch.items.size()},
                                    {"counts_by_status", std::move(counts)},
                                    {"items", std::move(items)},
                                    {"has_more", next.has_value()},
                                    {"next_token", next ? json::value(*next) : nullptr}});
}

}  // namespace understudy::api
