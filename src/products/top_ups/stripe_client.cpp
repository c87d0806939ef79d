#include "products/top_ups/stripe_client.h"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/text.h"

namespace understudy::top_ups {
namespace {

constexpr int kTriesMax = 3;
constexpr std::size_t kIdMax = 255;
constexpr std::size_t kMessageMax = 500;
constexpr std::chrono::milliseconds kFirstPause(200);
constexpr net::Limits kLimits{
    .size_max = 4 << 20, .time_ms = 20'000, .connect_ms = 5'000, .redirects_max = 0};

bool is_transient(const net::HttpResponse& answer) {
  const auto hint = answer.headers.find("stripe-should-retry");
  if (hint != answer.headers.end()) return hint->second == "true";
  return answer.status == 409 || answer.status == 429 || answer.status >= 500;
}

StripeError::Kind kind_of(const net::HttpResponse& answer) {
  if (answer.status == 402) return StripeError::Kind::declined;
  if (answer.status == 401 || answer.status == 403) return StripeError::Kind::forbidden;
  return is_transient(answer) ? StripeError::Kind::transient : StripeError::Kind::refused;
}

}  // namespace

StripeError stripe_error(const net::HttpResponse& answer) {
  StripeError error;
  error.kind = kind_of(answer);
  if (const auto id = answer.headers.find("request-id"); id != answer.headers.end()) {
    error.request_id = printable(id->second, kIdMax);
  }
  error.code = fmt::format("http_{}", answer.status);
  const auto body = parse_json(answer.body);
  const auto* object = body ? body->if_object() : nullptr;
  const auto* told = object == nullptr ? nullptr : object_or_null(*object, "error");
  if (told == nullptr) return error;
  const auto text = [](const json::object& from, std::string_view name, std::size_t size_max) {
    return printable(string_or(from, name), size_max);
  };
  for (const char* name : {"code", "type"}) {
    if (auto code = text(*told, name, kIdMax); !code.empty()) {
      error.code = std::move(code);
      break;
    }
  }
  error.param = text(*told, "param", kIdMax);
  // Stripe repeats parts of a wrong key in its message.
  if (error.kind != StripeError::Kind::forbidden) {
    error.message = text(*told, "message", kMessageMax);
  }
  if (const auto* payment = object_or_null(*told, "payment_intent"); payment != nullptr) {
    error.payment_id = text(*payment, "id", kIdMax);
  }
  return error;
}

std::string to_text(const StripeError& error) {
  return fmt::format("Stripe: {} {} {} (request {})", error.code, error.param, error.message,
                     error.request_id.empty() ? "-" : error.request_id);
}

StripeClient::StripeClient(const net::HttpClient& http, Config config)
    : http_(http), config_(std::move(config)) {
  while (config_.base_url.ends_with('/')) config_.base_url.pop_back();
}

bool StripeClient::is_live() const {
  return config_.api_key.starts_with("sk_live_") || config_.api_key.starts_with("rk_live_");
}

StripeClient::Answer StripeClient::post(std::string_view path, std::string_view form,
                                        std::string_view idempotency_key) const {
  net::HttpRequest request;
  request.method = "POST";
  request.url = config_.base_url + std::string(path);
  request.body = form;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Idempotency-Key", std::string(idempotency_key)}};
  return call(std::move(request));
}

StripeClient::Answer StripeClient::get(std::string_view path) const {
  net::HttpRequest request;
  request.url = config_.base_url + std::string(path);
  return call(std::move(request));
}

StripeClient::Answer StripeClient::call(net::HttpRequest request) const {
  request.headers.emplace_back("Authorization", "Bearer " + config_.api_key);
  request.headers.emplace_back("Stripe-Version", std::string(kStripeVersion));
  request.is_trusted = true;
  request.limits = kLimits;
  request.stop = stopping_.get_token();
  auto pause = kFirstPause;
  for (int tries = 1;; ++tries) {
    auto answer = call_once(request);
    const bool is_worth_another = !answer && answer.error().kind == StripeError::Kind::transient &&
                                  tries < kTriesMax && !stopping_.stop_requested();
    if (!is_worth_another) return answer;
    std::this_thread::sleep_for(pause);
    pause *= 3;
  }
}

StripeClient::Answer StripeClient::call_once(const net::HttpRequest& request) const {
  const auto answer = http_.request(request);
  if (!answer) {
    StripeError error;
    error.code = "not_reached";
    error.message = answer.error().message + " " + answer.error().detail;
    return tl::make_unexpected(std::move(error));
  }
  if (answer->status < 200 || answer->status > 299)
    return tl::make_unexpected(stripe_error(*answer));
  auto body = parse_json(answer->body);
  if (body && body->is_object()) return std::move(body->get_object());
  StripeError error;
  error.code = "not_json";
  return tl::make_unexpected(std::move(error));
}

}  // namespace understudy::top_ups
