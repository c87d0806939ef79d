// A progress line on standard error: a bar on a terminal, otherwise a line per stage and tenth. One thread.
#pragma once

#include <cstdint>
#include <string>

namespace understudy::cli {

class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();  // ends the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // fraction 0..1; eta_ms < 0: unknown.
  void show(double fraction, const std::string& stage, std::int64_t eta_ms);

 private:
  bool is_terminal_;
  bool is_open_ = false;
  std::string last_stage_;
  int last_tenth_ = 0;
};

}  // namespace understudy::cli
