// The rules of OAuth: texts, clients and their redirect URIs, authorization requests, what becomes
// of codes, refresh tokens and polls, throttling.
#include <set>

#include <gtest/gtest.h>

#include "accounts/account.h"
#include "accounts/oauth_authorization.h"
#include "accounts/oauth_grant.h"
#include "accounts/oauth_text.h"
#include "accounts/oauth_throttle.h"

namespace understudy::accounts {
namespace {

constexpr std::int64_t kNowMs = 1'700'000'000'000;
// RFC 7636, appendix B.
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

TEST(OAuthText, IsUniqueTypedAndChecked) {
  std::set<std::string> seen;
  for (const auto kind : {OAuthText::access, OAuthText::refresh, OAuthText::code, OAuthText::device,
                          OAuthText::session}) {
    const std::string text = new_oauth_text(kind);
    EXPECT_TRUE(seen.insert(text).second);
    EXPECT_TRUE(is_oauth_text(kind, text)) << text;
    EXPECT_FALSE(
        is_oauth_text(kind == OAuthText::code ? OAuthText::access : OAuthText::code, text));
    std::string wrong = text;
    wrong[20] = wrong[20] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(is_oauth_text(kind, wrong));
    EXPECT_FALSE(is_oauth_text(kind, text + "0"));
    EXPECT_FALSE(is_key_text(text));
  }
  EXPECT_FALSE(is_oauth_text(OAuthText::access, ""));
  EXPECT_FALSE(is_oauth_text(OAuthText::access, new_key_text()));
}

TEST(UserCode, IsReadAsPeopleTypeIt) {
  const std::string code = new_user_code();
  ASSERT_EQ(code.size(), 9u);
  EXPECT_EQ(normal_user_code(code), code);
  EXPECT_EQ(normal_user_code("bcdf ghjk"), "BCDF-GHJK");
  EXPECT_EQ(normal_user_code(" BCDFGHJK "), "BCDF-GHJK");
  for (const char* wrong : {"", "BCDF", "BCDF-GHJKL", "AEIO-UUUU", "BCDF-GHJ1", "BCDF_GHJK"}) {
    EXPECT_EQ(normal_user_code(wrong), "") << wrong;
  }
  EXPECT_EQ(normal_user_code(std::string(100'000, ' ')), "");
}

TEST(Pkce, ProvesWithTheExampleOfTheRfc) {
  EXPECT_TRUE(proves(kVerifier, kChallenge));
  EXPECT_FALSE(proves(kChallenge, kChallenge));  // "plain"
  EXPECT_FALSE(proves(std::string(43, 'a'), kChallenge));
  EXPECT_FALSE(proves("", kChallenge));
  EXPECT_FALSE(proves(std::string(129, 'a'), kChallenge));
  EXPECT_FALSE(is_code_verifier(std::string(42, 'a')));
  EXPECT_FALSE(is_code_verifier(std::string(42, 'a') + "+"));
  EXPECT_TRUE(is_code_challenge(kChallenge));
  EXPECT_FALSE(is_code_challenge(std::string(43, '=')));
}

OAuthClient app() {
  return {.id = "app",
          .name = "App",
          .redirect_uris = {"https://app.example/done?x=1", "com.example.app:/done",
                            "http://127.0.0.1/cb"}};
}

TEST(Redirect, MatchesExactlyButForTheLoopbacksPort) {
  for (const char* good :
       {"https://app.example/done?x=1", "com.example.app:/done", "http://127.0.0.1/cb",
        "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb"}) {
    EXPECT_TRUE(is_redirect_allowed(app(), good)) << good;
  }
  for (const char* wrong : {"",
                            "https://app.example/done",
                            "https://app.example/done?x=1&y=2",
                            "https://app.example/done?x=1#f",
                            "https://APP.example/done?x=1",
                            "https://app.example:443/done?x=1",
                            "com.example.app:/done/",
                            "http://127.0.0.1/cb/",
                            "http://127.0.0.1:65536/cb",
                            "http://127.0.0.1:0/cb",
                            "http://127.0.0.1:01/cb",
                            "http://127.0.0.1:/cb",
                            "http://127.0.0.1:1 /cb",
                            "http://127.0.0.1:1/cb#",
                            "http://127.0.0.1:1@evil.example/cb",
                            "http://127.0.0.1.evil.example/cb",
                            "http://127.0.0.1\\.evil.example/cb",
                            "http://127.0.0.10/cb",
                            "http://localhost:1/cb",
                            "http://[::1]:1/cb",
                            "https://127.0.0.1:1/cb",
                            "HTTP://127.0.0.1:1/cb",
                            "http://127.0.0.1:1/cb\r\nx: y",
                            "http://127.0.0.1:123456/cb"}) {
    EXPECT_FALSE(is_redirect_allowed(app(), wrong)) << wrong;
  }
  EXPECT_FALSE(is_redirect_allowed(app(), "http://127.0.0.1:1/cb" + std::string(3000, 'a')));
}

TEST(Redirect, TheOfficialProgramsMayUseAnyLoopbackPath) {
  const auto client = official_clients().at(0);
  ASSERT_TRUE(check_client(client));
  for (const char* good : {"http://127.0.0.1:49152/oauth/callback", "http://localhost:1/callback",
                           "http://[::1]:2/", "http://127.0.0.1:3", "http://127.0.0.1:3?x=1"}) {
    EXPECT_TRUE(is_redirect_allowed(client, good)) << good;
  }
  for (const char* wrong : {"http://localhost.evil.example/", "http://localhost:1@evil.example/",
                            "http://[::1].evil.example/", "https://evil.example/*"}) {
    EXPECT_FALSE(is_redirect_allowed(client, wrong)) << wrong;
  }
}

TEST(Redirect, ItsOriginIsWhatAPolicyNames) {
  EXPECT_EQ(redirect_origin("http://127.0.0.1:4000/cb?x=1"), "http://127.0.0.1:4000");
  EXPECT_EQ(redirect_origin("http://127.0.0.1:4000?x=1"), "http://127.0.0.1:4000");
  EXPECT_EQ(redirect_origin("https://app.example/done"), "https://app.example");
  EXPECT_EQ(redirect_origin("com.example.app:/done"), "com.example.app:");
}

TEST(Client, IsRefusedWhenItWouldBeUnsafe) {
  EXPECT_TRUE(check_client(app()));
  for (const char* uri :
       {"http://app.example/", "javascript:alert(1)", "data:text/html,x", "https://", "https:///x",
        "https://user@app.example/", "https://app.example/#f", "ftp://app.example/", "/relative",
        "https://app.example;x/", "https://app.example/ x"}) {
    EXPECT_FALSE(check_client({.id = "a", .name = "A", .redirect_uris = {uri}})) << uri;
  }
  EXPECT_FALSE(check_client({.id = "", .name = "A", .redirect_uris = {}}));
  EXPECT_FALSE(check_client({.id = "a b", .name = "A", .redirect_uris = {}}));
  EXPECT_FALSE(check_client({.id = "a", .name = "", .redirect_uris = {}}));
}

class Authorization : public ::testing::Test {
 protected:
  AuthorizationOutcome read() const {
    return read_authorization(parameters, clients, "https://us");
  }
  void set(const std::string& name, const std::string& value) {
    for (auto& [key, old] : parameters) {
      if (key == name) old = value;
    }
  }
  std::vector<OAuthClient> clients{app()};
  OAuthParameters parameters{{"response_type", "code"},
                             {"client_id", "app"},
                             {"redirect_uri", "https://app.example/done?x=1"},
                             {"state", "a&b=c\r\n"},
                             {"scope", "openid videos:read openid"},
                             {"code_challenge", kChallenge},
                             {"code_challenge_method", "S256"}};
};

TEST_F(Authorization, IsReadAndAnsweredWithItsState) {
  const auto outcome = read();
  ASSERT_TRUE(outcome.request) << outcome.refusal.description;
  EXPECT_EQ(outcome.request->scopes, (std::vector<std::string>{"openid", "videos:read"}));
  EXPECT_EQ(with_code(*outcome.request, "us_ac_1", "https://us"),
            "https://app.example/done?x=1&code=us_ac_1&state=a%26b%3Dc%0D%0A&iss=https%3A%2F%2Fus");
}

TEST_F(Authorization, WithoutATrustedAddressNothingIsSentAnywhere) {
  for (const auto& [name, value] :
       {std::pair("client_id", "other"), std::pair("redirect_uri", "https://evil.example/"),
        std::pair("client_id", ""), std::pair("redirect_uri", "")}) {
    const auto before = parameters;
    set(name, value);
    EXPECT_FALSE(read().request);
    EXPECT_EQ(read().refusal.redirect_to, "") << name;
    parameters = before;
    parameters.emplace_back(name, value);  // twice
    EXPECT_FALSE(read().request);
    EXPECT_EQ(read().refusal.redirect_to, "") << name;
    parameters = before;
  }
  set("state", std::string(5000, 'a'));
  EXPECT_FALSE(read().request);
  EXPECT_EQ(read().refusal.redirect_to, "");
}

TEST_F(Authorization, OtherwiseTheClientIsToldWhy) {
  const std::pair<std::pair<const char*, const char*>, const char*> cases[] = {
      {{"response_type", "token"}, "unsupported_response_type"},
      {{"response_type", ""}, "invalid_request"},
      {{"code_challenge", ""}, "invalid_request"},
      {{"code_challenge", "x"}, "invalid_request"},
      {{"code_challenge_method", "plain"}, "invalid_request"},
      {{"code_challenge_method", ""}, "invalid_request"},
      {{"scope", "operator"}, "invalid_scope"}};
  for (const auto& [change, error] : cases) {
    const auto before = parameters;
    set(change.first, change.second);
    const auto refusal = read().refusal;
    EXPECT_EQ(refusal.error, error) << change.first;
    EXPECT_TRUE(refusal.redirect_to.starts_with("https://app.example/done?x=1&error="));
    EXPECT_NE(refusal.redirect_to.find("&state=a%26b"), std::string::npos);
    parameters = before;
  }
  parameters.emplace_back("state", "second");
  EXPECT_EQ(read().refusal.error, "invalid_request");
  EXPECT_EQ(read().refusal.redirect_to.find("state="), std::string::npos);
}

TEST(OAuthScopes, IdentityWordsAloneMeanTheWholeAccount) {
  EXPECT_EQ(parse_oauth_scopes("").value().size(), 3u);
  EXPECT_TRUE(api_scopes(parse_oauth_scopes("openid profile email").value()).empty());
  EXPECT_EQ(api_scopes(parse_oauth_scopes("openid videos:read").value()).size(), 1u);
  EXPECT_FALSE(parse_oauth_scopes("videos:delete"));
  EXPECT_FALSE(parse_oauth_scopes("operator"));
}

StoredCode stored_code() {
  return {.grant_id = "g",
          .client_id = "app",
          .redirect_uri = "http://127.0.0.1:1/cb",
          .code_challenge = kChallenge,
          .expires_at_ms = kNowMs + 60'000,
          .used_at_ms = 0};
}
constexpr CodeRedemption kShown{
    .client_id = "app", .redirect_uri = "http://127.0.0.1:1/cb", .code_verifier = kVerifier};

TEST(Code, WorksOnceForWhoAskedForIt) {
  EXPECT_EQ(judge_code(stored_code(), kShown, kNowMs), TokenVerdict::granted);
  EXPECT_EQ(judge_code(stored_code(), kShown, kNowMs + 59'999), TokenVerdict::granted);
  EXPECT_EQ(judge_code(stored_code(), kShown, kNowMs + 60'000), TokenVerdict::invalid);
  auto used = stored_code();
  used.used_at_ms = kNowMs;
  EXPECT_EQ(judge_code(used, kShown, kNowMs + 1), TokenVerdict::reused);
  auto other = kShown;
  other.client_id = "other";
  EXPECT_EQ(judge_code(stored_code(), other, kNowMs), TokenVerdict::invalid);
  EXPECT_EQ(judge_code(used, other, kNowMs), TokenVerdict::invalid);
  other = kShown;
  other.redirect_uri = "http://127.0.0.1:2/cb";
  EXPECT_EQ(judge_code(stored_code(), other, kNowMs), TokenVerdict::invalid);
  other = kShown;
  other.code_verifier = kChallenge;
  EXPECT_EQ(judge_code(stored_code(), other, kNowMs), TokenVerdict::invalid);
}

TEST(Refresh, WorksOnce) {
  StoredRefresh token{
      .grant_id = "g", .client_id = "app", .expires_at_ms = kNowMs + 10, .used_at_ms = 0};
  EXPECT_EQ(judge_refresh(token, "app", kNowMs), TokenVerdict::granted);
  EXPECT_EQ(judge_refresh(token, "other", kNowMs), TokenVerdict::invalid);
  EXPECT_EQ(judge_refresh(token, "app", kNowMs + 10), TokenVerdict::invalid);
  token.used_at_ms = kNowMs;
  EXPECT_EQ(judge_refresh(token, "app", kNowMs + 100), TokenVerdict::reused);
  EXPECT_EQ(judge_refresh(token, "other", kNowMs), TokenVerdict::invalid);
}

TEST(DevicePoll, WaitsItsInterval) {
  DeviceRequest device;
  device.client_id = "app";
  device.expires_at_ms = kNowMs + 100'000;
  EXPECT_EQ(judge_poll(device, "app", kNowMs), TokenVerdict::pending);
  EXPECT_EQ(judge_poll(device, "other", kNowMs), TokenVerdict::invalid);
  device.polled_at_ms = kNowMs;
  EXPECT_EQ(judge_poll(device, "app", kNowMs + 4999), TokenVerdict::too_soon);
  EXPECT_EQ(judge_poll(device, "app", kNowMs + 5000), TokenVerdict::pending);
  device.state = DeviceState::approved;
  EXPECT_EQ(judge_poll(device, "app", kNowMs + 4999), TokenVerdict::too_soon);
  EXPECT_EQ(judge_poll(device, "app", kNowMs + 5000), TokenVerdict::granted);
  device.state = DeviceState::denied;
  EXPECT_EQ(judge_poll(device, "app", kNowMs + 5000), TokenVerdict::denied);
  EXPECT_EQ(judge_poll(device, "app", kNowMs + 100'000), TokenVerdict::expired);
  device.state = DeviceState::used;
  EXPECT_EQ(judge_poll(device, "app", kNowMs + 5000), TokenVerdict::reused);
}

TEST(Throttle, CountsWithinItsWindowAndForgetsTheOldestNames) {
  Throttle throttle({.attempts_max = 2, .window_ms = 1000, .names_max = 3});
  EXPECT_EQ(throttle.admit("ann", kNowMs), 0);
  EXPECT_EQ(throttle.admit("ann", kNowMs + 400), 0);
  EXPECT_EQ(throttle.admit("ann", kNowMs + 500), 500);
  EXPECT_EQ(throttle.admit("bob", kNowMs + 500), 0);
  EXPECT_EQ(throttle.admit("ann", kNowMs + 1000), 0);
  EXPECT_EQ(throttle.admit("ann", kNowMs + 1001), 399);
  throttle.undo("ann");
  EXPECT_EQ(throttle.admit("ann", kNowMs + 1002), 0);
  throttle.forget("ann");
  EXPECT_EQ(throttle.admit("ann", kNowMs + 1003), 0);
  throttle.admit("carl", kNowMs + 1004);
  throttle.admit("dora", kNowMs + 1005);  // bob, the oldest, is forgotten
  EXPECT_GT(throttle.admit("ann", kNowMs + 1006) + throttle.admit("ann", kNowMs + 1006), 0);
}

TEST(UrlEncoding, LeavesNothingThatCouldEndAValue) {
  EXPECT_EQ(url_encoded("a-b_c.d~1"), "a-b_c.d~1");
  EXPECT_EQ(url_encoded("&=#+ %\r\n\""), "%26%3D%23%2B%20%25%0D%0A%22");
}

}  // namespace
}  // namespace understudy::accounts
