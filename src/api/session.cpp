#include "api/session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/error_envelope.h"
#include "api/file_answer.h"
#include "api/request_body.h"
#include "api/request_head.h"
#include "api/response_head.h"
#include "base/descriptor.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"

namespace understudy::api {
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

using Stream = beast::basic_stream<asio::generic::stream_protocol, Executor>;
using Parser = http::request_parser<http::buffer_body>;
template <class T>
using Task = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> kAwait;
constexpr auto kTuple = asio::as_tuple(kAwait);

constexpr std::uint32_t kHeaderMax = 32 * 1024;
constexpr std::size_t kReadBufferMax = 64 * 1024;
constexpr std::size_t kReadBufferStart = 8 * 1024;
constexpr std::size_t kBodyChunk = 64 * 1024;
constexpr std::size_t kFileChunk = 256 * 1024;
constexpr std::int64_t kSlowestBytesPerSecond = 8 * 1024;  // of a client that reads an answer
constexpr std::int64_t kLingerBytesMax = 64LL << 20;
constexpr auto kLingerTime = std::chrono::seconds(5);
constexpr int kRetryWhenBusy_s = 1;

Response status_only(int status, ErrorCode code, std::string message, std::string_view base_url) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  Response response = error_response(error, base_url);
  response.status = status;
  return response;
}

// Uploads of one request, removed when it ends.
class UploadGuard {
 public:
  explicit UploadGuard(const Request& request) : request_(request) {}
  ~UploadGuard() { remove_uploads(request_.files); }
  UploadGuard(const UploadGuard&) = delete;
  UploadGuard& operator=(const UploadGuard&) = delete;

 private:
  const Request& request_;
};

}  // namespace

class Session {
 public:
  Session(Socket socket, bool is_local, ServerContext& server, IoThread& thread)
      : stream_(std::move(socket)),
        buffer_(kReadBufferMax),
        is_local_(is_local),
        server_(server),
        thread_(thread) {
    buffer_.reserve(kReadBufferStart);
    thread_.sessions.insert(this);
  }

