// A film of a talking person gets another mouth. The film is one of our presenters, whom the photo
// engine lets speak with a moving head: the truth about its mouth is known.
#include "avatar/film_mouth.h"

#include <cmath>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "avatar/testing/talking_film.h"
#include "avatar/unit_choice.h"
#include "base/file.h"
#include "face/face_tracker.h"
#include "media/video_reader.h"

namespace understudy::avatar {
namespace {

using media::Frame;
using media::Rectangle;

// Syllables of changing vowels, with closures and two pauses: 6 s.
speech::Speech syllables(int seed) {
  static const char* const kVowels[] = {"aa", "iy", "uw", "eh", "ao", "ae", "ow"};
  static const char* const kConsonants[] = {"m", "t", "b", "s", "p", "n", "l", "f", "k"};
  speech::Speech speech;
  double t = 0;
  const auto say = [&](const char* symbol, double duration_s) {
    speech.phones.push_back({t, t + duration_s, symbol, true});
    t += duration_s;
  };
  say("pau", 0.4);
  unsigned state = static_cast<unsigned>(seed);
  const auto next = [&](unsigned below) {
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % below;
  };
  while (t < 5.4) {
    say(kConsonants[next(9)], 0.08);
    say(kVowels[next(7)], 0.14 + 0.02 * next(5));
    if (next(9) == 0) say("pau", 0.35);
  }
  say("pau", 0.5);
  speech.samples.assign(static_cast<std::size_t>(t * speech::kSampleRate), 0.1F);
  return speech;
}

struct Film {
  TemporaryFolder folder;
  std::filesystem::path file;
  TalkingFilmTruth truth;
  face::FaceTrack track;
};

std::unique_ptr<Film> make_film(const TestFilmOptions& options) {
  auto film = std::make_unique<Film>();
  film->file = film->folder.path() / "film.mp4";
  auto truth = make_talking_film(film->file, syllables(7), options);
  EXPECT_TRUE(truth);
  film->truth = *std::move(truth);
  auto track = face::track_film(
      film->file,
      {.fps = 25, .start_s = 0, .frame_count = static_cast<int>(film->truth.mouths.size())}, {});
  EXPECT_TRUE(track) << (track ? "" : track.error().message);
  if (track) film->track = *std::move(track);
  return film;
}

const Film& talking() {
  static const auto film = make_film({});
  return *film;
}

std::vector<double> true_openings(const Film& film) {
  std::vector<double> opened;
  for (std::size_t i = 0; i < film.truth.mouths.size(); ++i) opened.push_back(film.truth.open(i));
  return opened;
}

std::vector<int> all_frames(const Film& film) {
  std::vector<int> shows(film.track.frames.size());
  for (std::size_t i = 0; i < shows.size(); ++i) shows[i] = static_cast<int>(i);
  return shows;
}

Result<MouthDonors> donors_of(const Film& film, MouthQuality quality) {
  const MouthFootage footage{film.file, &film.track, 0, &film.truth.speech};
  return MouthDonors::gather(std::span(&footage, 1), quality);
}

Frame picture(const Film& film, int index) {
  auto reader = media::VideoReader::open(film.file);
  Frame frame = Frame::make(film.track.width, film.track.height, false);
  EXPECT_TRUE(reader->draw(index / film.track.fps, media::whole(frame), frame));
  return frame;
}

TEST(FaceTracker, FollowsHeadAndLipsOfATalkingFilm) {
  const Film& film = talking();
  ASSERT_EQ(film.track.frames.size(), film.truth.mouths.size());
  EXPECT_GT(film.track.trusted_share(), 0.9);
  std::vector<double> opened, x, true_x;
  double off = 0;
  for (std::size_t i = 0; i < film.track.frames.size(); ++i) {
    const auto& face = film.track.frames[i];
    opened.push_back(face.mouth_open);
    const auto middle =
        face::middle(face.landmarks[face::kLeftCorner], face.landmarks[face::kRightCorner]);
    x.push_back(middle.x), true_x.push_back(film.truth.mouths[i].x);
    off += std::abs(middle.x - film.truth.mouths[i].x) / face.pose.scale;
  }
  EXPECT_GT(correlation(opened, true_openings(film)), 0.85);
  EXPECT_EQ(best_lag(opened, true_openings(film), 4), 0);
  EXPECT_GT(correlation(x, true_x), 0.9);
  EXPECT_LT(off / static_cast<double>(x.size()), 0.10);
}

// The film's own sounds give the film's own mouth again, though no unit may come from where it is
// shown.
TEST(FilmMouth, ReenactsTheFilm) {
  const Film& film = talking();
  const auto truth = true_openings(film);
  for (const auto& [quality, least] : {std::pair{MouthQuality::one_donor, 0.6},
                                       {MouthQuality::by_pose, 0.6},
                                       {MouthQuality::unit_selection, 0.7}}) {
    const auto donors = donors_of(film, quality);
    ASSERT_TRUE(donors);
    EXPECT_EQ(donors->quality(), quality);
    FilmMouth mouth(*donors, film.track, film.truth.speech,
                    {.fps = 25, .shows = all_frames(film), .exclude_s = 0.3});
    std::vector<double> opened;
    double sum = 0, true_sum = 0;
    for (int i = 0; i < mouth.frame_count(); ++i) {
      opened.push_back(mouth.placed(i).open);
      sum += opened.back(), true_sum += truth[static_cast<std::size_t>(i)];
    }
    EXPECT_GT(correlation(opened, truth), least) << static_cast<int>(quality);
    EXPECT_LE(std::abs(best_lag(opened, truth, 5)), 1);
    EXPECT_GT(sum / true_sum, 0.6);
    EXPECT_LT(sum / true_sum, 1.5);
  }
}

TEST(FilmMouth, TouchesNothingOutsideOfItsMask) {
  const Film& film = talking();
  for (const auto quality : {MouthQuality::one_donor, MouthQuality::unit_selection}) {
    const auto donors = donors_of(film, quality);
    ASSERT_TRUE(donors);
    FilmMouth mouth(*donors, film.track, syllables(3), {.fps = 25, .shows = all_frames(film)});
    int changed = 0;
    auto reader = media::VideoReader::open(film.file);
    Frame before = Frame::make(film.track.width, film.track.height, false);
    for (int i = 0; i < mouth.frame_count(); ++i) {
      ASSERT_TRUE(reader->draw(i / film.track.fps, media::whole(before), before));
      Frame after = before;
      const Rectangle box = mouth.draw_on(i, after);
      Rectangle area;
      const auto mask = mouth.mask(i, area);
      EXPECT_EQ(box, area);
      EXPECT_EQ((box.x | box.y | box.width | box.height) & 1, 0);
      for (int y = 0; y < after.height; ++y) {
        for (int x = 0; x < after.width; ++x) {
          const bool is_inside =
              x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height &&
              mask[static_cast<std::size_t>(y - area.y) * area.width + (x - area.x)] > 0;
          const auto at = static_cast<std::size_t>(y) * after.width + x;
          const auto half = static_cast<std::size_t>(y / 2) * (after.width / 2) + x / 2;
          if (is_inside) {
            changed += before.y[at] != after.y[at] ? 1 : 0;
            continue;
          }
          ASSERT_EQ(before.y[at], after.y[at]) << i << ": " << x << "," << y;
          ASSERT_EQ(before.u[half], after.u[half]) << i << ": " << x << "," << y;
          ASSERT_EQ(before.v[half], after.v[half]) << i << ": " << x << "," << y;
        }
      }
    }
    EXPECT_GT(changed, 1000);
  }
}

// The step from pixel to pixel across the mask's rim, where it begins to be seen.
double steps_at_rim(const Frame& frame, const std::vector<std::uint8_t>& mask,
                    const Rectangle& area) {
  double sum = 0, count = 0;
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x + 1 < area.width; ++x) {
      const auto at = static_cast<std::size_t>(y) * area.width + x;
      if ((mask[at] == 0) == (mask[at + 1] == 0)) continue;
      const auto place = static_cast<std::size_t>(area.y + y) * frame.width + area.x + x;
      sum += std::abs(frame.y[place] - frame.y[place + 1]);
      ++count;
    }
  }
  return sum / std::max(1.0, count);
}

