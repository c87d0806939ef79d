// What the pictures of a cinematic video cost beside encoding them, and a sheet of any prompt.
//
//   cinema_cost
//       six prompts at 720p, a JSON line each: milliseconds of CPU per frame, and the ratio to
//       libx264 veryfast with one thread
//   cinema_cost FILE SECONDS LOOKS PROMPT [WIDTH HEIGHT]
//       writes the film with its sound to FILE
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>

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
                    int head_px) -> Result<std::unique_ptr<cinema::Subject>> {
    const auto& look =
        avatar::looks()[static_cast<std::size_t>(3 + index * 7) % avatar::looks().size()];
    return cinema::presenter_subject(
        avatar::presenter_of(look), look,
        {.head_px = head_px, .seconds = shot.frame_count / 25.0, .seed = 5, .acting = shot.acting});
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

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::unique_ptr<cinema::CinematicSource> source_of(const char* prompt) {
  auto source = cinema::CinematicSource::make(
      cinema::direct({.prompt = prompt, .looks = 1, .seconds = 4}), props(), 1280, 720);
  return source ? std::move(*source) : nullptr;
}

// CPU of the whole film, and of drawing its frames alone: the rest is encoding.
int cost(const char* prompt) {
  const auto file = std::filesystem::temp_directory_path() / "understudy-cinema-cost.mp4";
  compose::VideoOptions options;
  options.width = 1280, options.height = 720, options.encoder_threads = 1;
  const auto whole = source_of(prompt), drawn = source_of(prompt);
  if (!whole || !drawn) return 1;
  double start = cpu_seconds();
  const auto summary = compose::write_video(*whole, {}, options, {.video = file});
  const double total_s = cpu_seconds() - start;
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  if (!summary) return 1;
  start = cpu_seconds();
  media::Frame canvas = media::Frame::make(1280, 720, false);
  for (int i = 0; i < drawn->frame_count(); ++i)
    if (!drawn->draw(i, canvas)) return 1;
  const double draw_s = cpu_seconds() - start, encode_s = total_s - draw_s;
  std::printf(
      "{\"prompt\": \"%s\", \"drawing_ms\": %.2f, \"encoding_ms\": %.2f, \"ratio\": %.3f}\n",
      prompt, 1000 * draw_s / summary->frames, 1000 * encode_s / summary->frames,
      draw_s / encode_s);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count >= 5) return one(count, arguments);
  for (const char* prompt :
       {"push in, golden hour, mountains, epic", "static, film noir, rain",
        "handheld, neon, city at night", "crane up, snow, winter mountains",
        "orbit, moonlight, fog, dark forest", "pan right, studio light, white studio"})
    if (cost(prompt) != 0) return 1;
  return 0;
}
