// Mattes, measured against pictures whose exact coverage is known: the project's own presenters,
// who are drawn with alpha, moving before backgrounds that the tests make.
#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "avatar/film_matter.h"
#include "avatar/matte_seeds.h"
#include "avatar/photo_matte.h"
#include "avatar/presenter_animator.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

using media::Frame;

constexpr int kWidth = 640, kHeight = 360;

speech::Speech speech_of(double seconds) {
  speech::Speech speech;
  speech.samples.resize(static_cast<std::size_t>(seconds * speech::kSampleRate));
  speech.phones.push_back({0, seconds, "pau", false});
  for (double t = 0.5; t + 0.6 < seconds; t += 1.3)
    speech.words.push_back({t, t + 0.5, "you", true});
  return speech;
}

// A background by a function of the place: Y, U, V.
Frame painted(const std::function<std::array<double, 3>(double x, double y)>& paint) {
  Frame frame = Frame::make(kWidth, kHeight, false);
  const auto byte = [](double value) {
    return static_cast<std::uint8_t>(std::clamp(value, 16.0, 235.0));
  };
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      const auto colour = paint(x / static_cast<double>(kWidth), y / static_cast<double>(kHeight));
      frame.y[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)] = byte(colour[0]);
      const auto i =
          static_cast<std::size_t>(y / 2) * (kWidth / 2) + static_cast<std::size_t>(x / 2);
      frame.u[i] = byte(colour[1]), frame.v[i] = byte(colour[2]);
    }
  return frame;
}

Frame over(const Frame& top, const Frame& bottom) {
  Frame out = bottom;
  for (std::size_t i = 0; i < out.y.size(); ++i)
    out.y[i] = static_cast<std::uint8_t>(
        (top.y[i] * top.alpha[i] + bottom.y[i] * (255 - top.alpha[i]) + 127) / 255);
  for (int y = 0; y < out.height / 2; ++y)
    for (int x = 0; x < out.width / 2; ++x) {
      const auto i = static_cast<std::size_t>(y) * (kWidth / 2) + static_cast<std::size_t>(x);
      const auto j = static_cast<std::size_t>(2 * y) * kWidth + static_cast<std::size_t>(2 * x);
      const int a = (top.alpha[j] + top.alpha[j + 1] + top.alpha[j + kWidth] +
                     top.alpha[j + kWidth + 1] + 2) /
                    4;
      out.u[i] = static_cast<std::uint8_t>((top.u[i] * a + bottom.u[i] * (255 - a) + 127) / 255);
      out.v[i] = static_cast<std::uint8_t>((top.v[i] * a + bottom.v[i] * (255 - a) + 127) / 255);
    }
  return out;
}

double intersection_over_union(const std::vector<std::uint8_t>& a,
                               const std::vector<std::uint8_t>& b) {
  double both = 0, any = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += std::min(a[i], b[i]);
    any += std::max(a[i], b[i]);
  }
  return both / std::max(any, 1.0);
}

// A presenter who gestures, frame by frame.
std::vector<Frame> moving_presenter(const char* look, int count) {
  const auto speech = speech_of(count / 5.0);
  PresenterAnimator animator(
      *find_look(look), speech,
      {.width = kWidth, .height = kHeight, .fps = 5, .is_transparent = true});
  std::vector<Frame> frames(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) animator.draw(i, frames[static_cast<std::size_t>(i)]);
  return frames;
}

struct Outcome {
  double worst = 1;
  double mean = 0;
  MatteReport report;
};

Outcome matte_of(const std::vector<Frame>& people, const std::function<Frame(int)>& behind) {
  std::vector<Frame> film, samples;
  for (std::size_t i = 0; i < people.size(); ++i)
    film.push_back(over(people[i], behind(static_cast<int>(i))));
  for (std::size_t i = 0; i < film.size(); i += 2) samples.push_back(film[i]);
  auto matter = FilmMatter::learn(samples);
  EXPECT_TRUE(matter) << (matter ? "" : matter.error().message);
  Outcome outcome;
  if (!matter) return outcome;
  Frame cut;
  for (std::size_t i = 0; i < film.size(); ++i) {
    matter->cut(film[i], cut);
    const double share = intersection_over_union(cut.alpha, people[i].alpha);
    outcome.worst = std::min(outcome.worst, share);
    outcome.mean += share / static_cast<double>(film.size());
  }
  outcome.report = matter->report();
  return outcome;
}

