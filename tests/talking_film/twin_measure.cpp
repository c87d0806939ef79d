#include "twin_measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include <time.h>

#include "avatar/film_moments.h"
#include "compose/twin_film.h"
#include "face/face_tracker.h"
#include "media/film_frames.h"
#include "media/image.h"
#include "media/video_reader.h"
#include "media/video_writer.h"

namespace understudy::testing {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSentence =
    "Before we begin, let me say how very pleased I am to meet you all. Both of my favourite maps are on "
    "the shelf above the fire, and you may borrow them whenever you wish.";
constexpr int kGridWidth = 40, kGridHeight = 30;  // of the mouth's region
constexpr int kMargin = 5;  // by which two films' faces may lie beside each other

// One film, followed: its lips in face units and the grey of the mouth's region.
struct SeenFilm {
  std::vector<double> open;
  std::vector<std::array<face::Point, 20>> lips;
  std::vector<std::vector<double>> greys;
};

double bilinear(const media::Frame& frame, face::Point p) {
  const double x = std::clamp(p.x, 0.0, frame.width - 1.001),
               y = std::clamp(p.y, 0.0, frame.height - 1.001);
  const int c = static_cast<int>(x), r = static_cast<int>(y);
  const auto at = [&](int column, int row) {
    return static_cast<double>(frame.y[static_cast<std::size_t>(row) * frame.width + column]);
  };
  const double fx = x - c, fy = y - r;
  return (at(c, r) * (1 - fx) + at(c + 1, r) * fx) * (1 - fy) +
         (at(c, r + 1) * (1 - fx) + at(c + 1, r + 1) * fx) * fy;
}

// Of a face by the book: where a fit believes the lips to be differs from film to film.
std::vector<double> greys_of(const media::Frame& frame, const face::FaceTrack& track, int index) {
  const auto& pose = track.frames[static_cast<std::size_t>(index)].pose;
  const auto& left = face::mean_face()[face::kLeftCorner];
  const auto& right = face::mean_face()[face::kRightCorner];
  const double width = right.x - left.x, middle = (left.y + right.y) / 2;
  const double step = 1.3 * width / kGridWidth;
  std::vector<double> greys;
  for (int r = -kMargin; r < kGridHeight + kMargin; ++r) {
    for (int c = -kMargin; c < kGridWidth + kMargin; ++c) {
      const double x = left.x - 0.15 * width + c * step;
      const double y = middle + (r - 0.4 * kGridHeight) * step;
      greys.push_back(bilinear(frame, pose.project({x, y, face::face_depth(x, y)})));
    }
  }
  return greys;
}

Result<SeenFilm> see(const fs::path& film, int count, int width, int height) {
  TRY_ASSIGN(const auto track,
             face::track_film(film, {.fps = kFilmFps, .start_s = 0, .frame_count = count}, {}));
  TRY_ASSIGN(auto reader, media::VideoReader::open(film));
  media::Frame frame = media::Frame::make(width, height, false);
  SeenFilm seen;
  for (int i = 0; i < count; ++i) {
    TRY(reader.draw(static_cast<double>(i) / kFilmFps, {0, 0, width, height}, frame));
    const auto& face = track.frames[static_cast<std::size_t>(i)];
    seen.open.push_back(face.mouth_open);
    std::array<face::Point, 20> lips;
    for (std::size_t k = 0; k < lips.size(); ++k) {
      const auto place = face.pose.lift(face.landmarks[48 + k]);
      lips[k] = {place.x, place.y};
    }
    seen.lips.push_back(lips);
    seen.greys.push_back(greys_of(frame, track, i));
  }
  return seen;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b, int lag) {
  double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  int n = 0;
  const int count = static_cast<int>(std::min(a.size(), b.size()));
  for (int i = std::max(0, -lag); i < count - std::max(0, lag); ++i, ++n) {
    const double x = a[static_cast<std::size_t>(i + lag)], y = b[static_cast<std::size_t>(i)];
    sa += x, sb += y, saa += x * x, sbb += y * y, sab += x * y;
  }
  const double va = saa - sa * sa / n, vb = sbb - sb * sb / n;
  return va > 1e-12 && vb > 1e-12 ? (sab - sa * sb / n) / std::sqrt(va * vb) : 0;
}

double deviation(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double v : values) sum += v, squares += v * v;
  const auto n = static_cast<double>(values.size());
  return std::sqrt(std::max(0.0, squares / n - sum * sum / (n * n)));
}

