#include "products/avatars/avatars.h"

#include <algorithm>

namespace understudy::avatars {
namespace {

// The items that `is_wanted`, from behind `after_id`, at most `limit`.
template <class T, class IsWanted>
Result<Page<T>> page_of(const std::vector<T>& all, const std::string& after_id, int limit,
                        const IsWanted& is_wanted) {
  auto from = all.begin();
  if (!after_id.empty()) {
    from = std::find_if(all.begin(), all.end(), [&](const T& item) { return item.id == after_id; });
    if (from == all.end()) {
      return fail(ErrorCode::invalid_parameter, "'token' is not a next_token of this list.",
                  "token");
    }
    ++from;
  }
  Page<T> page;
  for (auto item = from; item != all.end(); ++item) {
    if (!is_wanted(*item)) continue;
    if (page.items.size() == static_cast<std::size_t>(limit)) {
      page.has_more = true;
      break;
    }
    page.items.push_back(&*item);
  }
  return page;
}

}  // namespace

Result<Page<avatar::Presenter>> find_groups(const GroupQuery& query) {
  return page_of(avatar::presenters(), query.after_id, query.limit,
                 [](const avatar::Presenter&) { return true; });
}

Result<Page<avatar::Look>> find_looks(const LookQuery& query) {
  return page_of(avatar::looks(), query.after_id, query.limit, [&](const avatar::Look& look) {
    return (query.group_id.empty() || look.group_id == query.group_id) &&
           (query.avatar_type.empty() || query.avatar_type == "studio_avatar");
  });
}

Result<const avatar::Presenter*> find_group(std::string_view id) {
  const auto* group = avatar::find_presenter(id);
  if (group == nullptr)
    return fail(ErrorCode::avatar_group_not_found, "There is no such avatar group.", "group_id");
  return group;
}

Result<const avatar::Look*> find_look(std::string_view id) {
  const auto* look = avatar::find_look(id);
  if (look == nullptr)
    return fail(ErrorCode::avatar_not_found, "There is no such avatar look.", "look_id");
  return look;
}

std::vector<const avatar::Look*> looks_of(const avatar::Presenter& group) {
  std::vector<const avatar::Look*> result;
  for (const auto& look : avatar::looks())
    if (look.group_id == group.id) result.push_back(&look);
  return result;
}

}  // namespace understudy::avatars
