#include "media/bgra.h"

#include <algorithm>
#include <cassert>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace understudy::media {
namespace {

// ITU-R BT.709: Y = 0.2126 R + 0.7152 G + 0.0722 B, in 16-bit fixed point, scaled to 16..235; the
// chroma weights are those of (B - Y) / 1.8556 and (R - Y) / 1.5748, scaled to 16..240, over the
// sum of four pixels.
constexpr int kLumaRed = 11966;
constexpr int kLumaHalfGreen = 20127;  // twice: the whole would not fit 16 bits with a sign
constexpr int kLumaBlue = 4064;
constexpr int kLumaOffset = (16 << 16) + 32768;
constexpr int kChromaOwn = 28784;
constexpr int kBlueFromGreen = -22189;
constexpr int kBlueFromRed = -6596;
constexpr int kRedFromGreen = -26145;
constexpr int kRedFromBlue = -2639;
constexpr int kChromaOffset = (128 << 18) + 131072;

void luma_plain(const std::uint32_t* from, std::uint8_t* to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto blue = static_cast<int>(from[i] & 0xFF);
    const auto green = static_cast<int>((from[i] >> 8) & 0xFF);
    const auto red = static_cast<int>((from[i] >> 16) & 0xFF);
    to[i] = static_cast<std::uint8_t>(
        (kLumaRed * red + 2 * kLumaHalfGreen * green + kLumaBlue * blue + kLumaOffset) >> 16);
  }
}

void chroma_plain(const std::uint32_t* upper, const std::uint32_t* lower, std::uint8_t* u,
                  std::uint8_t* v, std::size_t count) {
  for (std::size_t i = 0; i + 1 < count; i += 2) {
    const auto sum = [&](int shift) {
      const auto at = [&](std::uint32_t pixel) {
        return static_cast<int>((pixel >> shift) & 0xFF);
      };
      return at(upper[i]) + at(upper[i + 1]) + at(lower[i]) + at(lower[i + 1]);
    };
    const int blue = sum(0);
    const int green = sum(8);
    const int red = sum(16);
    u[i / 2] = static_cast<std::uint8_t>(
        (kBlueFromRed * red + kBlueFromGreen * green + kChromaOwn * blue + kChromaOffset) >> 18);
    v[i / 2] = static_cast<std::uint8_t>(
        (kChromaOwn * red + kRedFromGreen * green + kRedFromBlue * blue + kChromaOffset) >> 18);
  }
}

#if defined(__x86_64__)

template <class Vector>
Vector load(const std::uint32_t* from);
template <>
__m128i load(const std::uint32_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

// Four pixels to four sums of 32 bits: the words B G R A times their weights, and G once more.
__m128i luma_of_four(__m128i pixels) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i weights =
      _mm_set_epi16(0, kLumaRed, kLumaHalfGreen, kLumaBlue, 0, kLumaRed, kLumaHalfGreen, kLumaBlue);
  const __m128 low = _mm_castsi128_ps(_mm_madd_epi16(_mm_unpacklo_epi8(pixels, zero), weights));
  const __m128 high = _mm_castsi128_ps(_mm_madd_epi16(_mm_unpackhi_epi8(pixels, zero), weights));
  const __m128i sums =
      _mm_add_epi32(_mm_castps_si128(_mm_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0))),
                    _mm_castps_si128(_mm_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 3, 1))));
  const __m128i green = _mm_and_si128(_mm_srli_epi32(pixels, 8), _mm_set1_epi32(0xFF));
  const __m128i again = _mm_madd_epi16(green, _mm_set1_epi32(kLumaHalfGreen));
  return _mm_srli_epi32(_mm_add_epi32(_mm_add_epi32(sums, again), _mm_set1_epi32(kLumaOffset)), 16);
}

std::size_t luma_sse2(const std::uint32_t* from, std::uint8_t* to, std::size_t count) {
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i first = _mm_packs_epi32(luma_of_four(load<__m128i>(from + i)),
                                          luma_of_four(load<__m128i>(from + i + 4)));
    const __m128i second = _mm_packs_epi32(luma_of_four(load<__m128i>(from + i + 8)),
                                           luma_of_four(load<__m128i>(from + i + 12)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm_packus_epi16(first, second));
  }
  return i;
}

