// Passwords: argon2id (RFC 9106) over libargon2. One hash takes 64 MiB and about a tenth of a
// second on purpose, so the number of hashes at work is bounded: sign-ins beyond it are refused,
// the server's other work goes on. Any thread; blocks, so not on an event thread.
#pragma once

#include <atomic>
#include <semaphore>
#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy::accounts {

inline constexpr std::size_t kPasswordMin = 10;   // characters
inline constexpr std::size_t kPasswordMax = 512;  // bytes

// Errors: invalid_parameter, param "password".
Result<void> check_password_rules(std::string_view password);

class PasswordHasher {
 public:
  struct Cost {
    std::uint32_t memory_kib = 64 * 1024;
    std::uint32_t passes = 3;
    std::uint32_t lanes = 1;
  };
  explicit PasswordHasher(Cost cost, int at_work_max = 2, int waiting_max = 8);
  PasswordHasher() : PasswordHasher(Cost{}) {}

  // "$argon2id$v=19$m=65536,t=3,p=1$salt$hash". Errors: service_unavailable (too many at work).
  Result<std::string> hash(std::string_view password);
  // With an empty `stored` the answer is false after the time that a real comparison takes, so that
  // nobody learns which accounts exist. Errors: service_unavailable.
  Result<bool> verify(std::string_view stored, std::string_view password);
  // True when `stored` was made with other parameters.
  bool is_outdated(std::string_view stored) const;

 private:
  class Place;
  Cost cost_;
  int waiting_max_;
  std::counting_semaphore<> places_;
  std::atomic<int> waiting_{0};
  std::string nobody_;  // the hash of a password that nobody knows
};

}  // namespace understudy::accounts