  ~Session() {
    thread_.sessions.erase(this);
    server_.connections.fetch_sub(1);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Task<void> run() {
    while (!thread_.is_stopping && co_await serve_one()) {
    }
    beast::error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    if (must_linger_) co_await linger();
  }

  void close_if_waiting() {
    if (!is_waiting_) return;
    beast::error_code ignored;
    stream_.socket().close(ignored);
  }

 private:
  void set_timeout(std::int64_t more_ms = 0) {
    stream_.expires_after(std::chrono::milliseconds(server_.config.timeout_ms + more_ms));
  }

  Arrival arrival() {
    return {.config = server_.config,
            .local_url = server_.local_url,
            .is_local = is_local_,
            .socket = stream_.socket().native_handle(),
            .now_ms = server_.clock->now_ms()};
  }

  // False when the connection is over.
  Task<bool> serve_one() {
    Parser parser;
    parser.header_limit(kHeaderMax);
    parser.body_limit(boost::none);  // checked here, by route
    set_timeout();
    is_waiting_ = true;
    const auto [failed, count] = co_await http::async_read_header(stream_, buffer_, parser, kTuple);
    is_waiting_ = false;
    if (failed) co_return co_await refuse_header(failed, parser.got_some());

    Request request;
    keeps_alive_ = parser.get().keep_alive() && !thread_.is_stopping;
    is_head_ = parser.get().method() == http::verb::head;
    auto target = read_head(parser.get(), arrival(), request);
    const UploadGuard uploads(request);
    auto found = target ? server_.dispatcher->find(request.method, *target)
                        : tl::make_unexpected(target.error());
    if (!found) co_return co_await refuse_early(parser, request, found.error());
    const Endpoint& endpoint = *found->endpoint;
    request.path_params = std::move(found->params);

    bool is_admitted = false;
    if (!parser.is_done()) {
      const auto limit = body_limit(endpoint, server_.config);
      std::optional<std::uint64_t> length;
      if (const auto announced = parser.content_length()) length = *announced;
      if (length && static_cast<std::int64_t>(*length) > limit) {
        co_return co_await refuse_early(parser, request, too_large(limit));
      }
      if (is_large(endpoint, length)) {
        auto admitted = co_await admit(request, endpoint);
        if (!admitted) co_return co_await refuse_early(parser, request, admitted.error());
        is_admitted = true;
      }
      auto read = co_await read_body(parser, request, endpoint, limit);
      if (!read) {
        if (is_broken_) co_return false;
        co_return co_await refuse_early(parser, request, read.error());
      }
    }
    Response response = co_await answer(request, endpoint, is_admitted);
    co_return co_await send(request, response);
  }

  // Reads the body to where the endpoint wants it. Sets is_broken_ when the connection is gone.
  Task<Result<void>> read_body(Parser& parser, Request& request, const Endpoint& endpoint,
                               std::int64_t limit) {
    auto sink = BodySink::open(endpoint.route, request, server_.config.upload_folder);
    if (!sink) co_return tl::make_unexpected(sink.error());
    if (!co_await send_continue(request)) co_return connection_lost();

    std::string chunk(kBodyChunk, '\0');
    std::int64_t size = 0;
    while (!parser.is_done()) {
      parser.get().body().data = chunk.data();
      parser.get().body().size = chunk.size();
      set_timeout();
      const auto [failed, count] = co_await http::async_read(stream_, buffer_, parser, kTuple);
      if (failed && failed != http::error::need_buffer) {
        if (!is_protocol_error(failed)) co_return connection_lost();
        co_return fail(ErrorCode::invalid_parameter, "The body of the request is malformed HTTP.");
      }
      const std::string_view bytes(chunk.data(), chunk.size() - parser.get().body().size);
      size += static_cast<std::int64_t>(bytes.size());
      if (size > limit) co_return tl::make_unexpected(too_large(limit));
      if (auto taken = sink->write(bytes); !taken) co_return taken;
    }
    co_return sink->finish();
  }

  tl::unexpected<Error> connection_lost() {
    is_broken_ = true;
    return fail(ErrorCode::request_timeout, "The connection was lost.");
  }

  Task<bool> send_continue(const Request& request) {
    if (lower_case(request.header("expect")) != "100-continue") {
      co_return true;
    }
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    set_timeout();
    const auto [failed, count] =
        co_await asio::async_write(stream_, asio::buffer(kContinue), kTuple);
    co_return !failed;
  }

  static bool is_protocol_error(const beast::error_code& failed) {
    static const auto& http_category = make_error_code(http::error::end_of_stream).category();
    return failed.category() == http_category && failed != http::error::end_of_stream &&
           failed != http::error::partial_message;
  }

  // A header that could not be read: silence for clients that left, 400, 408 or 431 for the others.
  Task<bool> refuse_header(beast::error_code failed, bool got_some) {
    keeps_alive_ = false;
    Request request;
    request.id = new_id(server_.clock->now_ms());
    request.base_url = base_url(arrival(), {});
    if (failed == beast::error::timeout && got_some) {
      // The stream is closed by its timeout, so there is nobody to tell.
      co_return false;
    }
    if (!is_protocol_error(failed)) co_return false;
    must_linger_ = true;
    const bool is_too_long =
        failed == http::error::header_limit || failed == http::error::buffer_overflow;
    auto response =
        is_too_long ? status_only(431, ErrorCode::payload_too_large,
                                  "The request's header is larger than 32 KiB.", request.base_url)
                    : status_only(400, ErrorCode::invalid_parameter,
                                  "The request is malformed HTTP.", request.base_url);
    co_return co_await send(request, response);
  }

  // An answer before the body was read: the rest of the connection is of no use.
  Task<bool> refuse_early(const Parser& parser, const Request& request, const Error& error) {
    if (!parser.is_done()) {
      keeps_alive_ = false;
      must_linger_ = true;
    }
    auto response = server_.dispatcher->refuse(request, error);
    co_return co_await send(request, response);
  }

  Task<Result<void>> admit(Request& request, const Endpoint& endpoint) {
    Result<void> admitted;
    const auto work = [&] {
      try {
        admitted = server_.dispatcher->admit(request, endpoint);
      } catch (const std::exception& exception) {
        admitted = fail_with_detail(ErrorCode::internal_error, "The server failed to answer.",
                                    exception.what());
      }
    };
    if (endpoint.route.runs_on == RunsOn::inline_) {
      work();
    } else if (!co_await on_pool(work)) {
      admitted = tl::make_unexpected(busy());
    }
    co_return admitted;
  }

  Task<Response> answer(Request& request, const Endpoint& endpoint, bool is_admitted) {
    Response response;
    const auto work = [&] {
      response = server_.dispatcher->answer(request, endpoint, is_admitted);
      // Before the answer is sent: a client that has it finds nothing left behind.
      remove_uploads(request.files);
      request.files.clear();
    };
    if (endpoint.route.runs_on == RunsOn::inline_) {
      work();
    } else if (!co_await on_pool(work)) {
      response = server_.dispatcher->refuse(request, busy());
    }
    co_return response;
  }

  static Error busy() {
    Error error;
    error.code = ErrorCode::service_unavailable;
    error.message = "The server is busy; try again in a moment.";
    error.retry_after_s = kRetryWhenBusy_s;
    return error;
  }

  // Runs `work` on the pool and comes back to this thread; false when the pool is full.
  Task<bool> on_pool(std::function<void()> work) {
    stream_.expires_never();
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(bool)>(
        [this, &work](auto handler) {
          const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
          const Executor executor = thread_.context.get_executor();
          const bool queued = server_.pool->submit([resume, executor, &work] {
            work();
            asio::post(executor, [resume] { std::move (*resume)(true); });
          });
          if (!queued) asio::post(executor, [resume] { std::move (*resume)(false); });
        },
        kAwait);
  }

  // False when the connection is over.
  Task<bool> send(const Request& request, Response& response) {
    if (response.file) co_return co_await send_file(request, response);
    if (!response.text) response.text = to_text(response.body);
    const bool has_body = response.status != 204 && response.status != 304;
    const std::string head = head_text(
        {.status = response.status,
         .content_type = has_body ? std::string_view(response.content_type) : std::string_view(),
         .content_length = has_body ? static_cast<std::int64_t>(response.text->size()) : -1,
         .request_id = request.id,
         .keeps_alive = keeps_alive_,
         .now_ms = server_.clock->now_ms()},
        response.headers);
    const std::string_view body =
        is_head_ || !has_body ? std::string_view() : std::string_view(*response.text);
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head), asio::buffer(body)};
    set_timeout(static_cast<std::int64_t>(body.size()) * 1000 / kSlowestBytesPerSecond);
    const auto [failed, count] = co_await asio::async_write(stream_, buffers, kTuple);
    log_answer(request, response.status, count);
    co_return !failed && keeps_alive_;
  }

  Task<bool> send_file(const Request& request, Response& response) {
    const Descriptor file(::open(response.file->path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      Error error;
      error.code = ErrorCode::storage_failed;
      error.message = "The file could not be read.";
      error.detail = response.file->path.string();
      Response failed = server_.dispatcher->refuse(request, error);
      co_return co_await send(request, failed);
    }
    auto plan = plan_file_answer(request, *response.file, status.st_size);
    if (plan.status == 416) {
      Response refusal =
          status_only(416, ErrorCode::range_not_satisfiable,
                      "The range lies behind the end of the file.", request.base_url);
      refusal.headers = std::move(plan.headers);
      co_return co_await send(request, refusal);
    }
    plan.headers.insert(plan.headers.end(), response.headers.begin(), response.headers.end());
    const std::string head = head_text({.status = plan.status,
                                        .content_type = response.file->mime_type,
                                        .content_length = plan.status == 304 ? -1 : plan.length,
                                        .request_id = request.id,
                                        .keeps_alive = keeps_alive_,
                                        .now_ms = server_.clock->now_ms()},
                                       plan.headers);
    set_timeout();
    const auto [failed, count] = co_await asio::async_write(stream_, asio::buffer(head), kTuple);
    log_answer(request, plan.status, static_cast<std::size_t>(plan.length));
    if (failed) co_return false;
    if (is_head_) co_return keeps_alive_;
    co_return co_await send_range(file.get(), plan.offset, plan.length) && keeps_alive_;
  }

  // One chunk in memory, however large the file.
  Task<bool> send_range(int file, std::int64_t offset, std::int64_t length) {
    std::string chunk(static_cast<std::size_t>(std::min<std::int64_t>(length, kFileChunk)), '\0');
    while (length > 0) {
      const auto wanted = static_cast<std::size_t>(
          std::min<std::int64_t>(length, static_cast<std::int64_t>(chunk.size())));
      const auto got = ::pread(file, chunk.data(), wanted, offset);
      if (got <= 0) co_return false;  // shorter than promised: only the connection can say so
      set_timeout();
      const auto [failed, count] = co_await asio::async_write(
          stream_, asio::buffer(chunk.data(), static_cast<std::size_t>(got)), kTuple);
      if (failed) co_return false;
      offset += got;
      length -= got;
    }
    co_return true;
  }

  // Reads what the client still sends, so that closing does not reset the answer away.
  Task<void> linger() {
    std::string waste(kBodyChunk, '\0');
    stream_.expires_after(kLingerTime);
    for (std::int64_t size = 0; size < kLingerBytesMax;) {
      const auto [failed, count] = co_await stream_.async_read_some(asio::buffer(waste), kTuple);
      if (failed) co_return;
      size += static_cast<std::int64_t>(count);
    }
  }

  void log_answer(const Request& request, int status, std::size_t size) const {
    if (!server_.config.logs_requests) return;
    log::info("{} {} {} -> {} {} bytes", request.id, request.method, request.path, status, size);
  }

  Stream stream_;
  beast::flat_buffer buffer_;
  bool is_local_;
  ServerContext& server_;
  IoThread& thread_;
  bool is_waiting_ = false;  // for a request's header
  bool keeps_alive_ = true;  // after the answer under way
  bool is_head_ = false;
  bool is_broken_ = false;  // the connection is gone
  bool must_linger_ = false;
};

void start_session(Socket socket, bool is_local, ServerContext& server, IoThread& thread) {
  asio::co_spawn(
      thread.context.get_executor(),
      [](Socket own, bool local, ServerContext& shared, IoThread& here) -> Task<void> {
        Session session(std::move(own), local, shared, here);
        co_await session.run();
      }(std::move(socket), is_local, server, thread),
      asio::detached);
}

void stop_sessions(IoThread& thread) {
  thread.is_stopping = true;
  const std::vector<Session*> sessions(thread.sessions.begin(), thread.sessions.end());
  for (Session* session : sessions) session->close_if_waiting();
}

}  // namespace understudy::api
