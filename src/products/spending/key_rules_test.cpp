#include "products/spending/key_rules.h"

#include <gtest/gtest.h>

#include "api/body_fields.h"

namespace understudy::spending {
namespace {

accounts::Principal maker(std::vector<std::string> scopes) {
  accounts::Principal principal;
  principal.account_id = "ann";
  principal.scopes = std::move(scopes);
  return principal;
}

accounts::ApiKey key(std::vector<std::string> scopes) {
  accounts::ApiKey made;
  made.id = "k1";
  made.account_id = "ann";
  made.scopes = std::move(scopes);
  return made;
}

json::object object(std::string_view text) { return parse_json(text).value().as_object(); }

TEST(KeyRules, AKeyGivesOnlyScopesThatItHas) {
  const auto narrow = maker({"videos:read", "account:write"});
  EXPECT_TRUE(check_no_more_than(narrow, key({"videos:read"})));
  EXPECT_TRUE(check_no_more_than(narrow, key({"account:read"})));  // write includes read
  EXPECT_FALSE(check_no_more_than(narrow, key({"videos:write"})));
  EXPECT_FALSE(check_no_more_than(narrow, key({})));  // empty means all
  EXPECT_TRUE(check_no_more_than(maker({}), key({})));
  EXPECT_EQ(scopes_for(narrow, {}).value(), narrow.scopes);
}

TEST(KeyRules, NobodyButAnOperatorMakesAnOperatorsKey) {
  auto operators = key({});
  operators.is_operator = true;
  EXPECT_EQ(check_no_more_than(maker({}), operators).error().code, ErrorCode::forbidden);
  auto operator_maker = maker({});
  operator_maker.is_operator = true;
  EXPECT_TRUE(check_no_more_than(operator_maker, operators));
}

TEST(KeyRules, ATestKeyAndAProjectsKeyStayWhatTheyAre) {
  auto test = maker({});
  test.is_test = true;
  EXPECT_EQ(check_no_more_than(test, key({})).error().param, "is_test");
  auto of_project = maker({});
  of_project.project_id = "p1";
  EXPECT_EQ(check_no_more_than(of_project, key({})).error().param, "project_id");
}

TEST(KeyRules, CapsAreReadExactlyOnePerPeriod) {
  const auto caps = read_caps(
      object(R"({"caps":[{"period":"daily","limit_usd":0.1},)"
             R"({"period":"monthly","limit_usd":"3.000000001","time_zone":"Europe/Berlin"}]})"),
      key({}));
  ASSERT_TRUE(caps) << caps.error().message;
  EXPECT_EQ((*caps)[0].cap, money::Money{100'000'000});
  EXPECT_EQ((*caps)[1].cap, money::Money{3'000'000'001});
  EXPECT_EQ((*caps)[1].scope_id, "k1");
  for (const char* wrong :
       {R"({"caps":5})", R"({"caps":[5]})", R"({"caps":[{"period":"daily"}]})",
        R"({"caps":[{"period":"daily","limit_usd":1},{"period":"daily","limit_usd":2}]})",
        R"({"caps":[{"period":"hourly","limit_usd":1}]})",
        R"({"caps":[{"period":"daily","limit_usd":-1}]})",
        R"({"caps":[{"period":"daily","limit_usd":1,"time_zone":"Mars/Base"}]})",
        R"({"caps":[{"period":"daily","limit_usd":1,"more":1}]})"}) {
    EXPECT_EQ(read_caps(object(wrong), key({})).error().param, "caps") << wrong;
  }
}

TEST(BodyFields, AmountsAreExactOrRefused) {
  const auto read = [](std::string_view text) {
    return api::required_usd(object("{\"usd\":" + std::string(text) + "}"), "usd");
  };
  EXPECT_EQ(read("0.000000001").value(), money::Money{1});
  EXPECT_EQ(read("1e-9").value(), money::Money{1});
  EXPECT_EQ(read("4194303.999999999").value(), money::Money{4'194'303'999'999'999});
  EXPECT_EQ(read("\"9000000000.000000001\"").value(), money::Money{9'000'000'000'000'000'001});
  EXPECT_EQ(read("9000000000").value(), money::Money{9'000'000'000'000'000'000});
  for (const char* wrong : {"0.0000000001", "5000000.5", "1e300", "\"\"", "\"1e3\"", "true", "[]",
                            "{}", "\"12,5\"", "99999999999", "null"}) {
    const auto refused = read(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().param, "usd");
  }
}

}  // namespace
}  // namespace understudy::spending
