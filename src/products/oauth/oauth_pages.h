// The pages people see: sign in, allow a program, type a device's code, a sentence. Plain HTML
// without scripts; every value that came from outside is escaped. Each page forbids framing,
// caching and everything it does not need (content security policy).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace understudy::oauth {

// What every form carries.
struct FormTarget {
  std::string action;  // the path with its query that the form is sent to
  std::string csrf;
};

struct SignInPage {
  FormTarget form;
  std::string client_name;  // empty: no program asks
  std::string email;        // typed before
  std::string problem;      // what went wrong, or empty
};

struct ConsentPage {
  FormTarget form;
  std::string client_name;
  std::string account;  // who is signed in
  std::vector<std::string> scopes;
  std::string user_code;   // of a device, or empty
  std::string returns_to;  // "http://127.0.0.1:4000", or empty
};

struct DevicePage {
  FormTarget form;
  std::string account;
  std::string typed;
  std::string problem;
};

api::Response sign_in_page(const SignInPage& page, int status = 200);
api::Response consent_page(const ConsentPage& page);
api::Response device_page(const DevicePage& page, int status = 200);
// A heading and a sentence: the end of a way.
api::Response notice_page(std::string_view heading, std::string_view sentence, bool is_good,
                          int status = 200);

}  // namespace understudy::oauth
