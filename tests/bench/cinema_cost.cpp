// What the pictures of a cinematic video cost beside encoding them, and a sheet of any prompt.
//
//   cinema_cost                             six prompts at 720p, a JSON line each: milliseconds per
//   frame,
//                                           and the ratio to libx264 veryfast with one thread
//   cinema_cost FILE SECONDS LOOKS PROMPT   writes the film with its sound to FILE.mp4
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "cinema/cinematic_source.h"
#include "cinema/director.h"
#include "cinema/soundtrack.h"
#include "cinema/subjects.h"
#include "compose/video_output.h"

namespace {

using namespace understudy;

cinema::Props props() {
  cinema::Props made;
  made.subject = [](int index, const cinema::Shot& shot,
                    int height) -> Result<std::unique_ptr<cinema::Subject>> {
    const auto& look =
        avatar::looks()[static_cast<std::size_t>(3 + index * 7) % avatar::looks().size()];
    return cinema::presenter_subject(
        avatar::presenter_of(look), look,
        {.height = height, .seconds = shot.frame_count / 25.0, .seed = 5, .acting = shot.acting});
  };
  made.reference = [](int) -> Result<cinema::Props::Given> {
    return fail(ErrorCode::internal_error, "no references here");
  };
  return made;
}

int one(int count, char** arguments) {
  const int width = count > 5 ? std::atoi(arguments[5]) : 1280,
            height = count > 6 ? std::atoi(arguments[6]) : 720;
  const auto direction = cinema::direct({.prompt = arguments[4],
                                         .looks = std::atoi(arguments[3]),
                                         .seconds = std::atoi(arguments[2])});
  for (const auto& line : direction.understood) std::printf("  %s\n", line.c_str());
  auto source = cinema::CinematicSource::make(direction, props(), width, height);
  const auto sound = cinema::make_soundtrack(direction);
  if (!source || !sound) return 1;
  compose::VideoOptions options;
  options.width = width, options.height = height, options.encoder_threads = 1;
  const auto summary = compose::write_video(**source, {.samples = *sound, .channels = 2}, options,
                                            {.video = arguments[1]});
  if (!summary) return std::printf("%s\n", summary.error().message.c_str()), 1;
  std::printf("drawing %.1f ms/frame, encoding %.1f ms/frame\n",
              1000 * summary->drawing_s / summary->frames,
              1000 * summary->encoding_s / summary->frames);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count >= 5) return one(count, arguments);
  const auto file = std::filesystem::temp_directory_path() / "understudy-cinema-cost.mp4";
  for (const char* prompt :
       {"push in, golden hour, mountains, epic", "static, film noir, rain",
        "handheld, neon, city at night", "crane up, snow, winter mountains",
        "orbit, moonlight, fog, dark forest", "pan right, studio light, white studio"}) {
    auto source = cinema::CinematicSource::make(
        cinema::direct({.prompt = prompt, .looks = 1, .seconds = 4}), props(), 1280, 720);
    compose::VideoOptions options;
    options.width = 1280, options.height = 720, options.encoder_threads = 1;
    const auto summary = compose::write_video(**source, {}, options, {.video = file});
    if (!summary) return 1;
    std::printf(
        "{\"prompt\": \"%s\", \"drawing_ms\": %.2f, \"encoding_ms\": %.2f, \"ratio\": %.3f}\n",
        prompt, 1000 * summary->drawing_s / summary->frames,
        1000 * summary->encoding_s / summary->frames, summary->drawing_s / summary->encoding_s);
  }
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return 0;
}
