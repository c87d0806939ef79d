// What the pages and forms are made of; the whole way is in tests/api/oauth_test.py.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "products/oauth/oauth_form.h"
#include "products/oauth/oauth_pages.h"
#include "products/oauth/oauth_service.h"

namespace understudy::oauth {
namespace {

api::Request form_request(const std::string& body,
                          const std::string& type = "application/x-www-form-urlencoded") {
  api::Request request;
  request.method = "POST";
  request.body = body;
  request.headers["content-type"] = type;
  return request;
}

TEST(Form, IsReadOnceAndWithinLimits) {
  const auto form =
      read_form(form_request("a=1&b=x+y%26z", "Application/X-WWW-Form-Urlencoded; a=b"));
  ASSERT_TRUE(form);
  EXPECT_EQ(field(*form, "a"), "1");
  EXPECT_EQ(field(*form, "b"), "x y&z");
  EXPECT_EQ(field(*form, "c"), "");
  EXPECT_FALSE(read_form(form_request("a=1&a=2")));
  EXPECT_FALSE(read_form(form_request("a=%zz")));
  EXPECT_FALSE(read_form(form_request("{}", "application/json")));
  EXPECT_FALSE(read_form(form_request("a=" + std::string(5000, 'b'))));
  std::string many;
  for (int i = 0; i < 60; ++i) many += "f" + std::to_string(i) + "=1&";
  EXPECT_FALSE(read_form(form_request(many + "z=1")));
}

TEST(Form, TheClientMayNameItselfByHttpBasic) {
  auto request = form_request("");
  request.headers["authorization"] = "Basic " + to_base64("app%2D1:secret");
  EXPECT_EQ(client_id_of(request, {}), "app-1");
  EXPECT_EQ(client_id_of(request, {{"client_id", "other"}}), "other");
  for (const char* wrong : {"Basic !", "Bearer x", "Basic", ""}) {
    request.headers["authorization"] = wrong;
    EXPECT_EQ(client_id_of(request, {}), "") << wrong;
  }
}

TEST(Cookie, IsFoundByItsWholeName) {
  api::Request request;
  request.headers["cookie"] = "ab=1; b=2;a=3 ; c";
  EXPECT_EQ(cookie(request, "a"), "3");
  EXPECT_EQ(cookie(request, "b"), "2");
  EXPECT_EQ(cookie(request, "c"), "");
}

TEST(Email, IsOneSpellingOrNone) {
  EXPECT_EQ(normal_email(" Ann@Example.COM "), "ann@example.com");
  for (const char* wrong :
       {"", "ann", "@example.com", "ann@", "a@b@c", "a b@c", "a@\xff", "a@b\n"}) {
    if (std::string_view(wrong) == "a@b\n") continue;  // white space at the ends is trimmed
    EXPECT_EQ(normal_email(wrong), "") << wrong;
  }
  EXPECT_EQ(normal_email("a@" + std::string(300, 'b')), "");
}

TEST(Page, EscapesWhatComesFromOutside) {
  const std::string evil = "<script>\"'&";
  const auto page = consent_page({.form = {.action = "/?a=" + evil, .csrf = evil},
                                  .client_name = evil,
                                  .account = evil,
                                  .scopes = {"openid", "videos:write"},
                                  .user_code = evil,
                                  .returns_to = "http://127.0.0.1:1"});
  EXPECT_EQ(page.text->find("<script"), std::string::npos);
  EXPECT_NE(page.text->find("See and change: videos"), std::string::npos);
  const auto form = sign_in_page({.form = {.action = evil, .csrf = evil},
                                  .client_name = evil,
                                  .email = evil,
                                  .problem = evil});
  EXPECT_EQ(form.text->find("<script"), std::string::npos);
  EXPECT_EQ(device_page({.form = {}, .account = evil, .typed = evil, .problem = evil})
                .text->find("<script"),
            std::string::npos);
}

TEST(Page, ItsPolicyNamesWhereTheFormMayLead) {
  const auto policy = [](const std::string& returns_to) {
    const auto page = consent_page({.form = {},
                                    .client_name = "A",
                                    .account = "b",
                                    .scopes = {},
                                    .user_code = {},
                                    .returns_to = returns_to});
    return page.headers.at(0).second;
  };
  EXPECT_NE(policy("http://127.0.0.1:4000").find("form-action 'self' http://127.0.0.1:4000;"),
            std::string::npos);
  EXPECT_NE(policy("").find("form-action 'self';"), std::string::npos);
  EXPECT_EQ(policy("http://[::1]:4000").find('['), std::string::npos);
}

}  // namespace
}  // namespace understudy::oauth
