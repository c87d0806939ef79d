// Self-reenactment: a film of a talking person loses its mouth and gets it back from its own sound.
// What comes out is followed by a tracker of its own and compared with what was there; beside it
// the cost against the encoder alone. The film is one that the project makes itself (a presenter
// whom the photo engine lets speak a script, with a moving head) or a file. Prints one JSON object.
// Usage: lipsync_bench made VOICE SCRIPT | lipsync_bench film FILE
#include <algorithm>
#include <cstdio>
#include <functional>
#include <numeric>
#include <random>

#include <fmt/format.h>
#include <time.h>

#include "avatar/film_mouth.h"
#include "avatar/testing/talking_film.h"
#include "base/file.h"
#include "compose/talking_film.h"
#include "face/face_tracker.h"
#include "media/audio.h"
#include "media/inspect.h"
#include "media/video_reader.h"
#include "speech/alignment.h"
#include "speech/synthesizer.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

struct Film {
  fs::path file;
  double fps = 25;
  int frames = 0;
  speech::Speech speech;
  face::FaceTrack track;
};

Result<void> follow(Film& film) {
  TRY_ASSIGN(film.track, face::track_film(
                             film.file, {.fps = film.fps, .start_s = 0, .frame_count = film.frames},
                             face::Providers::from_environment()));
  return {};
}

Result<Film> made_film(const fs::path& folder, const std::string& voice,
                       const std::string& script) {
  Film film;
  film.file = folder / "film.mp4";
  speech::SpeechRequest spoken;
  spoken.text = script;
  spoken.voice_id = voice;
  TRY_ASSIGN(film.speech, speech::synthesize(spoken));
  TRY_ASSIGN(const auto truth,
             avatar::make_talking_film(film.file, film.speech, {.width = 1920, .height = 1080}));
  film.frames = static_cast<int>(truth.mouths.size());
  TRY(follow(film));
  return film;
}

Result<Film> film_of(const fs::path& file) {
  Film film;
  film.file = file;
  TRY_ASSIGN(const auto info, media::inspect_file(file));
  film.fps = media::limited(info.rate, 60).per_s();
  TRY_ASSIGN(auto sound, media::decode_audio(file));
  TRY_ASSIGN(film.speech, speech::read_audio(std::move(sound.samples), {}));
  film.frames = std::min(static_cast<int>(static_cast<double>(info.duration_ms) / 1000 * film.fps),
                         static_cast<int>(film.speech.duration_s() * film.fps));
  TRY(follow(film));
  return film;
}

std::vector<int> in_order(const Film& film) {
  std::vector<int> shows;
  for (int i = 0; i < film.frames; ++i) shows.push_back(i);
  return shows;
}

using face::Lips;

// How lips move: against their mean over the film, because the fit lays lips anew on every film.
std::vector<Lips> movement(const face::FaceTrack& track, const std::vector<std::size_t>& frames) {
  std::vector<Lips> moved;
  Lips mean{};
  for (const auto i : frames) {
    moved.push_back(lips_of(track.frames[i]));
    for (std::size_t k = 0; k < mean.size(); ++k) {
      mean[k].x += moved.back()[k].x / static_cast<double>(frames.size());
      mean[k].y += moved.back()[k].y / static_cast<double>(frames.size());
    }
  }
  for (auto& lips : moved) {
    for (std::size_t k = 0; k < mean.size(); ++k) lips[k].x -= mean[k].x, lips[k].y -= mean[k].y;
  }
  return moved;
}

double range_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() * 95 / 100] - values[values.size() * 5 / 100];
}

struct Compared {
  double correlation = 0, range = 0, ours = 0, still = 0, random = 0;
  int lag = 0;
};

Compared compare(const face::FaceTrack& source, const face::FaceTrack& result) {
  std::vector<double> before, after;
  std::vector<std::size_t> good;
  for (std::size_t i = 0; i < source.frames.size(); ++i) {
    if (source.frames[i].trust < face::kTrusted || result.frames[i].trust < face::kTrusted)
      continue;
    good.push_back(i);
    before.push_back(source.frames[i].mouth_open);
    after.push_back(result.frames[i].mouth_open);
  }
  Compared c;
  if (good.size() < 20) return c;
  c.correlation = avatar::correlation(after, before);
  c.lag = avatar::best_lag(after, before, 6);
  c.range = range_of(after) / std::max(1e-6, range_of(before));
  // A mouth that stands still is the one whose opening is the usual one.
  const auto source_lips = movement(source, good), result_lips = movement(result, good);
  std::vector<std::size_t> ranked(good.size());
  std::iota(ranked.begin(), ranked.end(), 0);
  auto shuffled = ranked;
  std::sort(ranked.begin(), ranked.end(),
            [&](std::size_t a, std::size_t b) { return before[a] < before[b]; });
  const std::size_t still = ranked[ranked.size() / 2];
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(1));
  const double share = 1.0 / static_cast<double>(good.size());
  for (std::size_t k = 0; k < good.size(); ++k) {
    c.ours += share * distance(result_lips[k], source_lips[k]);
    c.still += share * distance(source_lips[still], source_lips[k]);
    c.random += share * distance(source_lips[shuffled[k]], source_lips[k]);
  }
  return c;
}

