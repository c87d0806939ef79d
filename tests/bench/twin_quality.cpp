// How well digital twins speak with each engine, against a film whose mouth is known. Prints one
// JSON object. Usage: twin_quality SECONDS HEIGHT [FOLDER]
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
      "\"picture\": {:.2f}, \"intended\": {:.3f}}}",
      name, q.correlation, q.range, q.lag, q.landmarks, q.picture, q.intended);
}

Result<void> measure(const std::filesystem::path& folder, double seconds, int height) {
  TRY_ASSIGN(const auto all, testing::measure_twin(folder, seconds, height));
  fmt::print(
      "{{{}, {}, {}, {}, {}, \"worst_step\": {:.3f}, \"video_ms\": {:.2f}, \"draw_ms\": {:.2f}}}\n",
      text_of("iii", all.one_donor), text_of("iv", all.by_pose), text_of("v", all.units),
      text_of("still", all.still), text_of("random", all.random), all.worst_step, all.video_ms,
      all.draw_ms);
  return {};
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: twin_quality SECONDS HEIGHT [FOLDER]\n", stderr);
    return 2;
  }
  const understudy::TemporaryFolder temporary;
  const auto measured =
      understudy::measure(argc > 3 ? std::filesystem::path(argv[3]) : temporary.path(),
                          std::atof(argv[1]), std::atoi(argv[2]));
  if (measured) return 0;
  fmt::print(stderr, "twin_quality: {} {}\n", measured.error().message, measured.error().detail);
  return 1;
}
