#include "browser/capture.h"

#include <fstream>

#include <gtest/gtest.h>
#include <test_paths.h>

#include "base/bytes.h"
#include "base/file.h"
#include "browser/frame_lanes.h"
#include "browser/player.h"

namespace understudy::browser {
namespace {
namespace fs = std::filesystem;

constexpr FrameSourceKind kKinds[] = {FrameSourceKind::compositor_memory,
                                      FrameSourceKind::frame_tap, FrameSourceKind::screenshots};

TEST(Picture, SaysWhichRowsChanged) {
  auto picture = Picture::make(4, 12);
  std::vector<std::uint32_t> rows(4 * 12);
  std::vector<RowSpan> changed;
  picture.take_rows(0, 12, rows.data(), changed);
  EXPECT_TRUE(changed.empty());
  rows[3 * 4 + 1] = 7;
  rows[4 * 4 + 3] = 7;
  rows[11 * 4] = 7;
  picture.take_rows(0, 12, rows.data(), changed);
  EXPECT_EQ(changed, (std::vector<RowSpan>{{2, 6}, {10, 12}}));
  EXPECT_EQ(picture.pixels, rows);
}

// Something of everything: text, a filter, opacity, a gradient, motion, and rest after a second.
constexpr const char* kPage = R"x(<!doctype html><html><head><style>body{margin:0;background:#fff}
@keyframes move{from{transform:translateX(0)}to{transform:translateX(300px) rotate(30deg)}}</style></head><body>
<div data-composition-id="root" data-width="640" data-height="360" data-duration="2"
  style="position:relative;overflow:hidden;background:linear-gradient(#fff,#acf)">
<h1 style="position:absolute;left:20px;top:40px;font:60px Inter;color:#123;animation:move 1s linear both">Same</h1>
<div style="position:absolute;left:300px;top:200px;width:120px;height:120px;background:#e67e22;opacity:.7;filter:blur(8px)"></div>
</div></body></html>)x";

class Work {
 public:
  explicit Work(const char* page = kPage) {
    fs::create_directories(folder_.path() / "project");
    fs::create_directories(folder_.path() / "scratch");
    std::ofstream(folder_.path() / "project/index.html") << page;
    options.project = folder_.path() / "project";
    options.scratch = folder_.path() / "scratch";
    options.libraries = UNDERSTUDY_SOURCE_DIR "/build/hyperframes";
    options.width = 640;
    options.height = 360;
  }
  StageOptions stage() const {
    return {.folder = folder_.path() / "ahead", .size = {.width = 1920, .height = 1080}};
  }
  PlayerOptions options;

