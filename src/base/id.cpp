#include "base/id.h"

#include <algorithm>
#include <mutex>

#include "base/bytes.h"

namespace understudy {
namespace {

// Ids made within one millisecond by one process still sort in the order of their making: the 12
// bits after the version digit count up.
struct Sequence {
  std::mutex mutex;
  std::int64_t last_ms = 0;
  unsigned counter = 0;
};

Sequence& sequence() {
  static Sequence instance;
  return instance;
}

}  // namespace

std::string new_id(std::int64_t now_ms, std::string_view prefix) {
  unsigned counter = 0;
  {
    Sequence& state = sequence();
    const std::lock_guard lock(state.mutex);
    if (now_ms > state.last_ms) {
      state.last_ms = now_ms;
      state.counter = 0;
    } else if (++state.counter > 0xfff) {
      state.counter = 0;
      ++state.last_ms;
    }
    now_ms = state.last_ms;
    counter = state.counter;
  }
  std::string bytes = random_bytes(16);
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<char>((now_ms >> (40 - 8 * i)) & 0xff);
  bytes[6] = static_cast<char>(0x70 | (counter >> 8));
  bytes[7] = static_cast<char>(counter & 0xff);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3f) | 0x80);
  return std::string(prefix) + to_hex(bytes);
}

}  // namespace understudy
