#include "api/dispatcher.h"

#include <algorithm>
#include <exception>

#include "api/credentials.h"
#include "api/error_envelope.h"
#include "api/validation.h"
#include "base/bytes.h"
#include "base/log.h"

namespace understudy::api {
namespace {

constexpr int kRetryWhileRunning_s = 1;

// One body for a missing and for a wrong key.
tl::unexpected<Error> unauthorized() { return fail(ErrorCode::unauthorized, "Unauthorized"); }

Endpoint make_endpoint(Route route, const contract::Operation* operation) {
  Endpoint endpoint{
      .route = std::move(route), .operation = operation, .scopes = {}, .takes_bearer = true};
  if (operation == nullptr) {
    if (!endpoint.route.scope.empty()) endpoint.scopes.push_back(endpoint.route.scope);
    return endpoint;
  }
  endpoint.scopes.assign(operation->scopes.begin(), operation->scopes.end());
  endpoint.takes_bearer = operation->takes_bearer;
  if (operation->body == contract::Body::multipart) endpoint.route.body = BodyKind::multipart;
  return endpoint;
}

// The names that the contract gives to the parameters of a path are the ones handlers use.
const contract::Operation* operation_of(const Route& route) {
  const auto all = contract::operations();
  const auto found = std::find_if(all.begin(), all.end(), [&route](const auto& operation) {
    return operation.method == route.method && path_shape(operation.path) == path_shape(route.path);
  });
  return found == all.end() ? nullptr : &*found;
}

std::string request_hash(const Request& request) {
  Sha256Stream hash;
  hash.update(request.body);
  for (const auto& [name, value] : request.form) hash.update(name + "\n" + value + "\n");
  for (const auto& file : request.files) hash.update(file.field + "\n" + file.sha256 + "\n");
  return to_hex(hash.finish());
}

// Operations of the contract whose bodies name their requests; the header means nothing to them.
bool takes_idempotency_key(const Route& route) { return route.path != "/v3/background-removals"; }

bool is_idempotency_key(std::string_view key) {
  return !key.empty() && key.size() <= 255 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == ':' || c == '.';
  });
}

// "videos[3].script" of a batch: the message tells the entry, and param is the array.
tl::unexpected<Error> wrong_entry(Error error) {
  const auto open = error.param.find('[');
  const auto close = error.param.find(']', open);
  if (open == std::string::npos || close == std::string::npos) return tl::make_unexpected(error);
  const std::string array = error.param.substr(0, open);
  const std::string index = error.param.substr(open + 1, close - open - 1);
  error.message = "Entry " + index + " of '" + array + "': " + error.message;
  error.param = array;
  return tl::make_unexpected(std::move(error));
}

Result<void> parse_body(Request& request, const Endpoint& endpoint, ValidationRules rules) {
  const auto* operation = endpoint.operation;
  if (endpoint.route.body != BodyKind::json) {
    if (operation != nullptr && endpoint.route.body != BodyKind::raw && request.files.empty()) {
      return fail(ErrorCode::invalid_parameter,
                  "'file' is required: send it as a file field of multipart/form-data.", "file");
    }
    return {};
  }
  if (operation != nullptr && operation->body == contract::Body::none) return {};
  if (request.body.empty()) {
    if (operation == nullptr || !operation->is_body_required) return {};
    return fail(ErrorCode::invalid_parameter, "A JSON object is required as the body.");
  }
  if (request.header("content-type").starts_with("multipart/")) {
    return fail(ErrorCode::invalid_parameter,
                "The body must be JSON, with the header Content-Type: application/json.");
  }
  TRY_ASSIGN(request.json, parse_json(request.body));
  if (operation == nullptr) return {};
  auto valid = validate(request.json, contract::node(operation->body_node), rules);
  const bool is_batch = operation->path.ends_with("/batches");
  if (!valid && is_batch) return wrong_entry(std::move(valid).error());
  return valid;
}

}  // namespace

Dispatcher::Dispatcher(Config config)
    : config_(std::move(config)),
      requests_(std::make_unique<RateLimiter>(config_.requests_per_minute)),
      strangers_(std::make_unique<RateLimiter>(config_.unauthenticated_per_minute)) {
  for (const auto& operation : contract::operations()) {  // what is not built answers 501
    Route route;
    route.method = operation.method;
    route.path = operation.path;
    router_.add(operation.method, operation.path, endpoints_.size());
    endpoints_.push_back(make_endpoint(std::move(route), &operation));
  }
  for (auto& route : config_.routes) {
    const auto* operation = operation_of(route);
    router_.add(route.method, operation != nullptr ? operation->path : route.path,
                endpoints_.size());
    endpoints_.push_back(make_endpoint(std::move(route), operation));
  }
  config_.routes.clear();
}

