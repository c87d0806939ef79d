// Look: what light, mood and finish do to a picture: the tones of the backdrop, light and shade on
// the people, then the beams, the tone curve, vignette and grain over all. Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cinema/beams.h"
#include "cinema/direction.h"
#include "cinema/soft_mask.h"
#include "cinema/tone.h"
#include "media/frame.h"

namespace understudy::cinema {

class Look {
 public:
  Look(const Shot& shot, double grain, int width, int height);

  const Tone& tone() const { return tone_; }
  // What is behind the people, of any size.
  void light_backdrop(media::Frame& picture) const;
  // The people on the canvas: shading, rims and the light of `behind`, the canvas without them,
  // that reaches round their outline. `soft`: where they are, blurred; `figures`: their coverage.
  void light_people(const SoftMask& soft, const media::Frame& behind, const media::Frame& figures,
                    media::Frame& canvas);
  // Beams over all; then tones, vignette and grain. `frame`: of the shot.
  void finish(int frame, media::Frame& canvas);

 private:
  void light_rows(int y, int from, int count, const media::Frame& behind,
                  const media::Frame& figures, media::Frame& canvas);
  void finish_luma(int frame, int y, std::uint8_t* row);
  void finish_chroma(int frame, int y, media::Frame& canvas) const;

  bool has_left_rim_;
  Tone tone_;
  int grain_;  // 0..26 grey levels
  int width_, height_;
  Beams beams_;
  std::array<std::uint8_t, 256> curve_{};
  std::vector<std::uint8_t> vignette_;  // 0..255 per 2 x 2 pixels
  std::vector<std::int8_t> noise_;      // kNoise x kNoise
  // Of a row, kept from row to row.
  std::vector<float> here_;
  std::vector<std::int16_t> shade_, wrap_, rim_right_, rim_left_;
  std::vector<std::int8_t> grain_row_;
  std::vector<std::uint8_t> lit_;
};

}  // namespace understudy::cinema