struct Difference {
  double inside_db = 0;  // PSNR within the masks
  double seam = 0;       // steps across their rims, of those of the source
};

Result<Difference> difference(const Film& film, avatar::FilmMouth& mouth) {
  TRY_ASSIGN(auto reader, media::VideoReader::open(film.file));
  media::Frame before = media::Frame::make(film.track.width, film.track.height, false);
  double squares = 0, count = 0, steps_before = 0, steps_after = 0;
  for (int i = 0; i < film.frames; i += 5) {
    TRY(reader.draw(i / film.fps, media::whole(before), before));
    media::Frame after = before;
    mouth.draw_on(i, after);
    media::Rectangle area;
    const auto mask = mouth.mask(i, area);
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x + 1 < area.width; ++x) {
        const auto at = static_cast<std::size_t>(y) * area.width + x;
        const auto place = static_cast<std::size_t>(area.y + y) * before.width + area.x + x;
        if (mask[at] > 0) {
          const double d = after.y[place] - before.y[place];
          squares += d * d, ++count;
        }
        if ((mask[at] == 0) == (mask[at + 1] == 0)) continue;
        steps_before += std::abs(before.y[place] - before.y[place + 1]);
        steps_after += std::abs(after.y[place] - after.y[place + 1]);
      }
    }
  }
  Difference d;
  d.inside_db = 10 * std::log10(255 * 255 / std::max(1e-9, squares / std::max(1.0, count)));
  d.seam = steps_after / std::max(1e-9, steps_before);
  return d;
}

// CPU per picture, against encoding the same pictures. Ours and the encoder take turns, several
// times, and the middle of the ratios counts: a machine that others use does not stay the same.
struct Cost {
  double ratio = 0;
  double ms = 0, floor_ms = 0;
};

constexpr int kRounds = 3;
constexpr std::size_t kFramesMax = 60;  // 3 MB each

double middle_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Floor {
 public:
  Floor(const Film& film, fs::path folder) : folder_(std::move(folder)) {
    options.width = film.track.width;
    options.height = film.track.height;
    options.fps = static_cast<int>(std::lround(film.fps));
    options.encoder_threads = 1;
  }

  Result<void> keep(compose::FrameSource& source) {
    media::Frame canvas = media::Frame::make(options.width, options.height, false);
    for (int i = 0; i < source.frame_count(); ++i) {
      TRY(source.draw(i, canvas));
      frames_.push_back(canvas);
    }
    return {};
  }

  // `work` returns how many pictures it did.
  Result<Cost> compare(const std::function<Result<int>()>& work) const {
    std::vector<double> ratios, ours, floors;
    for (int round = 0; round < kRounds; ++round) {
      double start = cpu_seconds();
      TRY_ASSIGN(const int count, work());
      ours.push_back((cpu_seconds() - start) * 1000 / count);
      TRY_ASSIGN(auto writer, media::VideoWriter::open(
                                  compose::writer_settings(folder_ / "floor.mp4", {}, options)));
      start = cpu_seconds();
      for (const auto& frame : frames_) TRY(writer.write(frame));
      TRY(writer.finish());
      floors.push_back((cpu_seconds() - start) * 1000 / static_cast<double>(frames_.size()));
      ratios.push_back(ours.back() / floors.back());
    }
    return Cost{middle_of(ratios), middle_of(ours), middle_of(floors)};
  }

  compose::VideoOptions options;

 private:
  fs::path folder_;
  std::vector<media::Frame> frames_;
};

struct Costs {
  Cost video;      // decoding, drawing and encoding
  Cost preparing;  // gathering mouths and choosing among them
};

// Decoding a film a first time and following its face.
Result<Cost> following_cost(const Film& film, const fs::path& folder) {
  auto shows = in_order(film);
  shows.resize(std::min(shows.size(), kFramesMax));
  TRY_ASSIGN(const auto plain, compose::TalkingFilmSource::open(
                                   {.film = film.file, .track = &film.track, .shows = shows}, {}));
  Floor floor(film, folder);
  TRY(floor.keep(*plain));
  return floor.compare([&]() -> Result<int> {
    TRY(face::track_film(film.file, {.fps = film.fps, .start_s = 0, .frame_count = film.frames},
                         face::Providers::from_environment()));
    return film.frames;
  });
}

