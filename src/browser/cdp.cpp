#include "browser/cdp.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>

namespace understudy::browser {
namespace {

constexpr std::size_t kMessageMax = 256U << 20;  // a 4K screenshot as PNG in base64 is some 40 MB
constexpr std::size_t kReadSize = 1U << 20;
constexpr std::size_t kDepthMax = 64;

Error gone(std::string detail) {
  Error error;
  error.code = ErrorCode::engine_failed;
  error.message = "The browser ended unexpectedly.";
  error.detail = std::move(detail);
  return error;
}

void make_non_blocking(int descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

}  // namespace

CdpConnection::CdpConnection(Descriptor to_browser, Descriptor from_browser)
    : to_browser_(std::move(to_browser)), from_browser_(std::move(from_browser)) {
  make_non_blocking(to_browser_.get());
  make_non_blocking(from_browser_.get());
  ::fcntl(from_browser_.get(), F_SETPIPE_SZ, kReadSize);
}

int CdpConnection::send(std::string_view method, json::object params, std::string_view session) {
  const int id = ++last_id_;
  json::object message{{"id", id}, {"method", method}, {"params", std::move(params)}};
  if (!session.empty()) message["sessionId"] = session;
  outgoing_ += json::serialize(message);
  outgoing_.push_back('\0');
  put_out();
  return id;
}

void CdpConnection::post(std::string_view method, json::object params, std::string_view session) {
  send(method, std::move(params), session);
}

int CdpConnection::start(std::string_view method, json::object params, std::string_view session) {
  const int id = send(method, std::move(params), session);
  awaited_.insert(id);
  return id;
}

void CdpConnection::give_up(Error reason) {
  if (!end_) end_ = std::move(reason);
}

// False when the browser no longer reads.
bool CdpConnection::put_out() {
  while (sent_ < outgoing_.size()) {
    const auto count =
        ::write(to_browser_.get(), outgoing_.data() + sent_, outgoing_.size() - sent_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    sent_ += static_cast<std::size_t>(count);
  }
  outgoing_.clear();
  sent_ = 0;
  return true;
}

void CdpConnection::handle(std::string_view text) {
  const auto parsed = parse_json(text, kDepthMax);
  const auto* message = parsed ? parsed->if_object() : nullptr;
  if (message == nullptr) return;
  if (const auto* method = message->if_contains("method"); method != nullptr) {
    const auto* params = object_or_null(*message, "params");
    if (on_event_ && method->is_string()) {
      on_event_(std::string_view(method->get_string()), params ? *params : json::object(),
                string_or(*message, "sessionId"));
    }
    return;
  }
  const auto id = static_cast<int>(int_or(*message, "id", 0));
  if (awaited_.erase(id) > 0) answers_[id] = *message;
}

Result<void> CdpConnection::take_in() {
  const std::size_t before = incoming_.size();
  incoming_.resize(before + kReadSize);
  const auto count = ::read(from_browser_.get(), incoming_.data() + before, kReadSize);
  incoming_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (count <= 0) {
    give_up(gone(count < 0 ? std::strerror(errno) : "its pipe is closed"));
    return tl::make_unexpected(*end_);
  }
  std::size_t start = 0;
  for (;;) {
    const auto end = incoming_.find('\0', std::max(start, scanned_));
    if (end == std::string::npos) break;
    handle(std::string_view(incoming_).substr(start, end - start));
    start = end + 1;
  }
  incoming_.erase(0, start);
  scanned_ = incoming_.size();
  if (incoming_.size() > kMessageMax) {
    give_up(gone("a message is too large"));
    return tl::make_unexpected(*end_);
  }
  return {};
}

Result<bool> CdpConnection::step(SteadyTime deadline) {
  if (end_) return tl::make_unexpected(*end_);
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd files[2] = {{from_browser_.get(), POLLIN, 0}, {to_browser_.get(), POLLOUT, 0}};
  const nfds_t count = outgoing_.empty() ? 1 : 2;
  const int ready = ::poll(files, count, static_cast<int>(std::min<long>(left.count(), 1000)));
  if (ready < 0 && errno != EINTR) give_up(gone(std::strerror(errno)));
  if (ready <= 0) return true;
  if (count == 2 && files[1].revents != 0 && !put_out()) {
    give_up(gone("it does not read any more"));
  }
  if (files[0].revents != 0) TRY(take_in());
  if (end_) return tl::make_unexpected(*end_);
  return true;
}

Result<json::object> CdpConnection::finish(int id, SteadyTime deadline) {
  for (;;) {
    if (const auto found = answers_.find(id); found != answers_.end()) {
      const json::object answer = std::move(found->second);
      answers_.erase(found);
      if (const auto* error = object_or_null(answer, "error")) {
        return fail_with_detail(ErrorCode::engine_failed, "The browser refused a command.",
                                string_or(*error, "message"));
      }
      const auto* result = object_or_null(answer, "result");
      return result != nullptr ? *result : json::object();
    }
    TRY_ASSIGN(const bool is_in_time, step(deadline));
    if (!is_in_time) {
      awaited_.erase(id);
      return fail(ErrorCode::deadline_exceeded, "The browser did not answer in time.");
    }
  }
}

Result<json::object> CdpConnection::call(std::string_view method, json::object params,
                                         SteadyTime deadline, std::string_view session) {
  return finish(start(method, std::move(params), session), deadline);
}

Result<void> CdpConnection::handle_until(SteadyTime until) {
  for (;;) {
    TRY_ASSIGN(const bool is_in_time, step(until));
    if (!is_in_time) return {};
  }
}

}  // namespace understudy::browser
