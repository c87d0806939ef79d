#include "compose/timeline.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "media/overlay.h"

namespace understudy::compose {
namespace {

// A sound that ends within a millisecond after a frame needs no further one.
constexpr double kSoundSlack_s = 0.001;

void make_black(media::Frame& canvas) {
  std::fill(canvas.y.begin(), canvas.y.end(), std::uint8_t{16});
  std::fill(canvas.u.begin(), canvas.u.end(), std::uint8_t{128});
  std::fill(canvas.v.begin(), canvas.v.end(), std::uint8_t{128});
  std::fill(canvas.alpha.begin(), canvas.alpha.end(), std::uint8_t{0});
}

}  // namespace

std::vector<ScenePlace> place_scenes(std::span<const SceneLength> lengths, int fps) {
  std::vector<ScenePlace> places;
  double exact_end = 0;  // in frames; sounds take whole ones
  int end = 0;
  for (const auto& length : lengths) {
    ScenePlace place{.first_frame = end, .frame_count = 0};
    if (length.is_sound) {
      place.frame_count =
          std::max(1, static_cast<int>(std::ceil((length.seconds - kSoundSlack_s) * fps)));
      exact_end += place.frame_count;
    } else {
      exact_end += length.seconds * fps;
      // Sums of decimals come out a hair below their half: 12.5 must be 12.5.
      place.frame_count = std::max(1, static_cast<int>(std::floor(exact_end + 0.5 + 1e-6)) - end);
    }
    end += place.frame_count;
    places.push_back(place);
  }
  return places;
}

Timeline::Timeline(std::vector<Scene> scenes) : scenes_(std::move(scenes)) {
  for (const auto& scene : scenes_) frame_count_ += scene.frame_count;
}

Result<media::Rectangle> Timeline::draw(int index, media::Frame& canvas) {
  bool is_new = false;
  while (index >= scene_end_) {
    assert(next_scene_ < scenes_.size());
    source_.reset();
    TRY_ASSIGN(source_, scenes_[next_scene_].open());
    scene_start_ = scene_end_;
    scene_end_ += scenes_[next_scene_].frame_count;
    ++next_scene_;
    make_black(canvas);
    is_new = true;
  }
  TRY_ASSIGN(const auto changed, source_->draw(index - scene_start_, canvas));
  return is_new ? media::whole(canvas) : changed;
}

}  // namespace understudy::compose
