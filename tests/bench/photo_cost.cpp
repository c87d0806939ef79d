// What a speaking photograph costs beside the encoder alone, in CPU time of this process: the whole
// video, and the drawing of the same frames without encoding. The photograph is one of our own
// presenters as a still. Prints one JSON object. Usage: photo_cost VOICE SCRIPT
#include <cstdio>

#include <fmt/format.h>
#include <time.h>

#include "avatar/photo_animator.h"
#include "avatar/preview.h"
#include "base/file.h"
#include "compose/video_output.h"
#include "face/face_finder.h"
#include "media/image.h"
#include "speech/synthesizer.h"

namespace understudy {
namespace {

constexpr int kWidth = 1280, kHeight = 720;

class Photo final : public compose::FrameSource {
 public:
  explicit Photo(avatar::PhotoAnimator animator) : animator_(std::move(animator)) {}
  int frame_count() const override { return animator_.frame_count(); }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override {
    return animator_.draw_on(index, canvas);
  }

 private:
  avatar::PhotoAnimator animator_;
};

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

Result<void> measure(const std::string& voice, const std::string& script) {
  const auto photo = media::to_image(avatar::preview_picture(avatar::looks().front(), 1280, 720));
  TRY_ASSIGN(auto finder, face::FaceFinder::open({}));
  TRY_ASSIGN(const auto face, finder.find(photo));
  speech::SpeechRequest spoken;
  spoken.text = script;
  spoken.voice_id = voice;
  TRY_ASSIGN(const auto speech, speech::synthesize(spoken));
  const avatar::PhotoOptions options{.width = kWidth, .height = kHeight};

  const TemporaryFolder folder;
  compose::VideoOptions video;
  video.width = kWidth;
  video.height = kHeight;
  video.encoder_threads = 1;
  compose::OutputPaths paths;
  paths.video = folder.path() / "photo.mp4";
  const compose::Soundtrack sound{.samples = speech.samples, .channels = 1, .words = {}};
  double start = cpu_seconds();
  Photo whole(avatar::PhotoAnimator(photo, face, speech, options));
  TRY_ASSIGN(const auto summary, compose::write_video(whole, sound, video, paths));
  const double total_s = cpu_seconds() - start;

  start = cpu_seconds();
  Photo drawn(avatar::PhotoAnimator(photo, face, speech, options));
  media::Frame canvas = media::Frame::make(kWidth, kHeight, false);
  for (int i = 0; i < drawn.frame_count(); ++i) TRY(drawn.draw(i, canvas));
  const double draw_s = cpu_seconds() - start;
  fmt::print(
      "{{\"frames\": {}, \"total_cpu_s\": {:.4f}, \"draw_cpu_s\": {:.4f}, \"wall_s\": {:.3f}}}\n",
      summary.frames, total_s, draw_s, summary.total_s);
  return {};
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: photo_cost VOICE SCRIPT\n", stderr);
    return 2;
  }
  const auto measured = understudy::measure(argv[1], argv[2]);
  if (measured) return 0;
  fmt::print(stderr, "photo_cost: {} {}\n", measured.error().message, measured.error().detail);
  return 1;
}
