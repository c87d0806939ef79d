#include "products/avatars/twin_worker.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "avatar/film_moments.h"
#include "avatar/preview.h"
#include "base/file.h"
#include "compose/twin_film.h"
#include "compose/video_output.h"
#include "face/face_tracker.h"
#include "media/audio.h"
#include "media/film_frames.h"
#include "media/image.h"
#include "media/loudness.h"
#include "media/video_reader.h"
#include "media/video_writer.h"
#include "products/avatars/footage_matte.h"
#include "products/avatars/footage_report.h"
#include "products/avatars/footage_view.h"
#include "products/avatars/twin_still.h"
#include "speech/alignment.h"
#include "speech/speech_file.h"

namespace understudy::avatars {
namespace fs = std::filesystem;
namespace {

constexpr int kFps = 25;            // of every twin's film
constexpr int kLongSideMax = 1920;  // larger footage is scaled down
constexpr int kPreviewSide = 640;
constexpr int kPictureSide = 1280;
constexpr std::size_t kMatteFileMax = 1U << 16;
constexpr double kSilent_lufs = -50;  // quieter sound holds no speech
// Of the progress bar.
constexpr double kFilmShare = 0.5;
constexpr double kSoundShare = 0.25;
constexpr double kLoopShare = 0.1;

struct Size {
  int width = 0;
  int height = 0;
};

Size film_size(const media::VideoReader& reader) {
  const double scale =
      std::min(1.0, static_cast<double>(kLongSideMax) / std::max(reader.width(), reader.height()));
  const auto even = [&](int side) { return std::max(2, static_cast<int>(side * scale) / 2 * 2); };
  return {even(reader.width()), even(reader.height())};
}

// One film of one form, with a key frame as often as FilmFrames wants it.
Result<media::VideoWriter> film_writer(const fs::path& path, const Size& size) {
  return media::VideoWriter::open({.path = path,
                                   .width = size.width,
                                   .height = size.height,
                                   .fps = kFps,
                                   .threads = 1,
                                   .crf = 15,
                                   .x264_options = "keyint=12:min-keyint=12:scenecut=0:bframes=0"});
}

class TwinMaking {
 public:
  explicit TwinMaking(jobs::RenderContext& context) : context_(context) {}

  Result<jobs::RenderOutcome> run() {
    TRY_ASSIGN(footage_, context_.input("footage"));
    const auto* facts = object_or_null(context_.request(), "footage");
    if (facts != nullptr) footage_facts_ = *facts;
    const fs::path followed = context_.work_file("followed");
    TRY(context_.once(followed, [&](const fs::path& folder) { return follow(folder); }));
    film_ = followed / "film.mp4";
    TRY_ASSIGN(track_, face::read_track(followed / "track"));
    TRY(hear());
    TRY(learn_loop());
    TRY(learn_matte());
    return deliver();
  }

 private:
  Result<void> follow(const fs::path& folder);
  Result<void> hear();
  Result<void> learn_loop();
  Result<void> learn_matte();
  Result<std::vector<avatar::FilmMoment>> moments();
  Result<void> write_previews(const media::Image& still);
  Result<void> write_clip();
  Result<jobs::RenderOutcome> deliver();
  FootageFacts facts(const FootageView& view) const;
  double eye_distance() const;

