// Capture: frame after frame of a page that is ready. While the page seeks the next frame's time,
// the pixels of this one are read; while the browser draws the next, its owner converts them.
//
// What is read is checked: frame 0 and some at random are compared with a lossless screenshot. When
// one differs twice (a page may change in between, by timers of its own), or cannot be read,
// has_source_failed() and the capture has to begin again on a stage with a slower source. One
// thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "browser/stage.h"

namespace understudy::browser {

struct CaptureOptions {
  int frames = 0;
  int fps = 30;
  int stride = 1;  // every how manieth frame is asked for
  std::chrono::milliseconds frame_max = std::chrono::seconds(30);
  int width = 0;  // of the picture
  int height = 0;
  // For tests: changes what was read.
  std::function<void(int index, Picture&)> tamper = {};
};

class Capture {
 public:
  Capture(Stage& stage, const CaptureOptions& options);

  // Frame `index` into picture(); the rows that changed since the last call. Errors, each with a
  // sentence for the composition's author: engine_failed, deadline_exceeded,
  // resource_limit_reached.
  Result<std::vector<RowSpan>> draw(int index);
  const Picture& picture() const { return picture_; }
  // Before the first draw().
  void set_stride(int stride) { options_.stride = stride; }

  // From a screenshot, with straight alpha. Empty: it is as the last one.
  Result<std::optional<media::Image>> draw_image(int index);

  bool has_source_failed() const { return has_source_failed_; }

 private:
  Result<void> start_seek(int index);
  Result<void> start_frame();
  Result<FrameDrawn> draw_at(int index);
  Result<FrameDrawn> draw_again(ScreenshotFormat screenshot, SteadyTime deadline);
  Result<std::vector<RowSpan>> read(const FrameDrawn& drawn, int index);
  Result<std::size_t> different_from_screen();
  Result<void> check(int index, std::vector<RowSpan>& changed);
  Error explained(Error error, int index) const;
  SteadyTime frame_deadline() const { return after(options_.frame_max); }
  double frame_ms() const { return 1000.0 / options_.fps; }

  Stage& stage_;
  Page& page_;
  CaptureOptions options_;
  Picture picture_;
  std::set<int> checked_;
  bool has_source_failed_ = false;
  // What the browser is at ahead of being asked.
  int ahead_index_ = -1;
  int seek_id_ = 0;
  bool is_seeking_ = false;  // else it draws
  int frame_id_ = 0;
  int requests_before_ = 0;
  bool is_next_new_ = true;  // whatever the browser says of damage
};

// What the page itself complained of explains best what went wrong.
Error with_page_errors(Error error, const Page& page);

}  // namespace understudy::browser
