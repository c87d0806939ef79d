#include "avatar/chroma_key.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "avatar/matte_planes.h"

namespace understudy::avatar {
namespace {

constexpr double kAcross = 0.55;      // how much chroma across takes away
constexpr double kFrom = 0.10;        // excess up to which a pixel is the person's own
constexpr double kGarmentMin = 0.03;  // of the person: less in the screen's hue is its light
constexpr double kOwnMin = 0.3;       // of the coverage, inside of the person
constexpr int kEdgeReach = 4;         // chroma pixels from the screen in which an edge is soft
constexpr double kStrengthMin = 34;   // of the screen's chroma: less is a coloured wall
constexpr double kShareMin = 0.84;    // of the rims that must have the hue

constexpr double kUnevenMax = 24;  // levels of luma, the mean distance from the median

struct Chroma {
  double y, u, v;
};

// The rims: a band at the top and at the sides; a person may cross the sides low down.
std::vector<Chroma> rims_of(const media::Frame& frame) {
  std::vector<Chroma> rims;
  const int w = frame.width / 2, h = frame.height / 2;
  const int band = std::max(2, std::min(w, h) / 24);
  for (int y = 0; y < h * 92 / 100; ++y) {
    for (int x = 0; x < w; ++x) {
      if (y >= band && x >= band && x < w - band) continue;
      const auto i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
      const auto j = static_cast<std::size_t>(2 * y) * static_cast<std::size_t>(frame.width) +
                     static_cast<std::size_t>(2 * x);
      rims.push_back({static_cast<double>(frame.y[j]), frame.u[i] - 128.0, frame.v[i] - 128.0});
    }
  }
  return rims;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::uint8_t byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

}  // namespace

double ChromaKey::excess(double u, double v) const {
  const double along = (u * along_u_ + v * along_v_) / strength_;
  const double across = std::abs(u * along_v_ - v * along_u_) / strength_;
  return along - kAcross * across;
}

std::optional<ChromaKey> ChromaKey::find(std::span<const media::Frame> frames) {
  std::vector<Chroma> rims;
  for (const auto& frame : frames) {
    const auto more = rims_of(frame);
    rims.insert(rims.end(), more.begin(), more.end());
  }
  if (rims.empty()) return std::nullopt;
  std::vector<double> ys, us, vs;
  for (const auto& p : rims) ys.push_back(p.y), us.push_back(p.u), vs.push_back(p.v);
  ChromaKey key;
  const double u = median(us), v = median(vs);
  key.strength_ = std::hypot(u, v);
  if (key.strength_ < kStrengthMin) return std::nullopt;
  key.along_u_ = u / key.strength_;
  key.along_v_ = v / key.strength_;
  key.colour_ = {median(ys), u + 128, v + 128};
  std::vector<double> screen;
  for (const auto& p : rims) {
    const double length = std::hypot(p.u, p.v);
    const bool has_hue = (p.u * key.along_u_ + p.v * key.along_v_) > 0.93 * length;
    if (has_hue && length > 0.45 * key.strength_) screen.push_back(key.excess(p.u, p.v));
  }
  if (static_cast<double>(screen.size()) < kShareMin * static_cast<double>(rims.size()))
    return std::nullopt;
  // A clear sky has one hue, too, but it is light, and lighter the lower it is.
  double off = 0;
  for (const double y : ys) off += std::abs(y - key.colour_[0]) / static_cast<double>(ys.size());
  if (off > kUnevenMax) return std::nullopt;
  // The screen is lit unevenly: full transparency begins at its weakest places.
  const auto low = screen.begin() + static_cast<std::ptrdiff_t>(screen.size() / 25);
  std::nth_element(screen.begin(), low, screen.end());
  key.full_ = std::clamp(*low * 0.92, 0.35, 0.9);
  return key;
}

// Chroma pixels within kEdgeReach of what is nothing but screen.
std::vector<std::uint8_t> ChromaKey::near_screen(const media::Frame& frame) const {
  const int w = frame.width / 2, h = frame.height / 2;
  BytePlane screen = BytePlane::make(w, h);
  const double range = full_ - kFrom;
  for (std::size_t i = 0; i < screen.data.size(); ++i)
    screen.data[i] = excess(frame.u[i] - 128.0, frame.v[i] - 128.0) > kFrom + 0.9 * range ? 255 : 0;
  // A single pixel of a garment in that hue is no screen.
  return grown(grown(grown(screen, -1), 1), kEdgeReach).data;
}

bool ChromaKey::has_garment(const media::Frame& frame,
                            const std::vector<std::uint8_t>& near) const {
  std::size_t inside = 0, hued = 0;
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (near[i] != 0) continue;
    ++inside;
    hued += excess(frame.u[i] - 128.0, frame.v[i] - 128.0) > kFrom + 0.04 ? 1 : 0;
  }
  return static_cast<double>(hued) > kGarmentMin * static_cast<double>(inside);
}

bool ChromaKey::cut(const media::Frame& frame, media::Frame& out) const {
  const int w = frame.width / 2, h = frame.height / 2;
  out.width = frame.width;
  out.height = frame.height;
  out.y = frame.y;
  out.u = frame.u;
  out.v = frame.v;
  out.alpha.resize(out.y.size());
  const double range = full_ - kFrom;
  const std::vector<std::uint8_t> near = near_screen(frame);
  const bool is_dressed_alike = has_garment(frame, near);
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const auto i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
      const double u = frame.u[i] - 128.0, v = frame.v[i] - 128.0;
      const double e = excess(u, v);
      double coverage = std::clamp(1 - (e - kFrom) / range, 0.0, 1.0);
      // Away from the screen a little of its hue is the person's own: a garment, not an edge.
      const bool is_own = is_dressed_alike && near[i] == 0 && coverage > kOwnMin;
      if (is_own) coverage = 1;
      // What of the screen is in the pixel is taken out of it, in luma and chroma alike ...
      const double screen = 1 - coverage;
      const double kept = std::max(coverage, 0.08);
      double own_u = coverage >= 1 ? u : (u - screen * (colour_[1] - 128)) / kept;
      double own_v = coverage >= 1 ? v : (v - screen * (colour_[2] - 128)) / kept;
      // ... and what its light did to the person.
      const double own_excess = excess(own_u, own_v);
      const double spill = is_own && own_excess > kFrom ? 0 : std::max(0.0, own_excess) * strength_;
      own_u -= spill * along_u_;
      own_v -= spill * along_v_;
      out.u[i] = byte(own_u + 128);
      out.v[i] = byte(own_v + 128);
      for (int dy = 0; dy < 2; ++dy) {
        for (int dx = 0; dx < 2; ++dx) {
          const auto j =
              static_cast<std::size_t>(2 * y + dy) * static_cast<std::size_t>(frame.width) +
              static_cast<std::size_t>(2 * x + dx);
          out.alpha[j] = byte(coverage * 255);
          if (coverage < 1 && coverage > 0)
            out.y[j] = byte(std::clamp((frame.y[j] - screen * colour_[0]) / kept, 16.0, 235.0));
        }
      }
    }
  }
  // Chroma has half the resolution: its edge is smoothed to that of a full-size matte.
  const std::vector<std::uint8_t> hard = out.alpha;
  const int full_w = frame.width, full_h = frame.height;
  for (int y = 1; y < full_h - 1; ++y) {
    for (int x = 1; x < full_w - 1; ++x) {
      const auto j = static_cast<std::size_t>(y) * static_cast<std::size_t>(full_w) +
                     static_cast<std::size_t>(x);
      const auto row = static_cast<std::size_t>(full_w);
      const int sum = 4 * hard[j] +
                      2 * (hard[j - 1] + hard[j + 1] + hard[j - row] + hard[j + row]) +
                      hard[j - row - 1] + hard[j - row + 1] + hard[j + row - 1] + hard[j + row + 1];
      out.alpha[j] = static_cast<std::uint8_t>((sum + 8) / 16);
    }
  }
  return is_dressed_alike;
}

}  // namespace understudy::avatar
