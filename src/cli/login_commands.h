// account password and account plan: how an account signs in, and what it may use.
#pragma once

#include <string>

#include "cli/admin_channel.h"

namespace understudy::cli {

struct NewPassword {
  std::string account = "owner";
  std::string email;  // empty: the account's own
};
// The password comes from standard input: typed twice without echo at a terminal, else its first
// line. It never stands in the arguments, which other users of the machine can read.
int set_password(const AdminTarget& target, const NewPassword& password, bool is_json);

struct NewPlan {
  std::string account = "owner";
  std::string plan;
  bool is_usage_based = false;
  std::int64_t included_credits = 0;
  std::string overage_rate_usd;
  std::string cap_usd;
};
int set_plan(const AdminTarget& target, const NewPlan& plan, bool is_json);

}  // namespace understudy::cli
