// Films from outside: which picture is shown at a time, upright, cropped to its middle.
#include "media/video_reader.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

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

// Writes another matrix into the file's track header: quarter turns clockwise.
void turn_film(const std::filesystem::path& path, int turns) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  in.close();
  const auto header = bytes.find("tkhd");
  ASSERT_NE(header, std::string::npos);
  constexpr std::int32_t kOne = 1 << 16;
  const std::int32_t cosine = turns == 0 ? kOne : turns == 2 ? -kOne : 0;
  const std::int32_t sine = turns == 1 ? kOne : turns == 3 ? -kOne : 0;
  const std::int32_t matrix[9] = {cosine, sine, 0, -sine, cosine, 0, 0, 0, 1 << 30};
  constexpr std::size_t kMatrixAt = 44;  // behind the box's name, version 0
  for (std::size_t i = 0; i < 36; ++i) {
    const auto value = static_cast<std::uint32_t>(matrix[i / 4]);
    bytes[header + kMatrixAt + i] = static_cast<char>(value >> (24 - 8 * (i % 4)));
  }
  std::ofstream(path, std::ios::binary) << bytes;
}

std::vector<std::uint8_t> luma_of(const PictureRows& rows) {
  std::vector<std::uint8_t> luma;
  for (int y = 0; y < rows.height; ++y) {
    const auto* row = rows.planes[0] + static_cast<std::ptrdiff_t>(y) * rows.strides[0];
    luma.insert(luma.end(), row, row + rows.width);
  }
  return luma;
}

// Every pixel another one, so that a turn can go wrong nowhere unseen.
std::uint8_t level_at(int x, int y) { return static_cast<std::uint8_t>(40 + 2 * (x % 50) + y); }

TEST(VideoReader, ATurnedFilmIsUpright) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.mp4";
  constexpr int kWidth = 160, kHeight = 96;
  for (int turns = 0; turns < 4; ++turns) {
    auto writer =
        VideoWriter::open(
            {.path = path, .width = kWidth, .height = kHeight, .fps = 25, .threads = 1, .crf = 1})
            .value();
    Frame frame = Frame::make(kWidth, kHeight, false);
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x)
        frame.y[static_cast<std::size_t>(y * kWidth + x)] = level_at(x, y);
    }
    ASSERT_TRUE(writer.write(frame));
    ASSERT_TRUE(writer.finish());
    turn_film(path, turns);
    auto reader = VideoReader::open(path).value();
    const bool is_upright = turns % 2 == 1;
    ASSERT_EQ(reader.width(), is_upright ? kHeight : kWidth) << turns;
    const auto shown = reader.look(0, reader.width(), reader.height()).value();
    const auto luma = luma_of(shown.rows);
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const int to_x = turns == 0   ? x
                         : turns == 1 ? kHeight - 1 - y
                         : turns == 2 ? kWidth - 1 - x
                                      : y;
        const int to_y = turns == 0   ? y
                         : turns == 1 ? x
                         : turns == 2 ? kHeight - 1 - y
                                      : kWidth - 1 - x;
        ASSERT_NEAR(luma[static_cast<std::size_t>(to_y * reader.width() + to_x)], level_at(x, y),
                    12)
            << turns << ' ' << x << ' ' << y;
      }
    }
  }
}

TEST(VideoReader, WhatIsLookedAtIsWhatIsDrawn) {
  const TemporaryFolder folder;
  const auto path = write_film(folder.path() / "a.mp4", 6);
  for (const int width : {160, 120}) {
    auto reader = VideoReader::open(path).value(), other = VideoReader::open(path).value();
    Frame canvas = Frame::make(width, 90, false), copy = Frame::make(width, 90, false);
    for (const double time_s : {0.0, 0.01, 0.04, 0.2, 0.08}) {
      const bool is_new = reader.draw(time_s, {0, 0, width, 90}, canvas).value();
      const auto shown = other.look(time_s, width, 90).value();
      EXPECT_EQ(shown.is_new, is_new) << time_s;
      copy_area(shown.rows, copy, {0, 0, width, 90});
      EXPECT_EQ(copy.y, canvas.y) << width << ' ' << time_s;
      EXPECT_EQ(copy.u, canvas.u);
      EXPECT_EQ(copy.v, canvas.v);
    }
  }
}

