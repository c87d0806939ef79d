#include "api/pagination.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace understudy::api {
namespace {

Result<PageRequest> page(std::vector<std::pair<std::string, std::string>> query) {
  Request request;
  request.query = std::move(query);
  return page_request(request, {.limit_default = 20, .limit_max = 50});
}

TEST(Pagination, DefaultsAndBounds) {
  EXPECT_EQ(page({})->limit, 20);
  EXPECT_EQ(page({{"limit", "1"}})->limit, 1);
  EXPECT_EQ(page({{"limit", "50"}})->limit, 50);
  for (const char* limit :
       {"0", "51", "-1", "", "x", "1.5", "1e1", "+5", " 5", "5 ", "99999999999"}) {
    const auto refused = page({{"limit", limit}});
    ASSERT_FALSE(refused) << limit;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_parameter);
    EXPECT_EQ(refused.error().param, "limit");
  }
}

TEST(Pagination, ATokenLeadsBackToItsId) {
  EXPECT_EQ(page({{"token", page_token("0192abc")}})->after_id, "0192abc");
  EXPECT_EQ(page({{"token", ""}})->after_id, "");
}

TEST(Pagination, OtherTokensAreRefused) {
  for (const std::string& token :
       {std::string("abc"), std::string("%%%"), to_base64url("2:abc"), to_base64url("1:"),
        to_base64url("1:a b"), to_base64url("1:a\nb"), to_base64url("1:" + std::string(300, 'a')),
        page_token("abc") + "="}) {
    const auto refused = page({{"token", token}});
    ASSERT_FALSE(refused) << token;
    EXPECT_EQ(refused.error().param, "token");
  }
}

TEST(Pagination, TheEnvelopeHoldsThePagesStateNextToTheData) {
  std::vector<std::string> items = {"a", "b", "c"};
  const auto more = cut_page(items, 2, [](const std::string& item) { return item; });
  EXPECT_EQ(items.size(), 2u);
  EXPECT_EQ(more, page_token("b"));
  const auto response = page_response({"a", "b"}, more);
  EXPECT_EQ(to_text(response.body),
            R"({"data":["a","b"],"has_more":true,"next_token":")" + *more + "\"}");
  EXPECT_EQ(cut_page(items, 2, [](const std::string& item) { return item; }), std::nullopt);
  EXPECT_EQ(to_text(page_response({}, std::nullopt).body),
            R"({"data":[],"has_more":false,"next_token":null})");
}

}  // namespace
}  // namespace understudy::api
