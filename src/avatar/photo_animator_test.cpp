// A photograph that speaks. The photograph is one of our presenters, drawn as a still, whose face
// is found as that of any other picture.
#include "avatar/photo_animator.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "avatar/photo_lid.h"
#include "avatar/preview.h"
#include "media/image.h"

namespace understudy::avatar {
namespace {

using media::Frame;
using media::Rectangle;

constexpr int kWidth = 640, kHeight = 360;

media::Image photo() {
  return media::to_image(preview_picture(*find_look("daniel_shirt_office"), 1280, 720));
}

const face::Face& face_of_photo() {
  static const face::Face face = [] {
    auto finder = face::FaceFinder::open({});
    return finder->find(photo()).value();
  }();
  return face;
}

// Found without any landmark file, and measured against where the rig draws the mouth.
TEST(FaceFinder, FindsTheMouthsOfOurOwnPresenters) {
  auto finder = face::FaceFinder::open({});
  ASSERT_TRUE(finder);
  int found = 0;
  for (const Presenter& presenter : presenters()) {
    const auto look = std::find_if(looks().begin(), looks().end(),
                                   [&](const Look& each) { return each.group_id == presenter.id; });
    const auto truth = PresenterAnimator(*look, {}, {.width = 1280, .height = 720}).mouth(0);
    const auto face = finder->find(media::to_image(preview_picture(*look, 1280, 720)));
    if (!face) continue;
    ++found;
    const auto& points = face->landmarks;
    const auto middle = face::middle(points[face::kLeftCorner], points[face::kRightCorner]);
    EXPECT_LT(face::length(middle - face::Point{truth.x, truth.y}), 0.22 * face->eye_distance_px)
        << presenter.id;
  }
  EXPECT_GE(found, 12) << "of " << presenters().size();
}

speech::Speech speech_of(const std::vector<std::pair<std::string, double>>& list) {
  speech::Speech speech;
  double t = 0;
  for (const auto& [symbol, duration_s] : list) {
    speech.phones.push_back({t, t + duration_s, symbol, true});
    t += duration_s;
  }
  speech.samples.assign(static_cast<std::size_t>(t * speech::kSampleRate), 0.2F);
  return speech;
}

speech::Speech closures() {
  return speech_of({{"pau", .2},
                    {"m", .14},
                    {"aa", .24},
                    {"p", .14},
                    {"ao", .24},
                    {"b", .14},
                    {"aa", .24},
                    {"pau", .3}});
}

PhotoAnimator animator(const speech::Speech& speech, PhotoOptions options = {}) {
  options.width = kWidth;
  options.height = kHeight;
  return {photo(), face_of_photo(), speech, options};
}

TEST(PhotoAnimator, LipsMeetOnClosuresAndPartOnVowels) {
  const auto speech = closures();
  auto speaker = animator(speech);
  for (const auto& phone : speech.phones) {
    const int index = static_cast<int>(std::lround((phone.start_s + phone.end_s) / 2 * 25));
    const auto mouth = speaker.mouth(index);
    if (phone.symbol == "m" || phone.symbol == "p" || phone.symbol == "b") {
      EXPECT_LT(mouth.inner_gap, 0.02 * mouth.width) << phone.symbol;
    }
    if (phone.symbol == "aa" || phone.symbol == "ao") {
      EXPECT_GT(mouth.inner_gap, 0.10 * mouth.width) << phone.symbol;
    }
  }
}

TEST(PhotoAnimator, WhatChangesLiesInTheBoxThatItNames) {
  auto speaker = animator(closures());
  Frame canvas = Frame::make(kWidth, kHeight, false);
  for (int i = 0; i < speaker.frame_count(); ++i) {
    const Frame before = canvas;
    const Rectangle box = speaker.draw_on(i, canvas);
    EXPECT_EQ((box.x | box.y | box.width | box.height) & 1, 0);
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const bool is_in_box =
            x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
        const std::size_t at = static_cast<std::size_t>(y) * kWidth + x;
        if (!is_in_box) {
          ASSERT_EQ(before.y[at], canvas.y[at]) << i << ": " << x << "," << y;
        }
      }
    }
  }
}

