// How the samples of a picture mean colours: code points of ITU-T H.273, as files are tagged with.
#pragma once

namespace understudy::media {

struct ColourCoding {
  int primaries = 1;  // 1: BT.709; 2: not said
  int transfer = 1;
  int matrix = 1;  // of luma and chroma; 6: BT.601

  friend bool operator==(const ColourCoding&, const ColourCoding&) = default;
};

inline constexpr ColourCoding kBt709 = {};

}  // namespace understudy::media
