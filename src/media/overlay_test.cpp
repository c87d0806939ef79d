// What is laid on a frame, and that nothing else changes.
#include "media/overlay.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "media/text_overlay.h"

namespace understudy::media {
namespace {

Frame grey(int width, int height, std::uint8_t level) {
  Frame frame = Frame::make(width, height, false);
  std::fill(frame.y.begin(), frame.y.end(), level);
  return frame;
}

Image solid(int width, int height, std::uint8_t level, std::uint8_t alpha) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i)
    image.rgba.insert(image.rgba.end(), {level, level, level, alpha});
  return image;
}

TEST(Overlay, BlendsByCoverageAndOpacity) {
  Frame frame = grey(64, 64, 16);
  blend(frame, make_overlay(solid(16, 16, 255, 255), 8, 8, 64, 64, 0.5));
  EXPECT_NEAR(frame.y[16 * 64 + 16], (16 + 235) / 2, 2);
  EXPECT_NEAR(frame.u[8 * 32 + 8], 128, 1);  // white on black stays without colour
  EXPECT_EQ(frame.y[0], 16);
  EXPECT_EQ(frame.y[24 * 64 + 24], 16);
}

TEST(Overlay, NothingOutsideItsAreaChanges) {
  const Frame before = grey(64, 48, 90);
  Frame after = before;
  const auto overlay = make_overlay(solid(11, 7, 200, 255), 21, 13, 64, 48);
  blend(after, overlay);
  int changed = 0;
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      const auto at = static_cast<std::size_t>(y * 64 + x);
      if (after.y[at] == before.y[at]) continue;
      ++changed;
      EXPECT_TRUE(x >= 21 && x < 32 && y >= 13 && y < 20);
    }
  }
  EXPECT_EQ(changed, 77);
  copy_area(before, after, overlay.area);
  EXPECT_EQ(after.y, before.y);
  EXPECT_EQ(after.u, before.u);
}

TEST(Overlay, IsCutAtTheCanvas) {
  Frame frame = grey(64, 64, 50);
  blend(frame, make_overlay(solid(40, 40, 255, 255), -20, 50, 64, 64));
  EXPECT_GT(frame.y[60 * 64 + 5], 200);
  EXPECT_EQ(frame.y[40 * 64 + 5], 50);
  EXPECT_TRUE(make_overlay(solid(4, 4, 255, 255), 100, 100, 64, 64).is_empty());
  blend(frame, Overlay{});
}

TEST(Overlay, MakesATransparentFrameOpaqueWhereItLies) {
  Frame frame = Frame::make(32, 32, true);
  blend(frame, make_overlay(solid(8, 8, 255, 255), 0, 0, 32, 32));
  EXPECT_EQ(frame.alpha[0], 255);
  EXPECT_EQ(frame.alpha[20 * 32 + 20], 0);
}

TEST(Watermark, KeepsItsCornerAndItsMargin) {
  const auto mark = solid(200, 100, 255, 255);
  const auto overlay =
      make_watermark(mark, 1920, 1080, {.corner = Corner::bottom_right, .share = 0.1});
  EXPECT_NEAR(overlay.area.width, 192, 2);
  EXPECT_NEAR(overlay.area.x + overlay.area.width, 1920 - 32, 2);
  EXPECT_NEAR(overlay.area.y + overlay.area.height, 1080 - 32, 2);
  const auto other = make_watermark(mark, 1080, 1920, {.corner = Corner::top_left});
  EXPECT_NEAR(other.area.x, 32, 2);
  EXPECT_NEAR(other.area.y, 32, 2);
}

// In every shape the text lies inside the safe area, in the lower half, centred, and has light
// pixels.
TEST(CaptionOverlay, LiesInTheSafeArea) {
  for (const auto& [width, height] :
       {std::pair{1920, 1080}, {1080, 1920}, {1080, 1080}, {1280, 720}}) {
    const auto rules = burned_caption_rules(width, height);
    const auto text = wrap_caption(
        "Because every customer, large or small, deserves an answer within a day.", rules);
    const auto overlay = make_caption_overlay(text, width, height);
    ASSERT_TRUE(overlay);
    const auto& area = overlay->area;
    EXPECT_GT(area.x, width / 25);
    EXPECT_NEAR(area.x + area.width / 2, width / 2, 3);
    EXPECT_LT(area.y + area.height, height * 0.95);
    EXPECT_GT(area.y, height / 2);
    EXPECT_GT(std::count_if(overlay->y.begin(), overlay->y.end(), [](auto y) { return y > 220; }),
              1000);
    EXPECT_LT(static_cast<double>(std::count(text.begin(), text.end(), '\n')), 4);
  }
}

TEST(CaptionOverlay, DrawsOtherScriptsAndNothingForNothing) {
  for (const char* text : {"Привет, мир", "Καλημέρα", "مرحبا بالعالم"}) {
    const auto overlay = make_caption_overlay(text, 1280, 720);
    ASSERT_TRUE(overlay);
    EXPECT_FALSE(overlay->is_empty());
  }
  EXPECT_TRUE(make_caption_overlay("", 1280, 720)->is_empty());
}

}  // namespace
}  // namespace understudy::media
