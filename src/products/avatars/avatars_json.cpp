#include "products/avatars/avatars_json.h"

#include "avatar/default_voice.h"
#include "products/avatars/avatar_previews.h"
#include "products/avatars/avatars.h"

namespace understudy::avatars {
namespace {

constexpr std::int64_t kCatalogueMade = 1'760'000'000;  // s since 1970; the catalogue is fixed

}  // namespace

json::object group_json(const avatar::Presenter& group, const PreviewUrls& previews) {
  const auto looks = looks_of(group);
  return {{"id", group.id},
          {"name", group.name},
          {"created_at", kCatalogueMade},
          {"looks_count", static_cast<std::int64_t>(looks.size())},
          {"gender", group.gender},
          {"preview_image_url", previews.picture},
          {"preview_video_url", previews.video},
          {"default_voice_id", avatar::default_voice_of(*looks.front()).id},
          // Of trained avatars only, as the two below.
          {"consent_status", nullptr},
          {"status", nullptr},
          {"error", nullptr}};
}

json::object look_json(const avatar::Look& look, const PreviewUrls& previews) {
  json::array tags;
  for (const std::string& tag : look.tags) tags.push_back(json::value(tag));
  return {{"id", look.id},
          {"name", look.name},
          {"avatar_type", "studio_avatar"},
          {"group_id", look.group_id},
          {"gender", avatar::presenter_of(look).gender},
          {"tags", std::move(tags)},
          {"preview_image_url", previews.picture},
          {"preview_video_url", previews.video},
          {"image_width", kPictureWidth},
          {"image_height", kPictureHeight},
          {"preferred_orientation", "landscape"},
          {"default_voice_id", avatar::default_voice_of(look).id},
          {"supported_api_engines", json::array{"avatar_iv", "avatar_iii"}},
          {"status", nullptr},
          {"error", nullptr}};
}

}  // namespace understudy::avatars