  jobs::RenderContext& context_;
  jobs::RenderInput footage_;
  json::object footage_facts_;
  fs::path film_;
  face::FaceTrack track_;
  speech::Speech heard_;
  bool has_sound_ = false;
  double loudness_lufs_ = media::kSilenceLufs;
  std::vector<bool> talking_;
  std::optional<avatar::FilmLoop> loop_;
  json::object matte_;
};

// The film and the track of its face in one pass over the footage.
Result<void> TwinMaking::follow(const fs::path& folder) {
  context_.progress(0, "looking at the footage");
  std::error_code error;
  fs::create_directories(folder, error);
  TRY_ASSIGN(auto reader, media::VideoReader::open(footage_.file));
  const Size size = film_size(reader);
  const double length_s = static_cast<double>(int_or(footage_facts_, "duration_ms", 0)) / 1000;
  const int count = static_cast<int>(std::floor(length_s * kFps));
  TRY_ASSIGN(auto writer, film_writer(folder / "film.mp4", size));
  TRY_ASSIGN(auto tracker, face::FaceTracker::open(face::Providers::from_environment(), size.width,
                                                   size.height, kFps));
  media::Frame frame = media::Frame::make(size.width, size.height, false);
  for (int i = 0; i < count; ++i) {
    TRY(reader.draw(static_cast<double>(i) / kFps, {0, 0, size.width, size.height}, frame));
    TRY(writer.write(frame));
    TRY(tracker.add(frame));
    context_.progress(kFilmShare * i / count, "following the face");
  }
  TRY(writer.finish());
  auto followed = tracker.finish();
  if (!followed && followed.error().code == ErrorCode::invalid_parameter) {
    TRY_ASSIGN(const auto view, look_at_footage(folder / "film.mp4", {}));
    return tl::make_unexpected(nobody_followed(view));
  }
  TRY_ASSIGN(const auto track, std::move(followed));
  return face::write_track(folder / "track", track);
}

// What is said in the footage. Footage without sound, or with a silent track, has no phones.
Result<void> TwinMaking::hear() {
  const fs::path file = context_.work_file("heard");
  has_sound_ = bool_or(footage_facts_, "has_audio", false);
  TRY(context_.once(file, [&](const fs::path& target) -> Result<void> {
    speech::Speech heard;
    if (has_sound_) {
      TRY_ASSIGN(auto clip, media::decode_audio(footage_.file));
      heard.samples = std::move(clip.samples);
      const bool is_silent =
          media::integrated_loudness(heard.samples, speech::kSampleRate) < kSilent_lufs;
      const auto progress = [&](double fraction) {
        context_.progress(kFilmShare + kSoundShare * fraction, "listening");
        return true;
      };
      if (!is_silent) {
        TRY_ASSIGN(heard, speech::read_audio(std::move(heard.samples), {}, progress));
      }
    }
    return speech::write_speech_file(target, heard);
  }));
  TRY_ASSIGN(heard_, speech::read_speech_file(file));
  if (!heard_.samples.empty())
    loudness_lufs_ = media::integrated_loudness(heard_.samples, speech::kSampleRate);
  const int count = static_cast<int>(track_.frames.size());
  talking_ = avatar::speaking_at(heard_.phones, count, kFps);
  if (std::find(talking_.begin(), talking_.end(), true) == talking_.end())
    talking_ = avatar::moving_lips(track_);
  return {};
}

double TwinMaking::eye_distance() const {
  double sum = 0;
  int seen = 0;
  for (const auto& frame : track_.frames) {
    if (frame.trust < face::kTrusted) continue;
    sum += face::eye_distance(frame.landmarks);
    ++seen;
  }
  return seen > 0 ? sum / seen : 1;
}

Result<std::vector<avatar::FilmMoment>> TwinMaking::moments() {
  TRY_ASSIGN(auto frames, media::FilmFrames::open(film_));
  const Size size{frames.width(), frames.height()};
  const media::Rectangle all{0, 0, size.width, size.height};
  media::Frame picture = media::Frame::make(size.width, size.height, false);
  const double unit = eye_distance();
  const int count = std::min(frames.count(), static_cast<int>(track_.frames.size()));
  std::vector<avatar::FilmMoment> moments;
  for (int i = 0; i < count; ++i) {
    TRY(frames.draw(i, all, all, picture));
    const auto at = static_cast<std::size_t>(i);
    moments.push_back(avatar::film_moment(picture, track_.frames[at], unit));
    moments.back().is_talking = talking_[at];
    context_.progress(kFilmShare + kSoundShare + kLoopShare * i / count, "planning its movements");
  }
  return moments;
}

Result<void> TwinMaking::learn_loop() {
  const fs::path file = context_.work_file("loop.json");
  TRY(context_.once(file, [&](const fs::path& target) -> Result<void> {
    TRY_ASSIGN(const auto found, moments());
    if (found.size() < 2)
      return fail(ErrorCode::invalid_parameter, "The footage has no pictures.", "file");
    return write_file_durably(target, to_text(avatar::FilmLoop::learn(found).to_json()));
  }));
  TRY_ASSIGN(loop_, compose::read_loop(file));
  return {};
}

// Whether somebody can be cut out of the film, for videos with another background.
Result<void> TwinMaking::learn_matte() {
  const fs::path file = context_.work_file("matte.json");
  TRY(context_.once(file, [&](const fs::path& target) -> Result<void> {
    context_.progress(kFilmShare + kSoundShare + kLoopShare, "looking at the background");
    TRY_ASSIGN(const auto found, matte_of(film_));
    return write_file_durably(target, to_text(found));
  }));
  TRY_ASSIGN(const std::string text, read_file(file, kMatteFileMax));
  TRY_ASSIGN(const auto value, parse_json(text));
  if (!value.is_object()) return fail(ErrorCode::storage_failed, "The kept matte is damaged.");
  matte_ = value.get_object();
  return {};
}

Result<void> TwinMaking::write_clip() {
  const double scale = static_cast<double>(kPreviewSide) / std::max(track_.width, track_.height);
  const auto even = [&](int side) { return std::max(2, static_cast<int>(side * scale) / 2 * 2); };
  compose::VideoOptions options;
  options.width = even(track_.width);
  options.height = even(track_.height);
  options.fps = kFps;
  options.encoder_threads = 1;
  options.metadata = media::provenance_tags(string_or(context_.request(), "name"), "digital_twin");
  TRY_ASSIGN(auto source, compose::TwinFilmSource::open({.film = film_,
                                                         .track = &track_,
                                                         .loop = &*loop_,
                                                         .width = options.width,
                                                         .height = options.height,
                                                         .fps = kFps},
                                                        {}, avatar::kPreviewFrames, nullptr));
  const auto progress = [&](double fraction) -> Result<void> {
    context_.progress(0.85 + 0.15 * fraction, "drawing the preview");
    return {};
  };
  compose::OutputPaths paths;
  paths.video = context_.output("preview.mp4");
  TRY(compose::write_video(*source, {}, options, paths, progress));
  return {};
}

Result<void> TwinMaking::write_previews(const media::Image& still) {
  const int side = std::max(still.width, still.height);
  const double scale = std::min(1.0, static_cast<double>(kPictureSide) / side);
  const auto to = [&](int length) { return std::max(2, static_cast<int>(length * scale)); };
  const media::Image small = media::scale(still, to(still.width), to(still.height));
  TRY(media::write_jpeg(context_.output("preview.jpg"), small));
  return write_clip();
}

FootageFacts TwinMaking::facts(const FootageView& view) const {
  FootageFacts facts;
  facts.view = view;
  facts.source_fps = number_or(footage_facts_, "fps", 0);
  facts.source_width = static_cast<int>(int_or(footage_facts_, "width", 0));
  facts.source_height = static_cast<int>(int_or(footage_facts_, "height", 0));
  facts.duration_s = static_cast<double>(track_.frames.size()) / kFps;
  facts.has_sound = has_sound_;
  facts.loudness_lufs = loudness_lufs_;
  facts.cut_count = loop_->cut_count();
  const auto spoken =
      avatar::speaking_at(heard_.phones, static_cast<int>(track_.frames.size()), kFps);
  for (std::size_t i = 0; i < spoken.size(); ++i)
    facts.speech_s += spoken[i] && track_.frames[i].trust >= face::kTrusted ? 1.0 / kFps : 0;
  return facts;
}

Result<jobs::RenderOutcome> TwinMaking::deliver() {
  media::Image still;
  TRY_ASSIGN(const auto view, look_at_footage(film_, track_));
  // Nowhere followed: why is the report's to say.
  std::optional<face::Face> face;
  if (track_.trusted_share() > 0) {
    TRY_ASSIGN(face, best_still(film_, track_, talking_, still));
  }
  TRY_ASSIGN(auto report, report_on(facts(view), track_, face));
  report.found["matte"] = matte_;
  TRY(write_previews(still));
  std::error_code error;
  const auto keep = [&](const fs::path& from, const char* name) {
    if (!error)
      fs::copy_file(from, context_.output(name), fs::copy_options::overwrite_existing, error);
  };
  keep(film_, "film.mp4");
  keep(film_.parent_path() / "track", "track.bin");
  keep(context_.work_file("loop.json"), "loop.json");
  if (error) return fail(ErrorCode::storage_failed, "The twin could not be kept.");
  // Mouths are chosen by phones and energy; the sound itself is the most of it.
  speech::Speech without_sound = heard_;
  without_sound.samples.clear();
  TRY(speech::write_speech_file(context_.output("heard.bin"), without_sound));
  jobs::RenderOutcome outcome;
  const auto output = [](const char* file, const char* type) {
    return jobs::RenderOutput{.file = file, .mime_type = type, .name = file};
  };
  outcome.outputs = {{"film", output("film.mp4", "video/mp4")},
                     {"track", output("track.bin", "application/octet-stream")},
                     {"heard", output("heard.bin", "application/octet-stream")},
                     {"loop", output("loop.json", "application/json")}};
  json::array engines;
  for (const auto& engine : report.engines) engines.push_back(json::value(engine));
  outcome.facts = {{"width", track_.width},
                   {"height", track_.height},
                   {"found", std::move(report.found)},
                   {"engines", std::move(engines)},
                   {"providers", json::object{{"landmarks", track_.provider},
                                              {"twin", "own mouths of the footage"}}}};
  return outcome;
}

}  // namespace

Result<jobs::RenderOutcome> make_twin_look(jobs::RenderContext& context) {
  return TwinMaking(context).run();
}

}  // namespace understudy::avatars
