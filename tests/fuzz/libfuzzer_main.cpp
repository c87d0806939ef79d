// libFuzzer's entry. UNDERSTUDY_FUZZ_TARGET names the target: one program holds all of them.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const understudy::fuzz::Target* target = [] {
    const char* name = std::getenv("UNDERSTUDY_FUZZ_TARGET");
    const auto* found = understudy::fuzz::find_target(name == nullptr ? "" : name);
    if (found == nullptr) {
      std::fprintf(stderr, "UNDERSTUDY_FUZZ_TARGET names no target\n");
      std::exit(2);
    }
    return found;
  }();
  target->run({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
