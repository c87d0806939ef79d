// The floors under a presenter video, measured without server, queue and sandbox: how long the
// speech of a script takes, and how long the encoder alone needs for the very same frames with the
// same settings. Prints one JSON object. Usage: presenter_floor LOOK VOICE SCRIPT
#include <chrono>
#include <cstdio>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/file.h"
#include "media/video_writer.h"
#include "products/avatar_video/avatar_video.h"
#include "products/avatar_video/presenter_source.h"

namespace understudy {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](timeval t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

Result<void> measure(const std::string& look, const std::string& voice, const std::string& script) {
  const json::object body{
      {"type", "avatar"}, {"avatar_id", look}, {"voice_id", voice}, {"script", script}};
  TRY_ASSIGN(const auto request, avatar_video::parse(body));
  // The first synthesis of a process loads the voice; a render pays that too, so it is counted.
  const double cpu_before = cpu_seconds();
  TRY_ASSIGN(const auto speech, speech::synthesize(avatar_video::speech_request(request)));
  const double speech_cpu_s = cpu_seconds() - cpu_before;

  TRY_ASSIGN(auto source, avatar_video::PresenterSource::make(request, speech, nullptr));
  std::vector<media::Frame> frames;
  media::Frame canvas = media::Frame::make(request.width, request.height, false);
  const auto draw_start = std::chrono::steady_clock::now();
  for (int i = 0; i < source->frame_count(); ++i) {
    TRY(source->draw(i, canvas));
    frames.push_back(canvas);
  }
  const double draw_s = seconds_since(draw_start);

  const TemporaryFolder folder;
  const auto encode_start = std::chrono::steady_clock::now();
  auto settings = avatar_video::writer_settings(request);
  settings.path = folder.path() / "floor.mp4";
  TRY_ASSIGN(auto writer, media::VideoWriter::open(settings));
  for (const auto& frame : frames) TRY(writer.write(frame));
  TRY(writer.write_audio(speech.samples));
  TRY(writer.finish());
  fmt::print(
      "{{\"frames\": {}, \"speech_s\": {:.3f}, \"speech_cpu_s\": {:.4f}, \"draw_s\": {:.3f}, \"encode_s\": {:.3f}}}\n",
      frames.size(), speech.duration_s(), speech_cpu_s, draw_s, seconds_since(encode_start));
  return {};
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: presenter_floor LOOK VOICE SCRIPT\n");
    return 2;
  }
  const auto measured = understudy::measure(argv[1], argv[2], argv[3]);
  if (!measured) fmt::print(stderr, "presenter_floor: {}\n", measured.error().message);
  return measured ? 0 : 1;
}