// A presenter's still that turns and tilts its head is a photograph of a turned face whose mouth is
// known. What is found lies there; what is not is refused with a reason, never guessed.
TEST(FaceFinder, FindsTheMouthOfATurnedHeadOrSaysWhyNot) {
  auto finder = face::FaceFinder::open({});
  ASSERT_TRUE(finder);
  int fitted = 0;
  for (const char* prompt :
       {"turn left", "turn right", "tilt left", "look up", "turn left, tilt right"}) {
    PhotoAnimator head(photo(), face_of_photo(), speech_of({{"pau", 3.0}}),
                       {.expressiveness = Expressiveness::high, .motion_prompt = prompt});
    Frame canvas = Frame::make(1280, 720, false);
    for (int i = 12; i <= 60; i += 24) {
      head.draw_on(i, canvas);
      const auto found = finder->find(media::to_image(canvas), face::Turned::fitted);
      if (!found) {
        EXPECT_GT(found.error().message.size(), 20U) << prompt;
        continue;
      }
      ++fitted;
      const auto truth = head.mouth(i);
      const auto& points = found->landmarks;
      const auto middle = face::middle(points[face::kLeftCorner], points[face::kRightCorner]);
      EXPECT_LT(face::length(middle - face::Point{truth.x, truth.y}), 0.25 * found->eye_distance_px)
          << prompt << ' ' << i;
    }
  }
  EXPECT_GE(fitted, 12) << "of 15";
}

// The still with a smile painted on it: a row of teeth with shade beside it, corners drawn up.
media::Image smiling(media::Image picture, const face::Face& face) {
  const double eye = face.eye_distance_px, half = 0.48 * eye;
  const auto middle =
      face::middle(face.landmarks[face::kLeftCorner], face.landmarks[face::kRightCorner]);
  const auto paint = [&](int x, int y, std::array<int, 3> colour) {
    for (std::size_t c = 0; c < 3; ++c)
      picture.rgba[(static_cast<std::size_t>(y) * picture.width + x) * 4 + c] =
          static_cast<std::uint8_t>(colour[c]);
  };
  const int left = static_cast<int>(middle.x - half), right = static_cast<int>(middle.x + half);
  for (int x = left; x <= right; ++x) {
    const double u = (x - middle.x) / half, lip = 0.09 * eye * std::sqrt(1 - std::min(1.0, u * u));
    const double top = middle.y - eye * (0.07 + 0.1 * u * u);
    const double bottom = middle.y + eye * (0.09 - 0.26 * u * u);
    for (int y = static_cast<int>(top - lip); y <= static_cast<int>(bottom + lip); ++y) {
      const bool is_between = y > top && y < bottom, is_tooth = is_between && std::abs(u) < 0.7;
      paint(x, y,
            is_tooth     ? std::array{235, 228, 216}
            : is_between ? std::array{52, 24, 22}
                         : std::array{176, 84, 84});
    }
  }
  return picture;
}

TEST(FaceFinder, FindsTheCornersOfASmileThatShowsTeeth) {
  auto finder = face::FaceFinder::open({});
  ASSERT_TRUE(finder);
  const auto before = face_of_photo();
  const double eye = before.eye_distance_px;
  const auto found = finder->find(smiling(photo(), before));
  ASSERT_TRUE(found) << found.error().message;
  const auto& points = found->landmarks;
  const auto middle =
      face::middle(before.landmarks[face::kLeftCorner], before.landmarks[face::kRightCorner]);
  for (const int corner : {face::kLeftCorner, face::kRightCorner}) {
    const auto& at = points[static_cast<std::size_t>(corner)];
    EXPECT_NEAR(std::abs(at.x - middle.x), 0.48 * eye, 0.08 * eye);
    EXPECT_NEAR(at.y, middle.y - 0.17 * eye, 0.05 * eye);
  }
  EXPECT_NEAR(points[62].y, middle.y - 0.07 * eye, 0.05 * eye);
  EXPECT_NEAR(points[66].y, middle.y + 0.09 * eye, 0.05 * eye);
}

TEST(PhotoAnimator, AFrameDependsOnItsIndexAlone) {
  const auto speech = closures();
  auto a = animator(speech), b = animator(speech);
  Frame one = Frame::make(kWidth, kHeight, false), other = one;
  for (int i = 0; i <= 12; ++i) a.draw_on(i, one);
  b.draw_on(30, other);
  b.draw_on(12, other);
  EXPECT_EQ(one.y, other.y);
  EXPECT_EQ(one.u, other.u);
}

double difference(const Frame& a, const Frame& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.y.size(); ++i) sum += std::abs(a.y[i] - b.y[i]);
  return sum / static_cast<double>(a.y.size());
}