TEST(FilmMatter, KeysAScreenOfOneHueAndLeavesNoneOfItsLight) {
  const auto people = moving_presenter("daniel_shirt_office", 12);
  // Unevenly lit green.
  const Frame screen = painted([](double x, double y) {
    const double light = 0.85 + 0.15 * std::cos(3 * x) - 0.1 * y;
    return std::array{110 * light, 128 - 62 * light, 128 - 70 * light};
  });
  const Outcome outcome = matte_of(people, [&](int) { return screen; });
  EXPECT_EQ(outcome.report.method, MatteMethod::chroma_key);
  EXPECT_GE(outcome.worst, 0.95);
  auto matter = FilmMatter::learn(std::vector<Frame>{over(people[0], screen)});
  Frame cut;
  matter->cut(over(people[0], screen), cut);
  int green = 0, kept = 0;
  for (int y = 0; y < kHeight / 2; ++y)
    for (int x = 0; x < kWidth / 2; ++x) {
      if (cut.alpha[static_cast<std::size_t>(2 * y) * kWidth + static_cast<std::size_t>(2 * x)] <
          24)
        continue;
      const auto i = static_cast<std::size_t>(y) * (kWidth / 2) + static_cast<std::size_t>(x);
      ++kept;
      green += cut.u[i] < 118 && cut.v[i] < 118 ? 1 : 0;
    }
  EXPECT_GT(kept, 1000);
  EXPECT_EQ(green, 0);
}

TEST(FilmMatter, KeepsAGarmentInTheScreensHueAndSaysSo) {
  const auto scene = [](double share) {
    return painted([share](double x, double y) {
      const bool is_garment = x > 0.35 && x < 0.65 && y > 0.3;
      const double hue = is_garment ? share : 1;
      return std::array{110.0, 128 - 62 * hue, 128 - 70 * hue};
    });
  };
  for (const double share : {0.0, 0.3}) {
    const Frame frame = scene(share);
    auto matter = FilmMatter::learn(std::vector<Frame>{frame});
    ASSERT_TRUE(matter);
    Frame cut;
    matter->cut(frame, cut);
    const auto alpha_at = [&](int x, int y) {
      return static_cast<int>(
          cut.alpha[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)]);
    };
    EXPECT_EQ(alpha_at(kWidth / 2, kHeight * 3 / 4), 255) << share;
    EXPECT_EQ(alpha_at(kWidth / 8, kHeight / 2), 0) << share;
    EXPECT_EQ(matter->report().problems.empty(), share == 0) << share;
  }
}

TEST(FilmMatter, UsesWhatAStandingCameraSawAtOtherTimes) {
  const auto people = moving_presenter("abigail_blazer_studio", 15);
  const Frame wall = painted([](double x, double y) {
    const double shelf = std::sin(9 * x + 2) > 0.5 ? 40 : 0;
    return std::array{120 + 60 * std::sin(5 * x + 4 * y) + shelf, 112 + 8 * std::sin(9 * y),
                      140 - 8 * std::cos(7 * x)};
  });
  const Outcome outcome = matte_of(people, [&](int) { return wall; });
  EXPECT_EQ(outcome.report.method, MatteMethod::plate);
  EXPECT_GE(outcome.mean, 0.95);
  EXPECT_GE(outcome.worst, 0.93);
}

TEST(FilmMatter, FollowsAPersonBeforeAMovingBackground) {
  const auto people = moving_presenter("daniel_shirt_office", 15);
  const Outcome outcome = matte_of(people, [&](int i) {
    return painted([i](double x, double y) {
      return std::array{196 + 14 * std::sin(9 * x + 0.35 * i) - 20 * y,
                        116 + 8 * std::sin(5 * y + 0.2 * i), 142.0};
    });
  });
  EXPECT_EQ(outcome.report.method, MatteMethod::segments);
  EXPECT_GE(outcome.mean, 0.95);
  EXPECT_FALSE(outcome.report.problems.empty());
}

