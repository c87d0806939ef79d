#include "products/avatar_video/own_looks.h"

#include "speech/voice_catalogue.h"

namespace understudy::avatar_video {
namespace {

Result<jobs::BlobRef> output_of(const jobs::AvatarLook& look, std::string_view name) {
  const auto* outputs = object_or_null(look.result, "outputs");
  const auto* output = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
  if (output == nullptr)
    return fail(ErrorCode::internal_error, "The files of this look are missing.");
  return jobs::blob_ref_from(*output);
}

Result<void> check_ready(const jobs::AvatarLook& look) {
  using enum jobs::JobState;
  if (look.state == completed) return {};
  if (look.state == failed || look.state == cancelled) {
    return fail(ErrorCode::invalid_parameter,
                "The look '" + look.id + "' could not be made. " + look.failure_message,
                "avatar_id");
  }
  return fail(ErrorCode::resource_not_ready, "The look '" + look.id + "' is still being made.",
              "avatar_id");
}

}  // namespace

Result<OwnLook> find_own_look(jobs::AvatarStore& avatars, const std::string& account_id,
                              const std::string& id) {
  TRY_ASSIGN(const auto look, avatars.find_look(account_id, id));
  TRY(check_ready(look));
  TRY_ASSIGN(const auto group, avatars.find_group(account_id, look.group_id));
  OwnLook own{.id = look.id, .default_voice_id = group.default_voice_id};
  own.prompt = string_or(look.result, "prompt");
  own.seed = int_or(look.result, "seed", 0);
  own.is_test = bool_or(look.result, "is_test", false);
  own.width = static_cast<int>(int_or(look.result, "width", 0));
  own.height = static_cast<int>(int_or(look.result, "height", 0));
  if (!own.prompt.empty()) {
    if (own.default_voice_id.empty())
      own.default_voice_id = speech::default_voice(string_or(look.result, "gender")).id;
    return own;
  }
  TRY_ASSIGN(own.photo, output_of(look, "photo"));
  TRY_ASSIGN(own.face, output_of(look, "face"));
  return own;
}

}  // namespace understudy::avatar_video
