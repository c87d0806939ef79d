#include "products/avatar_video/studio_worker.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "compose/background.h"
#include "compose/mix.h"
#include "compose/scene_sources.h"
#include "compose/timeline.h"
#include "media/audio.h"
#include "media/image.h"
#include "media/sample_file.h"
#include "media/tempo.h"
#include "products/avatar_video/photo_source.h"
#include "products/avatar_video/presenter_source.h"
#include "products/avatar_video/studio.h"
#include "products/avatar_video/video_steps.h"
#include "speech/speech_file.h"

namespace understudy::avatar_video {
namespace fs = std::filesystem;
namespace {

// Of the progress bar.
constexpr double kSpeechShare = 0.15;
constexpr double kMixShare = 0.05;

// Where each scene lies and what is said in all of them.
struct Plan {
  std::vector<compose::ScenePlace> places;
  std::vector<std::int64_t> parts_ms;
  std::vector<media::TimedWord> words;
  std::int64_t length_ms = 0;
  int frames = 0;
};

std::optional<compose::Fit> fit_of(const Scene& scene) {
  if (scene.fit == "none") return std::nullopt;
  return scene.fit == "contain" ? compose::Fit::contain : compose::Fit::cover;
}

compose::Playback playback_of(const Scene& scene) {
  switch (scene.playback) {
    case FilmPlayback::freeze: return compose::Playback::freeze;
    case FilmPlayback::loop: return compose::Playback::loop;
    case FilmPlayback::fit_to_scene: return compose::Playback::fit;
    case FilmPlayback::once: return compose::Playback::once;
  }
  return compose::Playback::freeze;
}

// A film's sound at the speed of its pictures; beyond half and double speed nobody could follow it.
Result<void> fit_sound(media::AudioClip& film, double factor) {
  if (factor > 0.999 && factor < 1.001) return {};
  if (factor < 0.5 || factor > 2) {
    film.samples.clear();
    return {};
  }
  TRY_ASSIGN(film.samples, media::change_tempo(film.samples, film.channels, factor));
  return {};
}

class StudioRender {
 public:
  StudioRender(jobs::RenderContext& context, Studio studio)
      : context_(context), studio_(std::move(studio)) {}

  Result<jobs::RenderOutcome> run() {
    TRY(find_faces());
    TRY(speak());
    if (plan_.length_ms > kDurationMaxMs) {
      return fail(ErrorCode::video_too_long,
                  "The scenes take longer than the 30 minutes a video may have.");
    }
    TRY(context_.confirm_exact({plan_.length_ms, plan_.parts_ms}));
    TRY(mix());
    return draw_and_encode();
  }

 private:
  int fps() const { return studio_.video.fps; }
  compose::CanvasSize size() const { return {studio_.video.width, studio_.video.height}; }
  static std::string speech_file(std::size_t index) { return "speech-" + std::to_string(index); }

  PhotoFiles photo_files(std::size_t index) const;
  Result<void> find_faces();
  Result<void> speak();
  Result<void> mix();
  Result<void> mix_scene(std::size_t index, compose::Mix& mix) const;
  int channels() const;
  Result<std::unique_ptr<compose::FrameSource>> open_scene(std::size_t index) const;
  Result<std::unique_ptr<compose::FrameSource>> open_presenter(std::size_t index) const;
  Result<std::unique_ptr<compose::FrameSource>> open_still(std::size_t index) const;
  Result<std::unique_ptr<compose::FrameSource>> open_film(std::size_t index) const;
  Result<jobs::RenderOutcome> draw_and_encode();
  json::object facts(const compose::OutputSummary& summary) const;

