// Footage of a talking person for the tests over HTTP. Usage: talking_film FILE SECONDS HEIGHT
// [SEED]
#include <cstdio>
#include <cstdlib>

#include "talking_film.h"

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: talking_film FILE SECONDS HEIGHT [SEED]\n", stderr);
    return 2;
  }
  understudy::testing::FilmSettings settings;
  settings.seconds = std::atof(argv[2]);
  settings.height = std::atoi(argv[3]) & ~1;
  settings.width = settings.height * 16 / 9 & ~1;
  if (argc > 4) settings.seed = static_cast<std::uint32_t>(std::atoi(argv[4]));
  const auto made = understudy::testing::make_talking_film(argv[1], settings);
  if (made) return 0;
  std::fprintf(stderr, "talking_film: %s %s\n", made.error().message.c_str(),
               made.error().detail.c_str());
  return 1;
}
