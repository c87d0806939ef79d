#include "cli/progress_bar.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace understudy::cli {
namespace {

constexpr int kWidth = 32;  // cells of the bar

}  // namespace

ProgressBar::ProgressBar() : is_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (is_open_) std::fputc('\n', stderr);
}

void ProgressBar::show(double fraction, const std::string& stage, std::int64_t eta_ms) {
  fraction = std::clamp(fraction, 0.0, 1.0);
  if (!is_terminal_) {
    // A line for each stage, and for each tenth of what takes long.
    const int tenth = static_cast<int>(fraction * 10);
    if (stage != last_stage_) {
      fmt::print(stderr, "  {}\n", stage);
    } else if (tenth != last_tenth_) {
      fmt::print(stderr, "  {} {}%\n", stage, tenth * 10);
    }
    last_stage_ = stage;
    last_tenth_ = tenth;
    return;
  }
  // Eighths of a cell, so that the bar moves smoothly.
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(fraction * kWidth * 8);
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  bar += kEighths[eighths % 8];
  const int used = eighths / 8 + (eighths % 8 != 0 ? 1 : 0);
  bar.append(static_cast<std::size_t>(kWidth - used), ' ');
  std::string left;
  if (eta_ms >= 0) left = fmt::format("{:>3} s left", (eta_ms + 999) / 1000);
  fmt::print(stderr, "\r\x1b[K  {}▕ {:>3}%  {}  {}", bar, static_cast<int>(fraction * 100), stage,
             left);
  std::fflush(stderr);
  is_open_ = true;
}

}  // namespace understudy::cli