  jobs::RenderContext& context_;
  Studio studio_;
  Plan plan_;
};

PhotoFiles StudioRender::photo_files(std::size_t index) const {
  const Scene& scene = studio_.scenes[index];
  return {.photo = scene.picture.input,
          .face = scene.face,
          .kept_face = "face-" + std::to_string(index) + ".json",
          .matte = "matte-" + std::to_string(index)};
}

// A picture without a face, or that cannot be cut out where that is asked, ends the job before
// anything is spoken.
Result<void> StudioRender::find_faces() {
  for (std::size_t i = 0; i < studio_.scenes.size(); ++i) {
    if (studio_.scenes[i].spoken.person != Person::photo) continue;
    auto found = find_face_once(context_, photo_files(i));
    if (found && needs_matte(studio_.scenes[i].spoken))
      found = cut_out_once(context_, photo_files(i));
    if (found) continue;
    Error error = std::move(found).error();
    error.message = "Scene " + std::to_string(i + 1) + ": " + error.message;
    return tl::make_unexpected(std::move(error));
  }
  return {};
}

// Every narration to its file. One speech at a time is in memory.
Result<void> StudioRender::speak() {
  std::vector<compose::SceneLength> lengths;
  std::vector<std::vector<media::TimedWord>> words(studio_.scenes.size());
  const double share = kSpeechShare / static_cast<double>(studio_.scenes.size());
  for (std::size_t i = 0; i < studio_.scenes.size(); ++i) {
    const Scene& scene = studio_.scenes[i];
    double speech_s = 0;
    if (scene.is_narrated()) {
      TRY_ASSIGN(const auto speech, kept_speech(context_, scene.spoken,
                                                {.file = speech_file(i),
                                                 .input = scene.sound.input,
                                                 .from = share * static_cast<double>(i),
                                                 .share = share}));
      speech_s = speech.duration_s();
      words[i] = timed_words(speech);
    }
    lengths.push_back(length_of(scene, speech_s));
  }
  plan_.places = compose::place_scenes(lengths, fps());
  plan_.parts_ms = scene_ms(plan_.places, fps());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const double from_s = static_cast<double>(plan_.places[i].first_frame) / fps();
    for (auto& word : words[i]) {
      plan_.words.push_back({from_s + word.start_s, from_s + word.end_s, std::move(word.text)});
    }
  }
  const auto& last = plan_.places.back();
  plan_.frames = last.first_frame + last.frame_count;
  plan_.length_ms = billable_ms(plan_.frames, fps());
  return {};
}

// Stereo as soon as one scene brings it.
int StudioRender::channels() const {
  const bool is_stereo =
      std::any_of(studio_.scenes.begin(), studio_.scenes.end(), [](const Scene& scene) {
        return scene.kind == SceneKind::film && scene.volume > 0 && scene.picture.channels > 1;
      });
  return is_stereo ? 2 : 1;
}

Result<void> StudioRender::mix() {
  return context_.once(context_.work_file("mix"), [&](const fs::path& file) -> Result<void> {
    TRY_ASSIGN(auto mix, compose::Mix::create(file, channels()));
    for (std::size_t i = 0; i < studio_.scenes.size(); ++i) {
      context_.progress(kSpeechShare + kMixShare * static_cast<double>(i) /
                                           static_cast<double>(studio_.scenes.size()),
                        "mixing");
      TRY(mix_scene(i, mix));
    }
    return mix.finish();
  });
}

Result<void> StudioRender::mix_scene(std::size_t index, compose::Mix& mix) const {
  const Scene& scene = studio_.scenes[index];
  const auto& place = plan_.places[index];
  const std::int64_t samples = compose::samples_of(place.first_frame + place.frame_count, fps()) -
                               compose::samples_of(place.first_frame, fps());
  std::vector<compose::Track> tracks;
  speech::Speech speech;
  if (scene.is_narrated()) {
    TRY_ASSIGN(speech, speech::read_speech_file(context_.work_file(speech_file(index))));
    tracks.push_back({.samples = speech.samples, .channels = 1, .gain = 1, .is_looped = false});
  }
  media::AudioClip film;
  if (scene.kind == SceneKind::film && scene.volume > 0 && scene.picture.channels > 0) {
    TRY_ASSIGN(const auto input, context_.input(scene.picture.input));
    TRY_ASSIGN(film, media::decode_audio(input.file, std::min(scene.picture.channels, 2)));
    if (scene.playback == FilmPlayback::fit_to_scene) {
      const double scene_s = static_cast<double>(samples) / media::kAudioRate;
      TRY(fit_sound(film, static_cast<double>(scene.picture.duration_ms) / 1000 / scene_s));
    }
    tracks.push_back(
        {.samples = film.samples,
         .channels = film.channels,
         .gain = scene.volume * compose::gain_below_speech(film.samples, film.channels),
         .is_looped = scene.playback == FilmPlayback::loop});
  }
  return mix.add_scene(samples, tracks);
}

Result<std::unique_ptr<compose::FrameSource>> StudioRender::open_scene(std::size_t index) const {
  const Scene& scene = studio_.scenes[index];
  if (scene.kind == SceneKind::presenter) return open_presenter(index);
  if (scene.kind == SceneKind::film || scene.picture.is_animation) return open_film(index);
  return open_still(index);
}

Result<std::unique_ptr<compose::FrameSource>> StudioRender::open_presenter(
    std::size_t index) const {
  Request request = studio_.scenes[index].spoken;
  request.width = studio_.video.width;
  request.height = studio_.video.height;
  request.fps = studio_.video.fps;
  TRY_ASSIGN(const auto speech, speech::read_speech_file(context_.work_file(speech_file(index))));
  if (request.person == Person::photo) {
    TRY_ASSIGN(auto photo, PhotoSource::make(context_, request, speech, photo_files(index)));
    return std::unique_ptr<compose::FrameSource>(std::move(photo));
  }
  TRY_ASSIGN(auto source, PresenterSource::make(request, speech, nullptr));
  return std::unique_ptr<compose::FrameSource>(std::move(source));
}

Result<std::unique_ptr<compose::FrameSource>> StudioRender::open_still(std::size_t index) const {
  const Scene& scene = studio_.scenes[index];
  TRY_ASSIGN(const auto input, context_.input(scene.picture.input));
  TRY_ASSIGN(const auto image, media::decode_image_file(input.file));
  return std::unique_ptr<compose::FrameSource>(std::make_unique<compose::StillSource>(
      compose::still_frame(image, fit_of(scene), size()), plan_.places[index].frame_count));
}

Result<std::unique_ptr<compose::FrameSource>> StudioRender::open_film(std::size_t index) const {
  const Scene& scene = studio_.scenes[index];
  TRY_ASSIGN(const auto input, context_.input(scene.picture.input));
  compose::FilmOptions options;
  options.size = size();
  options.fit = fit_of(scene);
  options.playback = scene.picture.is_animation ? compose::Playback::loop : playback_of(scene);
  options.film_s = static_cast<double>(scene.picture.duration_ms) / 1000;
  options.frame_count = plan_.places[index].frame_count;
  options.fps = fps();
  options.scene_s = static_cast<double>(options.frame_count) / options.fps;
  TRY_ASSIGN(auto source, compose::FilmSource::open(input.file, options));
  return std::unique_ptr<compose::FrameSource>(std::move(source));
}

json::object StudioRender::facts(const compose::OutputSummary& summary) const {
  json::array speakers;
  bool has_presenter = false;
  bool has_photo = false;
  for (const auto& scene : studio_.scenes) {
    const bool is_photo = scene.spoken.person == Person::photo;
    has_photo = has_photo || is_photo;
    has_presenter = has_presenter || (scene.kind == SceneKind::presenter && !is_photo);
    if (!scene.is_narrated()) continue;
    json::value name(scene.spoken.script.empty() ? "given" : provider_of(scene.spoken));
    if (std::find(speakers.begin(), speakers.end(), name) == speakers.end())
      speakers.push_back(std::move(name));
  }
  json::object providers{{"speech", std::move(speakers)}};
  if (has_presenter) providers["presenter"] = "vector rig";
  if (has_photo) providers["photo"] = "mesh";
  return {{"duration_ms", summary.duration_ms},
          {"frames", summary.frames},
          {"providers", std::move(providers)}};
}

Result<jobs::RenderOutcome> StudioRender::draw_and_encode() {
  std::vector<compose::Timeline::Scene> scenes;
  for (std::size_t i = 0; i < studio_.scenes.size(); ++i) {
    scenes.push_back({plan_.places[i].frame_count, [this, i] { return open_scene(i); }});
  }
  compose::Timeline timeline(std::move(scenes));
  TRY_ASSIGN(const auto options, video_options(context_, studio_.video, "studio"));
  TRY_ASSIGN(const auto sound, media::SampleFile::open(context_.work_file("mix")));
  jobs::RenderOutcome outcome;
  outcome.outputs = outputs_of(studio_.video);
  const compose::Soundtrack track{
      .samples = sound.samples(), .channels = channels(), .words = plan_.words};
  const auto progress = [&](double fraction) -> Result<void> {
    const double before = kSpeechShare + kMixShare;
    context_.progress(before + (1 - before) * fraction, "rendering");
    return {};
  };
  TRY_ASSIGN(const auto summary,
             compose::write_video(timeline, track, options, paths_of(context_, outcome), progress));
  outcome.quantity = summary.duration_ms;
  outcome.parts = plan_.parts_ms;
  outcome.facts = facts(summary);
  return outcome;
}

}  // namespace

Result<jobs::RenderOutcome> render_studio(jobs::RenderContext& context) {
  TRY_ASSIGN(auto studio, studio_from_json(context.request()));
  return StudioRender(context, std::move(studio)).run();
}

}  // namespace understudy::avatar_video