// The difference of the mouth's region over the whole film, where the faces lie best on each other:
// the same place for all pictures.
double picture_difference(const SeenFilm& seen, const SeenFilm& truth,
                          const std::vector<int>& order) {
  constexpr int kWide = kGridWidth + 2 * kMargin;
  const auto at = [](const std::vector<double>& greys, int r, int c) {
    return greys[static_cast<std::size_t>((r + kMargin) * kWide + c + kMargin)];
  };
  double best = 1e18;
  for (int dy = -kMargin; dy <= kMargin; ++dy) {
    for (int dx = -kMargin; dx <= kMargin; ++dx) {
      double sum = 0;
      for (std::size_t i = 0; i < truth.greys.size(); ++i) {
        const auto& own = seen.greys[static_cast<std::size_t>(order[i])];
        for (int r = 0; r < kGridHeight; ++r) {
          for (int c = 0; c < kGridWidth; ++c) {
            const double d = at(own, r + dy, c + dx) - at(truth.greys[i], r, c);
            sum += d * d;
          }
        }
      }
      best = std::min(best, sum);
    }
  }
  return std::sqrt(best / (static_cast<double>(truth.greys.size()) * kGridWidth * kGridHeight));
}

// Where each point of the lips is on the average over the first `count` pictures.
std::array<face::Point, 20> usual_lips(const SeenFilm& film, std::size_t count) {
  std::array<face::Point, 20> sum{};
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < sum.size(); ++k)
      sum[k] = sum[k] + film.lips[i][k] * (1.0 / static_cast<double>(count));
  return sum;
}

// `order`: which picture of `seen` stands for each of the truth.
TwinQuality compare(const SeenFilm& seen, const SeenFilm& truth, const std::vector<int>& order) {
  TwinQuality quality;
  std::vector<double> open;
  // How lips move: the fit lays their points anew on every film, each a little elsewhere.
  const auto usual = usual_lips(seen, truth.open.size());
  const auto true_usual = usual_lips(truth, truth.open.size());
  double points = 0;
  for (std::size_t i = 0; i < truth.open.size(); ++i) {
    const auto at = static_cast<std::size_t>(order[i]);
    open.push_back(seen.open[at]);
    for (std::size_t k = 0; k < 20; ++k)
      points +=
          face::length((seen.lips[at][k] - usual[k]) - (truth.lips[i][k] - true_usual[k])) / 20;
  }
  const auto n = static_cast<double>(truth.open.size());
  quality.landmarks = points / n;
  quality.picture = picture_difference(seen, truth, order);
  quality.range = deviation(open) / std::max(1e-9, deviation(truth.open));
  double best = -2;
  for (int lag = -4; lag <= 4; ++lag) {
    const double c = correlation(open, truth.open, lag);
    if (c > best) best = c, quality.lag = lag;
  }
  quality.correlation = correlation(open, truth.open, 0);
  return quality;
}

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

class Measuring {
 public:
  Measuring(fs::path folder, FilmSettings settings)
      : folder_(std::move(folder)), settings_(std::move(settings)) {}

  Result<TwinMeasures> run() {
    TRY(learn());
    TRY(render_truth());
    TwinMeasures measures;
    TRY_ASSIGN(measures.one_donor, drive(avatar::MouthQuality::one_donor, "iii.mp4", measures));
    TRY_ASSIGN(measures.by_pose, drive(avatar::MouthQuality::by_pose, "iv.mp4", measures));
    TRY_ASSIGN(measures.units, drive(avatar::MouthQuality::unit_selection, "v.mp4", measures));
    return measures;
  }

 private:
  Result<void> learn();
  Result<void> render_truth();
  Result<TwinQuality> drive(avatar::MouthQuality quality, const char* name, TwinMeasures& measures);
  double worst_step(const compose::TwinFilmSource& source) const;
  Result<double> join_step(const compose::TwinFilm& film) const;

