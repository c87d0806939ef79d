#include "jobs/sandboxed_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs/sandbox_child.h"

namespace understudy::jobs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLinesMax = 1024;       // waiting to be taken
constexpr std::size_t kBytesMax = 64u << 20;  // waiting to be taken

void close_descriptor(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

std::string SandboxExit::text() const {
  if (signal == 0) return "exit code " + std::to_string(code);
  const char* name = ::sigdescr_np(signal);
  return "signal " + std::to_string(signal) +
         (name != nullptr ? std::string(" (") + name + ")" : "");
}

SandboxedProcess::SandboxedProcess(pid_t keeper, Descriptors descriptors, bool is_wrapped)
    : keeper_(keeper), descriptors_(descriptors), is_wrapped_(is_wrapped) {
  for (const int descriptor : {descriptors_.output, descriptors_.errors, descriptors_.status}) {
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  }
}

SandboxedProcess::~SandboxedProcess() {
  kill();
  while (!has_ended_) {
    lines_.clear();
    bytes_.clear();
    poll_once(std::chrono::milliseconds(100));
  }
  close_descriptor(descriptors_.input);
}

std::optional<std::string> SandboxedProcess::next_line(std::chrono::milliseconds timeout) {
  splits_lines_ = true;
  const auto until = Clock::now() + timeout;
  while (lines_.empty() && !has_ended_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() < 0) break;
    poll_once(left);
    if (left.count() == 0) break;
  }
  if (lines_.empty()) return std::nullopt;
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

std::string SandboxedProcess::next_bytes(std::chrono::milliseconds timeout) {
  splits_lines_ = false;
  if (bytes_.empty() && !has_ended_) poll_once(timeout);
  return std::exchange(bytes_, {});
}

bool SandboxedProcess::wait_for_end(std::chrono::milliseconds timeout) {
  const auto until = Clock::now() + timeout;
  while (!has_ended_) {
    lines_.clear();
    bytes_.clear();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    poll_once(left);
  }
  return true;
}

void SandboxedProcess::kill() {
  if (!has_ended_ && keeper_ > 0) ::kill(keeper_, SIGTERM);
}

Result<void> SandboxedProcess::write_line(std::string_view text) {
  const std::string line = std::string(text) + "\n";
  std::size_t done = 0;
  while (done < line.size()) {
    const auto count = ::send(descriptors_.input, line.data() + done, line.size() - done,
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail_with_detail(ErrorCode::service_unavailable, "The render does not read its input.",
                              std::strerror(errno));
    }
    done += static_cast<std::size_t>(count);
  }
  return {};
}

void SandboxedProcess::poll_once(std::chrono::milliseconds timeout) {
  // A reader that does not take its lines must not let them grow; the pipe holds the rest back.
  const bool has_room = lines_.size() < kLinesMax && bytes_.size() < kBytesMax;
  std::array<pollfd, 3> watched{pollfd{has_room ? descriptors_.output : -1, POLLIN, 0},
                                pollfd{descriptors_.errors, POLLIN, 0},
                                pollfd{descriptors_.status, POLLIN, 0}};
  const auto wait_ms = std::clamp<std::int64_t>(timeout.count(), 0, 3'600'000);
  if (::poll(watched.data(), watched.size(), static_cast<int>(wait_ms)) <= 0) return;
  if (watched[0].revents != 0) read_output();
  if (watched[1].revents != 0) read_errors();
  if (watched[2].revents != 0) read_status();
  if (descriptors_.status < 0 && descriptors_.output < 0 && descriptors_.errors < 0) finish();
}

void SandboxedProcess::read_output() {
  std::array<char, 16 * 1024> buffer;
  while (lines_.size() < kLinesMax && bytes_.size() < kBytesMax) {
    const auto count = ::read(descriptors_.output, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close_descriptor(descriptors_.output);
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    if (splits_lines_) {
      split_lines(bytes);
    } else {
      bytes_ += bytes;
    }
  }
}

void SandboxedProcess::split_lines(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    if (!is_dropping_ && partial_.size() + part.size() > kLineMax) {
      is_dropping_ = true;
      partial_.clear();
      ++dropped_;
    }
    if (!is_dropping_) partial_ += part;
    if (end == std::string_view::npos) return;
    if (!is_dropping_) lines_.push_back(std::exchange(partial_, {}));
    is_dropping_ = false;
    bytes.remove_prefix(end + 1);
  }
}

void SandboxedProcess::read_errors() {
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const auto count = ::read(descriptors_.errors, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close_descriptor(descriptors_.errors);
    errors_.append(buffer.data(), static_cast<std::size_t>(count));
    if (errors_.size() > kErrorsMax) errors_.erase(0, errors_.size() - kErrorsMax);
  }
}

void SandboxedProcess::read_status() {
  std::array<char, sizeof(KeeperReport)> buffer;
  for (;;) {
    const auto count = ::read(descriptors_.status, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close_descriptor(descriptors_.status);
    status_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void SandboxedProcess::finish() {
  has_ended_ = true;
  int ignored = 0;
  while (::waitpid(keeper_, &ignored, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
  if (!partial_.empty()) lines_.push_back(std::exchange(partial_, {}));
  exit_.errors = std::move(errors_);
  if (status_.size() < sizeof(KeeperReport)) {  // the keeper itself was killed
    exit_.signal = SIGKILL;
    return;
  }
  KeeperReport report;
  std::memcpy(&report, status_.data(), sizeof report);
  exit_.cpu_ms = report.cpu_ms;
  exit_.memory_peak = report.memory_peak;
  if (WIFSIGNALED(report.wait_status)) {
    exit_.signal = WTERMSIG(report.wait_status);
  } else if (const int code = WEXITSTATUS(report.wait_status); is_wrapped_ && code > 128) {
    exit_.signal = code - 128;
  } else {
    exit_.code = code;
  }
}

}  // namespace understudy::jobs