Result<Costs> costs_of(const Film& film, avatar::MouthQuality quality, const fs::path& folder) {
  const avatar::MouthFootage footage{film.file, &film.track, 0, &film.speech};
  TRY_ASSIGN(const auto donors, avatar::MouthDonors::gather(std::span(&footage, 1), quality));
  auto shows = in_order(film);
  shows.resize(std::min(shows.size(), kFramesMax));
  const auto source = [&]() -> Result<std::unique_ptr<compose::TalkingFilmSource>> {
    return compose::TalkingFilmSource::open(
        {.film = film.file, .start_s = 0, .track = &film.track, .shows = shows},
        std::make_unique<avatar::FilmMouth>(
            donors, film.track, film.speech,
            avatar::FilmMouthOptions{.fps = film.fps, .shows = shows}));
  };
  Floor floor(film, folder);
  TRY_ASSIGN(auto drawn, source());
  TRY(floor.keep(*drawn));
  Costs costs;
  TRY_ASSIGN(costs.video, floor.compare([&]() -> Result<int> {
    TRY(compose::write_video(*drawn, {}, floor.options, {.video = folder / "ours.mp4"}));
    TRY_ASSIGN(drawn, source());
    return static_cast<int>(shows.size());
  }));
  TRY_ASSIGN(costs.preparing, floor.compare([&]() -> Result<int> {
    TRY_ASSIGN(const auto anew, avatar::MouthDonors::gather(std::span(&footage, 1), quality));
    const avatar::FilmMouth mouth(
        anew, film.track, film.speech,
        avatar::FilmMouthOptions{.fps = film.fps, .shows = in_order(film)});
    return mouth.frame_count();
  }));
  return costs;
}

Result<std::string> measure(const Film& film, avatar::MouthQuality quality,
                            const fs::path& folder) {
  const avatar::MouthFootage footage{film.file, &film.track, 0, &film.speech};
  TRY_ASSIGN(const auto donors, avatar::MouthDonors::gather(std::span(&footage, 1), quality));
  const avatar::FilmMouthOptions options{
      .fps = film.fps, .shows = in_order(film), .exclude_s = 0.3};
  avatar::FilmMouth mouth(donors, film.track, film.speech, options);
  // What was drawn is looked at by a tracker that knows nothing of it.
  TRY_ASSIGN(auto tracker, face::FaceTracker::open(face::Providers::from_environment(),
                                                   film.track.width, film.track.height, film.fps));
  TRY_ASSIGN(auto reader, media::VideoReader::open(film.file));
  media::Frame clean = media::Frame::make(film.track.width, film.track.height, false);
  for (int i = 0; i < film.frames; ++i) {
    TRY(reader.draw(i / film.fps, media::whole(clean), clean));
    media::Frame canvas = clean;
    mouth.draw_on(i, canvas);
    TRY(tracker.add(canvas));
  }
  TRY_ASSIGN(const auto result, tracker.finish());
  const Compared c = compare(film.track, result);
  TRY_ASSIGN(const auto d, difference(film, mouth));
  TRY_ASSIGN(const auto costs, costs_of(film, quality, folder));
  return fmt::format(
      "{{\"correlation\": {:.3f}, \"range\": {:.3f}, \"lag\": {}, \"distance\": {:.4f}, \"still\": "
      "{:.4f}, \"random\": {:.4f}, \"psnr_db\": {:.2f}, \"seam\": {:.3f}, \"cost\": {:.3f}, "
      "\"video_ms\": {:.2f}, \"floor_ms\": {:.2f}, \"preparing\": {:.3f}}}",
      c.correlation, c.range, c.lag, c.ours, c.still, c.random, d.inside_db, d.seam,
      costs.video.ratio, costs.video.ms, costs.video.floor_ms, costs.preparing.ratio);
}

Result<void> run(int argc, char** argv) {
  const TemporaryFolder folder;
  const bool is_made = argc == 4 && std::string_view(argv[1]) == "made";
  TRY_ASSIGN(const Film film,
             is_made ? made_film(folder.path(), argv[2], argv[3]) : film_of(argv[2]));
  TRY_ASSIGN(const auto following, following_cost(film, folder.path()));
  TRY_ASSIGN(const auto speed, measure(film, avatar::MouthQuality::one_donor, folder.path()));
  TRY_ASSIGN(const auto poses, measure(film, avatar::MouthQuality::by_pose, folder.path()));
  TRY_ASSIGN(const auto precision,
             measure(film, avatar::MouthQuality::unit_selection, folder.path()));
  fmt::print(
      "{{\"frames\": {}, \"width\": {}, \"height\": {}, \"face\": \"{}\", \"trusted\": {:.3f}, "
      "\"following\": {:.3f}, \"following_ms\": {:.2f}, \"speed\": {}, \"by_pose\": {}, \"precision\": {}}}\n",
      film.frames, film.track.width, film.track.height, film.track.provider,
      film.track.trusted_share(), following.ratio, following.ms, speed, poses, precision);
  return {};
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: lipsync_bench made VOICE SCRIPT | lipsync_bench film FILE\n", stderr);
    return 2;
  }
  const auto done = understudy::run(argc, argv);
  if (done) return 0;
  fmt::print(stderr, "lipsync_bench: {} {}\n", done.error().message, done.error().detail);
  return 1;
}