TEST(FilmMouth, ShowsNoSeam) {
  const Film& film = talking();
  const auto donors = donors_of(film, MouthQuality::unit_selection);
  ASSERT_TRUE(donors);
  FilmMouth mouth(*donors, film.track, syllables(3), {.fps = 25, .shows = all_frames(film)});
  double before_sum = 0, after_sum = 0;
  for (int i = 0; i < mouth.frame_count(); i += 11) {
    const Frame before = picture(film, i);
    Frame after = before;
    mouth.draw_on(i, after);
    Rectangle area;
    const auto mask = mouth.mask(i, area);
    before_sum += steps_at_rim(before, mask, area);
    after_sum += steps_at_rim(after, mask, area);
  }
  EXPECT_LT(after_sum, before_sum * 1.03);
}

TEST(FilmMouth, LeavesACoveredMouthAsItIs) {
  TestFilmOptions options;
  const auto cover = [](int i, Frame& frame) {
    if (i < 60 || i >= 90) return;
    const auto& mouth = talking().truth.mouths[static_cast<std::size_t>(i)];
    // A hand: an even surface with stripes, from below up to the nose.
    for (int y = static_cast<int>(mouth.y) - 26; y < frame.height; ++y) {
      for (int x = static_cast<int>(mouth.x) - 48; x < static_cast<int>(mouth.x) + 48; ++x) {
        if (x < 0 || y < 0 || x >= frame.width) continue;
        frame.y[static_cast<std::size_t>(y) * frame.width + x] =
            static_cast<std::uint8_t>(x / 8 % 2 == 0 ? 150 : 105);
      }
    }
  };
  options.disturb = cover;
  const auto film = make_film(options);
  for (std::size_t i = 66; i < 84; ++i) EXPECT_LT(film->track.frames[i].trust, face::kTrusted) << i;
  const auto donors = donors_of(*film, MouthQuality::unit_selection);
  ASSERT_TRUE(donors);
  FilmMouth mouth(*donors, film->track, film->truth.speech,
                  {.fps = 25, .shows = all_frames(*film)});
  Frame frame = picture(*film, 75);
  const Frame before = frame;
  EXPECT_EQ(mouth.draw_on(75, frame).width, 0);
  EXPECT_EQ(frame.y, before.y);
  // In and out softly.
  EXPECT_EQ(mouth.placed(75).share, 0);
  EXPECT_GT(mouth.placed(30).share, 0.99);
  for (int i = 1; i < mouth.frame_count(); ++i)
    EXPECT_LT(std::abs(mouth.placed(i).share - mouth.placed(i - 1).share), 0.3) << i;
}