Result<Dispatcher::Found> Dispatcher::find(std::string_view method, std::string_view path) const {
  TRY_ASSIGN(auto match, router_.find(method, path));
  return Found{.endpoint = &endpoints_[match.index], .params = std::move(match.params)};
}

// An API key wins over a bearer token: each names who pays, and a request is paid once.
Result<accounts::Principal> Dispatcher::identify(const Request& request,
                                                 const Endpoint& endpoint) const {
  const std::string_view key = request.header("x-api-key");
  if (!key.empty()) {
    TRY_ASSIGN(auto principal, config_.authenticate(key));
    if (!principal) return unauthorized();
    return *std::move(principal);
  }
  const std::string_view token = bearer_token(request);
  if (!token.empty() && config_.authenticate_bearer) {
    TRY_ASSIGN(auto principal, config_.authenticate_bearer(token));
    if (!principal) return unauthorized();
    if (!endpoint.takes_bearer) {
      return fail(ErrorCode::forbidden, "This operation takes an API key only.");
    }
    return *std::move(principal);
  }
  if (request.is_local && config_.local_principal) return *config_.local_principal;
  return unauthorized();
}

// Who asks, and whether that one asks too often. Strangers count by their address.
Result<void> Dispatcher::admit_caller(Request& request, const Endpoint& endpoint) const {
  const std::int64_t now_ms = config_.clock != nullptr ? config_.clock->now_ms() : 0;
  if (!endpoint.route.needs_key) {
    if (request.is_local || endpoint.route.guard) return {};
    return strangers_->take(request.remote_address, now_ms);
  }
  auto principal = identify(request, endpoint);
  if (!principal) {
    if (principal.error().code == ErrorCode::unauthorized && !request.is_local) {
      TRY(strangers_->take(request.remote_address, now_ms));
    }
    return tl::make_unexpected(std::move(principal).error());
  }
  request.principal = *std::move(principal);
  if (request.is_local) return {};
  return requests_->take(request.principal.key_id, now_ms, request.principal.requests_per_minute);
}

Result<void> Dispatcher::admit(Request& request, const Endpoint& endpoint) const {
  if (endpoint.route.guard) TRY(endpoint.route.guard(request));
  TRY(admit_caller(request, endpoint));
  if (endpoint.route.needs_key) {
    const bool is_bearer = request.principal.credential == accounts::Credential::bearer;
    for (const auto& scope : endpoint.scopes) {
      if (request.principal.may(scope)) continue;
      if (scope == "operator") {
        return fail(ErrorCode::forbidden, "Only an operator's key may do this.");
      }
      return fail(ErrorCode::insufficient_api_key_scope,
                  std::string(is_bearer ? "This access token" : "This API key") +
                      " lacks the scope '" + scope + "'.");
    }
  }
  TRY_ASSIGN(const bool is_patient, waits_for_room(request, config_.waits_always));
  request.principal.waiting_max = is_patient ? config_.waiting_max : 0;
  TRY_ASSIGN(request.principal.cost_max, cost_limit(request));
  request.principal.source = client_source(request);
  if (!endpoint.route.handler && endpoint.operation->is_preview) {
    return fail(ErrorCode::not_found,
                "This is a preview operation, which this server does not offer.");
  }
  if (!endpoint.route.handler) {
    return fail(ErrorCode::not_implemented, "This server does not offer " + endpoint.route.method +
                                                " " + endpoint.route.path + " yet.");
  }
  return {};
}

Result<void> Dispatcher::check(Request& request, const Endpoint& endpoint) const {
  if (endpoint.operation != nullptr) TRY(validate_parameters(request, *endpoint.operation));
  return parse_body(request, endpoint, {.allow_http_urls = config_.allow_http_urls});
}

