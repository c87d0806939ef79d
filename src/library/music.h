// Music beds: a minute each, composed from a row of data and played by the synthesiser. A bed is a
// loop: it has a whole number of bars, and what rings at its end is heard at its start. The beds
// are the project's own work and may be used for anything. Any thread.
#pragma once

#include <span>
#include <string_view>

#include "library/synth.h"

namespace understudy::library {

inline constexpr double kBedSeconds = 60;
inline constexpr double kBedLufs = -18;
inline constexpr double kPeakMax = 0.84;  // -1.5 dBFS: room for what an MP3 adds

struct Bed {
  std::string_view id;  // "morning-light"
  std::string_view name;
  std::string_view tags;  // separated by ", "
  std::string_view description;
};

std::span<const Bed> beds();

Mix play_bed(const Bed& bed);  // 2 to 3 seconds of work. Requires: one of beds()

}  // namespace understudy::library
