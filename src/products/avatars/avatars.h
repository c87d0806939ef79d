// Avatars: the catalogue of presenters as clients search it. This file is the product's rules. No
// HTTP, no files. Contract: GET /v3/avatars and what lies below it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "avatar/presenter_catalogue.h"
#include "base/result.h"

namespace understudy::avatars {

// Footage of a digital twin.
inline constexpr std::int64_t kFootageMinMs = 15'000;
inline constexpr std::int64_t kFootageMaxMs = 600'000;

struct GroupQuery {
  std::string after_id;  // go on behind this one
  int limit = 20;
};

struct LookQuery {
  std::string group_id;     // empty: any
  std::string avatar_type;  // empty: any; the catalogue has studio_avatar only
  std::string after_id;
  int limit = 20;
};

template <class T>
struct Page {
  std::vector<const T*> items;
  bool has_more = false;
};

// In the catalogue's order. Errors: invalid_parameter (token: no such item).
Result<Page<avatar::Presenter>> find_groups(const GroupQuery& query);
Result<Page<avatar::Look>> find_looks(const LookQuery& query);

Result<const avatar::Presenter*> find_group(std::string_view id);  // avatar_group_not_found
Result<const avatar::Look*> find_look(std::string_view id);        // avatar_not_found

// Requires: a presenter of the catalogue, each of which has looks.
std::vector<const avatar::Look*> looks_of(const avatar::Presenter& group);

}  // namespace understudy::avatars
