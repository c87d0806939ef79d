// CompositionSource: the pictures of a composition that plays in a browser. One thread.
#pragma once

#include "base/result.h"
#include "browser/frame_lanes.h"
#include "browser/player.h"
#include "compose/video_output.h"
#include "media/frame.h"

namespace understudy::hyperframes {

class CompositionSource final : public compose::FrameSource {
 public:
  // `lanes`: of this player, when there are several; may be null. keeps_rgba: frames carry the
  // picture itself, for an encoder of full chroma.
  CompositionSource(browser::Player& player, browser::FrameLanes* lanes, int width, int height,
                    bool has_alpha, bool keeps_rgba = false);

  int frame_count() const override { return player_.facts().frames; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

 private:
  browser::Player& player_;
  browser::FrameLanes* lanes_;
  int width_;
  int height_;
  bool has_alpha_;
  bool keeps_rgba_;
};

}  // namespace understudy::hyperframes
