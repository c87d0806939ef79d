#include "speech/espeak_process.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace understudy::speech {
namespace {

constexpr int kTimeoutS = 20;  // a sentence takes milliseconds
constexpr std::uint32_t kFrameMax = 256U << 20;

using Clock = std::chrono::steady_clock;

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

tl::unexpected<Error> broken(const std::string& detail) {
  return fail_with_detail(ErrorCode::engine_failed, "the voice of this language failed", detail);
}

}  // namespace

struct EspeakProcess::State {
  pid_t pid = -1;
  int socket = -1;  // its standard input and output

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (socket >= 0) close(socket);
    if (pid > 0) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }

  bool wait_for(short events, Clock::time_point deadline) const {
    pollfd watch{.fd = socket, .events = events, .revents = 0};
    int ready = 0;
    do {
      ready = poll(&watch, 1, milliseconds_until(deadline));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
  }

  bool write_all(const char* bytes, std::size_t count, Clock::time_point deadline) const {
    while (count > 0) {
      if (!wait_for(POLLOUT, deadline)) return false;
      const ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (sent <= 0) return false;
      bytes += sent;
      count -= static_cast<std::size_t>(sent);
    }
    return true;
  }

  bool read_all(char* bytes, std::size_t count, Clock::time_point deadline) const {
    while (count > 0) {
      if (!wait_for(POLLIN, deadline)) return false;
      const ssize_t got = recv(socket, bytes, count, MSG_DONTWAIT);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) return false;
      bytes += got;
      count -= static_cast<std::size_t>(got);
    }
    return true;
  }

  bool read_frame(std::string& frame, Clock::time_point deadline) const {
    std::array<std::uint8_t, 4> size{};
    if (!read_all(reinterpret_cast<char*>(size.data()), size.size(), deadline)) return false;
    const std::uint32_t count =
        size[0] | size[1] << 8 | size[2] << 16 | static_cast<std::uint32_t>(size[3]) << 24;
    if (count > kFrameMax) return false;
    frame.resize(count);
    return read_all(frame.data(), count, deadline);
  }
};

EspeakProcess::EspeakProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}
EspeakProcess::EspeakProcess(EspeakProcess&&) noexcept = default;
EspeakProcess& EspeakProcess::operator=(EspeakProcess&&) noexcept = default;
EspeakProcess::~EspeakProcess() = default;

std::filesystem::path EspeakProcess::default_path() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  if (const char* path = std::getenv("UNDERSTUDY_ESPEAK")) return path;
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return program.parent_path() / "understudy-espeak";
}

Result<EspeakProcess> EspeakProcess::start(const std::filesystem::path& helper) {
  const auto unavailable = [&](const std::string& why) {
    return fail_with_detail(ErrorCode::service_unavailable,
                            "voices of this language are not available here: the program "
                            "understudy-espeak could not be started",
                            helper.string() + ": " + why);
  };
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return unavailable(std::strerror(errno));
  auto state = std::make_unique<State>();
  state->socket = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string name = helper.string();
  std::array<char*, 2> argv{name.data(), nullptr};
  const int result =
      posix_spawn(&state->pid, name.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (result != 0) {
    state->pid = -1;
    return unavailable(std::strerror(result));
  }
  return EspeakProcess(std::move(state));
}

Result<EspeakProcess::Reply> EspeakProcess::ask(const json::object& request) {
  if (state_->pid < 0) return broken("the process was ended before");
  const auto deadline = Clock::now() + std::chrono::seconds(kTimeoutS);
  const std::string text = to_text(request);
  std::string frame;
  for (int shift = 0; shift < 32; shift += 8)
    frame.push_back(static_cast<char>(text.size() >> shift));
  frame += text;
  std::string answer;
  if (!state_->write_all(frame.data(), frame.size(), deadline) ||
      !state_->read_frame(answer, deadline)) {
    state_ = std::make_unique<State>();  // kills it
    return broken("understudy-espeak died or hung");
  }
  const auto value = parse_json(answer);
  if (!value || !value->is_object()) return broken("unreadable answer");
  Reply reply{.header = value->get_object(), .samples = {}};
  if (const auto error = string_or(reply.header, "error"); !error.empty()) return broken(error);
  if (reply.header.contains("samples")) {
    if (!state_->read_frame(answer, deadline)) {
      state_ = std::make_unique<State>();
      return broken("understudy-espeak died or hung");
    }
    reply.samples.resize(answer.size() / sizeof(std::int16_t));
    std::memcpy(reply.samples.data(), answer.data(), reply.samples.size() * sizeof(std::int16_t));
  }
  return reply;
}

Result<std::vector<EspeakLanguage>> espeak_languages() {
  TRY_ASSIGN(auto process, EspeakProcess::start());
  TRY_ASSIGN(const auto reply, process.ask({{"op", "languages"}}));
  std::vector<EspeakLanguage> out;
  const auto* list = reply.header.if_contains("languages");
  if (list == nullptr || !list->is_array()) return broken("no languages");
  for (const auto& value : list->get_array()) {
    const auto& language = value.as_object();
    out.push_back(
        {string_or(language, "code"), string_or(language, "name"), string_or(language, "file")});
  }
  return out;
}

}  // namespace understudy::speech
