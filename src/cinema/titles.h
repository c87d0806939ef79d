// Titles: words set by Pango: a card of spaced capitals over the picture, or a lower third with its
// rule. Drawn once, then faded and moved. Private to this folder.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cinema/direction.h"
#include "media/frame.h"

namespace understudy::cinema {

class TitleArt {
 public:
  // Errors: engine_failed (no memory for the picture).
  static Result<TitleArt> make(const Title& title, int width, int height);

  // `frame`: of the video. Draws nothing outside of the title's time.
  void draw(int frame, media::Frame& canvas) const;

 private:
  Title title_;
  media::Frame art_;          // of the canvas' size, with alpha
  int top_ = 0, bottom_ = 0;  // the rows in which there is anything
};

}  // namespace understudy::cinema
