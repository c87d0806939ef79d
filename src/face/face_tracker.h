// FaceTracker: frames of a film in, the track of its face out.
//
// A detector looks at every tenth frame at a small size. Landmarks come from the first provider
// that is there, in FaceFinder's order. With a landmarks file: from it in every frame. Otherwise
// (YuNet or nothing): the fit on good frames, points of the upper face followed by pyramidal
// optical flow (Lucas-Kanade) from a key frame, forwards and backwards, fitted as a rigid head; the
// lips by matching strips of their edges in the straightened face, along the whole film at once
// (dynamic programming), so that nothing drifts. Decision 24. Memory: about 9 kB a frame until
// finish(). One thread at a time; only inside the sandboxed render process.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.h"
#include "face/face_finder.h"
#include "face/face_track.h"
#include "media/frame.h"
#include "media/video_reader.h"

namespace understudy::face {

class FaceTracker {
 public:
  // Errors: service_unavailable (a configured file cannot be used).
  static Result<FaceTracker> open(const Providers& providers, int width, int height, double fps);
  ~FaceTracker();
  FaceTracker(FaceTracker&&) noexcept;
  FaceTracker& operator=(FaceTracker&&) noexcept;

  // The next picture of the film; all have one size. Errors: engine_failed.
  Result<void> add(const media::PictureRows& frame);
  Result<void> add(const media::Frame& frame);

  // One entry a frame. Errors: invalid_parameter, with a sentence for the user, when there is no
  // face in the film that could be followed (none, several, turned, too small).
  Result<FaceTrack> finish();

 private:
  struct State;
  explicit FaceTracker(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct FilmSpan {
  double fps = 25;
  double start_s = 0;
  int frame_count = 0;
};

// Reads a film from its file and tracks it: picture k is the one at start_s + k / fps. `progress`
// (0..1) may stop the work with an error. Errors: those of VideoReader and FaceTracker.
Result<FaceTrack> track_film(const std::filesystem::path& film, const FilmSpan& span,
                             const Providers& providers,
                             const std::function<Result<void>(double)>& progress = {});

}  // namespace understudy::face