TEST(FilmMatter, RefusesAFilmWithoutAnybody) {
  std::vector<Frame> empty;
  for (int i = 0; i < 4; ++i)
    empty.push_back(painted([i](double x, double y) {
      return std::array{100 + 60 * std::sin(12 * x + i), 128.0 + 20 * std::sin(7 * y), 128.0};
    }));
  const auto matter = FilmMatter::learn(empty);
  ASSERT_FALSE(matter);
  EXPECT_EQ(matter.error().code, ErrorCode::invalid_parameter);
}

TEST(PhotoMatte, CutsOurOwnPresentersOutOfAPlainPicture) {
  auto finder = face::FaceFinder::open({});
  for (const char* look : {"daniel_shirt_office", "abigail_blazer_studio"}) {
    const auto people = moving_presenter(look, 1);
    const Frame picture =
        over(people[0], painted([](double x, double y) {
               return std::array{176 - 30 * y + 12 * std::sin(6 * x), 136.0, 118.0};
             }));
    const media::Image photo = media::to_image(picture);
    const auto face = finder->find(photo);
    ASSERT_TRUE(face) << look;
    const auto matte = cut_out_photo(photo, *face);
    ASSERT_TRUE(matte) << look << ": " << matte.error().message;
    std::vector<std::uint8_t> alpha;
    for (std::size_t i = 3; i < matte->cut.rgba.size(); i += 4) alpha.push_back(matte->cut.rgba[i]);
    EXPECT_GE(intersection_over_union(alpha, people[0].alpha), 0.95) << look;
    EXPECT_GE(matte->report.clear_edges, kClearEdgesGood) << look;
  }
}

TEST(PhotoMatte, RefusesABackgroundInTheTonesOfThePerson) {
  const auto people = moving_presenter("daniel_shirt_office", 1);
  // The picture itself, smeared: every tone of the person is behind them too.
  const Frame& own = people[0];
  const Frame busy = painted([&](double x, double y) {
    const int sx = static_cast<int>(280 + 80 * std::fmod(x * 7.3 + y * 3.1, 1.0));
    const int sy = static_cast<int>(90 + 240 * std::fmod(y * 5.7 + x * 2.3, 1.0));
    const auto i = static_cast<std::size_t>(sy) * kWidth + static_cast<std::size_t>(sx);
    const auto j =
        static_cast<std::size_t>(sy / 2) * (kWidth / 2) + static_cast<std::size_t>(sx / 2);
    return std::array<double, 3>{static_cast<double>(own.y[i]), static_cast<double>(own.u[j]),
                                 static_cast<double>(own.v[j])};
  });
  const media::Image photo = media::to_image(over(own, busy));
  auto finder = face::FaceFinder::open({});
  const auto plain = finder->find(media::to_image(over(own, painted([](double, double) {
                                                         return std::array{170.0, 128.0, 128.0};
                                                       }))));
  ASSERT_TRUE(plain);
  const auto matte = cut_out_photo(photo, *plain);
  if (matte)
    EXPECT_FALSE(matte->report.problems.empty()) << matte->report.clear_edges;
  else
    EXPECT_EQ(matte.error().code, ErrorCode::invalid_parameter);
}

TEST(MatteSeeds, AHeadHasNoBites) {
  const Head head{.x = 100, .y = 80, .width = 60, .chin_y = 120};
  const BytePlane face = face_of(head, 200, 220);
  BytePlane mask = BytePlane::make(200, 220);
  for (int y = 40; y < 220; ++y)
    for (int x = 60; x < 140; ++x) mask.at(x, y) = 255;
  const BytePlane whole = mask;
  for (const int top : {85, 160})  // a cheek, and a gap beside the body
    for (int y = top; y < top + 14; ++y)
      for (int x = 60; x < 74; ++x) mask.at(x, y) = 0;
  const BytePlane closed = with_closed_head(mask, face);
  for (int y = 40; y < 110; ++y)
    for (int x = 62; x < 138; ++x) ASSERT_EQ(closed.at(x, y), 255) << x << ' ' << y;
  EXPECT_EQ(closed.at(65, 167), 0);  // what is below the chin may be a gap
  std::size_t added = 0;
  const BytePlane again = with_closed_head(whole, face);
  for (std::size_t i = 0; i < whole.data.size(); ++i) added += again.data[i] != whole.data[i];
  EXPECT_LT(added, whole.data.size() / 200);
  EXPECT_EQ(with_closed_head(mask, BytePlane{}).data, mask.data);
}

}  // namespace
}  // namespace understudy::avatar
