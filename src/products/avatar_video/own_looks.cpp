#include "products/avatar_video/own_looks.h"

#include <algorithm>
#include <string_view>

#include "speech/voice_catalogue.h"

namespace understudy::avatar_video {
namespace {

std::vector<std::string_view> files_of(LookKind kind) {
  switch (kind) {
    case LookKind::photo: return {"photo", "face"};
    case LookKind::prompt: return {};
    case LookKind::twin: return {"film", "track", "heard", "loop"};
  }
  std::abort();
}

Result<jobs::BlobRef> output_of(const jobs::AvatarLook& look, std::string_view name) {
  const auto* outputs = object_or_null(look.result, "outputs");
  const auto* output = outputs != nullptr ? object_or_null(*outputs, name) : nullptr;
  if (output == nullptr)
    return fail(ErrorCode::internal_error, "The files of this look are missing.");
  return jobs::blob_ref_from(*output);
}

Result<void> check_ready(const jobs::AvatarLook& look, const jobs::AvatarGroup& group) {
  using enum jobs::JobState;
  if (look.state == completed) {
    if (look.kind != "digital_twin" || group.is_consented) return {};
    return fail(ErrorCode::avatar_consent_required,
                "The person of the look '" + look.id +
                    "' has not agreed yet: ask for the consent with POST /v3/avatars/" + group.id +
                    "/consent.",
                "avatar_id");
  }
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
  TRY_ASSIGN(const auto group, avatars.find_group(account_id, look.group_id));
  TRY(check_ready(look, group));
  OwnLook own{.id = look.id, .group_id = group.id, .default_voice_id = group.default_voice_id};
  own.kind = look.kind == "digital_twin" ? LookKind::twin
             : look.kind == "prompt"     ? LookKind::prompt
                                         : LookKind::photo;
  own.prompt = string_or(look.result, "prompt");
  own.seed = int_or(look.result, "seed", 0);
  own.is_test = bool_or(look.result, "is_test", false);
  own.width = static_cast<int>(int_or(look.result, "width", 0));
  own.height = static_cast<int>(int_or(look.result, "height", 0));
  if (const auto* found = object_or_null(look.result, "found")) {
    if (const auto* matte = object_or_null(*found, "matte")) own.matte = *matte;
  }
  if (const auto* engines = array_or_null(look.result, "engines")) {
    own.engines.clear();
    for (const auto& engine : *engines)
      if (engine.is_string()) own.engines.emplace_back(engine.get_string());
  }
  for (const auto name : files_of(own.kind)) {
    TRY_ASSIGN(own.files[std::string(name)], output_of(look, name));
  }
  if (own.kind == LookKind::prompt && own.default_voice_id.empty())
    own.default_voice_id = speech::default_voice(string_or(look.result, "gender")).id;
  return own;
}

void add_look_files(const Request& request, json::object& refs, std::vector<std::string>& hashes) {
  const auto add = [&](const OwnLook& look, const std::string& prefix) {
    for (const auto& [name, blob] : look.files) {
      refs[prefix + name] = jobs::to_json(blob);
      if (std::find(hashes.begin(), hashes.end(), blob.hash) == hashes.end())
        hashes.push_back(blob.hash);
    }
  };
  if (request.own_look) add(*request.own_look, request.prefix);
  if (request.reference) add(*request.reference, request.prefix + kReferencePrefix);
}

}  // namespace understudy::avatar_video
