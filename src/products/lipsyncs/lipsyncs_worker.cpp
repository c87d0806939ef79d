#include "products/lipsyncs/lipsyncs_worker.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "avatar/film_mouth.h"
#include "compose/talking_film.h"
#include "face/face_tracker.h"
#include "media/audio.h"
#include "media/inspect.h"
#include "media/overlay.h"
#include "media/text_overlay.h"
#include "media/video_writer.h"
#include "products/lipsyncs/film_plan.h"
#include "products/lipsyncs/lipsyncs.h"
#include "products/lipsyncs/new_sound.h"
#include "speech/alignment.h"
#include "speech/speech_file.h"

namespace understudy::lipsyncs {
namespace fs = std::filesystem;
namespace {

// Where the stages begin on the progress bar.
constexpr double kFollow = 0.12, kGather = 0.40, kDraw = 0.50;

struct Film {
  fs::path file;
  media::MediaInfo info;
  Span span;
  media::FrameRate rate;
  double fps() const { return rate.per_s(); }
  int frame_count() const { return frames_of_film(span, rate); }
  // Where the film is looked at for picture 0: between two places of the grid, so that the rounding
  // of a container's times moves no picture to the next place, and one that comes in between goes
  // to the nearest.
  double first_s() const { return span.start_s + 0.5 / fps(); }
};

Result<Film> film_of(jobs::RenderContext& context, const Request& request) {
  Film film;
  TRY_ASSIGN(const auto input, context.input("video"));
  film.file = input.file;
  const auto* facts = object_or_null(context.request(), "video_facts");
  if (facts == nullptr) return fail(ErrorCode::internal_error, "The job does not know its film.");
  TRY_ASSIGN(film.info, media::media_info_from(*facts));
  Facts known;
  known.video_ms = film.info.duration_ms;
  TRY_ASSIGN(film.span, span_of(request, known));
  film.rate = rate_of(film.info.rate);
  return film;
}

// What is said in a file, with its phones; from its file when an earlier attempt left it.
Result<speech::Speech> kept_speech(jobs::RenderContext& context, const char* name,
                                   const fs::path& sound, const Span& span, double from,
                                   double share) {
  const auto listen = [&](const fs::path& file) -> Result<void> {
    TRY_ASSIGN(auto clip, media::decode_audio(sound));
    if (span.end_s > 0) {
      const auto at = [&](double s) {
        return std::min(clip.samples.size(), static_cast<std::size_t>(s * media::kAudioRate));
      };
      clip.samples = {clip.samples.begin() + static_cast<std::ptrdiff_t>(at(span.start_s)),
                      clip.samples.begin() + static_cast<std::ptrdiff_t>(at(span.end_s))};
    }
    const auto progress = [&](double fraction) {
      context.progress(from + share * fraction, "listening");
      return true;
    };
    progress(0);
    TRY_ASSIGN(const auto speech, speech::read_audio(std::move(clip.samples), {}, progress));
    return speech::write_speech_file(file, speech);
  };
  const fs::path file = context.work_file(name);
  TRY(context.once(file, listen));
  return speech::read_speech_file(file);
}

Result<face::FaceTrack> kept_track(jobs::RenderContext& context, const Film& film) {
  const auto follow = [&](const fs::path& file) -> Result<void> {
    const face::FilmSpan span{
        .fps = film.fps(), .start_s = film.first_s(), .frame_count = film.frame_count()};
    const auto progress = [&](double fraction) -> Result<void> {
      context.progress(kFollow + (kGather - kFollow) * fraction, "following the face");
      return {};
    };
    TRY_ASSIGN(const auto track,
               face::track_film(film.file, span, face::Providers::from_environment(), progress));
    return face::write_track(file, track);
  };
  const fs::path file = context.work_file("track");
  TRY(context.once(file, follow));
  return face::read_track(file);
}

// The speech of the film itself tells which mouth belongs to which sound; a film without any is
// chosen from by its pictures alone.
Result<std::optional<speech::Speech>> heard_in(jobs::RenderContext& context, const Film& film) {
  std::optional<speech::Speech> heard;
  if (!film.info.has_audio) return heard;
  TRY_ASSIGN(heard, kept_speech(context, "heard", film.file, film.span, kGather, 0.06));
  return heard;
}

Result<compose::VideoOptions> options_of(const Request& request, const Film& film,
                                         const face::FaceTrack& track, bool is_test) {
  compose::VideoOptions options;
  options.width = track.width;
  options.height = track.height;
  options.fps = film.rate;
  if (request.keeps_format && film.info.mime == "video/webm")
    options.format = media::VideoFormat::webm;
  options.keeps_picture_times = request.times == Times::as_filmed;
  // The film comes compressed once already: what is kept of it must not be lost a second time.
  options.crf = options.format == media::VideoFormat::webm ? 26 : 18;
  options.metadata =
      media::provenance_tags(request.title, "lipsync " + std::string(to_string(request.mode)));
  options.is_test = is_test;
  if (request.has_watermark) {
    TRY_ASSIGN(auto mark, media::make_corner_mark("AI generated", track.width, track.height));
    options.watermark = std::move(mark);
  }
  return options;
}

jobs::RenderOutcome outcome_of(const Request& request, const compose::VideoOptions& options) {
  const std::string name = request.title.empty() ? "lipsync" : request.title;
  const bool is_webm = options.format == media::VideoFormat::webm;
  const std::string extension = is_webm ? ".webm" : ".mp4";
  jobs::RenderOutcome outcome;
  outcome.outputs["video"] = {"video" + extension, is_webm ? "video/webm" : "video/mp4",
                              name + extension};
  outcome.outputs["thumbnail"] = {"thumbnail.jpg", "image/jpeg", name + ".jpg"};
  if (request.has_captions)
    outcome.outputs["caption"] = {"captions.srt", "application/x-subrip", name + ".srt"};
  return outcome;
}

std::vector<media::TimedWord> timed_words(const speech::Speech& speech, double length_s) {
  std::vector<media::TimedWord> words;
  for (const auto& word : speech.words) {
    if (word.start_s < length_s)
      words.push_back({word.start_s, std::min(word.end_s, length_s), word.text});
  }
  return words;
}

avatar::MouthQuality quality_of(Mode mode) {
  return mode == Mode::precision ? avatar::MouthQuality::unit_selection
                                 : avatar::MouthQuality::one_donor;
}

std::string_view name_of(avatar::MouthQuality quality) {
  switch (quality) {
    case avatar::MouthQuality::one_donor: return "one mouth";
    case avatar::MouthQuality::by_pose: return "mouths by pose";
    case avatar::MouthQuality::unit_selection: return "mouths by sound";
  }
  std::abort();
}

struct Parts {
  Request request;
  Film film;
  speech::Speech speech;
  face::FaceTrack track;
  std::vector<int> shows;
  double length_s() const { return static_cast<double>(shows.size()) / film.fps(); }
};

Result<avatar::MouthDonors> donors_of(jobs::RenderContext& context, const Parts& parts) {
  std::optional<speech::Speech> heard;
  if (parts.request.mode == Mode::precision) {
    TRY_ASSIGN(heard, heard_in(context, parts.film));
  }
  const avatar::MouthFootage footage{.film = parts.film.file,
                                     .track = &parts.track,
                                     .start_s = parts.film.first_s(),
                                     .heard = heard ? &*heard : nullptr};
  const auto progress = [&](double fraction) -> Result<void> {
    context.progress(kDraw - 0.04 + 0.04 * fraction, "choosing mouths");
    return {};
  };
  return avatar::MouthDonors::gather(std::span(&footage, 1), quality_of(parts.request.mode),
                                     progress);
}

Result<jobs::RenderOutcome> draw(jobs::RenderContext& context, const Parts& parts) {
  TRY_ASSIGN(const auto donors, donors_of(context, parts));
  const avatar::FilmMouthOptions mouth_options{.fps = parts.film.fps(), .shows = parts.shows};
  auto mouth =
      std::make_unique<avatar::FilmMouth>(donors, parts.track, parts.speech, mouth_options);
  int kept = 0;
  media::Rectangle area;  // nothing is ever drawn outside of it
  for (int i = 0; i < mouth->frame_count(); ++i) {
    kept += mouth->placed(i).share < 0.5 ? 1 : 0;
    const media::Rectangle now = mouth->area(i);
    if (now.width > 0 && now.height > 0) area = area.width > 0 ? media::united(area, now) : now;
  }
  TRY_ASSIGN(auto source, compose::TalkingFilmSource::open(
                              {.film = parts.film.file,
                               .start_s = parts.film.first_s(),
                               .track = &parts.track,
                               .shows = parts.shows,
                               .keeps_picture_times = parts.request.times == Times::as_filmed},
                              std::move(mouth)));
  TRY_ASSIGN(auto options, options_of(parts.request, parts.film, parts.track,
                                      bool_or(context.request(), "is_test", false)));
  options.colours = source->colours();
  auto outcome = outcome_of(parts.request, options);
  TRY_ASSIGN(const auto sound,
             make_sound(context, parts.request, parts.film.span, parts.length_s()));
  const auto words = timed_words(parts.speech, parts.length_s());
  const compose::Soundtrack track{
      .samples = sound.samples, .channels = sound.channels, .words = words};
  compose::OutputPaths paths{.video = context.output(outcome.outputs["video"].file),
                             .thumbnail = context.output("thumbnail.jpg")};
  if (parts.request.has_captions) paths.subtitles = context.output("captions.srt");
  const auto progress = [&](double fraction) -> Result<void> {
    context.progress(kDraw + (1 - kDraw) * fraction, "rendering");
    return {};
  };
  TRY_ASSIGN(const auto summary, compose::write_video(*source, track, options, paths, progress));
  outcome.quantity = summary.duration_ms;
  const double frames = std::max(1, summary.frames);
  outcome.facts = {{"duration_ms", summary.duration_ms},
                   {"frames", summary.frames},
                   {"report", json::object{{"fps", std::round(parts.film.fps() * 1000) / 1000},
                                           {"face", parts.track.provider},
                                           {"mouth", name_of(donors.quality())},
                                           {"kept_share", std::round(kept / frames * 1000) / 1000},
                                           {"mouth_area", json::object{{"x", area.x},
                                                                       {"y", area.y},
                                                                       {"width", area.width},
                                                                       {"height", area.height}}},
                                           {"has_music", sound.has_music},
                                           {"words", static_cast<std::int64_t>(words.size())}}},
                   {"providers", json::object{{"face", parts.track.provider},
                                              {"mouth", name_of(donors.quality())}}}};
  return outcome;
}

}  // namespace

Result<jobs::RenderOutcome> render(jobs::RenderContext& context) {
  Parts parts;
  parts.request = from_json(context.request());
  TRY_ASSIGN(parts.film, film_of(context, parts.request));
  TRY_ASSIGN(const auto audio, context.input("audio"));
  TRY_ASSIGN(parts.speech, kept_speech(context, "speech", audio.file, {}, 0, kFollow));
  // A film without a face ends the job before anything is charged.
  TRY_ASSIGN(parts.track, kept_track(context, parts.film));
  const int film_frames = static_cast<int>(parts.track.frames.size());
  if (parts.request.is_duration_dynamic) {
    const int count = frames_of_sound(parts.speech.duration_s(), parts.film.rate);
    parts.shows = stretch(stillness(parts.track), count);
  } else {
    parts.shows = one_to_one(film_frames, film_frames);
  }
  const auto length_ms = parts.film.rate.ms_of(static_cast<std::int64_t>(parts.shows.size()));
  if (length_ms > kDurationMaxMs)
    return fail(ErrorCode::video_too_long, "A lipsync is at most 30 minutes long.");
  TRY(context.confirm_exact(length_ms));
  return draw(context, parts);
}

}  // namespace understudy::lipsyncs
