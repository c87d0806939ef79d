// ChromaKey: a person before a screen of one saturated hue.
//
// What counts of a pixel is how far its chroma lies in the direction of the screen's, less what it
// has across (the colour difference key of Vlahos' patents, turned to any hue): the screen has 1,
// skin and neutral tones 0 or less. The same measure removes the screen's light from what is kept.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "media/frame.h"

namespace understudy::avatar {

class ChromaKey {
 public:
  // Looks at the rims (the top and the upper sides) of a few frames of one film; empty: no single
  // saturated hue is there.
  static std::optional<ChromaKey> find(std::span<const media::Frame> frames);

  // Fills `out` with the frame, its coverage as alpha, and no light of the screen left in it.
  // True: clothes have the screen's hue, too; what of them lies away from the screen was kept.
  bool cut(const media::Frame& frame, media::Frame& out) const;

  // Y, U, V of the screen.
  const std::array<double, 3>& colour() const { return colour_; }

 private:
  double excess(double u, double v) const;
  std::vector<std::uint8_t> near_screen(const media::Frame& frame) const;
  bool has_garment(const media::Frame& frame, const std::vector<std::uint8_t>& near) const;

  std::array<double, 3> colour_{};
  double along_u_ = 0, along_v_ = 0;  // the direction of the screen's chroma
  double strength_ = 1;               // its length
  double full_ = 0.7;                 // excess from which a pixel is nothing but screen
};

}  // namespace understudy::avatar
