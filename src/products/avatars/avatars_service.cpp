#include "products/avatars/avatars_service.h"

#include "api/error_envelope.h"
#include "api/job_submit.h"
#include "avatar/presenter_catalogue.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "products/avatars/avatars.h"
#include "speech/voice_catalogue.h"

namespace understudy::avatars {
namespace {

constexpr std::string_view kKind = "avatars";
constexpr std::int64_t kDeadlineMs = 20 * 60 * 1000;
constexpr std::int64_t kTwinDeadlineMs = 90 * 60 * 1000;
constexpr std::int64_t kFootageSizeMax = 200 << 20;
constexpr std::size_t kNameMax = 255;    // as in PATCH
constexpr std::size_t kWordsMax = 4000;  // of a prompt with those of the looks it refers to

std::string_view price_item_of(std::string_view type) {
  return type == "digital_twin" ? "avatar_creation.digital_twin" : "avatar_creation.photo_avatar";
}

jobs::InputRules picture_rules(std::string param) {
  return {.param = std::move(param), .kinds = {"image"}, .size_max = 50 << 20};
}

// What is seen without looking at the pictures; the rest is the render's to say.
Result<void> check_footage(const json::object& facts) {
  const std::int64_t length_ms = int_or(facts, "duration_ms", 0);
  if (length_ms >= kFootageMinMs && length_ms <= kFootageMaxMs) return {};
  return fail(ErrorCode::invalid_parameter,
              "'file' is " + decimal_text(length_ms, 3) +
                  " s long; footage of a digital twin must have 15 to 600 s.",
              "file");
}

bool has_group(const json::object& body) { return !string_or(body, "avatar_group_id").empty(); }

std::int64_t seed_of(std::string_view id) {  // FNV-1a
  std::uint32_t hash = 2'166'136'261U;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return hash;
}

// Neither renamed nor removed by anybody.
tl::unexpected<Error> is_public(const char* what, const char* param) {
  return fail(ErrorCode::resource_access_denied,
              std::string("This avatar is public: it cannot be ") + what + ".", param);
}

}  // namespace

AvatarsService::AvatarsService(jobs::JobStore& queue, jobs::InputResolver& inputs,
                               jobs::AvatarStore& store, const money::PriceBook& prices,
                               const Clock& clock)
    : queue_(queue), inputs_(inputs), store_(store), prices_(prices), clock_(clock) {}

Result<void> AvatarsService::add_inputs(const accounts::Principal& principal,
                                        const json::object& body, jobs::Keep keep, Plan& plan) {
  json::object refs;
  const auto add = [&](std::string_view name, const jobs::ResolvedInput& input) {
    refs[name] = jobs::to_json(input.blob);
    plan.job.input_blobs.push_back(input.blob.hash);
  };
  const auto resolve = [&](const json::object& source, const jobs::InputRules& rules) {
    return inputs_.from_source(principal.account_id, jobs::input_source_from(source), rules, keep);
  };
  if (plan.avatar.look.kind == "photo") {
    TRY_ASSIGN(const auto photo, resolve(body.at("file").get_object(), picture_rules("file")));
    add("photo", photo);
  } else if (plan.avatar.look.kind == "digital_twin") {
    TRY_ASSIGN(const auto footage,
               resolve(body.at("file").get_object(),
                       {.param = "file", .kinds = {"video"}, .size_max = kFootageSizeMax}));
    TRY(check_footage(footage.facts));
    add("footage", footage);
    plan.job.request["footage"] = footage.facts;
  } else if (const auto* references = array_or_null(body, "reference_images")) {
    for (std::size_t i = 0; i < references->size(); ++i) {
      TRY_ASSIGN(const auto reference,
                 resolve((*references)[i].get_object(), picture_rules("reference_images")));
      add("reference_" + std::to_string(i), reference);
    }
  }
  plan.job.request["inputs"] = std::move(refs);
  return {};
}

// What 'avatar_id' brings: the words and the chance of that look, so that a new one resembles it.
Result<json::object> AvatarsService::described(const accounts::Principal& principal,
                                               const json::object& body,
                                               const jobs::AvatarGroup& group) {
  const std::string id = string_or(body, "avatar_id");
  if (id.empty()) return json::object();
  auto look = store_.find_look(principal.account_id, id);
  if (!look) {
    Error error = std::move(look).error();
    if (error.code == ErrorCode::avatar_not_found) error.param = "avatar_id";
    return tl::make_unexpected(std::move(error));
  }
  if (has_group(body) && look->group_id != group.id) {
    return fail(ErrorCode::invalid_parameter, "'avatar_id' is not a look of 'avatar_group_id'.",
                "avatar_id");
  }
  if (look->kind != "prompt") {
    return fail(
        ErrorCode::invalid_parameter,
        "'avatar_id' must be a look that was made from a prompt; give a photograph as one of "
        "'reference_images'.",
        "avatar_id");
  }
  // The new words stand in front: the first that fits decides.
  return json::object{{"prompt", string_or(look->details, "prompt")},
                      {"seed", int_or(look->details, "seed", 0)},
                      {"aspect_ratio", string_or(look->details, "aspect_ratio", "auto")}};
}

Result<AvatarsService::Plan> AvatarsService::plan(const accounts::Principal& principal,
                                                  const json::object& body, jobs::Keep keep) {
  const std::string type = string_or(body, "type");
  const std::string name(trimmed(string_or(body, "name")));
  if (name.empty() || name.size() > kNameMax) {
    return fail(ErrorCode::invalid_parameter, "'name' must have 1 to 255 characters.", "name");
  }
  Plan plan;
  const std::int64_t now_ms = clock_.now_ms();
  auto& [group, look] = plan.avatar;
  if (const auto group_id = string_or(body, "avatar_group_id"); !group_id.empty()) {
    auto found = store_.find_group(principal.account_id, group_id);
    if (!found) {
      Error error = std::move(found).error();
      if (error.code == ErrorCode::avatar_group_not_found) error.param = "avatar_group_id";
      return tl::make_unexpected(std::move(error));
    }
    group = *std::move(found);
    plan.is_new_group = false;
  } else {
    group = {.id = new_id(now_ms),
             .account_id = principal.account_id,
             .name = name,
             .created_at_ms = now_ms};
  }
  ++group.looks_count;
  if (type == "digital_twin") ++group.twins_count;
  look = {.id = new_id(now_ms),
          .account_id = principal.account_id,
          .group_id = group.id,
          .name = name,
          .kind = type,
          .created_at_ms = now_ms};
  jobs::NewJob& job = plan.job;
  job.request = {{"type", type}, {"name", name}};
  if (type == "prompt") {
    const std::string prompt = string_or(body, "prompt");
    if (trimmed(prompt).empty())
      return fail(ErrorCode::invalid_parameter, "'prompt' must describe somebody.", "prompt");
    TRY_ASSIGN(const json::object base, described(principal, body, group));
    std::string words = prompt;
    if (!base.empty()) words.append(". ").append(string_or(base, "prompt"));
    job.request["prompt"] = words.substr(0, kWordsMax);
    job.request["seed"] = int_or(base, "seed", seed_of(look.id));
    // "auto" and none keep the shape of what is referred to.
    const std::string aspect_ratio = string_or(body, "aspect_ratio", "auto");
    job.request["aspect_ratio"] =
        aspect_ratio == "auto" ? string_or(base, "aspect_ratio", "auto") : aspect_ratio;
    look.details = {{"prompt", job.request.at("prompt")},
                    {"seed", job.request.at("seed")},
                    {"aspect_ratio", job.request.at("aspect_ratio")}};
  }
  TRY(add_inputs(principal, body, keep, plan));

  const std::string_view item = price_item_of(type);
  TRY(jobs::set_price(job, prices_.in_effect(now_ms), principal.wallet_id, item, {1}));
  jobs::set_times(job, now_ms, type == "digital_twin" ? kTwinDeadlineMs : kDeadlineMs);
  job.kind = kKind;
  job.title = name;
  jobs::bill_to(job, principal);
  look.job_id = job.id;
  job.request["look_id"] = look.id;
  job.request["group_id"] = group.id;
  return plan;
}

Result<api::Response> AvatarsService::create(const api::Request& request, const AnswerFor& answer) {
  auto planned = plan(request.principal, request.object(), jobs::Keep::in_blob_store);
  if (!planned) {
    Error error = std::move(planned).error();
    // This operation documents no 404: what a body names and is not there is a wrong parameter.
    if (api::http_status(error.code) == 404) error.code = ErrorCode::invalid_parameter;
    return tl::make_unexpected(std::move(error));
  }
  Plan plan = *std::move(planned);
  const NewAvatar avatar = plan.avatar;
  // The look first: nobody sees it before its job is there, and a paid one is never lost.
  TRY(store_.add(plan.is_new_group ? std::optional(avatar.group) : std::nullopt, avatar.look));
  auto submitted = api::submit_job(queue_, request, std::move(plan.job),
                                   [&](const jobs::NewJob&) { return answer(avatar); });
  if (!submitted) {
    const auto removed = store_.remove_look(avatar.look.account_id, avatar.look.id);
    if (!removed) log::warn("a look without a job stays: {}", removed.error().message);
  }
  return submitted;
}

Result<api::Quote> AvatarsService::quote(const accounts::Principal& principal,
                                         const json::object& body) {
  TRY_ASSIGN(const auto plan, this->plan(principal, body, jobs::Keep::nothing));
  return api::quote_of(plan.job, 1, true);
}

Result<jobs::AvatarGroup> AvatarsService::find_group(std::string_view account_id,
                                                     std::string_view id) {
  return store_.find_group(account_id, id);
}

Result<jobs::AvatarLook> AvatarsService::find_look(std::string_view account_id,
                                                   std::string_view id) {
  return store_.find_look(account_id, id);
}

Result<std::vector<jobs::AvatarGroup>> AvatarsService::list_groups(const jobs::AvatarQuery& query) {
  return store_.list_groups(query);
}

Result<std::vector<jobs::AvatarLook>> AvatarsService::list_looks(const jobs::AvatarQuery& query) {
  return store_.list_looks(query);
}

Result<jobs::AvatarGroup> AvatarsService::set_default_voice(std::string_view account_id,
                                                            std::string_view group_id,
                                                            const std::string& voice_id) {
  if (avatar::find_presenter(group_id) != nullptr) return is_public("changed", "group_id");
  // The contract's name for it on this operation.
  if (auto found = store_.find_group(account_id, group_id); !found) {
    Error error = std::move(found).error();
    if (error.code == ErrorCode::avatar_group_not_found) error.code = ErrorCode::avatar_not_found;
    return tl::make_unexpected(std::move(error));
  }
  if (speech::find_voice(voice_id) == nullptr) {
    return fail(ErrorCode::invalid_parameter, "There is no voice with the id '" + voice_id + "'.",
                "default_voice_id");
  }
  TRY(store_.set_default_voice(account_id, group_id, voice_id));
  return store_.find_group(account_id, group_id);
}

Result<jobs::AvatarLook> AvatarsService::rename_look(std::string_view account_id,
                                                     std::string_view look_id,
                                                     const std::string& name) {
  if (avatar::find_look(look_id) != nullptr) return is_public("renamed", "look_id");
  TRY(store_.find_look(account_id, look_id));
  if (!name.empty()) TRY(store_.rename_look(account_id, look_id, name));
  return store_.find_look(account_id, look_id);
}

// The look goes first: a job without a look does no harm, a look without a job would be seen to
// fail.
Result<void> AvatarsService::drop(const jobs::AvatarLook& look) {
  TRY(store_.remove_look(look.account_id, look.id));
  auto removed = queue_.remove(look.account_id, look.job_id, clock_.now_ms());
  if (!removed && removed.error().code != ErrorCode::not_found) return removed;
  return {};
}

Result<void> AvatarsService::remove_look(std::string_view account_id, std::string_view look_id) {
  if (avatar::find_look(look_id) != nullptr) return is_public("deleted", "look_id");
  TRY_ASSIGN(const auto look, store_.find_look(account_id, look_id));
  return drop(look);
}

Result<void> AvatarsService::remove_group(std::string_view account_id, std::string_view group_id) {
  if (avatar::find_presenter(group_id) != nullptr) return is_public("deleted", "group_id");
  TRY(store_.find_group(account_id, group_id));
  for (;;) {
    TRY_ASSIGN(const auto looks, store_.list_looks({.account_id = std::string(account_id),
                                                    .group_id = std::string(group_id),
                                                    .limit = 50}));
    if (looks.empty()) return {};
    for (const auto& look : looks) TRY(drop(look));
  }
}

}  // namespace understudy::avatars
