// PhotoSource: the pictures of a video in which a photograph speaks. One thread.
#pragma once

#include <memory>
#include <optional>

#include "avatar/photo_animator.h"
#include "base/json.h"
#include "base/result.h"
#include "compose/video_output.h"
#include "jobs/render_protocol.h"
#include "products/avatar_video/avatar_video.h"
#include "speech/speech.h"

namespace understudy::avatar_video {

// Finds the face of the request's photograph and keeps it in the job's folder. Errors:
// invalid_parameter: why the picture cannot be used.
Result<void> find_face_once(jobs::RenderContext& context, const Request& request);

// What was found, for the job's record: provider, pose, problems.
Result<json::object> photo_report(jobs::RenderContext& context, const Request& request);

// Whether the photograph's own background is not wanted: webm, or removed or replaced.
bool needs_matte(const Request& request);

// Cuts the person out of the job's photograph, once, into the job's folder. Requires:
// find_face_once(). Errors: invalid_parameter: why the background cannot be removed.
Result<void> cut_out_once(jobs::RenderContext& context, const Request& request);
// Method, clear_edges, problems.
Result<json::object> matte_report(jobs::RenderContext& context, const Request& request);

class PhotoSource final : public compose::FrameSource {
 public:
  // Requires: find_face_once().
  static Result<std::unique_ptr<PhotoSource>> make(jobs::RenderContext& context,
                                                   const Request& request,
                                                   const speech::Speech& speech);

  json::array understood_motion() const;  // of the motion prompt
  int frame_count() const override { return frame_count_; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override;

 private:
  PhotoSource(avatar::PhotoAnimator animator, int frame_count)
      : animator_(std::move(animator)), frame_count_(frame_count) {}

  avatar::PhotoAnimator animator_;
  int frame_count_;
  std::optional<media::Frame> background_;  // behind the cut-out person, who is drawn on figure_
  media::Frame figure_;
};

}  // namespace understudy::avatar_video
