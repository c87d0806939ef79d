#include "avatar/film_labels.h"

#include <algorithm>
#include <cstdlib>

#include "avatar/matte_seeds.h"

namespace understudy::avatar {
namespace {

// Where the background goes on without an edge from a place that is background for sure, it is
// background too. Only into what is open; at most kSpread pixels far.
void spread_background(const SmallPicture& picture, BytePlane& labels) {
  constexpr int kStep = 7;  // levels between neighbours; an outline has more
  constexpr int kSpread = 40;
  const auto differs = [&](std::size_t a, std::size_t b) {
    int sum = 0;
    for (std::size_t c = 0; c < 3; ++c)
      sum += std::abs(picture.bgr[a * 3 + c] - picture.bgr[b * 3 + c]);
    return sum > kStep;
  };
  std::vector<std::size_t> front, next;
  for (std::size_t i = 0; i < labels.data.size(); ++i)
    if (labels.data[i] == kSureBackground) front.push_back(i);
  const auto width = static_cast<std::size_t>(labels.width);
  for (int round = 0; round < kSpread && !front.empty(); ++round) {
    next.clear();
    for (const std::size_t i : front) {
      const std::size_t x = i % width;
      const auto visit = [&](bool is_inside, std::size_t j) {
        if (!is_inside || labels.data[j] < kMaybeBackground || differs(i, j)) return;
        labels.data[j] = kSureBackground;
        next.push_back(j);
      };
      visit(x > 0, i - 1);
      visit(x + 1 < width, i + 1);
      visit(i >= width, i - width);
      visit(i + width < labels.data.size(), i + width);
    }
    std::swap(front, next);
  }
}

}  // namespace

BytePlane plate_labels(const FilmPlate& plate, const SmallPicture& picture,
                       const Presence& people) {
  const FloatPlane distance = distance_from(plate, picture);
  const double low = std::max(9.0, 3.5 * plate.noise), high = std::max(26.0, 8 * plate.noise);
  BytePlane labels = BytePlane::make(picture.width, picture.height);
  BytePlane deep;
  if (!plate.free.data.empty()) {
    deep = grown(plate.free, 7);
    for (auto& value : deep.data) value = value == 0 ? 255 : 0;
  }
  const BytePlane core = people.before.data.empty() ? BytePlane::make(picture.width, picture.height)
                                                    : grown(people.before, -8);
  for (std::size_t i = 0; i < labels.data.size(); ++i) {
    const bool is_usual = people.usual.data[i] > 127;
    if (plate.known.data[i] == 0) {
      labels.data[i] = is_usual ? kMaybePerson : kMaybeBackground;
      if (people.usual.data[i] > 250 && core.data[i] != 0) labels.data[i] = kSurePerson;
      // Deep inside of all that moves is the person: hair in the tones of the shelf behind it, too.
      if (!deep.data.empty() && deep.data[i] != 0) {
        if (people.usual.data[i] > 200)
          labels.data[i] = kSurePerson;
        else if (people.crown.data[i] != 0)
          labels.data[i] = kMaybePerson;
      }
    } else if (distance.data[i] < low) {
      labels.data[i] = core.data[i] != 0 ? kMaybeBackground : kSureBackground;
    } else if (distance.data[i] > high) {
      labels.data[i] = kSurePerson;
    } else {
      labels.data[i] = distance.data[i] > (low + high) / 2 ? kMaybePerson : kMaybeBackground;
    }
  }
  spread_background(picture, labels);
  for (std::size_t i = 0; i < people.face.data.size(); ++i)
    if (people.face.data[i] != 0 && plate.known.data[i] == 0) labels.data[i] = kSurePerson;
  return labels;
}

// How many of `count` masks have somebody at each place, 0..255.
BytePlane share_of(const std::vector<BytePlane>& masks, std::size_t count) {
  BytePlane share = BytePlane::make(masks[0].width, masks[0].height);
  for (std::size_t i = 0; i < share.data.size(); ++i) {
    std::size_t with = 0;
    for (const auto& mask : masks) with += mask.data[i] != 0 ? 1 : 0;
    share.data[i] =
        static_cast<std::uint8_t>(255 * std::min(with, count) / std::max<std::size_t>(count, 1));
  }
  return share;
}

}  // namespace understudy::avatar
