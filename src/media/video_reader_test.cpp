// Films from outside: which picture is shown at a time, upright, cropped to its middle.
#include "media/video_reader.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "media/image.h"
#include "media/video_writer.h"

namespace understudy::media {
namespace {

// Frame i of the film has the luma 40 + 10 x i on the left half and 230 on the right half.
std::filesystem::path write_film(const std::filesystem::path& path, int frames, int fps = 25,
                                 int width = 160, int height = 90) {
  auto writer =
      VideoWriter::open(
          {.path = path, .width = width, .height = height & ~1, .fps = fps, .threads = 1, .crf = 4})
          .value();
  for (int i = 0; i < frames; ++i) {
    Frame frame = Frame::make(width, height & ~1, false);
    for (std::size_t at = 0; at < frame.y.size(); ++at) {
      const bool is_left = static_cast<int>(at) % width < width / 2;
      frame.y[at] = static_cast<std::uint8_t>(is_left ? 40 + 10 * i : 230);
    }
    EXPECT_TRUE(writer.write(frame));
  }
  EXPECT_TRUE(writer.finish());
  return path;
}

int left_level(const Frame& frame) {
  return frame.y[static_cast<std::size_t>(frame.height / 2) * frame.width + frame.width / 8];
}

TEST(VideoReader, ShowsThePictureOfATimeAndDrawsItOnce) {
  const TemporaryFolder folder;
  auto reader = VideoReader::open(write_film(folder.path() / "a.mp4", 10)).value();
  EXPECT_EQ(reader.width(), 160);
  EXPECT_EQ(reader.height(), 90);
  Frame canvas = Frame::make(160, 90, false);
  const Rectangle all{0, 0, 160, 90};
  EXPECT_TRUE(reader.draw(0.02, all, canvas).value());
  EXPECT_NEAR(left_level(canvas), 40, 4);
  EXPECT_FALSE(reader.draw(0.03, all, canvas).value());
  EXPECT_TRUE(reader.draw(0.1, all, canvas).value());
  EXPECT_NEAR(left_level(canvas), 60, 4);
  EXPECT_TRUE(reader.draw(7, all, canvas).value());
  EXPECT_NEAR(left_level(canvas), 130, 4) << "the last picture stays";
  EXPECT_FALSE(reader.draw(8, all, canvas).value());
  EXPECT_TRUE(reader.draw(0, all, canvas).value());
  EXPECT_NEAR(left_level(canvas), 40, 4) << "it begins anew";
}

TEST(VideoReader, EveryPictureOfAFilmIsShownAtItsOwnRate) {
  const TemporaryFolder folder;
  auto reader = VideoReader::open(write_film(folder.path() / "a.mp4", 12)).value();
  Frame canvas = Frame::make(160, 90, false);
  for (int i = 0; i < 12; ++i) {
    EXPECT_TRUE(reader.draw((i + 0.5) / 25, {0, 0, 160, 90}, canvas).value()) << i;
    EXPECT_NEAR(left_level(canvas), 40 + 10 * i, 4);
  }
}

TEST(VideoReader, FillsAPlaceOfAnotherShapeWithTheMiddle) {
  const TemporaryFolder folder;
  auto reader = VideoReader::open(write_film(folder.path() / "a.mp4", 2)).value();
  Frame canvas = Frame::make(200, 200, false);
  ASSERT_TRUE(reader.draw(0, {50, 0, 100, 200}, canvas));
  const auto level = [&](int x, int y) { return canvas.y[static_cast<std::size_t>(y * 200 + x)]; };
  EXPECT_EQ(level(49, 100), 16) << "outside the place nothing is drawn";
  EXPECT_EQ(level(150, 100), 16);
  EXPECT_NEAR(level(60, 100), 40, 4);
  EXPECT_NEAR(level(140, 100), 230, 4);
  EXPECT_NEAR(level(60, 2), 40, 6) << "no bars";
}

TEST(VideoReader, WhatIsNoFilmIsRefused) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.mp4";
  std::ofstream(path) << "not a film";
  EXPECT_FALSE(VideoReader::open(path));
  write_film(path, 10);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  auto reader = VideoReader::open(path);
  if (!reader) return;
  Frame canvas = Frame::make(160, 90, false);
  for (int i = 0; i < 12; ++i) (void)reader->draw(i / 25.0, {0, 0, 160, 90}, canvas);
}

}  // namespace
}  // namespace understudy::media
