#include "api/file_answer.h"

#include <gtest/gtest.h>

namespace understudy::api {
namespace {

FileAnswer plan(const std::map<std::string, std::string, std::less<>>& headers,
                std::int64_t size = 100) {
  Request request;
  request.headers = headers;
  return plan_file_answer(
      request, {.path = "", .mime_type = "video/mp4", .download_name = "", .etag = "tag"}, size);
}

TEST(FileAnswer, TakesEachFormOfASingleRange) {
  struct Case {
    const char* range;
    int status;
    std::int64_t offset, length;
  };
  for (const Case& wanted : std::initializer_list<Case>{{"bytes=0-0", 206, 0, 1},
                                                        {"bytes=0-99", 206, 0, 100},
                                                        {"bytes=10-", 206, 10, 90},
                                                        {"bytes=-1", 206, 99, 1},
                                                        {"bytes=-500", 206, 0, 100},
                                                        {"bytes=90-500", 206, 90, 10},
                                                        {"bytes= 5 - 6 ", 206, 5, 2},
                                                        {"bytes=100-", 416, 0, 0},
                                                        {"bytes=-0", 416, 0, 0},
                                                        {"bytes=500-600", 416, 0, 0}}) {
    const FileAnswer answer = plan({{"range", wanted.range}});
    EXPECT_EQ(answer.status, wanted.status) << wanted.range;
    EXPECT_EQ(answer.offset, wanted.offset) << wanted.range;
    EXPECT_EQ(answer.length, wanted.length) << wanted.range;
  }
}

TEST(FileAnswer, IgnoresWhatIsNoSingleRangeOfBytes) {
  for (const char* range :
       {"bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=1-2,4-5", "items=0-1", "bytes=--1",
        "bytes=1", "bytes=99999999999999999999-", "bytes=+1-2", ""}) {
    const FileAnswer answer = plan({{"range", range}});
    EXPECT_EQ(answer.status, 200) << range;
    EXPECT_EQ(answer.length, 100) << range;
  }
}

TEST(FileAnswer, AnEmptyFileHasNoRange) {
  EXPECT_EQ(plan({{"range", "bytes=0-"}}, 0).status, 416);
  EXPECT_EQ(plan({{"range", "bytes=-5"}}, 0).status, 416);
  EXPECT_EQ(plan({}, 0).status, 200);
}

TEST(FileAnswer, IfRangeDecidesBetweenPartAndWhole) {
  EXPECT_EQ(plan({{"range", "bytes=0-1"}, {"if-range", "\"tag\""}}).status, 206);
  EXPECT_EQ(plan({{"range", "bytes=0-1"}, {"if-range", "\"old\""}}).status, 200);
  EXPECT_EQ(plan({{"range", "bytes=0-1"}, {"if-range", "W/\"tag\""}}).status, 200);
  EXPECT_EQ(plan({{"range", "bytes=0-1"}, {"if-range", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status,
            200);
}

TEST(FileAnswer, IfNoneMatchComparesWeaklyAndInLists) {
  for (const char* header : {"\"tag\"", "W/\"tag\"", "\"a\", \"tag\"", "*"}) {
    EXPECT_EQ(plan({{"if-none-match", header}}).status, 304) << header;
  }
  EXPECT_EQ(plan({{"if-none-match", "\"a\", \"b\""}}).status, 200);
}

TEST(FileAnswer, ADispositionHoldsAnyName) {
  EXPECT_EQ(content_disposition("a\"b\r\n.mp4"),
            "inline; filename=\"a_b__.mp4\"; filename*=UTF-8''a%22b%0D%0A.mp4");
}

}  // namespace
}  // namespace understudy::api