  fs::path folder_;
  FilmSettings settings_;
  fs::path film_;  // as FilmFrames reads it
  MadeFilm made_, said_;
  face::FaceTrack track_;
  std::vector<avatar::FilmMoment> moments_;
  std::optional<avatar::FilmLoop> loop_;
  SeenFilm truth_;
};

// The footage, learnt as a twin's (products/avatars/twin_worker.cpp) but for its phones, which are
// known.
Result<void> Measuring::learn() {
  TRY_ASSIGN(made_, make_talking_film(folder_ / "footage.mp4", settings_));
  film_ = folder_ / "film.mp4";
  const int count = static_cast<int>(made_.truth.size());
  const media::Rectangle all{0, 0, settings_.width, settings_.height};
  TRY_ASSIGN(auto reader, media::VideoReader::open(folder_ / "footage.mp4"));
  TRY_ASSIGN(auto writer, media::VideoWriter::open(
                              {.path = film_,
                               .width = settings_.width,
                               .height = settings_.height,
                               .threads = 1,
                               .crf = 15,
                               .x264_options = "keyint=12:min-keyint=12:scenecut=0:bframes=0"}));
  media::Frame frame = media::Frame::make(settings_.width, settings_.height, false);
  for (int i = 0; i < count; ++i) {
    TRY(reader.draw(static_cast<double>(i) / kFilmFps, all, frame));
    TRY(writer.write(frame));
  }
  TRY(writer.finish());
  TRY_ASSIGN(track_,
             face::track_film(film_, {.fps = kFilmFps, .start_s = 0, .frame_count = count}, {}));
  const auto talking = avatar::speaking_at(made_.speech.phones, count, kFilmFps);
  TRY_ASSIGN(auto frames, media::FilmFrames::open(film_));
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    TRY(frames.draw(i, all, all, frame));
    moments_.push_back(avatar::film_moment(frame, track_.frames[at],
                                           face::eye_distance(track_.frames[at].landmarks)));
    moments_.back().is_talking = talking[at];
  }
  loop_ = avatar::FilmLoop::learn(moments_);
  return {};
}

Result<void> Measuring::render_truth() {
  FilmSettings settings = settings_;
  settings.text = kSentence;
  settings.motion_prompt = "";
  TRY_ASSIGN(said_, make_talking_film(folder_ / "truth.mp4", settings));
  TRY_ASSIGN(truth_, see(folder_ / "truth.mp4", static_cast<int>(said_.truth.size()),
                         settings.width, settings.height));
  return {};
}

double Measuring::worst_step(const compose::TwinFilmSource& source) const {
  double natural = 0, worst = 0;
  for (std::size_t i = 1; i < moments_.size(); ++i)
    natural = std::max(natural, avatar::difference(moments_[i - 1], moments_[i]));
  const auto& shown = source.shown();
  for (std::size_t t = 1; t < shown.size(); ++t) {
    if (shown[t].fading_in >= 0 || shown[t - 1].fading_in >= 0) continue;
    worst =
        std::max(worst, avatar::difference(moments_[static_cast<std::size_t>(shown[t - 1].picture)],
                                           moments_[static_cast<std::size_t>(shown[t].picture)]));
  }
  return worst / std::max(natural, 1e-9);
}

