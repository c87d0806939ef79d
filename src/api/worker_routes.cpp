#include "api/worker_routes.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>

#include "base/bytes.h"
#include "jobs/worker_protocol.h"

namespace understudy::api {
namespace {

constexpr std::size_t kTokenMin = 16;
constexpr std::string_view kBearer = "Bearer ";

class WorkerApi {
 public:
  WorkerApi(const WorkerRoutesPorts& ports, WorkerRoutesConfig config)
      : ports_(ports), config_(std::move(config)) {}

  Result<void> admit(const Request& request) const {
    const std::string_view sent = request.header("authorization");
    if (config_.token.size() < kTokenMin || !sent.starts_with(kBearer) ||
        !equal_in_constant_time(sent.substr(kBearer.size()), config_.token)) {
      return fail(ErrorCode::unauthorized, "This needs the worker token of the server.");
    }
    return {};
  }

  Result<Response> claim(const Request& request) {
    TRY_ASSIGN(const auto call, jobs::claim_from(request.object()));
    TRY_ASSIGN(auto job, claim_or_wait(call));
    if (!job) return data_response(json::object{{"job", nullptr}});
    return data_response(json::object{{"job", jobs::to_json(*job)}});
  }

  Result<Response> heartbeat(const Request& request) const {
    TRY_ASSIGN(const auto beat, jobs::heartbeat_from(request.object()));
    TRY(ports_.jobs.heartbeat(beat, ports_.clock.now_ms()));
    return data_response(json::object{});
  }

  Result<Response> exact(const Request& request) const {
    TRY_ASSIGN(const auto call, jobs::exact_from(request.object()));
    TRY(ports_.jobs.set_exact(call.job_id, call.fence, call.delivered, ports_.clock.now_ms()));
    return data_response(json::object{});
  }

  Result<Response> complete(const Request& request) const {
    TRY_ASSIGN(const auto completion, jobs::completion_from(request.object()));
    for (const auto& hash : completion.output_blobs) TRY(ports_.blobs.local_path(hash));
    TRY(ports_.jobs.complete(completion, ports_.clock.now_ms()));
    return data_response(json::object{});
  }

  Result<Response> fail_job(const Request& request) const {
    TRY_ASSIGN(const auto call, jobs::fail_from(request.object()));
    TRY(ports_.jobs.fail(call.job_id, call.fence, call.error, call.is_retryable,
                         ports_.clock.now_ms()));
    return data_response(json::object{});
  }

  Result<Response> get_blob(const Request& request) const {
    const std::string& hash = request.path_param("hash");
    if (!jobs::is_blob_hash(hash)) return fail(ErrorCode::not_found, "There is no such file.");
    TRY_ASSIGN(auto path, ports_.blobs.local_path(hash));
    Response response;
    response.file = FileBody{.path = std::move(path),
                             .mime_type = "application/octet-stream",
                             .download_name = "",
                             .etag = hash};
    return response;
  }

  Result<Response> put_blob(const Request& request) const {
    // An empty file has no body that could be streamed: subtitles of a video without words.
    auto blob = request.files.empty() ? ports_.blobs.put_bytes({})
                                      : ports_.blobs.put_file(request.files.front().path);
    if (!blob) return tl::make_unexpected(blob.error());
    return data_response(jobs::to_json(*blob));
  }

 private:
  Result<std::optional<jobs::Job>> claim_or_wait(const jobs::ClaimCall& call) {
    using std::chrono::steady_clock;
    const auto wait_ms = std::min(call.wait_ms, config_.claim_wait_max_ms);
    const auto until = steady_clock::now() + std::chrono::milliseconds(wait_ms);
    for (;;) {
      // Read before the store is asked: a job that comes in between is not slept over.
      const auto seen = ports_.notifier.queue_version();
      if (ports_.notifier.is_stopped()) return std::optional<jobs::Job>();
      TRY_ASSIGN(auto job, ports_.jobs.claim(call.request, ports_.clock.now_ms()));
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
      if (job || left.count() <= 0) return job;
      const Waiting waiting(waiting_);
      if (waiting.count > config_.waiting_max) return job;
      // Whether a hint came or the time is over, the store is asked once more.
      ports_.notifier.wait_for_queue(seen, left);
    }
  }

  struct Waiting {
    explicit Waiting(std::atomic<int>& counter) : all(counter), count(++counter) {}
    ~Waiting() { --all; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    std::atomic<int>& all;
    const int count;
  };

  WorkerRoutesPorts ports_;
  WorkerRoutesConfig config_;
  std::atomic<int> waiting_{0};
};

}  // namespace

std::vector<Route> worker_routes(const WorkerRoutesPorts& ports, const WorkerRoutesConfig& config) {
  const auto api = std::make_shared<WorkerApi>(ports, config);
  std::vector<Route> routes;
  const auto add = [&](const char* method, std::string path, auto function, BodyKind body) {
    Route route;
    route.method = method;
    route.path = std::move(path);
    route.handler = [api, function, body](const Request& request) -> Result<Response> {
      if (body == BodyKind::json && request.method == "POST" && !request.json.is_object()) {
        return fail(ErrorCode::invalid_parameter, "A JSON object is required as the body.");
      }
      return ((*api).*function)(request);
    };
    route.needs_key = false;
    route.guard = [api](const Request& request) { return api->admit(request); };
    route.body = body;
    route.body_limit = body == BodyKind::file ? config.upload_max : 0;
    routes.push_back(std::move(route));
  };
  add("POST", jobs::kClaimPath, &WorkerApi::claim, BodyKind::json);
  add("POST", jobs::kHeartbeatPath, &WorkerApi::heartbeat, BodyKind::json);
  add("POST", jobs::kExactPath, &WorkerApi::exact, BodyKind::json);
  add("POST", jobs::kCompletePath, &WorkerApi::complete, BodyKind::json);
  add("POST", jobs::kFailPath, &WorkerApi::fail_job, BodyKind::json);
  add("GET", std::string(jobs::kBlobsPath) + "/{hash}", &WorkerApi::get_blob, BodyKind::json);
  add("PUT", jobs::kBlobsPath, &WorkerApi::put_blob, BodyKind::file);
  return routes;
}

}  // namespace understudy::api
