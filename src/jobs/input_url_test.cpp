#include "jobs/input_url.h"

#include <gtest/gtest.h>

namespace understudy::jobs {
namespace {

TEST(InputUrl, IsHttpsWherePrivateAddressesAreNotAllowed) {
  EXPECT_TRUE(check_input_url("https://a.example/x.png", false, "image"));
  EXPECT_TRUE(check_input_url("HTTPS://a.example/x.png", false, "image"));
  EXPECT_TRUE(check_input_url("http://a.example/x.png", true, "image"));
  for (const auto* url : {"http://a.example/x.png", "HTTP://a.example"}) {
    const auto refused = check_input_url(url, false, "image");
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, ErrorCode::download_failed);
    EXPECT_EQ(refused.error().param, "image");
  }
}

TEST(InputUrl, AnExtensionIsThatOfTheContent) {
  const auto fits = [](std::string_view url, std::string_view type) {
    return check_input_extension(url, type, "file").has_value();
  };
  EXPECT_TRUE(fits("https://a/b/voice.MP3?x=1.wav", "audio/mpeg"));
  EXPECT_TRUE(fits("https://a/b/voice.m4a", "audio/mp4"));
  EXPECT_TRUE(fits("https://a/b/film.mp4", "audio/mp4"));
  EXPECT_TRUE(fits("https://a/b/film.webm#t=1", "video/webm"));
  EXPECT_TRUE(fits("https://a/b/photo.jpeg", "image/jpeg"));
  // Nothing is said.
  for (const auto* url : {"https://a.png", "https://a.png/", "https://a/b", "https://a/b.",
                          "https://a/b.php", "https://a/v1.2/b", "a.b", ""}) {
    EXPECT_TRUE(fits(url, "image/jpeg")) << url;
  }
  EXPECT_TRUE(fits("https://a/b.png", "application/unknown"));
  EXPECT_FALSE(fits("https://a/b/voice.wav?x=1", "audio/mpeg"));
  EXPECT_FALSE(fits("https://a/b/photo.png", "image/jpeg"));
  EXPECT_FALSE(fits("https://a/b/photo.png", "video/mp4"));
  EXPECT_EQ(check_input_extension("https://a/b.png", "image/jpeg", "file").error().param, "file");
}

}  // namespace
}  // namespace understudy::jobs
