#include "avatar/presenter_animator.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "avatar/picture_blend.h"

namespace understudy::avatar {
namespace {

using media::Frame;
using media::Rectangle;

speech::Speech speech_of(const std::vector<std::pair<std::string, double>>& list) {
  speech::Speech speech;
  double t = 0;
  for (const auto& [symbol, duration_s] : list) {
    const bool is_vowel = std::string("aeiou").find(symbol[0]) != std::string::npos;
    speech.phones.push_back({t, t + duration_s, symbol, is_vowel});
    speech.words.push_back({t, t + duration_s, "everyone", is_vowel});
    t += duration_s;
  }
  speech.samples.assign(static_cast<std::size_t>(t * speech::kSampleRate), 0.2F);
  return speech;
}

speech::Speech speech_with_closures() {
  return speech_of({{"pau", .2},
                    {"m", .12},
                    {"aa", .2},
                    {"p", .12},
                    {"aa", .2},
                    {"b", .12},
                    {"ao", .2},
                    {"m", .12},
                    {"eh", .2},
                    {"pau", .4}});
}

// The rows of dark mouth cavity or bright teeth between the lips, measured in pixels of the frame:
// in the column through the middle of the mouth, what differs strongly from both lips.
double measured_opening(const Frame& frame, const MouthLandmarks& mouth) {
  const int x = static_cast<int>(std::lround(mouth.x + mouth.width * .1));
  const int y0 = static_cast<int>(mouth.y - mouth.width * .45),
            y1 = static_cast<int>(mouth.y + mouth.width * .5);
  int rows = 0;
  for (int y = y0; y <= y1; ++y) {
    const int luma = frame.y[static_cast<std::size_t>(y) * frame.width + x];
    const int v = frame.v[static_cast<std::size_t>(y / 2) * (frame.width / 2) + x / 2];
    const bool is_cavity = luma < 62;
    const bool is_tooth = luma > 175 && v < 140;
    rows += is_cavity || is_tooth;
  }
  return rows;
}

TEST(PresenterAnimator, LipsAreClosedOnClosuresAndOpenOnVowelsInTheRenderedFrames) {
  const speech::Speech speech = speech_with_closures();
  for (const char* look : {"abigail_blazer_studio", "daniel_shirt_office", "kenji_tee_studio",
                           "sofia_blazer_studio"}) {
    PresenterAnimator animator(*find_look(look), speech, {.width = 1280, .height = 720, .seed = 4});
    Frame frame;
    for (int i = 0; i < animator.frame_count(); ++i) {
      animator.draw(i, frame);
      const double t = i / 25.0;
      const auto phone =
          std::find_if(speech.phones.begin(), speech.phones.end(),
                       [&](const speech::Phone& p) { return t >= p.start_s && t < p.end_s; });
      if (phone == speech.phones.end()) continue;
      const bool is_core = t > phone->start_s + .015 && t < phone->end_s - .015;
      const double rows = measured_opening(frame, animator.mouth(i));
      if ((phone->symbol == "m" || phone->symbol == "p" || phone->symbol == "b") && is_core) {
        EXPECT_EQ(animator.mouth_opening(i), 0) << look << " frame " << i;
        EXPECT_LE(rows, 2) << look << " frame " << i << " (" << phone->symbol << ")";  // the seam
      }
      if ((phone->symbol == "aa" || phone->symbol == "ao") &&
          std::abs(t - (phone->start_s + phone->end_s) / 2) < .03) {
        EXPECT_GT(animator.mouth_opening(i), 8) << look << " frame " << i;
        EXPECT_GE(rows, 6) << look << " frame " << i << " (" << phone->symbol << ")";
      }
    }
  }
}

TEST(PresenterAnimator, AFrameIsTheSameWhetherDrawnAfterOthersOrAlone) {
  const speech::Speech speech = speech_with_closures();
  const Look& look = *find_look("mei_lab_coat_studio");
  const AnimatorOptions options{.width = 640, .height = 360};
  PresenterAnimator in_order(look, speech, options);
  Frame a, b;
  for (int i = 0; i < 46; ++i) {
    in_order.draw(i, a);
    if (i % 15 != 0) continue;
    PresenterAnimator alone(look, speech, options);
    alone.draw(i, b);
    EXPECT_EQ(a.y, b.y) << i;
    EXPECT_EQ(a.u, b.u) << i;
    EXPECT_EQ(a.v, b.v) << i;
  }
}

TEST(PresenterAnimator, DrawingOnOneCanvasGivesTheSamePictures) {
  for (const bool is_transparent : {false, true}) {
    AnimatorOptions options;
    options.width = 640;
    options.height = 360;
    options.is_transparent = is_transparent;
    const auto speech = speech_with_closures();
    PresenterAnimator whole(looks().front(), speech, options);
    PresenterAnimator parts(looks().front(), speech, options);
    media::Frame frame;
    media::Frame canvas;
    for (int i = 0; i < 25; ++i) {
      EXPECT_EQ(whole.draw(i, frame), parts.draw_on(i, canvas));
      EXPECT_EQ(frame.y, canvas.y) << i;
      EXPECT_EQ(frame.u, canvas.u) << i;
      EXPECT_EQ(frame.v, canvas.v) << i;
      EXPECT_EQ(frame.alpha, canvas.alpha) << i;
    }
  }
}

TEST(PresenterAnimator, NothingChangesOutsideOfTheReportedBox) {
  PresenterAnimator animator(*find_look("zuri_dress_studio"), speech_with_closures(),
                             {.width = 640, .height = 360});
  Frame before, now;
  EXPECT_EQ(animator.draw(0, before), (Rectangle{0, 0, 640, 360}));
  for (int i = 1; i < 40; ++i) {
    const Rectangle box = animator.draw(i, now);
    for (int y = 0; y < 360; ++y)
      for (int x = 0; x < 640; ++x) {
        if (x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height) continue;
        const std::size_t at = static_cast<std::size_t>(y) * 640 + x;
        ASSERT_EQ(before.y[at], now.y[at]) << "frame " << i << " at " << x << "," << y;
      }
    EXPECT_EQ(box.x % 2 + box.y % 2 + box.width % 2 + box.height % 2, 0);
    before = now;
  }
}

TEST(PresenterAnimator, AlphaIsTheExactCoverage) {
  const speech::Speech speech = speech_with_closures();
  const Look& look = *find_look("amara_blazer_studio");
  AnimatorOptions cut{.width = 640, .height = 360, .is_transparent = true};
  PresenterAnimator figure(look, speech, cut);
  Frame rgba;
  figure.draw(7, rgba);
  ASSERT_EQ(rgba.alpha.size(), 640u * 360u);
  EXPECT_EQ(rgba.alpha[0], 0);
  EXPECT_EQ(rgba.alpha[200u * 640 + 320], 255);
  const double soft = static_cast<double>(
      std::count_if(rgba.alpha.begin(), rgba.alpha.end(), [](int a) { return a > 0 && a < 255; }));
  EXPECT_GT(soft, 500);              // edges are smooth
  EXPECT_LT(soft, 640 * 360 * .08);  // and only edges are
  // Laid over two backgrounds by its alpha, it is what the animator draws over them directly.
  for (const int level : {40, 200}) {
    Frame background = blank_frame(640, 360, false);
    std::fill(background.y.begin(), background.y.end(), static_cast<std::uint8_t>(level));
    AnimatorOptions over{.width = 640, .height = 360, .background = &background};
    PresenterAnimator direct(look, speech, over);
    Frame frame;
    direct.draw(7, frame);
    int worst = 0;
    for (std::size_t i = 0; i < frame.y.size(); ++i) {
      const int alpha = rgba.alpha[i];
      if (alpha == 0) {
        ASSERT_EQ(frame.y[i], level);
      }
      const double expected = (rgba.y[i] * alpha + level * (255 - alpha)) / 255.0;
      worst = std::max(worst, static_cast<int>(std::abs(frame.y[i] - expected)));
    }
    EXPECT_LE(worst, 2) << level;
  }
}

TEST(PresenterAnimator, EveryLookDrawsInEveryShape) {
  struct Shape {
    int width, height;
  };
  const Shape shapes[] = {{320, 180}, {180, 320}, {256, 320}, {320, 256}, {240, 240}};
  std::size_t n = 0;
  const speech::Speech speech = speech_of({{"pau", .1}, {"aa", .1}});
  for (const Look& look : looks()) {
    const Shape shape = shapes[n++ % std::size(shapes)];
    PresenterAnimator animator(look, speech,
                               {.width = shape.width,
                                .height = shape.height,
                                .fit = n % 2 ? Fit::contain : Fit::cover,
                                .is_transparent = true});
    Frame frame;
    animator.draw(2, frame);
    std::size_t covered = 0;
    for (const std::uint8_t a : frame.alpha) covered += a > 0;
    const double share = static_cast<double>(covered) / static_cast<double>(frame.alpha.size());
    EXPECT_GT(share, .12) << look.id;
    EXPECT_LT(share, .75) << look.id;
    // Headroom: the first row is free, the last one is not.
    EXPECT_EQ(*std::max_element(frame.alpha.begin(), frame.alpha.begin() + shape.width), 0)
        << look.id;
    EXPECT_EQ(*std::max_element(frame.alpha.end() - shape.width, frame.alpha.end()), 255)
        << look.id;
    const MouthLandmarks mouth = animator.mouth(2);
    EXPECT_TRUE(std::isfinite(mouth.x) && std::isfinite(mouth.y) && mouth.width > 2) << look.id;
    EXPECT_NEAR(mouth.x, shape.width / 2.0, shape.width * .08) << look.id;
  }
}

TEST(PresenterAnimator, OneFrameAndNoSpeechAreEnough) {
  PresenterAnimator animator(looks().front(), speech::Speech{}, {.width = 128, .height = 72});
  EXPECT_EQ(animator.frame_count(), 1);
  Frame frame;
  animator.draw(0, frame);
  EXPECT_EQ(frame.width, 128);
  animator.draw(90'000, frame);  // an hour later it still idles
  EXPECT_EQ(animator.mouth_opening(90'000), 0);
}

TEST(PresenterAnimator, DrawsOverAMovingBackground) {
  PresenterAnimator animator(looks().front(), speech_with_closures(),
                             {.width = 320, .height = 180});
  Frame background = blank_frame(320, 180, false), out;
  for (int i = 0; i < 3; ++i) {
    std::fill(background.y.begin(), background.y.end(), static_cast<std::uint8_t>(50 + 60 * i));
    animator.draw_over(i, background, out);
    EXPECT_EQ(out.y[0], 50 + 60 * i);
    EXPECT_EQ(out.y[5 * 320 + 300], 50 + 60 * i);
    EXPECT_NE(out.y[100 * 320 + 160], 50 + 60 * i);
  }
  // Back to its own backdrop, as if nothing had been.
  Frame own;
  animator.draw(3, out);
  PresenterAnimator(looks().front(), speech_with_closures(), {.width = 320, .height = 180})
      .draw(3, own);
  EXPECT_EQ(out.y, own.y);
}

TEST(PresenterCatalogue, HoldsPeopleOfManyKindsWithTwoLooksEach) {
  EXPECT_GE(presenters().size(), 8u);
  std::set<std::string> ids, ages, genders;
  for (const Presenter& presenter : presenters()) {
    EXPECT_TRUE(ids.insert(presenter.id).second) << presenter.id;
    ages.insert(presenter.age);
    genders.insert(presenter.gender);
    const auto own = std::count_if(looks().begin(), looks().end(),
                                   [&](const Look& look) { return look.group_id == presenter.id; });
    EXPECT_GE(own, 2) << presenter.id;
  }
  EXPECT_GE(ages.size(), 4u);
  EXPECT_EQ(genders.size(), 2u);
  ids.clear();
  for (const Look& look : looks()) {
    EXPECT_TRUE(ids.insert(look.id).second) << look.id;
    ASSERT_NE(find_presenter(look.group_id), nullptr) << look.id;
    EXPECT_EQ(find_look(look.id), &look);
  }
  EXPECT_EQ(find_look("nobody"), nullptr);
}

}  // namespace
}  // namespace understudy::avatar
