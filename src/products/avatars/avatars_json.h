// Groups and looks as the public API spells them.
#pragma once

#include <span>
#include <string>

#include "api/links.h"
#include "avatar/presenter_catalogue.h"
#include "base/json.h"
#include "jobs/avatar_store.h"
#include "jobs/webhook_publisher.h"
#include "money/price_book.h"

namespace understudy::avatars {

struct PreviewUrls {
  std::string picture;
  std::string video;
};

json::object group_json(const avatar::Presenter& group, const PreviewUrls& previews);
json::object look_json(const avatar::Look& look, const PreviewUrls& previews);

// Of an account's own. `looks`: the group's, newest first; `group`: of the look.
json::object group_json(const jobs::AvatarGroup& group, std::span<const jobs::AvatarLook> looks,
                        const api::LinkFunction& link);
json::object look_json(const jobs::AvatarLook& look, const jobs::AvatarGroup& group,
                       const api::LinkFunction& link);

// "photo_avatar_generation.success" or ".fail", of twins "instant_avatar.success" or ".fail".
jobs::JobEvent webhook_event(const jobs::Job& job, const api::LinkFunction& link,
                             const money::PriceBook& prices);

}  // namespace understudy::avatars
