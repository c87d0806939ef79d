#include "target.h"

#include <cstdio>
#include <cstdlib>

namespace understudy::fuzz {

const Target* find_target(std::string_view name) {
  for (const auto targets : {base_targets(), api_targets(), jobs_targets(), media_targets(),
                             money_targets(), server_targets()}) {
    for (const Target& target : targets) {
      if (target.name == name) return &target;
    }
  }
  return nullptr;
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

std::string_view Pieces::line() {
  const auto end = rest_.find('\n');
  const std::string_view line = rest_.substr(0, end);
  rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
  return line;
}

}  // namespace understudy::fuzz
