#include "jobs/worker_client.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "jobs/worker_protocol.h"
#include "net/http_client.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kCallTimeMs = 10'000;
constexpr std::int64_t kConnectTimeMs = 3'000;
constexpr std::int64_t kAnswerMax = 32LL << 20;
constexpr std::int64_t kBlobMax = 16LL << 30;

Result<std::string> hash_of_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  Sha256Stream hash;
  std::array<char, 256 * 1024> buffer;
  ssize_t count = file < 0 ? -1 : 1;
  while (count > 0) {
    count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR)
      count = 1;
    else if (count > 0)
      hash.update({buffer.data(), static_cast<std::size_t>(count)});
  }
  if (file >= 0) ::close(file);
  if (count < 0) return fail(ErrorCode::storage_failed, "A fetched file could not be read.");
  return to_hex(hash.finish());
}

// An answer that is not 2xx as the error it tells of.
Error error_of(const net::HttpResponse& response) {
  Error error;
  error.message = "The server answered with status " + std::to_string(response.status) + ".";
  error.code = response.status == 401   ? ErrorCode::unauthorized
               : response.status == 404 ? ErrorCode::not_found
               : response.status == 409 ? ErrorCode::conflict
                                        : ErrorCode::invalid_parameter;
  if (const auto body = parse_json(response.body); body && body->is_object()) {
    if (const auto* told = object_or_null(body->get_object(), "error")) {
      error.code = error_code_from(string_or(*told, "code")).value_or(error.code);
      error.message = string_or(*told, "message", error.message);
      error.param = string_or(*told, "param");
    }
  }
  // A server that stumbles (restart, overload, disk) is as good as away.
  if (response.status >= 500 || response.status == 429 || response.status == 408) {
    error.code = ErrorCode::service_unavailable;
  }
  return error;
}

class HttpWorkerClient final : public WorkerClient {
 public:
  explicit HttpWorkerClient(WorkerClientConfig config) : config_(std::move(config)) {
    while (config_.server_url.ends_with('/')) config_.server_url.pop_back();
  }

  Result<std::optional<Job>> claim(const ClaimRequest& request, std::int64_t wait_ms,
                                   std::stop_token stop) override {
    TRY_ASSIGN(const json::object answer,
               post(kClaimPath, to_json(request, wait_ms), wait_ms + kCallTimeMs, stop));
    const auto* job = object_or_null(answer, "job");
    if (job == nullptr) return std::optional<Job>();
    TRY_ASSIGN(Job claimed, claimed_job_from(*job));
    return std::optional<Job>(std::move(claimed));
  }

  Result<void> heartbeat(const Heartbeat& beat, std::stop_token stop) override {
    TRY(post(kHeartbeatPath, to_json(beat), kCallTimeMs, std::move(stop)));
    return {};
  }

  Result<void> set_exact(const std::string& job_id, std::int64_t fence, const Delivered& delivered,
                         std::stop_token stop) override {
    TRY(post(kExactPath, to_json(ExactRequest{job_id, fence, delivered}), kCallTimeMs, stop));
    return {};
  }

  Result<void> complete(const Completion& completion, std::stop_token stop) override {
    TRY(post(kCompletePath, to_json(completion), kCallTimeMs, stop));
    return {};
  }

  Result<void> fail(const std::string& job_id, std::int64_t fence, const Error& error,
                    bool is_retryable, std::stop_token stop) override {
    TRY(post(kFailPath, to_json(FailRequest{job_id, fence, error, is_retryable}), kCallTimeMs,
             stop));
    return {};
  }

  Result<void> fetch(const BlobRef& blob, const fs::path& target, std::stop_token stop) override {
    net::HttpRequest request = request_to(std::string(kBlobsPath) + "/" + blob.hash, stop);
    request.answer_file = target;
    request.limits.size_max = kBlobMax;
    request.limits.time_ms = config_.upload_time_ms;
    TRY_ASSIGN(const net::HttpResponse response, client_.request(request));
    if (response.status != 200) return tl::make_unexpected(error_of(response));
    TRY_ASSIGN(const std::string hash, hash_of_file(target));
    if (hash != blob.hash) {
      return understudy::fail(ErrorCode::service_unavailable, "An input arrived damaged.");
    }
    return {};
  }

  Result<BlobRef> upload(const fs::path& file, std::stop_token stop) override {
    net::HttpRequest request = request_to(kBlobsPath, stop);
    request.method = "PUT";
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    request.body_file = file;
    request.limits.time_ms = config_.upload_time_ms;
    TRY_ASSIGN(const json::object answer, data_of(client_.request(request)));
    TRY_ASSIGN(BlobRef blob, blob_ref_from(answer));
    TRY_ASSIGN(const std::string hash, hash_of_file(file));
    if (hash != blob.hash) {
      return understudy::fail(ErrorCode::service_unavailable, "An output arrived damaged.");
    }
    return blob;
  }

 private:
  net::HttpRequest request_to(const std::string& path, std::stop_token stop) const {
    net::HttpRequest request;
    request.url = config_.server_url + path;
    request.headers = {{"Authorization", "Bearer " + config_.token}};
    request.is_trusted = true;
    request.limits.connect_ms = kConnectTimeMs;
    request.limits.size_max = kAnswerMax;
    request.stop = std::move(stop);
    return request;
  }

  Result<json::object> post(const char* path, const json::object& body, std::int64_t time_ms,
                            std::stop_token stop) const {
    net::HttpRequest request = request_to(path, std::move(stop));
    request.method = "POST";
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = to_text(body);
    request.limits.time_ms = time_ms;
    return data_of(client_.request(request));
  }

  static Result<json::object> data_of(Result<net::HttpResponse> response) {
    if (!response) return tl::make_unexpected(std::move(response).error());
    if (response->status / 100 != 2) return tl::make_unexpected(error_of(*response));
    TRY_ASSIGN(const json::value body, parse_json(response->body, 64));
    const auto* object = body.if_object();
    const auto* data = object != nullptr ? object_or_null(*object, "data") : nullptr;
    if (data == nullptr) {
      return understudy::fail(ErrorCode::service_unavailable, "The server's answer has no data.");
    }
    return *data;
  }

  WorkerClientConfig config_;
  net::HttpClient client_;
};

}  // namespace

std::unique_ptr<WorkerClient> open_worker_client(WorkerClientConfig config) {
  return std::make_unique<HttpWorkerClient>(std::move(config));
}

}  // namespace understudy::jobs
