// FrameLanes: a composition played by several browsers at once, each of which draws every n-th
// frame, put in order again. Worth it where there are cores for them.
//
// The contract makes a frame a function of its time, so the frames are those of one browser. That
// is checked: every browser draws frame 0 first, and some frames at random are drawn by two. When
// they disagree, has_disagreed(), and the render has to begin again with one browser. The thread
// that calls open() and draw() plays the first lane; the others have threads of their own.
#pragma once

#include <memory>
#include <vector>

#include "browser/player.h"
#include "media/frame.h"

namespace understudy::browser {

class FrameLanes {
 public:
  // `first` is open and must outlive the lanes; `count` includes it. The other players open while
  // the first frames are drawn.
  FrameLanes(Player& first, const PlayerOptions& options, int count);
  ~FrameLanes();
  FrameLanes(const FrameLanes&) = delete;
  FrameLanes& operator=(const FrameLanes&) = delete;

  // Turns `canvas`, which holds frame index - 1 (0: anything), into frame `index`; returns the part
  // that changed. In order, from 0. Errors: those of the players; engine_failed (they disagree).
  Result<media::Rectangle> draw(int index, media::Frame& canvas);

  bool has_disagreed() const { return has_disagreed_; }
  bool has_source_failed() const;

 private:
  class Lane;
  Result<void> draw_own(int index);
  Result<void> compare(Lane& lane, int index, const media::Frame& canvas);

  Player& first_;
  int count_;
  int frames_;
  media::Frame own_;                          // what the first lane drew last
  std::vector<std::pair<int, int>> checks_;   // frame, lane that draws it too; in order
  std::vector<std::unique_ptr<Lane>> lanes_;  // from the second on
  bool has_disagreed_ = false;
};

// How many browsers pay for so many frames on this machine: one on two cores, where drawing and
// encoding fill both.
int suitable_browser_count(int frames);

// Copies what differs; returns the rows, empty when none does. Frames of one size without alpha.
media::Rectangle take_frame(const media::Frame& from, media::Frame& canvas);

}  // namespace understudy::browser
