// FrameRate: pictures a second as the fraction that films have (30000/1001), and what the times of
// a film's pictures say about it. Pure numbers.
#pragma once

#include <cstdint>
#include <vector>

namespace understudy::media {

struct FrameRate {
  int pictures = 25;
  int seconds = 1;  // in which they are shown; both at least 1

  constexpr FrameRate() = default;
  // Whole rates are numbers everywhere else.
  constexpr FrameRate(int per_second) : pictures(per_second) {}  // NOLINT(google-explicit-*)
  constexpr FrameRate(int pictures_, int seconds_) : pictures(pictures_), seconds(seconds_) {}

  double per_s() const { return static_cast<double>(pictures) / seconds; }
  // floor(1000 x frames / rate)
  std::int64_t ms_of(std::int64_t frames) const { return 1000 * frames * seconds / pictures; }
  bool operator==(const FrameRate&) const = default;
};

// The rate that is meant by a measured one: whole, an NTSC one (x 1000/1001), a half, else
// thousandths. `doubt` is how far off, of 1, the measurement may be. 1 to 240 pictures a second.
FrameRate nearest_rate(double per_s, double doubt);

// The slowest grid on which each picture of a film has a place of its own. Of a film with one rate:
// that rate, although containers round times and lose a picture now and then. Of one whose rate
// changes: its fastest usual one. `times_s` in any order; `tick_s`: the unit they are rounded to;
// `tagged`: what the container says, which is believed when the times do not deny it (0: nothing).
FrameRate rate_of_times(std::vector<double> times_s, double tick_s, FrameRate tagged);

// A whole part of a rate that is too high: 120 becomes 60, 90 becomes 45.
FrameRate limited(FrameRate rate, int most);

}  // namespace understudy::media
