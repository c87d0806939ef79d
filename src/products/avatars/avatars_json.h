// Groups and looks as the public API spells them.
#pragma once

#include <string>

#include "avatar/presenter_catalogue.h"
#include "base/json.h"

namespace understudy::avatars {

struct PreviewUrls {
  std::string picture;
  std::string video;
};

json::object group_json(const avatar::Presenter& group, const PreviewUrls& previews);
json::object look_json(const avatar::Look& look, const PreviewUrls& previews);

}  // namespace understudy::avatars
