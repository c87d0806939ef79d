#include "api/server.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/session.h"
#include "base/log.h"

namespace understudy::api {
namespace {

using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
template <class Protocol>
using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable_t<Executor>{});

constexpr int kBacklog = 1024;
constexpr int kSpareDescriptors = 256;  // for files, database and pipes
constexpr auto kPauseWhenOut = std::chrono::milliseconds(50);

tl::unexpected<Error> listen_error(const std::string& where, const boost::system::error_code& why) {
  return fail_with_detail(ErrorCode::service_unavailable,
                          "Cannot listen on " + where + ": " + why.message() + ".", where);
}

// Connections need descriptors; the soft limit is often 1024.
int connections_within_limits(int wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const auto needed = static_cast<rlim_t>(wanted + kSpareDescriptors);
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(limit.rlim_max, needed);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto spare = static_cast<std::int64_t>(limit.rlim_cur) - kSpareDescriptors;
  return static_cast<int>(std::clamp<std::int64_t>(spare, 16, wanted));
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerConfig config, const Dispatcher& dispatcher, const Clock& clock) {
    shared_.config = std::move(config);
    shared_.dispatcher = &dispatcher;
    shared_.clock = &clock;
  }

  Result<void> start() {
    shared_.config.connections_max = connections_within_limits(shared_.config.connections_max);
    TRY(open_tcp());
    if (!shared_.config.unix_socket.empty()) TRY(open_unix());
    shared_.pool =
        std::make_unique<Pool>(shared_.config.pool_threads, shared_.config.pool_queue_max);
    int count = shared_.config.io_threads;
    if (count <= 0) count = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    for (int i = 0; i < count; ++i) io_threads_.push_back(std::make_unique<IoThread>());
    for (auto& io : io_threads_) {
      works_.emplace_back(io->context.get_executor());
      threads_.emplace_back([&context = io->context] { context.run(); });
    }
    asio::co_spawn(accepting_.get_executor(), accept_all(*tcp_, false), asio::detached);
    if (unix_) asio::co_spawn(accepting_.get_executor(), accept_all(*unix_, true), asio::detached);
    accepting_thread_ = std::jthread([this] { accepting_.run(); });
    is_running_ = true;
    return {};
  }

  void stop(std::int64_t grace_ms) {
    if (!is_running_) return;
    is_running_ = false;
    asio::post(accepting_, [this] {
      boost::system::error_code ignored;
      tcp_->close(ignored);
      if (unix_) unix_->close(ignored);
    });
    // The accept loops end by themselves; their pending sockets belong to the io threads, so they
    // go first.
    accepting_thread_.join();
    if (unix_) ::unlink(shared_.config.unix_socket.c_str());
    for (auto& io : io_threads_) {
      asio::post(io->context, [&thread = *io] { stop_sessions(thread); });
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(grace_ms);
    while (shared_.connections.load() > 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    works_.clear();
    // Handlers still running refer to their sessions, so they end first.
    shared_.pool->stop();
    for (auto& io : io_threads_) io->context.stop();
    threads_.clear();
    io_threads_.clear();
  }

  int port() const { return port_; }
  const std::string& url() const { return shared_.local_url; }

 private:
  Result<void> open_tcp() {
    const auto& config = shared_.config;
    const std::string where = config.listen_address + ":" + std::to_string(config.port);
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(config.listen_address, failed);
    if (failed) return listen_error(where, failed);
    const Tcp::endpoint endpoint(address, static_cast<unsigned short>(config.port));
    tcp_ = std::make_unique<Acceptor<Tcp>>(accepting_.get_executor());
    tcp_->open(endpoint.protocol(), failed);
    if (!failed) tcp_->set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) tcp_->bind(endpoint, failed);
    if (!failed) tcp_->listen(kBacklog, failed);
    if (failed) return listen_error(where, failed);
    port_ = tcp_->local_endpoint().port();
    const bool is_any = address.is_unspecified();
    const std::string host = is_any            ? "127.0.0.1"
                             : address.is_v6() ? "[" + address.to_string() + "]"
                                               : address.to_string();
    shared_.local_url = "http://" + host + ":" + std::to_string(port_);
    return {};
  }

  Result<void> open_unix() {
    const std::string& path = shared_.config.unix_socket;
    boost::system::error_code failed;
    if (path.size() >= 100) {
      return listen_error(path, make_error_code(boost::system::errc::filename_too_long));
    }
    const Local::endpoint endpoint(path);
    Local::socket probe(accepting_);
    probe.connect(endpoint, failed);
    if (!failed) {
      return fail(ErrorCode::conflict, "Another process already serves " + path + ".");
    }
    ::unlink(path.c_str());  // left by a process that was killed
    failed = {};
    unix_ = std::make_unique<Acceptor<Local>>(accepting_.get_executor());
    unix_->open(endpoint.protocol(), failed);
    if (!failed) unix_->bind(endpoint, failed);
    if (failed) return listen_error(path, failed);
    // Nobody can connect before listen(), so the mode is in force in time.
    if (::chmod(path.c_str(), 0600) != 0) {
      return listen_error(path, boost::system::error_code(errno, boost::system::system_category()));
    }
    unix_->listen(kBacklog, failed);
    if (failed) return listen_error(path, failed);
    return {};
  }

  template <class Protocol>
  asio::awaitable<void, Executor> accept_all(Acceptor<Protocol>& acceptor, bool is_local) {
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Executor>
        pause(accepting_.get_executor());
    while (true) {
      IoThread& thread = *io_threads_[next_thread_++ % io_threads_.size()];
      auto [failed, socket] = co_await acceptor.async_accept(thread.context.get_executor(), kTuple);
      if (!acceptor.is_open()) co_return;
      if (failed) {  // out of descriptors, or the client left already
        pause.expires_after(kPauseWhenOut);
        co_await pause.async_wait(kTuple);
        continue;
      }
      if (shared_.connections.fetch_add(1) >= shared_.config.connections_max) {
        shared_.connections.fetch_sub(1);
        continue;  // closes it
      }
      if constexpr (std::is_same_v<Protocol, Tcp>) {
        boost::system::error_code ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
      }
      asio::post(thread.context,
                 [this, &thread, is_local, own = Socket(std::move(socket))]() mutable {
                   start_session(std::move(own), is_local, shared_, thread);
                 });
    }
  }

  ServerContext shared_;
  asio::io_context accepting_{1};
  std::unique_ptr<Acceptor<Tcp>> tcp_;
  std::unique_ptr<Acceptor<Local>> unix_;
  std::vector<std::unique_ptr<IoThread>> io_threads_;
  std::vector<asio::executor_work_guard<Executor>> works_;
  std::vector<std::jthread> threads_;
  std::jthread accepting_thread_;
  std::size_t next_thread_ = 0;
  int port_ = 0;
  bool is_running_ = false;
};

Server::Server(ServerConfig config, const Dispatcher& dispatcher, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(config), dispatcher, clock)) {}

Server::~Server() { stop(); }

Result<void> Server::start() { return impl_->start(); }
int Server::port() const { return impl_->port(); }
std::string Server::url() const { return impl_->url(); }
void Server::stop(std::int64_t grace_ms) { impl_->stop(grace_ms); }

}  // namespace understudy::api