// Far ahead is reached by key pictures, and yet it is the same picture as one by one.
TEST(VideoReader, JumpsShowWhatIsThere) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.mp4";
  constexpr int kFrames = 300;
  auto writer = VideoWriter::open({.path = path,
                                   .width = 64,
                                   .height = 48,
                                   .fps = 25,
                                   .threads = 1,
                                   .x264_options = "keyint=40:bframes=3:b-pyramid=normal"})
                    .value();
  Frame frame = Frame::make(64, 48, false);
  for (int i = 0; i < kFrames; ++i) {
    for (std::size_t at = 0; at < frame.y.size(); ++at)
      frame.y[at] =
          static_cast<std::uint8_t>(16 + (at * 7 + static_cast<std::size_t>(i) * 3) % 220);
    ASSERT_TRUE(writer.write(frame));
  }
  ASSERT_TRUE(writer.finish());
  std::vector<std::vector<std::uint8_t>> pictures;
  auto steady = VideoReader::open(path).value();
  for (int i = 0; i < kFrames; ++i)
    pictures.push_back(luma_of(steady.look(i / 25.0, 64, 48).value().rows));
  auto reader = VideoReader::open(path).value();
  for (const int i : {0, 39, 40, 41, 120, 161, 200, 299, 5, 6, 79, 130, 290, 291, 240, 299}) {
    const auto shown = reader.look(i / 25.0, 64, 48).value();
    EXPECT_TRUE(shown.is_new) << i;
    EXPECT_EQ(luma_of(shown.rows), pictures[static_cast<std::size_t>(i)]) << i;
  }
}

TEST(VideoReader, ARoughPictureIsNearlyTheSame) {
  const TemporaryFolder folder;
  const auto path = write_film(folder.path() / "a.mp4", 12);
  auto rough = VideoReader::open(path).value(), exact = VideoReader::open(path).value();
  rough.read_roughly();
  for (int i = 0; i < 12; ++i) {
    const auto a = luma_of(rough.look(i / 25.0, 160, 90).value().rows);
    const auto b = luma_of(exact.look(i / 25.0, 160, 90).value().rows);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t at = 0; at < a.size(); ++at) ASSERT_NEAR(a[at], b[at], 12) << i;
  }
}

// A film coded otherwise than BT.709 keeps its samples and says how its copy must be tagged.
TEST(VideoReader, KeepsTheFilmsOwnColoursWhenAsked) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "a.mp4";
  const ColourCoding coding{.primaries = 6, .transfer = 6, .matrix = 6};
  auto writer = VideoWriter::open(
      {.path = file, .width = 64, .height = 64, .fps = 25, .colours = coding, .crf = 1});
  ASSERT_TRUE(writer);
  Frame red = Frame::make(64, 64, false);
  std::fill(red.y.begin(), red.y.end(), 81);
  std::fill(red.u.begin(), red.u.end(), 90);
  std::fill(red.v.begin(), red.v.end(), 240);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(writer->write(red));
  ASSERT_TRUE(writer->finish());
  for (const bool is_kept : {true, false}) {
    auto reader = VideoReader::open(file);
    ASSERT_TRUE(reader);
    if (is_kept) {
      EXPECT_EQ(reader->keep_colours(), coding);
    }
    Frame canvas = Frame::make(64, 64, false);
    ASSERT_TRUE(reader->draw(0, {0, 0, 64, 64}, canvas));
    // The same red is 63, 102, 240 in BT.709.
    EXPECT_NEAR(canvas.y[100], is_kept ? 81 : 63, 2);
    EXPECT_NEAR(canvas.u[100], is_kept ? 90 : 102, 2);
    if (!is_kept) continue;
    const Frame shown = in_bt709(canvas, coding);
    EXPECT_NEAR(shown.y[100], 63, 2);
    EXPECT_NEAR(shown.v[100], 240, 2);
  }
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
