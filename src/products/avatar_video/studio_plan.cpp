#include "products/avatar_video/studio_plan.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "products/avatar_video/own_looks.h"
#include "products/avatar_video/video_inputs.h"

namespace understudy::avatar_video {
namespace {

// Which scene's file a wish is for; none: the watermark.
struct Wanted {
  SceneFile* file = nullptr;
  bool is_sound = false;
};

struct Wishes {
  std::vector<InputWish> wishes;
  std::vector<Wanted> wanted;
  void add(InputWish wish, Wanted what) {
    wishes.push_back(std::move(wish));
    wanted.push_back(what);
  }
};

Wishes wishes_of(Studio& studio) {
  Wishes all;
  for (std::size_t i = 0; i < studio.scenes.size(); ++i) {
    Scene& scene = studio.scenes[i];
    const std::string place = "scenes[" + std::to_string(i) + "].";
    if (scene.picture.is_given()) {
      auto rules = scene.kind == SceneKind::film    ? film_rules(place + "source")
                   : scene.kind == SceneKind::image ? image_rules(place + "source")
                                                    : image_rules(place + "input.image");
      all.add({scene.picture.source, std::move(rules)}, {&scene.picture, false});
    }
    if (scene.sound.is_given()) {
      const std::string within = scene.kind == SceneKind::presenter ? "input." : "";
      all.add({scene.sound.source, audio_rules(place + within + scene.spoken.audio_param)},
              {&scene.sound, true});
    }
  }
  if (studio.video.watermark) {
    all.add({studio.video.watermark->image, image_rules("watermark.image")}, {});
  }
  return all;
}

Result<void> take_facts(SceneFile& file, bool is_sound, const FoundInput& found,
                        const std::string& param) {
  const json::object& facts = found.input.facts;
  file.input = found.name;
  file.duration_ms = int_or(facts, "duration_ms", 0);
  file.width = static_cast<int>(int_or(facts, "width", 0));
  file.height = static_cast<int>(int_or(facts, "height", 0));
  file.is_animation = string_or(facts, "mime") == "image/gif";
  if (bool_or(facts, "has_audio", false)) {
    file.channels = static_cast<int>(int_or(facts, "channels", 1));
  }
  if (is_sound) {
    TRY_ASSIGN(file.duration_ms, sound_ms(found.input, param));
  }
  return {};
}

Result<void> take_inputs(Studio& studio, const accounts::Principal& principal,
                         jobs::InputResolver& resolver, jobs::Keep keep, json::object& refs,
                         std::vector<std::string>& hashes) {
  const Wishes all = wishes_of(studio);
  TRY_ASSIGN(const auto found, find_inputs(resolver, principal.account_id, all.wishes, keep));
  std::set<std::string> kept;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& [file, is_sound] = all.wanted[i];
    const jobs::BlobRef& blob = found[i].input.blob;
    const std::string name = file != nullptr ? found[i].name : "watermark";
    if (file != nullptr) TRY(take_facts(*file, is_sound, found[i], all.wishes[i].rules.param));
    refs[name] = jobs::to_json(blob);
    if (kept.insert(blob.hash).second) hashes.push_back(blob.hash);
  }
  for (const auto& scene : studio.scenes) {
    add_look_files(scene.spoken, refs, hashes);
    // A picture that talks is found as the photograph of a look is.
    if (scene.kind == SceneKind::presenter && scene.picture.is_given())
      refs[scene.spoken.prefix + "photo"] = refs.at(scene.picture.input);
  }
  return {};
}

tl::unexpected<Error> too_long() {
  return fail(ErrorCode::video_too_long, "A video is at most 30 minutes long.", "scenes");
}

// The upper estimate of every scene's length. A part that is known and too long is refused now.
Result<std::vector<compose::ScenePlace>> estimated_places(const Studio& studio) {
  std::vector<compose::SceneLength> lengths;
  double known_s = 0;
  for (const auto& scene : studio.scenes) {
    TRY_ASSIGN(const double speech_s, estimated_speech_s(scene));
    lengths.push_back(length_of(scene, speech_s));
    if (scene.spoken.script.empty()) known_s += lengths.back().seconds;
  }
  if (known_s * 1000 > static_cast<double>(kDurationMaxMs)) return too_long();
  return compose::place_scenes(lengths, studio.video.fps);
}

std::vector<money::PriceLine> price_lines(const Studio& studio,
                                          const std::vector<compose::ScenePlace>& places) {
  const auto lengths = scene_ms(places, studio.video.fps);
  std::vector<money::PriceLine> lines;
  for (std::size_t i = 0; i < studio.scenes.size(); ++i) {
    lines.push_back({price_item(studio.scenes[i]), lengths[i]});
  }
  return lines;
}

}  // namespace

Result<void> plan_studio(Studio studio, const json::object& body,
                         const accounts::Principal& principal, jobs::InputResolver& resolver,
                         const money::PriceBook& book, jobs::Keep keep, jobs::NewJob& job) {
  json::object refs;
  TRY(take_inputs(studio, principal, resolver, keep, refs, job.input_blobs));
  TRY(settle_canvas(body, studio));
  TRY_ASSIGN(const auto places, estimated_places(studio));
  TRY(jobs::set_price_lines(job, book, principal.wallet_id, money::kStudioItem,
                            price_lines(studio, places)));
  bool is_exact = true;
  for (const auto& scene : studio.scenes) is_exact = is_exact && scene.spoken.script.empty();
  const auto& last = places.back();
  job.request = to_json(studio);
  job.request["inputs"] = std::move(refs);
  job.request["estimate_ms"] = billable_ms(last.first_frame + last.frame_count, studio.video.fps);
  job.request["estimate_is_exact"] = is_exact;
  return {};
}

}  // namespace understudy::avatar_video
