// Session: one connection, from its first request to its last. Internal to the server: this header
// brings Asio and Beast in.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "api/dispatcher.h"
#include "api/pool.h"
#include "api/server.h"

namespace understudy::api {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;

class Session;

// What the sessions of one io thread share; used on that thread only.
struct IoThread {
  std::unordered_set<Session*> sessions;  // before the context, whose end ends the last of them
  bool is_stopping = false;
  asio::io_context context{1};
};

// What all sessions share. Read only, but for the counter.
struct ServerContext {
  ServerConfig config;
  const Dispatcher* dispatcher = nullptr;
  const Clock* clock = nullptr;
  std::string local_url;  // where no usable Host header came
  std::unique_ptr<Pool> pool;
  std::atomic<int> connections{0};
};

// Starts a session on the thread that runs `thread.context`.
void start_session(Socket socket, bool is_local, ServerContext& server, IoThread& thread);

// Closes what waits for its next request; the others close after their answer.
void stop_sessions(IoThread& thread);

}  // namespace understudy::api