TEST(UnitChoice, GoesOnWhereItCanAndKeepsAwayFromWhatIsShown) {
  std::vector<Unit> units;
  for (int i = 0; i < 60; ++i) {
    Unit unit;
    unit.frame = i;
    unit.open = 0.15 * (1 + std::sin(i * 0.5));
    units.push_back(unit);
  }
  std::vector<UnitTarget> targets;
  for (int i = 0; i < 24; ++i) {
    UnitTarget target;
    target.open = units[static_cast<std::size_t>(i + 13)].open;
    target.shown = i + 13;
    targets.push_back(target);
  }
  const auto path = choose_path(units, targets, 0);
  int breaks = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    EXPECT_NEAR(units[static_cast<std::size_t>(path[i])].open, targets[i].open, 0.06);
    if (i > 0) breaks += path[i] != path[i - 1] + 1 ? 1 : 0;
  }
  EXPECT_LE(breaks, 1);
  const auto elsewhere = choose_path(units, targets, 6);
  for (std::size_t i = 0; i < elsewhere.size(); ++i)
    EXPECT_GE(std::abs(elsewhere[i] - targets[i].shown), 6);
  // Lips that must touch do.
  for (auto& target : targets) target.is_closed = true, target.open = 0;
  for (const int unit : choose_path(units, targets, 0))
    EXPECT_LT(units[static_cast<std::size_t>(unit)].open, 0.1);
}

TEST(MouthDonors, FootageThatNeverSpeaksHasNoUnits) {
  const Film& film = talking();
  face::FaceTrack silent = film.track;
  for (auto& face : silent.frames) face.mouth_open = 0;
  const MouthFootage footage{film.file, &silent, 0, nullptr};
  const auto donors = MouthDonors::gather(std::span(&footage, 1), MouthQuality::unit_selection);
  ASSERT_TRUE(donors);
  EXPECT_EQ(donors->quality(), MouthQuality::by_pose);
  for (auto& face : silent.frames) face.trust = 0;
  const auto none = MouthDonors::gather(std::span(&footage, 1), MouthQuality::one_donor);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::invalid_parameter);
}

}  // namespace
}  // namespace understudy::avatar
