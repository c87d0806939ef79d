// What a render says to its worker, one JSON object per line on standard output:
//   {"progress": 0.4, "stage": "rendering", "eta_ms": 1200}
//   {"exact_quantity": 4520, "parts": [..]}  asks to move the hold to the exact price; the answer
//   is one line
//                                 on standard input, "ok" or "refused"
// The sender is sandboxed and may be hostile: whatever does not fit is no message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "jobs/job.h"

namespace understudy::jobs {

struct RenderProgress {
  double fraction = 0;  // 0..1
  std::string stage;    // at most kStageMax characters of a-z, 0-9, space, '_' and '-'
  std::int64_t eta_ms = -1;
};

struct ExactQuantity {
  Delivered delivered = 0;  // milliseconds or counts, as the price is per time or per piece
};

using RenderMessage = std::variant<RenderProgress, ExactQuantity>;

inline constexpr std::size_t kStageMax = 40;
inline constexpr std::string_view kReplyOk = "ok";
inline constexpr std::string_view kReplyRefused = "refused";
// To a render that was started ahead: its job is there.
inline constexpr std::string_view kBegin = "begin";

std::optional<RenderMessage> parse_render_message(std::string_view line);
std::string to_line(const RenderMessage& message);

}  // namespace understudy::jobs
