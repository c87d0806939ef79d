// BrowserProcess: one headless Chromium, started for one job and thrown away with it.
//
// It gets no network: names do not resolve and every connection goes to a proxy that is not there,
// besides what the sandbox around it refuses. Where the kernel lets it, Chromium's own sandbox is
// on too. A thread watches what its whole tree keeps in memory and kills it above the limit. The
// thread that starts it must outlive it (PR_SET_PDEATHSIG). Flags: the ones that make frames a
// function of the time asked for (begin-frame control, deterministic mode), software drawing, fixed
// fonts and colours.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "browser/cdp.h"

namespace understudy::browser {

struct BrowserOptions {
  std::filesystem::path program = {};  // empty: the system's
  std::filesystem::path folder = {};   // exists, empty, is its own: profile, caches, log
  int width = 1920;                    // of the window and of its pictures
  int height = 1080;
  std::int64_t data_max = 2LL << 30;    // heap of each of its processes, bytes
  std::int64_t memory_max = 3LL << 30;  // resident, the whole tree, bytes
  bool has_frame_tap = true;            // where its library is installed
};

class FrameMemory;

// The installed headless shell; empty when there is none.
std::filesystem::path find_browser();

class BrowserProcess {
 public:
  // Errors: service_unavailable (not installed, does not start).
  static Result<std::unique_ptr<BrowserProcess>> start(const BrowserOptions& options);
  ~BrowserProcess();  // kills the whole tree
  BrowserProcess(const BrowserProcess&) = delete;
  BrowserProcess& operator=(const BrowserProcess&) = delete;

  CdpConnection& cdp() { return *cdp_; }
  pid_t pid() const { return pid_; }
  bool has_own_sandbox() const { return has_own_sandbox_; }
  // What its frame tap hands pixels over in; null when it has none.
  const FrameMemory* frame_memory() const { return frame_memory_.get(); }
  std::int64_t peak_bytes() const { return peak_bytes_; }
  // It was killed because its pages took too much.
  bool is_over_memory() const { return is_over_memory_; }
  // The end of what it wrote to its log, for ours.
  std::string last_words() const;

 private:
  BrowserProcess(const BrowserOptions& options, pid_t pid, std::unique_ptr<CdpConnection> cdp,
                 bool has_own_sandbox, std::unique_ptr<FrameMemory> frame_memory);
  void watch(const std::stop_token& stop);

  BrowserOptions options_;
  pid_t pid_;
  std::unique_ptr<CdpConnection> cdp_;
  bool has_own_sandbox_;
  std::unique_ptr<FrameMemory> frame_memory_;
  std::atomic<bool> is_over_memory_ = false;
  std::atomic<std::int64_t> peak_bytes_ = 0;
  std::jthread watcher_;
};

}  // namespace understudy::browser
