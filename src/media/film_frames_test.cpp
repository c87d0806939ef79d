// Pictures of a film by number, in any order.
#include "media/film_frames.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "media/video_writer.h"

namespace understudy::media {
namespace {

constexpr int kWidth = 160, kHeight = 90;

// Picture i: luma 30 + 3 x i on the left, 230 on the right.
std::filesystem::path write_film(const std::filesystem::path& path, int count) {
  auto writer = VideoWriter::open({.path = path,
                                   .width = kWidth,
                                   .height = kHeight,
                                   .threads = 1,
                                   .crf = 4,
                                   .x264_options = "keyint=12:min-keyint=12:scenecut=0:bframes=0"})
                    .value();
  for (int i = 0; i < count; ++i) {
    Frame frame = Frame::make(kWidth, kHeight, false);
    for (std::size_t at = 0; at < frame.y.size(); ++at)
      frame.y[at] = static_cast<std::uint8_t>(at % kWidth < kWidth / 2 ? 30 + 3 * i : 230);
    EXPECT_TRUE(writer.write(frame));
  }
  EXPECT_TRUE(writer.finish());
  return path;
}

TEST(FilmFrames, ShowsEveryPictureInAnyOrder) {
  const TemporaryFolder folder;
  auto frames = FilmFrames::open(write_film(folder.path() / "a.mp4", 60)).value();
  ASSERT_EQ(frames.count(), 60);
  EXPECT_EQ(frames.width(), kWidth);
  const Rectangle all{0, 0, kWidth, kHeight};
  Frame canvas = Frame::make(kWidth, kHeight, false);
  std::vector<int> order;
  for (int i = 0; i < 60; ++i) order.push_back(i);
  for (int i = 58; i >= 0; --i) order.push_back(i);
  for (const int i : {59, 3, 41, 12, 11, 13, 0, 59, 58}) order.push_back(i);
  for (const int i : order) {
    ASSERT_TRUE(frames.draw(i, all, all, canvas)) << i;
    EXPECT_NEAR(canvas.y[kWidth * 40 + 20], 30 + 3 * i, 1.2) << i;
  }
  EXPECT_FALSE(frames.draw(60, all, all, canvas));
  EXPECT_FALSE(frames.draw(-1, all, all, canvas));
}

TEST(FilmFrames, DrawsAPartIntoAPart) {
  const TemporaryFolder folder;
  auto frames = FilmFrames::open(write_film(folder.path() / "a.mp4", 20)).value();
  Frame canvas = Frame::make(64, 64, false);
  ASSERT_TRUE(frames.draw(5, {80, 0, 80, 90}, {32, 0, 32, 64}, canvas));
  EXPECT_NEAR(canvas.y[64 * 30 + 50], 230, 2);
  EXPECT_EQ(canvas.y[64 * 30 + 10], 16) << "the rest of the canvas stays";
}

TEST(FilmFrames, RefusesWhatIsNoFilm) {
  const TemporaryFolder folder;
  EXPECT_FALSE(FilmFrames::open(folder.path() / "none.mp4"));
}

}  // namespace
}  // namespace understudy::media