// The sums of two squares of four pixels each, as words B G R A.
__m128i squares(const std::uint32_t* upper, const std::uint32_t* lower) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i above = load<__m128i>(upper);
  const __m128i below = load<__m128i>(lower);
  const __m128i left =
      _mm_add_epi16(_mm_unpacklo_epi8(above, zero), _mm_unpacklo_epi8(below, zero));
  const __m128i right =
      _mm_add_epi16(_mm_unpackhi_epi8(above, zero), _mm_unpackhi_epi8(below, zero));
  return _mm_add_epi16(_mm_unpacklo_epi64(left, right), _mm_unpackhi_epi64(left, right));
}

__m128i weigh(__m128i one, __m128i two, __m128i weights) {
  const __m128 low = _mm_castsi128_ps(_mm_madd_epi16(one, weights));
  const __m128 high = _mm_castsi128_ps(_mm_madd_epi16(two, weights));
  const __m128i sums =
      _mm_add_epi32(_mm_castps_si128(_mm_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0))),
                    _mm_castps_si128(_mm_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 3, 1))));
  return _mm_srai_epi32(_mm_add_epi32(sums, _mm_set1_epi32(kChromaOffset)), 18);
}

std::size_t chroma_sse2(const std::uint32_t* upper, const std::uint32_t* lower, std::uint8_t* u,
                        std::uint8_t* v, std::size_t count) {
  const __m128i blue = _mm_set_epi16(0, kBlueFromRed, kBlueFromGreen, kChromaOwn, 0, kBlueFromRed,
                                     kBlueFromGreen, kChromaOwn);
  const __m128i red = _mm_set_epi16(0, kChromaOwn, kRedFromGreen, kRedFromBlue, 0, kChromaOwn,
                                    kRedFromGreen, kRedFromBlue);
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m128i sums[4];
    for (std::size_t part = 0; part < 4; ++part) {
      sums[part] = squares(upper + i + part * 4, lower + i + part * 4);
    }
    const auto put = [&](std::uint8_t* to, __m128i weights) {
      const __m128i words =
          _mm_packs_epi32(weigh(sums[0], sums[1], weights), weigh(sums[2], sums[3], weights));
      _mm_storel_epi64(reinterpret_cast<__m128i*>(to + i / 2), _mm_packus_epi16(words, words));
    };
    put(u, blue);
    put(v, red);
  }
  return i;
}

#define UNDERSTUDY_AVX2 __attribute__((target("avx2")))

UNDERSTUDY_AVX2 inline __m256i load_eight(const std::uint32_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

// Eight pixels to eight sums of 32 bits: the words B G R G times their weights.
UNDERSTUDY_AVX2 inline __m256i luma_of_eight(__m256i pixels) {
  const __m256i low = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, -1, 1, -1, 2, -1, 1, -1, 4, -1, 5, -1, 6, -1, 5, -1));
  const __m256i high = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(8, -1, 9, -1, 10, -1, 9, -1, 12, -1, 13, -1, 14, -1, 13, -1));
  const __m256i weights = _mm256_broadcastsi128_si256(
      _mm_setr_epi16(kLumaBlue, kLumaHalfGreen, kLumaRed, kLumaHalfGreen, kLumaBlue, kLumaHalfGreen,
                     kLumaRed, kLumaHalfGreen));
  const __m256i sums =
      _mm256_hadd_epi32(_mm256_madd_epi16(_mm256_shuffle_epi8(pixels, low), weights),
                        _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, high), weights));
  return _mm256_srli_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(kLumaOffset)), 16);
}

UNDERSTUDY_AVX2 std::size_t luma_avx2(const std::uint32_t* from, std::uint8_t* to,
                                      std::size_t count) {
  // Packing works on halves of a vector: their quarters come out of order.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m256i first = _mm256_packs_epi32(luma_of_eight(load_eight(from + i)),
                                             luma_of_eight(load_eight(from + i + 8)));
    const __m256i second = _mm256_packs_epi32(luma_of_eight(load_eight(from + i + 16)),
                                              luma_of_eight(load_eight(from + i + 24)));
    const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(first, second), order);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), bytes);
  }
  return i;
}

// The sums of four squares of four pixels each, as words B G R 0.
UNDERSTUDY_AVX2 inline __m256i squares_of_eight(const std::uint32_t* upper,
                                                const std::uint32_t* lower) {
  const __m256i pairs = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 4, 1, 5, 2, 6, -1, -1, 8, 12, 9, 13, 10, 14, -1, -1));
  const __m256i ones = _mm256_set1_epi8(1);
  return _mm256_add_epi16(
      _mm256_maddubs_epi16(_mm256_shuffle_epi8(load_eight(upper), pairs), ones),
      _mm256_maddubs_epi16(_mm256_shuffle_epi8(load_eight(lower), pairs), ones));
}

