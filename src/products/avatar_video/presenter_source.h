// PresenterSource: the pictures of an avatar video: a presenter who speaks, in front of the
// request's background. One thread.
#pragma once

#include <memory>
#include <optional>

#include "avatar/presenter_animator.h"
#include "base/result.h"
#include "compose/video_output.h"
#include "media/frame.h"
#include "media/video_writer.h"
#include "products/avatar_video/avatar_video.h"
#include "speech/speech.h"

namespace understudy::avatar_video {

class PresenterSource final : public compose::FrameSource {
 public:
  // `background`: the decoded background image, or null. Errors: invalid_parameter.
  static Result<std::unique_ptr<PresenterSource>> make(const Request& request,
                                                       const speech::Speech& speech,
                                                       const media::Image* background);

  int frame_count() const override { return frame_count_; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

 private:
  PresenterSource(avatar::PresenterAnimator animator, int frame_count)
      : animator_(std::move(animator)), frame_count_(frame_count) {}

  avatar::PresenterAnimator animator_;
  int frame_count_;
};

// What stands behind somebody on transparency; empty: their own backdrop, or transparency. `image`:
// the decoded background image, or null. Errors: invalid_parameter.
Result<std::optional<media::Frame>> background_frame(const Request& request,
                                                     const media::Image* image);

// What the encoder is asked for; the path is the caller's to set.
media::VideoSettings writer_settings(const Request& request);

// One encoding thread beside one drawing thread: a machine runs a worker per core, and frames-in-
// parallel inside one video would only take turns with the other videos.
inline constexpr int kEncoderThreads = 1;

}  // namespace understudy::avatar_video
