#include "products/avatar_video/video_inputs.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <thread>
#include <utility>

namespace understudy::avatar_video {
namespace {

constexpr std::size_t kAtATime = 4;

// What was fetched and looked at when it was stored.
Result<jobs::ResolvedInput> from_stored(const InputWish& wish) {
  const auto* blob = object_or_null(wish.source.stored, "blob");
  const auto* facts = object_or_null(wish.source.stored, "facts");
  if (blob == nullptr || facts == nullptr) {
    return fail(ErrorCode::internal_error, "A stored file is unreadable.", wish.rules.param);
  }
  const std::string kind = string_or(*facts, "kind");
  const auto& kinds = wish.rules.kinds;
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    return fail(ErrorCode::invalid_parameter,
                "'" + wish.rules.param + "' is of the kind " + kind + ", which cannot stand here.",
                wish.rules.param);
  }
  TRY_ASSIGN(auto reference, jobs::blob_ref_from(*blob));
  return jobs::ResolvedInput{std::move(reference), *facts};
}

Result<jobs::ResolvedInput> resolve(jobs::InputResolver& resolver, std::string_view account_id,
                                    const InputWish& wish, jobs::Keep keep) {
  if (!wish.source.stored.empty()) return from_stored(wish);
  return resolver.from_source(account_id, wish.source, wish.rules, keep);
}

// Two wishes with one key name the same bytes and want the same of them.
std::string key_of(const InputWish& wish) {
  std::string key;
  for (const auto& kind : wish.rules.kinds) key += kind + " ";
  const InputSource& source = wish.source;
  if (!source.stored.empty()) return key + "s" + to_text(source.stored);
  return key + (!source.url.empty()        ? "u" + source.url
                : !source.asset_id.empty() ? "a" + source.asset_id
                                           : "b" + source.base64);
}

// The wish that asks first for what each wish asks for.
std::vector<std::size_t> first_askers(const std::vector<InputWish>& wishes) {
  std::map<std::string, std::size_t> first;
  std::vector<std::size_t> askers;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    askers.push_back(first.try_emplace(key_of(wishes[i]), i).first->second);
  }
  return askers;
}

}  // namespace

Result<std::vector<FoundInput>> find_inputs(jobs::InputResolver& resolver,
                                            std::string_view account_id,
                                            const std::vector<InputWish>& wishes, jobs::Keep keep) {
  const auto askers = first_askers(wishes);
  std::vector<std::optional<Result<jobs::ResolvedInput>>> found(wishes.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> has_failed = false;
  const auto work = [&] {
    for (std::size_t i = next++; i < wishes.size() && !has_failed; i = next++) {
      if (askers[i] != i) continue;
      found[i] = resolve(resolver, account_id, wishes[i], keep);
      if (!*found[i]) has_failed = true;
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min(kAtATime, wishes.size()); ++i) helpers.emplace_back(work);
    work();
  }
  std::vector<FoundInput> inputs;
  for (const auto& entry : found) {
    if (entry && !*entry) return tl::make_unexpected(entry->error());
  }
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    inputs.push_back({"input" + std::to_string(askers[i]), **found[askers[i]]});
  }
  return inputs;
}

jobs::InputRules audio_rules(std::string param) {
  return {.param = std::move(param), .kinds = {"audio", "video"}, .size_max = 50 << 20};
}

jobs::InputRules image_rules(std::string param) {
  return {.param = std::move(param), .kinds = {"image"}, .size_max = 50 << 20};
}

jobs::InputRules film_rules(std::string param) {
  return {.param = std::move(param), .kinds = {"video"}, .size_max = 100 << 20};
}

Result<std::int64_t> sound_ms(const jobs::ResolvedInput& sound, const std::string& param) {
  if (!bool_or(sound.facts, "has_audio", false)) {
    return fail(ErrorCode::no_audio_track, "'" + param + "' has no sound.", param);
  }
  const std::int64_t length_ms = int_or(sound.facts, "duration_ms", 0);
  if (length_ms > kDurationMaxMs) {
    return fail(ErrorCode::video_too_long, "A video is at most 30 minutes long.", param);
  }
  return length_ms;
}

}  // namespace understudy::avatar_video
