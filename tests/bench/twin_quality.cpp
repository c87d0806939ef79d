// How well digital twins speak with each engine, against a film whose mouth is known. Prints one
// JSON object. Usage: twin_quality SECONDS HEIGHT [FOLDER [LOOK [VOICE]]]; FOLDER "": a temporary
// one
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/file.h"
#include "twin_measure.h"

namespace understudy {
namespace {

std::string text_of(const char* name, const testing::TwinQuality& q) {
  return fmt::format(
      "\"{}\": {{\"correlation\": {:.3f}, \"range\": {:.3f}, \"lag\": {}, \"landmarks\": {:.4f}, "
      "\"picture\": {:.2f}, \"intended\": {:.3f}, \"reach\": {:.3f}}}",
      name, q.correlation, q.range, q.lag, q.landmarks, q.picture, q.intended, q.reach);
}

Result<void> measure(const std::filesystem::path& folder, const testing::FilmSettings& settings) {
  TRY_ASSIGN(const auto all, testing::measure_twin(folder, settings));
  fmt::print(
      "{{{}, {}, {}, {}, {}, \"worst_step\": {:.3f}, \"join_step\": {:.3f}, \"video_ms\": {:.2f}, \"draw_ms\": {:.2f}}}\n",
      text_of("iii", all.one_donor), text_of("iv", all.by_pose), text_of("v", all.units),
      text_of("still", all.still), text_of("random", all.random), all.worst_step, all.join_step,
      all.video_ms, all.draw_ms);
  return {};
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: twin_quality SECONDS HEIGHT [FOLDER [LOOK [VOICE]]]\n", stderr);
    return 2;
  }
  const understudy::TemporaryFolder temporary;
  understudy::testing::FilmSettings settings;
  settings.seconds = std::atof(argv[1]);
  settings.height = std::atoi(argv[2]) & ~1;
  settings.width = settings.height * 16 / 9 & ~1;
  if (argc > 4) settings.look = argv[4];
  if (argc > 5) settings.voice_id = argv[5];
  const bool is_kept = argc > 3 && argv[3][0] != '\0';
  const auto measured =
      understudy::measure(is_kept ? std::filesystem::path(argv[3]) : temporary.path(), settings);
  if (measured) return 0;
  fmt::print(stderr, "twin_quality: {} {}\n", measured.error().message, measured.error().detail);
  return 1;
}
