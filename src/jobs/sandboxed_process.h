// SandboxedProcess: a program that runs in a sandbox, its lines, and how it ended. One thread.
// The destructor kills what still runs and waits until it is gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace understudy::jobs {

// How the program itself ended; what it started was killed after it.
struct SandboxExit {
  int code = -1;   // -1 when a signal ended it
  int signal = 0;  // 0 when it exited
  std::int64_t cpu_ms = 0;
  std::int64_t memory_peak = 0;  // bytes resident of its largest process
  std::string errors;            // the last 16 KB of standard error

  bool is_success() const { return code == 0; }
  // "exit code 3", "signal 9 (Killed)"
  std::string text() const;
};

class SandboxedProcess {
 public:
  struct Descriptors {
    int input = -1;   // to its standard input, a socket
    int output = -1;  // from its standard output
    int errors = -1;  // from its standard error
    int status = -1;  // the keeper's report; ends with the keeper
  };
  SandboxedProcess(pid_t keeper, Descriptors descriptors, bool is_wrapped);
  ~SandboxedProcess();
  SandboxedProcess(const SandboxedProcess&) = delete;
  SandboxedProcess& operator=(const SandboxedProcess&) = delete;

  // The next line of standard output, without its end; empty when none came in time or none will
  // come. A line above kLineMax bytes is dropped whole.
  std::optional<std::string> next_line(std::chrono::milliseconds timeout);
  // Bytes of standard output as they come, for programs that do not write lines.
  std::string next_bytes(std::chrono::milliseconds timeout);

  bool has_ended() const { return has_ended_; }      // and all its lines were read
  const SandboxExit& exit() const { return exit_; }  // Requires: has_ended()
  std::size_t dropped_lines() const { return dropped_; }

  // Errors: service_unavailable (it no longer reads).
  Result<void> write_line(std::string_view text);

  // Everything that descends from the program, at once; has_ended() follows.
  void kill();
  // Reads on until the end, at most so long. True when it ended.
  bool wait_for_end(std::chrono::milliseconds timeout);

  static constexpr std::size_t kLineMax = 8 * 1024;
  static constexpr std::size_t kErrorsMax = 16 * 1024;

 private:
  void poll_once(std::chrono::milliseconds timeout);
  void read_output();
  void read_errors();
  void read_status();
  void split_lines(std::string_view bytes);
  void finish();

  pid_t keeper_;
  Descriptors descriptors_;
  bool is_wrapped_;  // bubblewrap reports a signal as exit code 128 + number
  bool splits_lines_ = true;
  bool has_ended_ = false;
  bool is_dropping_ = false;  // inside a line that is too long
  std::size_t dropped_ = 0;
  std::string partial_;
  std::string bytes_;
  std::deque<std::string> lines_;
  std::string errors_;
  std::string status_;
  SandboxExit exit_;
};

}  // namespace understudy::jobs
