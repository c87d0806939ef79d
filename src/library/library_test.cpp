// The library's pictures and icons, and the cache of files made from them.
#include <atomic>
#include <set>

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/file.h"
#include "library/icons.h"
#include "library/pictures.h"
#include "library/render_cache.h"

namespace understudy::library {
namespace {

TEST(Pictures, AreAtLeastFortyWithIdsAndTagsOfTheirOwn) {
  EXPECT_GE(pictures().size(), 40u);
  std::set<std::string_view> ids;
  for (const Picture& picture : pictures()) {
    EXPECT_TRUE(ids.insert(picture.id).second) << picture.id;
    EXPECT_FALSE(picture.tags.empty());
    EXPECT_FALSE(picture.description.empty());
  }
}

TEST(Pictures, AreTheSameEveryTime) {
  const Picture& picture = **find_picture("news-studio");
  const auto first = draw_picture(picture);
  EXPECT_EQ(first.width, 1920);
  EXPECT_EQ(first.height, 1080);
  EXPECT_EQ(first.rgba, draw_picture(picture).rgba);
  EXPECT_NE(first.rgba, draw_picture(**find_picture("red-news-studio")).rgba);
  EXPECT_EQ(find_picture("none").error().code, ErrorCode::not_found);
}

TEST(Icons, AreDrawnAndWrittenWithoutAnError) {
  EXPECT_GT(icons().size(), 1500u);
  for (const Icon& icon : icons()) {
    const auto image = draw_icon(icon, 24);
    ASSERT_TRUE(image) << icon.name << ": " << image.error().detail;
    int black = 0;
    for (std::size_t i = 3; i < image->rgba.size(); i += 4) black += image->rgba[i] > 128 ? 1 : 0;
    EXPECT_GT(black, 3) << icon.name;
    EXPECT_LT(black, 24 * 24 * 2 / 3) << icon.name;
    EXPECT_EQ(*find_icon(icon.name), &icon);
  }
  EXPECT_TRUE(icon_svg(**find_icon("heart")).starts_with("<svg xmlns="));
  EXPECT_EQ(find_icon("none").error().code, ErrorCode::not_found);
}

TEST(RenderCache, MakesAFileOnceHoweverManyAsk) {
  const TemporaryFolder folder;
  RenderCache cache(folder.path() / "made");
  std::atomic<int> made = 0;
  const auto make = [&made](const std::filesystem::path& path) {
    ++made;
    return write_file_durably(path, "content");
  };
  std::vector<std::jthread> askers;
  std::atomic<int> served = 0;
  for (int i = 0; i < 6; ++i) {
    askers.emplace_back([&] { served += cache.file("a.txt", make) ? 1 : 0; });
  }
  askers.clear();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(served, 6);
  EXPECT_EQ(read_file(*cache.file("a.txt", make)).value(), "content");
}

TEST(RenderCache, TellsThoseBeyondTheLimitToComeBack) {
  const TemporaryFolder folder;
  RenderCache cache(folder.path(), 1);
  std::atomic<bool> is_started = false;
  std::atomic<bool> may_end = false;
  std::jthread first([&] {
    (void)cache.file("slow", [&](const std::filesystem::path& path) -> Result<void> {
      is_started = true;
      while (!may_end) std::this_thread::yield();
      return write_file_durably(path, "x");
    });
  });
  while (!is_started) std::this_thread::yield();
  const auto refused =
      cache.file("other", [](const auto& path) { return write_file_durably(path, "y"); });
  may_end = true;
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::service_unavailable);
  EXPECT_GT(refused.error().retry_after_s, 0);
}

TEST(RenderCache, AFailureLeavesNothingAndIsTriedAgain) {
  const TemporaryFolder folder;
  RenderCache cache(folder.path());
  const auto broken = [](const std::filesystem::path& path) -> Result<void> {
    TRY(write_file_durably(path, "half"));
    return fail(ErrorCode::engine_failed, "No.");
  };
  EXPECT_EQ(cache.file("a", broken).error().code, ErrorCode::engine_failed);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_TRUE(cache.file("a", [](const auto& path) { return write_file_durably(path, "x"); }));
}

}  // namespace
}  // namespace understudy::library