TEST(PhotoAnimator, AMotionPromptAndExpressivenessAreSeen) {
  const auto speech = speech_of({{"pau", 2.0}});
  const auto drawn = [&](PhotoOptions options) {
    auto one = animator(speech, std::move(options));
    Frame canvas = Frame::make(kWidth, kHeight, false);
    one.draw_on(25, canvas);
    return canvas;
  };
  const Frame plain = drawn({});
  for (const char* prompt :
       {"look left", "tilt the head right", "lean forward", "smile", "look up"})
    EXPECT_GT(difference(plain, drawn({.motion_prompt = prompt})), 0.03) << prompt;
  EXPECT_GT(difference(plain, drawn({.expressiveness = Expressiveness::high})), 0.02);
}

TEST(PhotoAnimator, EveryShapeOfCanvasAndPictureIsDrawn) {
  const auto speech = speech_of({{"aa", 0.2}});
  for (const auto& [width, height] :
       {std::pair{1280, 720}, {720, 1280}, {720, 720}, {64, 64}, {64, 256}}) {
    for (const PhotoFit fit : {PhotoFit::face, PhotoFit::cover, PhotoFit::contain}) {
      PhotoAnimator one(photo(), face_of_photo(), speech,
                        {.width = width, .height = height, .fit = fit});
      Frame canvas = Frame::make(width, height, false);
      const Rectangle box = one.draw_on(0, canvas);
      EXPECT_EQ(box, (Rectangle{0, 0, width, height}));
      // The head is not cut: its mouth is on the canvas.
      const auto mouth = one.mouth(0);
      EXPECT_GT(mouth.y, 0) << width << "x" << height;
      EXPECT_LT(mouth.y, height) << width << "x" << height;
    }
  }
}

// Landmarks that make no sense must not hang or crash the render.
TEST(PhotoAnimator, AFaceOfOnePointIsDrawnWithoutHarm) {
  face::Face face = face_of_photo();
  face.landmarks.fill({640, 219});
  PhotoAnimator one(photo(), face, closures(), {.width = 320, .height = 180});
  Frame canvas = Frame::make(320, 180, false);
  for (int i = 0; i < 10; ++i) one.draw_on(i, canvas);
  EXPECT_EQ(canvas.width, 320);
}

// A dark bar above the eye, as a brow or the rim of glasses, stays where it is: the lid is skin.
TEST(PhotoLid, ComesDownInTheColourOfTheSkinWhateverIsAboveTheEye) {
  constexpr int kSide = 400;  // of the texture, twice the canvas
  media::Image image{kSide, kSide, {}};
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      const double eye = std::hypot((x - 200) / 70.0, (y - 200) / 32.0);
      const bool is_rim = std::abs(y - 146) < 8;
      const std::array<std::uint8_t, 3> colour =
          is_rim      ? std::array<std::uint8_t, 3>{12, 12, 14}
          : eye < 0.4 ? std::array<std::uint8_t, 3>{40, 60, 110}
          : eye < 1   ? std::array<std::uint8_t, 3>{235, 235, 235}
          : eye < 1.1 ? std::array<std::uint8_t, 3>{30, 22, 20}
                      : std::array<std::uint8_t, 3>{196, 150, 128};
      for (const std::uint8_t part : colour) image.rgba.push_back(part);
      image.rgba.push_back(255);
    }
  const PhotoTexture texture(media::to_frame(image));
  std::vector<face::Point> edge, lower;
  for (int i = 0; i <= 20; ++i) {
    const double across = -35 + 3.5 * i,
                 high = 16 * std::sqrt(std::max(0.0, 1 - across * across / 1225));
    edge.push_back({100 + across, 100 - high});
    lower.push_back({100 + across, 100 + high});
  }
  const PhotoLid lid(edge, lower, {0, 1}, 32, 24, texture);
  const Frame open = media::to_frame(media::scale(image, kSide / 2, kSide / 2));
  Frame shut = open;
  lid.draw(
      1, [](face::Point p) { return p; }, {0, 0, kSide / 2, kSide / 2}, shut);
  const auto at = [](const Frame& frame, int x, int y) {
    return static_cast<int>(
        frame.y[static_cast<std::size_t>(y) * (kSide / 2) + static_cast<std::size_t>(x)]);
  };
  const int skin = at(open, 100, 150);
  for (int y = 88; y <= 108; y += 4)
    for (int x = 84; x <= 116; x += 4) EXPECT_NEAR(at(shut, x, y), skin, 26) << x << ", " << y;
  for (int x = 70; x <= 130; x += 10) EXPECT_NEAR(at(shut, x, 73), at(open, x, 73), 4);
  EXPECT_LT(at(shut, 100, 118), skin - 30);  // lashes
}

}  // namespace
}  // namespace understudy::avatar