 private:
  TemporaryFolder folder_;
};

std::vector<std::string> hashes(Player& player, int frames) {
  std::vector<std::string> all;
  for (int i = 0; i < frames; ++i) {
    const auto drawn = player.draw(i);
    if (!drawn) {
      ADD_FAILURE() << drawn.error().message << " " << drawn.error().detail;
      return all;
    }
    const auto& pixels = player.picture().pixels;
    std::string opaque;
    for (const auto pixel : pixels) {
      opaque.append({static_cast<char>(pixel), static_cast<char>(pixel >> 8),
                     static_cast<char>(pixel >> 16)});
    }
    all.push_back(sha256_hex(opaque));
  }
  return all;
}

TEST(FrameSources, AllGiveTheSameFrames) {
  std::vector<std::string> frames[3];
  for (const auto kind : kKinds) {
    Work work;
    work.options.source = kind;
    auto player = Player::open(work.options);
    ASSERT_TRUE(player) << player.error().message << player.error().detail;
    EXPECT_EQ((*player)->facts().source, kind);
    frames[static_cast<int>(kind)] = hashes(**player, 40);
    EXPECT_FALSE((*player)->has_source_failed());
  }
  EXPECT_EQ(std::set<std::string>(frames[0].begin(), frames[0].end()).size(), 31U);
  EXPECT_EQ(frames[0], frames[1]);
  EXPECT_EQ(frames[0], frames[2]);
}

TEST(FrameSources, APictureThatIsNotTheScreensIsNoticed) {
  for (const auto kind : {FrameSourceKind::compositor_memory, FrameSourceKind::frame_tap}) {
    Work work;
    work.options.source = kind;
    work.options.tamper = [](int, Picture& picture) {
      for (std::size_t i = 0; i < 1'000; ++i) picture.pixels[i] ^= 1;
    };
    auto player = Player::open(work.options);
    ASSERT_TRUE(player) << player.error().message;
    const auto drawn = (*player)->draw(0);
    ASSERT_FALSE(drawn);
    EXPECT_NE(drawn.error().detail.find(to_string(kind)), std::string::npos);
    EXPECT_TRUE((*player)->has_source_failed());
  }
}

// A page may change between a reading and the screenshot that proves it.
TEST(FrameSources, APictureThatWasTheScreensIsReadAgain) {
  for (const auto kind : {FrameSourceKind::compositor_memory, FrameSourceKind::frame_tap}) {
    Work work, plain;
    work.options.source = plain.options.source = kind;
    int readings = 0;
    work.options.tamper = [&](int, Picture& picture) {
      if (readings++ > 0) return;
      for (std::size_t i = 0; i < 1'000; ++i) picture.pixels[i] ^= 1;
    };
    auto player = Player::open(work.options), other = Player::open(plain.options);
    ASSERT_TRUE(player) << player.error().message;
    ASSERT_TRUE(other) << other.error().message;
    const auto drawn = (*player)->draw(0);
    ASSERT_TRUE(drawn) << drawn.error().message;
    EXPECT_FALSE((*player)->has_source_failed());
    EXPECT_GE(readings, 2);
    ASSERT_TRUE((*other)->draw(0));
    EXPECT_EQ((*player)->picture().pixels, (*other)->picture().pixels);
  }
}

TEST(FrameSources, PagesStillMakeJpegsOfTheirOwnWhereTheTapIsLoaded) {
  Work work(
      R"x(<!doctype html><html><head><style>body{margin:0;background:#fff}</style></head><body>
<div data-composition-id="root" data-width="640" data-height="360" data-duration="1"><img id="i"></div><script>
const c = document.createElement('canvas'); c.width = 300; c.height = 300;
const g = c.getContext('2d'); g.fillStyle = '#20a050'; g.fillRect(0, 0, 300, 300);
document.getElementById('i').src = c.toDataURL('image/jpeg', 1);</script></body></html>)x");
  auto player = Player::open(work.options);
  ASSERT_TRUE(player) << player.error().message;
  ASSERT_TRUE((*player)->draw(0));
  const auto pixel = (*player)->picture().pixels[100 * 640 + 100];
  EXPECT_NEAR(static_cast<int>((pixel >> 8) & 255), 0xA0, 3);
  EXPECT_NEAR(static_cast<int>(pixel & 255), 0x50, 3);
}

TEST(StageAhead, AdaptsToAnotherSizeWithTheSamePixels) {
  Work cold;
  auto alone = Player::open(cold.options);
  ASSERT_TRUE(alone) << alone.error().message;
  const auto wanted = hashes(**alone, 20);
  Work warm;
  auto stage = Stage::open(warm.stage());
  ASSERT_TRUE(stage) << stage.error().message << stage.error().detail;
  const pid_t browser = (*stage)->browser().pid();
  auto player = Player::open(warm.options, *std::move(stage));
  ASSERT_TRUE(player) << player.error().message << player.error().detail;
  EXPECT_EQ((*player)->facts().source, FrameSourceKind::compositor_memory);
  EXPECT_TRUE((*player)->facts().used_stage_ahead);
  EXPECT_EQ((*player)->browser_pid(), browser);
  EXPECT_EQ(hashes(**player, 20), wanted);
}

TEST(StageAhead, BecomesTransparentAndGivesWayToALargerOne) {
  Work transparent;
  transparent.options.has_alpha = true;
  auto stage = Stage::open(transparent.stage());
  ASSERT_TRUE(stage);
  auto clear = Player::open(transparent.options, *std::move(stage));
  ASSERT_TRUE(clear) << clear.error().message;
  EXPECT_EQ((*clear)->facts().source, FrameSourceKind::screenshots);

  // At twice its size a page still fits; at four times it does not.
  for (const int scale : {2, 4}) {
    Work larger;
    larger.options.width = 640 * scale;
    larger.options.height = 360 * scale;
    auto other = Stage::open(larger.stage());
    ASSERT_TRUE(other);
    const pid_t browser = (*other)->browser().pid();
    auto player = Player::open(larger.options, *std::move(other));
    ASSERT_TRUE(player) << player.error().message;
    EXPECT_EQ((*player)->browser_pid() == browser, scale == 2);
    EXPECT_EQ((*player)->facts().source, FrameSourceKind::compositor_memory);
    EXPECT_TRUE((*player)->draw(0));
  }
}

// The frames of one player, and those of several lanes.
std::vector<std::string> frames_of(Work& work, int browsers, Error& error) {
  auto player = Player::open(work.options);
  if (!player) {
    error = player.error();
    return {};
  }
  FrameLanes lanes(**player, work.options, browsers);
  auto canvas = media::Frame::make(work.options.width, work.options.height, false);
  std::vector<std::string> all;
  for (int i = 0; i < (*player)->facts().frames; ++i) {
    if (const auto drawn = lanes.draw(i, canvas); !drawn) {
      error = drawn.error();
      EXPECT_TRUE(lanes.has_disagreed()) << error.message << error.detail;
      return all;
    }
    all.push_back(sha256_hex(std::string(canvas.y.begin(), canvas.y.end()) +
                             std::string(canvas.u.begin(), canvas.u.end())));
  }
  return all;
}

TEST(FrameLanes, SeveralBrowsersGiveTheFramesOfOne) {
  Error error;
  Work one;
  const auto alone = frames_of(one, 1, error);
  ASSERT_EQ(alone.size(), 60U) << error.message;
  EXPECT_EQ(std::set<std::string>(alone.begin(), alone.end()).size(), 31U);
  Work three;
  EXPECT_EQ(frames_of(three, 3, error), alone) << error.message << error.detail;
}

TEST(FrameLanes, APageThatIsNoFunctionOfTimeIsNoticed) {
  Work work(
      R"x(<!doctype html><html><head><style>body{margin:0;background:#fff}</style></head><body>
<div data-composition-id="root" data-width="640" data-height="360" data-duration="1"><i id="i"
  style="position:absolute;width:40px;height:40px;background:red"></i></div><script>
document.getElementById('i').style.left = 50 + Math.floor(Math.random() * 400) + 'px';</script></body></html>)x");
  Error error;
  EXPECT_TRUE(frames_of(work, 2, error).empty());
  EXPECT_EQ(error.detail, "frame 0");
}

}  // namespace
}  // namespace understudy::browser
