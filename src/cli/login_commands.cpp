#include "cli/login_commands.h"

#include <iostream>

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

namespace understudy::cli {
namespace {

int complain(const Error& error) {
  fmt::print(stderr, "understudy: {}\n", error.message);
  return error.code == ErrorCode::invalid_parameter || error.code == ErrorCode::service_unavailable
             ? 2
             : 1;
}

// Switches the terminal's echo off for as long as it lives.
class SilentTerminal {
 public:
  SilentTerminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_silent_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (is_silent_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  termios before_{};
  bool is_silent_ = false;
};

Result<std::string> ask_password() {
  std::string first;
  if (::isatty(STDIN_FILENO) == 0) {
    std::getline(std::cin, first);
    if (first.ends_with('\r')) first.pop_back();
    return first;
  }
  const SilentTerminal silent;
  std::string second;
  fmt::print(stderr, "New password: ");
  std::getline(std::cin, first);
  fmt::print(stderr, "\nThe same again: ");
  std::getline(std::cin, second);
  fmt::print(stderr, "\n");
  if (first != second) {
    return fail(ErrorCode::invalid_parameter, "The two are not the same; nothing was changed.");
  }
  return first;
}

Result<json::object> post(const AdminTarget& target, const std::string& path,
                          const json::object& body) {
  TRY_ASSIGN(const auto channel, open_admin_channel(target));
  return channel("POST", path, &body);
}

}  // namespace

int set_password(const AdminTarget& target, const NewPassword& password, bool is_json) {
  const auto text = ask_password();
  if (!text) return complain(text.error());
  json::object body{{"password", *text}};
  if (!password.email.empty()) body["email"] = password.email;
  const auto answer =
      post(target, "/understudy/v1/accounts/" + password.account + "/password", body);
  if (!answer) return complain(answer.error());
  if (is_json) {
    fmt::print("{}\n", to_pretty_text(*answer));
  } else if (const auto* data = object_or_null(*answer, "data")) {
    fmt::print("{} signs in as {}; earlier sessions and tokens have ended.\n",
               string_or(*data, "id"), string_or(*data, "email"));
  }
  return 0;
}

int set_plan(const AdminTarget& target, const NewPlan& plan, bool is_json) {
  json::object body{{"usage_based", plan.is_usage_based}};
  if (!plan.plan.empty()) body["plan"] = plan.plan;
  if (plan.is_usage_based) {
    body["included_credits"] = plan.included_credits;
    body["overage_rate_usd"] = plan.overage_rate_usd;
    if (!plan.cap_usd.empty()) body["cap_usd"] = plan.cap_usd;
  }
  const auto answer = post(target, "/understudy/v1/accounts/" + plan.account + "/plan", body);
  if (!answer) return complain(answer.error());
  if (is_json) {
    fmt::print("{}\n", to_pretty_text(*answer));
  } else if (const auto* data = object_or_null(*answer, "data")) {
    fmt::print("{}: {}\n", string_or(*data, "account_id"),
               bool_or(*data, "is_usage_based", false) ? "usage-based"
                                                       : string_or(*data, "plan") + " plan");
  }
  return 0;
}

}  // namespace understudy::cli
