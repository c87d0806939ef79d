// Cursor pagination: ?limit and ?token in, has_more and next_token NEXT TO data out.
//
// A token is opaque to clients: base64url of "1:" and the id of the last item shown. Lists are
// newest first and page by id, so the next page is "ids smaller than this one". It is not signed:
// it names a position only, and what may be seen is decided by the account of the request.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.h"

namespace understudy::api {

struct PageBounds {
  int limit_default = 10;
  int limit_max = 100;
};

struct PageRequest {
  int limit = 10;
  std::string after_id;  // the last id of the page before; empty = from the start
};

// Errors: invalid_parameter with param limit or token.
Result<PageRequest> page_request(const Request& request, PageBounds bounds = {});

std::string page_token(std::string_view last_id);

// For lists in an order of their own, such as by score: the token holds how many were shown.
struct OffsetPage {
  int limit = 10;
  std::size_t offset = 0;
};
Result<OffsetPage> offset_page(const Request& request, PageBounds bounds = {});

// {"data": [...], "has_more": ..., "next_token": ... or null}
Response page_response(json::array data, std::optional<std::string> next_token);

template <class Items, class ToJson>
Response offset_response(const OffsetPage& page, const Items& items, const ToJson& to_json) {
  json::array data;
  const std::size_t begin = std::min(page.offset, items.size());
  const std::size_t end = std::min(begin + static_cast<std::size_t>(page.limit), items.size());
  for (std::size_t i = begin; i < end; ++i) data.push_back(to_json(items[i]));
  std::optional<std::string> next;
  if (end < items.size()) next = page_token(std::to_string(end));
  return page_response(std::move(data), std::move(next));
}

// For lists asked with limit + 1: cuts `items` back to `limit` and tells the token of the next
// page, if there is one. `id_of(item)` gives the id to go on from.
template <class Item, class IdOf>
std::optional<std::string> cut_page(std::vector<Item>& items, int limit, IdOf id_of) {
  if (items.size() <= static_cast<std::size_t>(limit)) return std::nullopt;
  items.resize(static_cast<std::size_t>(limit));
  return page_token(id_of(items.back()));
}

// A page of a list: `fetch(page)` gives a Result of the items after page.after_id, page.limit of
// them if there are so many: one more than is shown, which tells that there is a next page.
// `id_of(item)` gives the id to go on from, else its member `id`.
template <class Fetch, class ToJson, class IdOf>
Result<Response> list_response(const Request& request, PageBounds bounds, const Fetch& fetch,
                               const ToJson& to_json, const IdOf& id_of) {
  TRY_ASSIGN(auto page, page_request(request, bounds));
  const int limit = page.limit++;
  TRY_ASSIGN(auto items, fetch(page));
  auto next = cut_page(items, limit, id_of);
  json::array data;
  for (const auto& item : items) data.push_back(to_json(item));
  return page_response(std::move(data), std::move(next));
}

template <class Fetch, class ToJson>
Result<Response> list_response(const Request& request, PageBounds bounds, const Fetch& fetch,
                               const ToJson& to_json) {
  return list_response(request, bounds, fetch, to_json, [](const auto& item) { return item.id; });
}

}  // namespace understudy::api
