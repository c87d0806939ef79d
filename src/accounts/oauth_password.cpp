#include "accounts/oauth_password.h"

#include <array>
#include <cstdlib>

#include <argon2.h>
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text.h"

namespace understudy::accounts {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr int kRetryWhenBusy_s = 1;

Result<std::string> encoded_hash(const PasswordHasher::Cost& cost, std::string_view password) {
  const std::string salt = random_bytes(kSaltBytes);
  std::array<char, 256> text{};
  const int failed = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes,
                                           password.data(), password.size(), salt.data(),
                                           salt.size(), kHashBytes, text.data(), text.size());
  if (failed != ARGON2_OK) {
    return fail_with_detail(ErrorCode::service_unavailable,
                            "The server has no memory left to check a password; try again.",
                            argon2_error_message(failed));
  }
  return std::string(text.data());
}

std::string parameters(const PasswordHasher::Cost& cost) {
  return fmt::format("$argon2id$v={}$m={},t={},p={}$", static_cast<int>(ARGON2_VERSION_NUMBER),
                     cost.memory_kib, cost.passes, cost.lanes);
}

}  // namespace

// A place among those at work; none when too many wait already.
class PasswordHasher::Place {
 public:
  explicit Place(PasswordHasher& hasher) : hasher_(hasher) {
    is_taken_ = hasher_.waiting_.fetch_add(1) < hasher_.waiting_max_;
    if (is_taken_) hasher_.places_.acquire();
    hasher_.waiting_.fetch_sub(1);
  }
  ~Place() {
    if (is_taken_) hasher_.places_.release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  Result<void> check() const {
    if (is_taken_) return {};
    Error error;
    error.code = ErrorCode::service_unavailable;
    error.message = "Too many people sign in at this moment; try again in a second.";
    error.retry_after_s = kRetryWhenBusy_s;
    return tl::make_unexpected(std::move(error));
  }

 private:
  PasswordHasher& hasher_;
  bool is_taken_ = false;
};

Result<void> check_password_rules(std::string_view password) {
  const auto wrong = [](std::string message) {
    return fail(ErrorCode::invalid_parameter, std::move(message), "password");
  };
  if (!is_valid_utf8(password)) return wrong("The password must be UTF-8 text.");
  if (code_points(password).size() < kPasswordMin) {
    return wrong(fmt::format("The password needs at least {} characters.", kPasswordMin));
  }
  if (password.size() > kPasswordMax) {
    return wrong(fmt::format("The password may have at most {} bytes.", kPasswordMax));
  }
  return {};
}

PasswordHasher::PasswordHasher(Cost cost, int at_work_max, int waiting_max)
    : cost_(cost),
      waiting_max_(waiting_max + at_work_max),
      places_(at_work_max),
      // Well formed, and the hash of nothing: comparing with it costs what any comparison costs.
      nobody_(parameters(cost) + "AAAAAAAAAAAAAAAAAAAAAA$" + std::string(43, 'A')) {}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  const Place place(*this);
  TRY(place.check());
  return encoded_hash(cost_, password);
}

Result<bool> PasswordHasher::verify(std::string_view stored, std::string_view password) {
  if (password.size() > kPasswordMax) password = password.substr(0, 0);
  const Place place(*this);
  TRY(place.check());
  const std::string text(stored.empty() ? std::string_view(nobody_) : stored);
  const int outcome = argon2id_verify(text.c_str(), password.data(), password.size());
  if (outcome == ARGON2_OK) return !stored.empty();
  if (outcome == ARGON2_VERIFY_MISMATCH) return false;
  return fail_with_detail(ErrorCode::service_unavailable,
                          "The server could not check the password; try again.",
                          argon2_error_message(outcome));
}

bool PasswordHasher::is_outdated(std::string_view stored) const {
  return !stored.starts_with(parameters(cost_));
}

}  // namespace understudy::accounts
