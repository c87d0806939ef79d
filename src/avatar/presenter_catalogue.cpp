#include "avatar/presenter_catalogue.h"

#include <algorithm>
#include <cassert>

#include "avatar/presenter_data.h"

namespace understudy::avatar {
namespace {

template <class T>
const T* find_by_id(const std::vector<T>& list, std::string_view id) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const T& item) { return item.id == id; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<Presenter>& presenters() {
  static const std::vector<Presenter> kPresenters = presenter_data();
  return kPresenters;
}

const std::vector<Look>& looks() {
  static const std::vector<Look> kLooks = look_data();
  return kLooks;
}

const Presenter* find_presenter(std::string_view id) { return find_by_id(presenters(), id); }
const Look* find_look(std::string_view id) { return find_by_id(looks(), id); }

const Presenter& presenter_of(const Look& look) {
  const Presenter* presenter = find_presenter(look.group_id);
  assert(presenter != nullptr);
  return *presenter;
}

}  // namespace understudy::avatar