// One effect per key: the first request runs, a repeat gets its answer, one in between is told to
// wait. Only successes are kept; a refused request may be corrected and sent again under the same
// key.
Result<Response> Dispatcher::run_once(Request& request, const Endpoint& endpoint,
                                      std::string_view key) const {
  // One space of keys per operation and resource, however the path is spelt.
  std::string scope =
      request.principal.account_id + " " + endpoint.route.method + " " + endpoint.route.path;
  for (const auto& [name, value] : request.path_params) scope += " " + value;
  IdempotencyTicket ticket{
      .scope = std::move(scope), .key = std::string(key), .request_hash = request_hash(request)};
  TRY_ASSIGN(auto start, config_.idempotency->begin(ticket.scope, ticket.key, ticket.request_hash,
                                                    config_.clock->now_ms()));
  using State = jobs::IdempotencyStart::State;
  if (start.state == State::in_progress) {
    Error error;
    error.code = ErrorCode::request_in_progress;
    error.message = "A request with this Idempotency-Key is still running.";
    error.retry_after_s = kRetryWhileRunning_s;
    return tl::make_unexpected(std::move(error));
  }
  if (start.state == State::replay) {
    Response replay;
    replay.status = start.status;
    replay.text = std::move(start.body);
    replay.headers.emplace_back("idempotency-replayed", "true");
    if (start.request_hash != ticket.request_hash) {
      log::warn("{}: another body came with an Idempotency-Key that is taken", request.id);
      replay.headers.emplace_back("idempotency-mismatch", "true");
    }
    return replay;
  }
  request.idempotency = ticket;
  Result<Response> response = fail(ErrorCode::internal_error, "The server failed.");
  try {
    response = endpoint.route.handler(request);
  } catch (...) {
    (void)config_.idempotency->abandon(ticket.scope, ticket.key);
    throw;
  }
  const bool is_success = response && response->status >= 200 && response->status <= 299;
  if (!is_success) {
    TRY(config_.idempotency->abandon(ticket.scope, ticket.key));
  } else if (!response->is_answer_stored) {
    if (!response->text) response->text = to_text(response->body);
    const std::string answer =
        response->replay_body ? to_text(*response->replay_body) : *response->text;
    // The effect has happened: that its answer could not be kept is not the client's failure.
    if (const auto kept =
            config_.idempotency->finish(ticket.scope, ticket.key, response->status, answer);
        !kept) {
      log::error("{}: the answer for an Idempotency-Key was not kept: {}", request.id,
                 kept.error().detail);
    }
  }
  return response;
}

Result<Response> Dispatcher::run(Request& request, const Endpoint& endpoint,
                                 bool is_admitted) const {
  if (!is_admitted) TRY(admit(request, endpoint));
  // A malformed request is refused also where its Idempotency-Key has an answer to replay.
  TRY(check(request, endpoint));
  const bool is_post =
      request.method == "POST" && config_.idempotency != nullptr && endpoint.route.needs_key &&
      takes_idempotency_key(endpoint.route);
  const auto key = request.headers.find("idempotency-key");
  if (!is_post || key == request.headers.end()) {
    return endpoint.route.handler(request);
  }
  if (!is_idempotency_key(key->second)) {
    return fail(ErrorCode::invalid_parameter,
                "'Idempotency-Key' must have 1 to 255 characters out of A-Z a-z 0-9 _ - : .",
                "Idempotency-Key");
  }
  return run_once(request, endpoint, key->second);
}

Response Dispatcher::answer(Request& request, const Endpoint& endpoint, bool is_admitted) const {
  try {
    auto response = run(request, endpoint, is_admitted);
    return response ? *std::move(response) : refuse(request, response.error());
  } catch (const std::exception& exception) {
    Error error;
    error.message = "The server failed to answer; the request id tells its operator more.";
    error.detail = exception.what();
    return refuse(request, error);
  }
}

Response Dispatcher::refuse(const Request& request, const Error& error) const {
  const bool is_ours = http_status(error.code) >= 500 && error.code != ErrorCode::not_implemented;
  if (is_ours || !error.detail.empty()) {
    log::write(is_ours ? log::Level::warn : log::Level::debug,
               fmt::format("{} {} {}: {}: {} {}", request.id, request.method, request.path,
                           to_string(error.code), error.message, error.detail));
  }
  Response response = error_response(error, request.base_url);
  if (error.code == ErrorCode::unauthorized && !bearer_token(request).empty()) {
    response.headers.emplace_back("www-authenticate",
                                  "Bearer error=\"invalid_token\"");  // RFC 6750
  }
  if (error.code == ErrorCode::method_not_allowed && error.extra != nullptr) {
    std::string allowed;
    for (const auto& name : error.extra->at("allowed").as_array()) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(name.as_string());
    }
    response.headers.emplace_back("allow", allowed);
  }
  return response;
}

}  // namespace understudy::api