UNDERSTUDY_AVX2 inline __m256i weigh_eight(__m256i one, __m256i two, __m256i weights) {
  const __m256i sums =
      _mm256_hadd_epi32(_mm256_madd_epi16(one, weights), _mm256_madd_epi16(two, weights));
  return _mm256_srai_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(kChromaOffset)), 18);
}

UNDERSTUDY_AVX2 std::size_t chroma_avx2(const std::uint32_t* upper, const std::uint32_t* lower,
                                        std::uint8_t* u, std::uint8_t* v, std::size_t count) {
  const __m256i blue = _mm256_broadcastsi128_si256(_mm_setr_epi16(
      kChromaOwn, kBlueFromGreen, kBlueFromRed, 0, kChromaOwn, kBlueFromGreen, kBlueFromRed, 0));
  const __m256i red = _mm256_broadcastsi128_si256(_mm_setr_epi16(
      kRedFromBlue, kRedFromGreen, kChromaOwn, 0, kRedFromBlue, kRedFromGreen, kChromaOwn, 0));
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    __m256i sums[4];
    for (std::size_t part = 0; part < 4; ++part) {
      sums[part] = squares_of_eight(upper + i + part * 8, lower + i + part * 8);
    }
    for (const auto& [to, weights] : {std::pair(u, blue), std::pair(v, red)}) {
      // 16 values in pairs: those of even squares in the lower half, the others in the upper one.
      const __m256i words = _mm256_packs_epi32(weigh_eight(sums[0], sums[1], weights),
                                               weigh_eight(sums[2], sums[3], weights));
      const __m256i bytes = _mm256_packus_epi16(words, words);
      _mm_storeu_si128(
          reinterpret_cast<__m128i*>(to + i / 2),
          _mm_unpacklo_epi16(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1)));
    }
  }
  return i;
}

#endif

}  // namespace

VectorUnit vector_unit() {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? VectorUnit::avx2 : VectorUnit::sse2;
#else
  return VectorUnit::none;
#endif
}

void write_luma_row(VectorUnit unit, const std::uint32_t* from, std::uint8_t* to,
                    std::size_t count) {
  std::size_t done = 0;
#if defined(__x86_64__)
  if (unit == VectorUnit::avx2) done = luma_avx2(from, to, count);
  if (unit == VectorUnit::sse2) done = luma_sse2(from, to, count);
#endif
  luma_plain(from + done, to + done, count - done);
}

void write_chroma_row(VectorUnit unit, const std::uint32_t* upper, const std::uint32_t* lower,
                      std::uint8_t* u, std::uint8_t* v, std::size_t count) {
  std::size_t done = 0;
#if defined(__x86_64__)
  if (unit == VectorUnit::avx2) done = chroma_avx2(upper, lower, u, v, count);
  if (unit == VectorUnit::sse2) done = chroma_sse2(upper, lower, u, v, count);
#endif
  chroma_plain(upper + done, lower + done, u + done / 2, v + done / 2, count - done);
}

void write_bgra_rows(std::span<const std::uint32_t> pixels, int first, int end, Frame& frame) {
  const auto width = static_cast<std::size_t>(frame.width);
  assert(pixels.size() == width * static_cast<std::size_t>(frame.height));
  assert(first % 2 == 0 && end % 2 == 0 && end <= frame.height);
  const VectorUnit unit = vector_unit();
  for (auto row = static_cast<std::size_t>(first); row < static_cast<std::size_t>(end); row += 2) {
    const std::uint32_t* upper = pixels.data() + row * width;
    const std::uint32_t* lower = upper + width;
    write_luma_row(unit, upper, frame.y.data() + row * width, width);
    write_luma_row(unit, lower, frame.y.data() + (row + 1) * width, width);
    write_chroma_row(unit, upper, lower, frame.u.data() + row / 2 * (width / 2),
                     frame.v.data() + row / 2 * (width / 2), width);
  }
}

void write_bgra(std::span<const std::uint32_t> pixels, Frame& frame) {
  write_bgra_rows(pixels, 0, frame.height, frame);
  std::fill(frame.alpha.begin(), frame.alpha.end(), std::uint8_t{255});
}

}  // namespace understudy::media
