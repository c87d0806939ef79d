#include "media/bgra.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace understudy::media {
namespace {

struct Yuv {
  double y, u, v;
};

// ITU-R BT.709 in full precision.
Yuv exact(double red, double green, double blue) {
  const double luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return {16 + luma * 219 / 255, 128 + (blue - luma) / 1.8556 * 224 / 255,
          128 + (red - luma) / 1.5748 * 224 / 255};
}

TEST(Bgra, EveryColourIsWithinOneOfTheStandardsFormula) {
  std::mt19937 random(7);
  for (int turn = 0; turn < 2000; ++turn) {
    const auto pixel = static_cast<std::uint32_t>(random()) | 0xFF000000U;
    // Wide enough for the vector form, with a rest.
    Frame frame = Frame::make(38, 2, false);
    write_bgra(std::vector<std::uint32_t>(38 * 2, pixel), frame);
    const Yuv wanted = exact((pixel >> 16) & 255, (pixel >> 8) & 255, pixel & 255);
    for (const int x : {0, 17, 37}) {
      EXPECT_NEAR(frame.y[static_cast<std::size_t>(x)], wanted.y, 1) << std::hex << pixel;
      EXPECT_NEAR(frame.u[static_cast<std::size_t>(x / 2)], wanted.u, 1) << std::hex << pixel;
      EXPECT_NEAR(frame.v[static_cast<std::size_t>(x / 2)], wanted.v, 1) << std::hex << pixel;
    }
  }
}

TEST(Bgra, EveryVectorUnitGivesTheSameBytes) {
  std::mt19937 random(11);
  const auto any = [&] { return static_cast<std::uint32_t>(random()); };
  for (std::size_t count = 2; count < 140; count += 2) {
    std::vector<std::uint32_t> upper(count);
    std::vector<std::uint32_t> lower(count);
    for (auto& pixel : upper) pixel = any();
    for (auto& pixel : lower) pixel = any() % 2 != 0U ? any() : 0xFFFFFFFF;
    const auto convert = [&](VectorUnit unit) {
      std::vector<std::uint8_t> out(2 * count);
      write_luma_row(unit, upper.data(), out.data(), count);
      write_chroma_row(unit, upper.data(), lower.data(), out.data() + count,
                       out.data() + count + count / 2, count);
      return out;
    };
    const auto plain = convert(VectorUnit::none);
    for (const auto unit : {VectorUnit::sse2, VectorUnit::avx2}) {
      if (vector_unit() < unit) continue;
      EXPECT_EQ(convert(unit), plain) << count << " pixels, unit " << static_cast<int>(unit);
    }
  }
}

TEST(Bgra, RowsAloneLeaveTheOthersAsTheyAre) {
  Frame frame = Frame::make(16, 8, false);
  const Frame before = frame;
  write_bgra_rows(std::vector<std::uint32_t>(16 * 8, 0xFFFFFFFF), 2, 4, frame);
  for (std::size_t row = 0; row < 8; ++row) {
    EXPECT_EQ(frame.y[row * 16] == before.y[row * 16], row != 2 && row != 3) << row;
  }
}

TEST(Bgra, ChromaIsTheMeanOfFourPixelsAndLumaOfEachItsOwn) {
  Frame frame = Frame::make(4, 2, true);
  const std::uint32_t red = 0xFFFF0000;
  const std::uint32_t blue = 0xFF0000FF;
  write_bgra(std::vector<std::uint32_t>{red, blue, red, red, blue, red, red, red}, frame);
  EXPECT_NEAR(frame.y[0], exact(255, 0, 0).y, 1);
  EXPECT_NEAR(frame.y[1], exact(0, 0, 255).y, 1);
  EXPECT_NEAR(frame.u[0], exact(127.5, 0, 127.5).u, 1);
  EXPECT_NEAR(frame.v[0], exact(127.5, 0, 127.5).v, 1);
  EXPECT_NEAR(frame.v[1], exact(255, 0, 0).v, 1);
  EXPECT_EQ(frame.alpha, std::vector<std::uint8_t>(8, 255));
}

}  // namespace
}  // namespace understudy::media
