// Stills: what comes back is what went in; what is broken is refused.
#include "media/image.h"

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/file.h"
#include "media/gif.h"

namespace understudy::media {
namespace {

Image gradient(int width, int height, std::uint8_t alpha = 255) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.rgba.push_back(static_cast<std::uint8_t>(x * 255 / width));
      image.rgba.push_back(static_cast<std::uint8_t>(y * 255 / height));
      image.rgba.push_back(90);
      image.rgba.push_back(alpha);
    }
  }
  return image;
}

double difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) return 1e9;
  double sum = 0;
  for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(a.rgba[i] - b.rgba[i]);
  return sum / static_cast<double>(a.rgba.size());
}

TEST(Image, PngComesBackExactly) {
  auto image = gradient(67, 31);
  image.rgba[3] = 10;
  const auto bytes = encode_png(image);
  ASSERT_TRUE(bytes);
  const auto size = image_size(*bytes);
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 67);
  EXPECT_EQ(size->height, 31);
  EXPECT_EQ(difference(*decode_image(*bytes), image), 0);
}

TEST(Image, JpegComesBackClose) {
  const auto image = gradient(120, 80);
  const auto bytes = encode_jpeg(image, 95);
  ASSERT_TRUE(bytes);
  const auto back = decode_image(*bytes);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_LT(difference(*back, image), 3);
}

// Cut anywhere, a file is refused, with a sentence that says so.
TEST(Image, RefusesFilesThatEndEarly) {
  for (const auto& bytes : {*encode_png(gradient(64, 64)), *encode_jpeg(gradient(64, 64))}) {
    for (const double part : {0.99, 0.7, 0.3, 0.02}) {
      const auto cut =
          bytes.substr(0, static_cast<std::size_t>(static_cast<double>(bytes.size()) * part));
      const auto decoded = decode_image(cut);
      ASSERT_FALSE(decoded) << part;
      EXPECT_EQ(decoded.error().code, ErrorCode::invalid_parameter);
    }
  }
}

TEST(Image, RefusesADamagedPng) {
  auto bytes = *encode_png(gradient(64, 64));
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  EXPECT_FALSE(decode_image(bytes));
}

TEST(Image, RefusesABombByItsHeader) {
  auto bytes = *encode_png(gradient(8, 8));
  for (const std::size_t at : {std::size_t{16}, std::size_t{20}})
    bytes.replace(at, 4, std::string("\0\0\x7F\xFF", 4));
  const auto bomb = decode_image(bytes);
  ASSERT_FALSE(bomb);
  EXPECT_NE(bomb.error().message.find("50 million"), std::string::npos);
  EXPECT_FALSE(decode_image("not an image at all"));
  EXPECT_FALSE(decode_image(""));
}

// An APP1 segment with one tag, Orientation = 6: the stored picture is to be turned clockwise.
TEST(Image, AppliesTheExifOrientation) {
  Image image = gradient(64, 32);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 64; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        image.rgba[static_cast<std::size_t>(y * 64 + x) * 4 + c] = x < 16 && y < 16 ? 255 : 0;
      }
    }
  }
  auto bytes = *encode_jpeg(image, 95);
  const std::string exif(
      "\xFF\xE1\x00\x22"
      "Exif\0\0"
      "MM\0\x2A\0\0\0\x08"
      "\0\x01"
      "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
      "\0\0\0\0",
      36);
  bytes.insert(2, exif);
  const auto upright = decode_image(bytes);
  ASSERT_TRUE(upright) << upright.error().message;
  EXPECT_EQ(upright->width, 32);
  EXPECT_EQ(upright->height, 64);
  // The mark was top left and is now top right.
  EXPECT_GT(upright->rgba[static_cast<std::size_t>(4 * 32 + 27) * 4], 200);
  EXPECT_LT(upright->rgba[static_cast<std::size_t>(4 * 32 + 4) * 4], 50);
}

TEST(Image, FrameAndBackKeepsColours) {
  const auto image = gradient(64, 48);
  const auto back = to_image(to_frame(image));
  EXPECT_LT(difference(back, image), 4);
  Image red{2, 2, {}};
  for (int i = 0; i < 4; ++i) red.rgba.insert(red.rgba.end(), {255, 0, 0, 255});
  const auto frame = to_frame(red);
  EXPECT_NEAR(frame.y[0], 63, 1);  // BT.709, limited range
  EXPECT_NEAR(frame.u[0], 102, 1);
  EXPECT_NEAR(frame.v[0], 240, 1);
}

TEST(Image, ScalingKeepsTransparentColoursOut) {
  Image image{64, 64, {}};
  for (int i = 0; i < 64 * 64; ++i) {
    const bool is_inside = i % 64 < 33;
    const std::uint8_t level = is_inside ? 200 : 0;
    image.rgba.insert(image.rgba.end(),
                      {level, level, level, static_cast<std::uint8_t>(is_inside ? 255 : 0)});
  }
  const auto small = scale(image, 16, 16);
  for (std::size_t i = 0; i < small.rgba.size(); i += 4) {
    if (small.rgba[i + 3] <= 8) continue;
    ASSERT_NEAR(small.rgba[i], 200, 12);
  }
}

TEST(Gif, HoldsTheFramesInTheColoursOfTheVideo) {
  const TemporaryFolder folder;
  GifWriter gif(80, 10);
  for (int i = 0; i < 12; ++i) {
    Image image = gradient(320, 180);
    for (int y = 40; y < 80; ++y) {
      for (int x = 0; x < 30; ++x)
        image.rgba[static_cast<std::size_t>(y * 320 + x + i * 10) * 4] = 255;
    }
    gif.add(to_frame(image));
  }
  ASSERT_TRUE(gif.finish(folder.path() / "a.gif"));
  const auto bytes = *read_file(folder.path() / "a.gif");
  EXPECT_TRUE(bytes.starts_with("GIF89a"));
  EXPECT_EQ(bytes[6], 80);
  EXPECT_EQ(bytes[8], 46);  // 45 made even
  EXPECT_NE(bytes.find("NETSCAPE2.0"), std::string::npos);
  EXPECT_EQ(bytes.back(), ';');
  EXPECT_FALSE(GifWriter(80, 10).finish(folder.path() / "b.gif"));
}

}  // namespace
}  // namespace understudy::media