// How far pictures that follow each other are apart, as they are drawn: where the loop mixes two
// stretches, over the 99th of a hundred of the others. 1 and below: a join moves no more than the
// person does.
Result<double> Measuring::join_step(const compose::TwinFilm& film) const {
  // Somebody who speaks and listens by turns, for longer than the footage: the loop has to leave
  // where it is.
  constexpr int kCount = 1200;
  constexpr double kTurn_s = 3;
  speech::Speech turns;
  for (double t = 0; t < kCount / kFilmFps; t += 2 * kTurn_s) {
    turns.phones.push_back({t, t + kTurn_s, "aa", true});
    turns.phones.push_back({t + kTurn_s, t + 2 * kTurn_s, "pau", false});
  }
  TRY_ASSIGN(auto source, compose::TwinFilmSource::open(film, turns, kCount, nullptr));
  media::Frame canvas = media::Frame::make(settings_.width, settings_.height, false), before;
  std::vector<double> joins, others;
  const auto& shown = source->shown();
  for (int i = 0; i < kCount; ++i) {
    TRY(source->draw(i, canvas));
    const media::Frame small = media::scale(canvas, canvas.width / 4 & ~1, canvas.height / 4 & ~1);
    const auto at = static_cast<std::size_t>(i);
    if (i > 0) {
      double sum = 0;
      for (std::size_t k = 0; k < small.y.size(); ++k)
        sum += std::pow(static_cast<double>(small.y[k]) - before.y[k], 2);
      const bool is_join = shown[at].fading_in >= 0 || shown[at - 1].fading_in >= 0;
      (is_join ? joins : others).push_back(std::sqrt(sum / static_cast<double>(small.y.size())));
    }
    before = small;
  }
  if (joins.empty() || others.empty()) return 0.0;
  std::sort(others.begin(), others.end());
  return *std::max_element(joins.begin(), joins.end()) /
         std::max(1e-9, others[others.size() * 99 / 100]);
}

Result<TwinQuality> Measuring::drive(avatar::MouthQuality quality, const char* name,
                                     TwinMeasures& measures) {
  const avatar::MouthFootage footage{
      .film = film_, .track = &track_, .start_s = 0, .heard = &made_.speech, .is_indexed = true};
  TRY_ASSIGN(const auto donors, avatar::MouthDonors::gather({&footage, 1}, quality));
  compose::TwinFilm film;
  film.film = film_;
  film.track = &track_;
  film.loop = &*loop_;
  film.width = settings_.width;
  film.height = settings_.height;
  const int count = static_cast<int>(said_.truth.size());
  TRY_ASSIGN(auto source, compose::TwinFilmSource::open(film, said_.speech, count, &donors));
  compose::VideoOptions options;
  options.width = settings_.width;
  options.height = settings_.height;
  options.crf = 18;
  options.encoder_threads = 1;
  compose::OutputPaths paths;
  paths.video = folder_ / name;
  const compose::Soundtrack sound{.samples = said_.speech.samples, .channels = 1, .words = {}};
  const double before_s = cpu_seconds();
  TRY(compose::write_video(*source, sound, options, paths));
  measures.video_ms = (cpu_seconds() - before_s) * 1000 / count;
  TRY_ASSIGN(const auto seen, see(paths.video, count, settings_.width, settings_.height));
  std::vector<int> order, shifted, first;
  std::vector<double> intended, truth;
  for (int i = 0; i < count; ++i) {
    order.push_back(i);
    shifted.push_back((i + count / 3) % count);
    first.push_back(count - 1);  // the sentence ends with the lips shut
    intended.push_back(source->mouth()->placed(i).open);
    truth.push_back(said_.truth[static_cast<std::size_t>(i)].inner_gap /
                    said_.truth[static_cast<std::size_t>(i)].width);
  }
  TwinQuality result = compare(seen, truth_, order);
  result.intended = correlation(intended, truth, 0);
  result.reach = deviation(intended) / std::max(1e-9, deviation(truth));
  if (quality != avatar::MouthQuality::unit_selection) return result;
  measures.random = compare(seen, truth_, shifted);
  measures.still = compare(seen, truth_, first);
  measures.worst_step = worst_step(*source);
  TRY_ASSIGN(measures.join_step, join_step(film));
  TRY_ASSIGN(auto again, compose::TwinFilmSource::open(film, said_.speech, count, &donors));
  media::Frame canvas = media::Frame::make(settings_.width, settings_.height, false);
  const double start = cpu_seconds();
  for (int i = 0; i < count; ++i) TRY(again->draw(i, canvas));
  measures.draw_ms = (cpu_seconds() - start) * 1000 / count;
  return result;
}

}  // namespace

Result<TwinMeasures> measure_twin(const fs::path& folder, const FilmSettings& settings) {
  return Measuring(folder, settings).run();
}

}  // namespace understudy::testing
