#include "avatar/matte_colours.h"

#include <algorithm>
#include <cmath>

namespace understudy::avatar {
namespace {

// Luma in steps of 12 levels, both colour differences in steps of 9, from -63 to 63.
constexpr int kLumas = 22, kChromas = 14;
constexpr std::size_t kColours = static_cast<std::size_t>(kLumas) * kChromas * kChromas;
constexpr float kNearMin = 60;  // pixels that must be near to count half of the odds
// The shares of a colour that was not seen on a side: of the background most is usually seen.
constexpr float kUnseenPerson = 6.0e-4F, kUnseenBackground = 2.0e-4F;

std::size_t colour_of(const std::uint8_t* bgr) {
  const int b = bgr[0], g = bgr[1], r = bgr[2];
  const int luma = (77 * r + 150 * g + 29 * b) >> 8;
  const auto step = [](int difference) { return std::clamp(difference / 2 + 63, 0, 125) / 9; };
  return (static_cast<std::size_t>(luma / 12) * kChromas +
          static_cast<std::size_t>(step(b - luma))) *
             kChromas +
         static_cast<std::size_t>(step(r - luma));
}

}  // namespace

void LocalColours::begin(int width, int height, double reach) {
  cell_ = std::max(6.0, reach);
  columns_ = static_cast<int>(width / cell_) + 2;
  rows_ = static_cast<int>(height / cell_) + 2;
  const auto cells = static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_);
  grid_.assign(cells * kColours, {});
}

void LocalColours::count(const SmallPicture& picture, const FloatPlane& person,
                         const FloatPlane& background) {
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const std::size_t i = person.index(x, y);
      if (person.data[i] <= 0 && background.data[i] <= 0) continue;
      const auto column = static_cast<int>(x / cell_ + 0.5),
                 row = static_cast<int>(y / cell_ + 0.5);
      Sides& count = grid_[(static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
                            static_cast<std::size_t>(column)) *
                               kColours +
                           colour_of(&picture.bgr[i * 3])];
      count.person += person.data[i], count.background += background.data[i];
    }
  }
}

void LocalColours::finish() {
  blur_colours();
  all_.assign(kColours, {});
  Sides sums;
  for (std::size_t i = 0; i < grid_.size(); ++i) {
    all_[i % kColours].person += grid_[i].person,
        all_[i % kColours].background += grid_[i].background;
    sums.person += grid_[i].person, sums.background += grid_[i].background;
  }
  for (Sides& share : all_)
    share.person /= std::max(sums.person, 1.0F),
        share.background /= std::max(sums.background, 1.0F);
  blur_places();
  near_.assign(grid_.size() / kColours, {});
  for (std::size_t i = 0; i < grid_.size(); ++i) {
    near_[i / kColours].person += grid_[i].person;
    near_[i / kColours].background += grid_[i].background;
  }
}

// Neighbours in each of the three colour axes: a step between two of its counts is no edge.
void LocalColours::blur_colours() {
  std::vector<Sides> line;
  const auto blur = [&](std::size_t stride, std::size_t length) {
    line.resize(length);
    for (std::size_t base = 0; base < grid_.size(); base += stride * length) {
      for (std::size_t at = base; at < base + stride; ++at) {
        bool is_empty = true;
        for (std::size_t k = 0; k < length; ++k) {
          line[k] = grid_[at + k * stride];
          is_empty = is_empty && line[k].person == 0 && line[k].background == 0;
        }
        if (is_empty) continue;
        for (std::size_t k = 0; k < length; ++k) {
          const Sides& a = line[k == 0 ? 0 : k - 1];
          const Sides& c = line[k + 1 == length ? k : k + 1];
          grid_[at + k * stride] = {
              0.25F * (a.person + c.person) + 0.5F * line[k].person,
              0.25F * (a.background + c.background) + 0.5F * line[k].background};
        }
      }
    }
  };
  blur(1, kChromas);
  blur(kChromas, kChromas);
  blur(static_cast<std::size_t>(kChromas) * kChromas, kLumas);
}

void LocalColours::blur_places() {
  const auto pass = [&](int dx, int dy) {
    const std::vector<Sides> before = grid_;
    const auto cell = [&](int x, int y) {
      return (static_cast<std::size_t>(std::clamp(y, 0, rows_ - 1)) *
                  static_cast<std::size_t>(columns_) +
              static_cast<std::size_t>(std::clamp(x, 0, columns_ - 1))) *
             kColours;
    };
    for (int y = 0; y < rows_; ++y) {
      for (int x = 0; x < columns_; ++x) {
        const std::size_t to = cell(x, y), a = cell(x - dx, y - dy), c = cell(x + dx, y + dy);
        for (std::size_t k = 0; k < kColours; ++k)
          grid_[to + k] = {
              0.5F * (before[a + k].person + before[c + k].person) + before[to + k].person,
              0.5F * (before[a + k].background + before[c + k].background) +
                  before[to + k].background};
      }
    }
  };
  pass(1, 0);
  pass(0, 1);
}

FloatPlane LocalColours::odds(const SmallPicture& picture) const {
  FloatPlane out = FloatPlane::make(picture.width, picture.height);
  for (int y = 0; y < picture.height; ++y) {
    const double ry = y / cell_;
    const int row = static_cast<int>(ry);
    for (int x = 0; x < picture.width; ++x) {
      const double rx = x / cell_;
      const int column = static_cast<int>(rx);
      const std::size_t i = out.index(x, y), colour = colour_of(&picture.bgr[i * 3]);
      Sides here, around;
      for (int k = 0; k < 4; ++k) {
        const int dx = k & 1, dy = k >> 1;
        const auto weight = static_cast<float>((dx != 0 ? rx - column : 1 - rx + column) *
                                               (dy != 0 ? ry - row : 1 - ry + row));
        const std::size_t at = static_cast<std::size_t>(std::min(row + dy, rows_ - 1)) *
                                   static_cast<std::size_t>(columns_) +
                               static_cast<std::size_t>(std::min(column + dx, columns_ - 1));
        here.person += weight * grid_[at * kColours + colour].person;
        here.background += weight * grid_[at * kColours + colour].background;
        around.person += weight * near_[at].person;
        around.background += weight * near_[at].background;
      }
      const float person =
          (here.person + kNearMin * all_[colour].person) / (around.person + kNearMin);
      const float background =
          (here.background + kNearMin * all_[colour].background) / (around.background + kNearMin);
      out.data[i] =
          std::clamp(std::log((person + kUnseenPerson) / (background + kUnseenBackground)),
                     -kOddsMax, kOddsMax);
    }
  }
  return out;
}

}  // namespace understudy::avatar
