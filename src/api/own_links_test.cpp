#include "api/own_links.h"

#include <gtest/gtest.h>

#include "api/links.h"

namespace understudy::api {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;

// A signed link and a file of a library, as the products offer them.
class OwnLinks : public testing::Test {
 protected:
  OwnLinks() {
    Route file{"GET", "/files/{token}/{name}", [this](const Request& request) -> Result<Response> {
                 TRY_ASSIGN(const auto blob, signer_.verify(request.path_param("token"),
                                                            request.path_param("name"), kNow));
                 Response response;
                 response.file = FileBody{.path = "/blobs/" + blob.hash,
                                          .mime_type = blob.mime_type,
                                          .download_name = blob.name,
                                          .etag = {}};
                 return response;
               }};
    file.is_public_file = true;
    Route icon{"GET", "/library/{file}", [](const Request& request) -> Result<Response> {
                 if (request.path_param("file") == "busy.png") {
                   return fail(ErrorCode::service_unavailable, "Come back.");
                 }
                 if (request.path_param("file") != "heart.png") {
                   return fail(ErrorCode::not_found, "There is nothing at this path.");
                 }
                 Response response;
                 response.text = "png";
                 return response;
               }};
    icon.is_public_file = true;
    const Route secret{"GET", "/secret", [](const Request&) -> Result<Response> {
                         ADD_FAILURE() << "a route with a key was asked";
                         return Response();
                       }};
    find_ = own_links({file, icon, secret});
  }

  std::string link(std::int64_t expires_at_ms, const LinkSigner& signer) const {
    return "https://api.example.com" + signer.make({.hash = std::string(64, 'a'),
                                                    .size = 5,
                                                    .mime_type = "image/png",
                                                    .name = "my face.png"},
                                                   expires_at_ms);
  }

  LinkSigner signer_{"secret"};
  jobs::FindOwnFile find_;
};

TEST_F(OwnLinks, ASignedLinkLeadsToItsFileWhateverTheHostAndTheQuery) {
  for (const std::string end : {"", "?x=1", "#t=3"}) {
    const auto found = find_(link(kNow + 1, signer_) + end);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->path, "/blobs/" + std::string(64, 'a'));
    EXPECT_EQ((*found)->name, "my face.png");
  }
}

TEST_F(OwnLinks, ALinkThatHasExpiredSaysSoAndAnothersIsNotOurs) {
  const auto expired = find_(link(kNow, signer_));
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, ErrorCode::download_failed);
  EXPECT_EQ(expired.error().message, kLinkExpired);
  const auto foreign = find_(link(kNow + 1, LinkSigner("another server's")));
  ASSERT_TRUE(foreign);
  EXPECT_FALSE(*foreign);
}

TEST_F(OwnLinks, BytesMadeOnRequestComeWithTheirName) {
  const auto found = find_("http://127.0.0.1:8080/library/heart.png");
  ASSERT_TRUE(found && *found);
  EXPECT_TRUE((*found)->path.empty());
  EXPECT_EQ((*found)->bytes, "png");
  EXPECT_EQ((*found)->name, "heart.png");
  EXPECT_EQ(find_("http://127.0.0.1/library/busy.png").error().code,
            ErrorCode::service_unavailable);
}

TEST_F(OwnLinks, EverythingElseIsSomebodyElses) {
  for (const std::string url :
       {"", "https://", "https://a", "/library/heart.png", "ftp://a/library/heart.png",
        "https://a/library/none.png", "https://a/secret", "https://a?/library/heart.png",
        "https://user@a/library/heart.png", "https://a/library/%zz",
        "https://a\\/library/heart.png", "https://a/other"}) {
    const auto found = find_(url);
    ASSERT_TRUE(found) << url;
    EXPECT_FALSE(*found) << url;
  }
}

}  // namespace
}  // namespace understudy::api
