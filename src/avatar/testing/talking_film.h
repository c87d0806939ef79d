// A talking film that the project makes itself, for tests and benchmarks: one of our presenters as
// a photograph, which the photo engine lets speak phones that are known, with a head that moves.
#pragma once

#include <filesystem>
#include <vector>

#include "avatar/photo_animator.h"
#include "avatar/preview.h"
#include "face/face_finder.h"
#include "media/image.h"
#include "media/overlay.h"
#include "media/video_writer.h"
#include "speech/speech.h"

namespace understudy::avatar {

struct TalkingFilmTruth {
  std::vector<MouthLandmarks> mouths;  // of each frame
  speech::Speech speech;
  double open(std::size_t frame) const {
    return mouths[frame].inner_gap / std::max(1.0, mouths.front().width);
  }
};

struct TestFilmOptions {
  int width = 640;
  int height = 360;
  int fps = 25;
  const char* look = "daniel_shirt_office";
  const char* motion = "look left then look right, nod";
  // Called before a frame is written: what is drawn in front of the face.
  std::function<void(int, media::Frame&)> disturb = {};
};

inline Result<TalkingFilmTruth> make_talking_film(const std::filesystem::path& file,
                                                  speech::Speech speech,
                                                  const TestFilmOptions& options) {
  const auto photo = media::to_image(preview_picture(*find_look(options.look), 1280, 720));
  TRY_ASSIGN(auto finder, face::FaceFinder::open({}));
  TRY_ASSIGN(const auto face, finder.find(photo));
  PhotoAnimator animator(photo, face, speech,
                         {.width = options.width,
                          .height = options.height,
                          .fps = static_cast<double>(options.fps),
                          .expressiveness = Expressiveness::medium,
                          .motion_prompt = options.motion});
  TRY_ASSIGN(auto writer, media::VideoWriter::open({.path = file,
                                                    .width = options.width,
                                                    .height = options.height,
                                                    .fps = options.fps,
                                                    .threads = 1,
                                                    .crf = 16}));
  TalkingFilmTruth truth;
  media::Frame canvas = media::Frame::make(options.width, options.height, false);
  for (int i = 0; i < animator.frame_count(); ++i) {
    animator.draw_on(i, canvas);
    truth.mouths.push_back(animator.mouth(i));
    if (options.disturb) {
      media::Frame disturbed = canvas;
      options.disturb(i, disturbed);
      TRY(writer.write(disturbed));
    } else {
      TRY(writer.write(canvas));
    }
  }
  TRY(writer.finish());
  truth.speech = std::move(speech);
  return truth;
}

// The Pearson correlation of two series, the second later by `lag`.
inline double correlation(const std::vector<double>& a, const std::vector<double>& b, int lag = 0) {
  double n = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto k = static_cast<std::ptrdiff_t>(i) + lag;
    if (k < 0 || k >= static_cast<std::ptrdiff_t>(b.size())) continue;
    const double x = a[i], y = b[static_cast<std::size_t>(k)];
    ++n, sa += x, sb += y, saa += x * x, sbb += y * y, sab += x * y;
  }
  const double va = saa / n - sa * sa / n / n, vb = sbb / n - sb * sb / n / n;
  return (sab / n - sa * sb / n / n) / std::sqrt(std::max(va * vb, 1e-18));
}

inline int best_lag(const std::vector<double>& a, const std::vector<double>& b, int reach) {
  int best = 0;
  for (int lag = -reach; lag <= reach; ++lag) {
    if (correlation(a, b, lag) > correlation(a, b, best)) best = lag;
  }
  return best;
}

}  // namespace understudy::avatar
