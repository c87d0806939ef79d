#include "compose/canvas.h"

#include <gtest/gtest.h>

#include "compose/background.h"

namespace understudy::compose {
namespace {

TEST(Canvas, HasTheSizeThatTheShapeAndTheResolutionGive) {
  EXPECT_EQ(*canvas_size("16:9", "1080p"), (CanvasSize{1920, 1080}));
  EXPECT_EQ(*canvas_size("9:16", "1080p"), (CanvasSize{1080, 1920}));
  EXPECT_EQ(*canvas_size("4:5", "1080p"), (CanvasSize{1080, 1350}));
  EXPECT_EQ(*canvas_size("5:4", "1080p"), (CanvasSize{1350, 1080}));
  EXPECT_EQ(*canvas_size("1:1", "1080p"), (CanvasSize{1080, 1080}));
  EXPECT_EQ(*canvas_size("16:9", "720p"), (CanvasSize{1280, 720}));
  EXPECT_EQ(*canvas_size("4:5", "720p"), (CanvasSize{720, 900}));
  EXPECT_EQ(*canvas_size("16:9", "4k"), (CanvasSize{3840, 2160}));
}

TEST(Canvas, AutoKeepsTheShapeOfTheSource) {
  EXPECT_EQ(*canvas_size("auto", "1080p"), (CanvasSize{1920, 1080}));
  EXPECT_EQ(*canvas_size("auto", "1080p", CanvasSize{0, 0}), (CanvasSize{1920, 1080}));
  EXPECT_EQ(*canvas_size("auto", "1080p", CanvasSize{640, 480}), (CanvasSize{1440, 1080}));
  EXPECT_EQ(*canvas_size("auto", "720p", CanvasSize{300, 400}), (CanvasSize{720, 960}));
  EXPECT_EQ(*canvas_size("auto", "1080p", CanvasSize{4000, 1000}), (CanvasSize{1920, 480}));
  for (const CanvasSize odd : {CanvasSize{1, 9000}, CanvasSize{333, 777}, CanvasSize{9000, 1}}) {
    const auto size = *canvas_size("auto", "1080p", odd);
    EXPECT_EQ(size.width % 2 + size.height % 2, 0);
    EXPECT_LE(std::max(size.width, size.height), 1920);
    EXPECT_GE(std::min(size.width, size.height), 16);
  }
}

TEST(Canvas, NamesTheFieldAtFault) {
  EXPECT_EQ(canvas_size("2:1", "1080p").error().param, "aspect_ratio");
  EXPECT_EQ(canvas_size("16:9", "1080").error().param, "resolution");
}

TEST(Canvas, ReadsColours) {
  const auto colour = *parse_colour("#0aF07f");
  EXPECT_EQ(colour.red, 0x0a);
  EXPECT_EQ(colour.green, 0xf0);
  EXPECT_EQ(colour.blue, 0x7f);
  EXPECT_EQ(parse_colour("#f80")->green, 0x88);
  for (const char* text : {"", "#", "red", "#12345", "#1234567", "#gggggg", "0aF07f", "##12345"}) {
    EXPECT_FALSE(parse_colour(text)) << text;
  }
}

// Left half red, right half blue, twice as wide as high.
media::Image two_halves() {
  media::Image image{40, 20, {}};
  for (int i = 0; i < 800; ++i) {
    const bool is_left = i % 40 < 20;
    image.rgba.insert(image.rgba.end(), {static_cast<unsigned char>(is_left ? 255 : 0), 0,
                                         static_cast<unsigned char>(is_left ? 0 : 255), 255});
  }
  return image;
}

TEST(Background, CoverFillsAndContainShowsBars) {
  const CanvasSize square{64, 64};
  const auto bar = colour_background({0, 255, 0}, square).y[0];
  const auto red = colour_background({255, 0, 0}, square).y[0];
  const auto blue = colour_background({0, 0, 255}, square).y[0];
  const auto at = [](const media::Frame& frame, int x, int y) {
    return frame.y[static_cast<std::size_t>(y * 64 + x)];
  };
  const auto cover = image_background(two_halves(), Fit::cover, square, {0, 255, 0});
  EXPECT_NEAR(at(cover, 2, 2), red, 2);
  EXPECT_NEAR(at(cover, 61, 61), blue, 2);
  const auto contain = image_background(two_halves(), Fit::contain, square, {0, 255, 0});
  EXPECT_NEAR(at(contain, 32, 4), bar, 2);
  EXPECT_NEAR(at(contain, 32, 60), bar, 2);
  EXPECT_NEAR(at(contain, 4, 32), red, 2);
  EXPECT_NEAR(at(contain, 60, 32), blue, 2);
}

TEST(Background, TransparentPartsShowWhatIsBehind) {
  auto image = two_halves();
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) image.rgba[i + 3] = 0;
  const auto frame = image_background(image, Fit::cover, {64, 64}, {10, 200, 30});
  const auto plain = colour_background({10, 200, 30}, {64, 64});
  EXPECT_EQ(frame.y, plain.y);
  EXPECT_EQ(frame.u, plain.u);
}

TEST(Background, FittedRectanglesAreEvenAndCentred) {
  EXPECT_EQ(fitted({400, 200}, Fit::contain, {200, 200}), (media::Rectangle{0, 50, 200, 100}));
  EXPECT_EQ(fitted({400, 200}, Fit::cover, {200, 200}), (media::Rectangle{-100, 0, 400, 200}));
}

}  // namespace
}  // namespace understudy::compose
