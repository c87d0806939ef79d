// The frames of a composition without an encoder: hyperframes_capture PROJECT LIBRARIES [FILE]
// prints {"frames", "open_s", "capture_s", "source"} of a 1080p30 capture, converted to what an
// encoder takes, checks on. With FILE, the frames are kept there without loss, and the time means
// nothing.
#include <chrono>
#include <cstdio>
#include <optional>

#include <fmt/format.h>

#include "base/file.h"
#include "browser/player.h"
#include "media/bgra.h"
#include "media/video_writer.h"

namespace {

using namespace understudy;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<void> run(const char* project, const char* libraries, const char* file) {
  const TemporaryFolder scratch;
  browser::PlayerOptions options;
  options.project = project;
  options.libraries = libraries;
  options.scratch = scratch.path();
  const auto opening = Clock::now();
  TRY_ASSIGN(const auto player, browser::Player::open(options));
  const double open_s = seconds_since(opening);
  std::optional<media::VideoWriter> writer;
  if (file != nullptr) {
    TRY_ASSIGN(writer, media::VideoWriter::open({.path = file,
                                                 .width = options.width,
                                                 .height = options.height,
                                                 .fps = options.fps,
                                                 .preset = "ultrafast",
                                                 .x264_options = "qp=0"}));
  }
  auto frame = media::Frame::make(options.width, options.height, false);
  const auto capturing = Clock::now();
  for (int index = 0; index < player->facts().frames; ++index) {
    TRY_ASSIGN(const auto changed, player->draw(index));
    for (const auto& rows : changed) {
      media::write_bgra_rows(player->picture().pixels, rows.first, rows.end, frame);
    }
    if (writer) TRY(writer->write(frame));
  }
  const double capture_s = seconds_since(capturing);
  if (writer) TRY(writer->finish());
  fmt::print("{{\"frames\": {}, \"open_s\": {:.3f}, \"capture_s\": {:.3f}, \"source\": \"{}\"}}\n",
             player->facts().frames, open_s, capture_s, to_string(player->facts().source));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 2;
  const auto done = run(argv[1], argv[2], argc == 4 ? argv[3] : nullptr);
  if (done) return 0;
  fmt::print(stderr, "{} {}\n", done.error().message, done.error().detail);
  return 1;
}
