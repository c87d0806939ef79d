#include "browser/player.h"

#include <cmath>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <test_paths.h>
#include <unistd.h>

#include "base/file.h"
#include "browser/process_tree.h"
#include "media/image.h"
#include "media/video_writer.h"

namespace understudy::browser {
namespace {
namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;

// A project in a folder of its own, and a player for it.
class Project {
 public:
  explicit Project(const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) {
      const fs::path path = root() / name;
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << text;
    }
    fs::create_directories(folder_.path() / "scratch");
    options_.project = root();
    options_.scratch = folder_.path() / "scratch";
    options_.libraries = UNDERSTUDY_SOURCE_DIR "/build/hyperframes";
    options_.width = 640;
    options_.height = 360;
    options_.ready_max = std::chrono::seconds(20);
  }

  fs::path root() const { return folder_.path() / "project"; }
  PlayerOptions& options() { return options_; }
  Result<std::unique_ptr<Player>> open() const { return Player::open(options_); }

 private:
  TemporaryFolder folder_;
  PlayerOptions options_;
};

std::string page(const std::string& body, const std::string& attributes = "data-duration=\"2\"",
                 const std::string& head = "") {
  return "<!doctype html><html><head><style>body{margin:0;background:#fff}" + head +
         "</style></head><body><div data-composition-id=\"root\" data-width=\"640\" "
         "data-height=\"360\" " +
         attributes + " style=\"position:relative;overflow:hidden\">" + body +
         "</div></body></html>";
}

// Frames as the player shows them, the repeated ones too.
class Screen {
 public:
  explicit Screen(Player& player) : player_(player) {}
  void show(int index) {
    for (; next_ <= index; ++next_) {
      const auto drawn = player_.draw(next_);
      ASSERT_TRUE(drawn) << drawn.error().message << " " << drawn.error().detail;
      changes_ += drawn->empty() ? 0 : 1;
    }
  }
  std::uint32_t at(int x, int y) const {
    return pixels()[static_cast<std::size_t>(y) * 640 + static_cast<std::size_t>(x)] & 0xFFFFFF;
  }
  int changes() const { return changes_; }
  const std::vector<std::uint32_t>& pixels() const { return player_.picture().pixels; }

 private:
  Player& player_;
  int next_ = 0;
  int changes_ = 0;
};

TEST(Player, ShowsClipsInTheirTimeOnlyAndRepeatsWhatDoesNotChange) {
  Project project({{"index.html", page(R"(
    <div data-start="0" data-duration="1" style="position:absolute;left:0;top:0;width:100px;height:100px;background:#ff0000"></div>
    <div data-start="1" data-duration="1" style="position:absolute;left:200px;top:0;width:100px;height:100px;background:#0000ff"></div>)")}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message << " " << player.error().detail;
  EXPECT_EQ((*player)->facts().frames, 60);
  EXPECT_EQ((*player)->facts().source, FrameSourceKind::compositor_memory);
  Screen screen(**player);
  screen.show(29);
  EXPECT_EQ(screen.at(50, 50), 0xFF0000U);
  EXPECT_EQ(screen.at(250, 50), 0xFFFFFFU);
  screen.show(30);
  EXPECT_EQ(screen.at(50, 50), 0xFFFFFFU);
  EXPECT_EQ(screen.at(250, 50), 0x0000FFU);
  screen.show(59);
  EXPECT_EQ(screen.at(250, 50), 0x0000FFU);
  EXPECT_LT(screen.changes(), 8) << "58 of 60 frames are as the one before";
}

const char* kGsap =
    "<script src=\"https://cdn.jsdelivr.net/npm/gsap@3.12/dist/gsap.min.js\"></script>";

std::string box(const std::string& name, const std::string& style) {
  return "<div id=\"" + name + "\" class=\"" + name +
         "\" style=\"position:absolute;left:0;top:0;width:40px;height:40px;" + style + "\"></div>";
}

TEST(Player, GsapTimelinesAreSoughtToEveryFramesTime) {
  Project project(
      {{"index.html", page(std::string(kGsap) + box("a", "background:#ff0000") + R"x(<script>
      window.__timelines = window.__timelines || {};
      const tl = gsap.timeline({paused: true});
      tl.to("#a", {x: 400, duration: 1, ease: "none"}, 0);
      tl.set("#a", {backgroundColor: "#0000ff"}, 1.5);
      window.__timelines["root"] = tl;</script>)x",
                           "")}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message << " " << player.error().detail;
  EXPECT_EQ((*player)->facts().frames, 45) << "the timeline's own length";
  Screen screen(**player);
  screen.show(0);
  EXPECT_EQ(screen.at(20, 20), 0xFF0000U);
  screen.show(15);  // half a second: 200 px
  EXPECT_EQ(screen.at(190, 20), 0xFFFFFFU);
  EXPECT_EQ(screen.at(202, 20), 0xFF0000U);
  EXPECT_EQ(screen.at(238, 20), 0xFF0000U);
  EXPECT_EQ(screen.at(242, 20), 0xFFFFFFU);
  screen.show(44);
  EXPECT_EQ(screen.at(420, 20), 0xFF0000U);
  EXPECT_TRUE((*player)->warnings().empty()) << (*player)->warnings().front();
}

TEST(Player, CssAndWebAnimationsFollowTheirElementsStart) {
  Project project(
      {{"index.html",
        page(box("a", "background:#ff0000;animation:move 1s linear both") + R"x(
      <div data-start="1" data-duration="1" style="position:absolute;top:100px;left:0;width:40px;height:40px;background:#00ff00;animation:move 1s linear both"></div>)x" +
                 box("c", "background:#0000ff;top:200px") + R"x(<script>
      document.getElementById("c").animate([{transform: "translateX(0)"}, {transform: "translateX(300px)"}],
                                           {duration: 1000, fill: "both"});</script>)x",
             "data-duration=\"2\"",
             "@keyframes move{from{transform:translateX(0)}to{transform:translateX(300px)}}")}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message;
  Screen screen(**player);
  screen.show(15);
  EXPECT_EQ(screen.at(170, 20), 0xFF0000U);
  EXPECT_EQ(screen.at(170, 220), 0x0000FFU);
  EXPECT_EQ(screen.at(20, 120), 0xFFFFFFU) << "not yet there";
  screen.show(45);
  EXPECT_EQ(screen.at(320, 20), 0xFF0000U);
  EXPECT_EQ(screen.at(170, 120), 0x00FF00U) << "half a second after its own start";
}

TEST(Player, NestedCompositionsPlayInTheirOwnTimeAndScope) {
  const std::string sub =
      R"x(<template><div data-composition-id="card" data-width="640" data-height="100">
      <style>.bar{position:absolute;left:0;top:0;width:40px;height:40px;background:VAR}</style>
      <div class="bar"></div>
      <script>window.__timelines = window.__timelines || {};
      const {tone} = window.__hyperframes.getVariables();
      document.querySelector(".bar").style.background = tone;
      const tl = gsap.timeline({paused: true});
      tl.to(".bar", {x: 300, duration: 1, ease: "none"});
      window.__timelines["card"] = tl;</script></div></template>)x";
  const std::string host =
      R"x(<html data-composition-variables='[{"id":"tone","type":"color","default":"#00ff00"}]'>)x" +
      sub;
  Project project({{"index.html", page(std::string(kGsap) + R"x(
      <div data-composition-id="card" data-composition-src="card.html" data-start="0" data-duration="2"
        style="position:absolute;left:0;top:0" data-variable-values='{"tone":"#ff0000"}'></div>
      <div data-composition-id="card" data-composition-src="card.html" data-start="1" data-duration="1"
        style="position:absolute;left:0;top:100px"></div>
      <script>window.__timelines.root = gsap.timeline({paused: true});</script>)x")},
                   {"card.html", host}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message;
  Screen screen(**player);
  screen.show(15);
  EXPECT_EQ(screen.at(170, 20), 0xFF0000U);
  EXPECT_EQ(screen.at(20, 120), 0xFFFFFFU);
  screen.show(45);
  EXPECT_EQ(screen.at(320, 20), 0xFF0000U) << "its end is held";
  EXPECT_EQ(screen.at(170, 120), 0x00FF00U);
}

TEST(Player, ThreeLevelsDeepTheTimesAddUp) {
  Project project(
      {{"index.html",
        page(
            R"x(<div data-composition-id="one" data-composition-src="c/one.html" data-start="0.5" data-duration="1.5"></div>)x")},
       {"c/one.html",
        R"x(<div data-composition-id="one"><div data-composition-id="two" data-composition-src="c/two.html" data-start="0.5"></div></div>)x"},
       {"c/two.html",
        R"x(<div data-composition-id="two"><div data-composition-id="three" data-composition-src="three.html" data-start="0"></div></div>)x"},
       {"c/three.html", R"x(<div data-composition-id="three">
          <i id="x" data-start="0.2" data-duration="0.3" style="position:absolute;left:0;top:0;width:40px;height:40px;background:#ff0000"></i>
          <i data-start="x + 0.1" data-duration="5" style="position:absolute;left:100px;top:0;width:40px;height:40px;background:#0000ff"></i></div>)x"}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message;
  Screen screen(**player);
  screen.show(35);
  EXPECT_EQ(screen.at(20, 20), 0xFFFFFFU);
  screen.show(36);  // 0.5 + 0.5 + 0.2
  EXPECT_EQ(screen.at(20, 20), 0xFF0000U);
  screen.show(44);
  EXPECT_EQ(screen.at(20, 20), 0xFF0000U);
  screen.show(47);
  EXPECT_EQ(screen.at(20, 20), 0xFFFFFFU);
  EXPECT_EQ(screen.at(120, 20), 0xFFFFFFU);
  screen.show(48);  // the end of x and 0.1
  EXPECT_EQ(screen.at(120, 20), 0x0000FFU);
}

TEST(Player, TheClockOfThePageIsTheTimeOfTheFrame) {
  Project project({{"index.html", page(box("a", "background:#ff0000") + R"x(<script>
      const start = Date.now();
      const step = () => {
        document.getElementById("a").style.left = (Date.now() - start) / 10 + "px";
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);</script>)x")}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message;
  Screen screen(**player);
  screen.show(30);
  EXPECT_EQ(screen.at(98, 20), 0xFFFFFFU);
  EXPECT_EQ(screen.at(102, 20), 0xFF0000U);
}

// One grey a frame, ten frames a second: the value tells the frame.
void write_film(const fs::path& path, int frames) {
  auto writer = media::VideoWriter::open(
      {.path = path, .width = 64, .height = 64, .fps = 10, .crf = 1, .preset = "ultrafast"});
  ASSERT_TRUE(writer);
  for (int i = 0; i < frames; ++i) {
    auto frame = media::Frame::make(64, 64, false);
    std::fill(frame.y.begin(), frame.y.end(), static_cast<std::uint8_t>(20 + 20 * i));
    ASSERT_TRUE(writer->write(frame));
  }
  ASSERT_TRUE(writer->finish());
}
int film_frame(std::uint32_t pixel) {
  return static_cast<int>(std::lround(((pixel & 255) * 219.0 / 255 + 16 - 20) / 20));
}

TEST(Player, VideoElementsShowTheFramesOfTheirTimeOffsetRateAndLoop) {
  Project project({{"index.html", page(R"x(
      <video id="a" src="film.mp4" data-start="0.5" data-duration="1" data-media-start="0.3" muted
        style="position:absolute;left:0;top:0;width:64px;height:64px"></video>
      <video id="b" src="film.mp4" data-start="0" data-duration="2" loop muted
        style="position:absolute;left:100px;top:0;width:64px;height:64px"></video>
      <video id="c" src="film.mp4" data-start="0" data-duration="2" data-playback-rate="2" muted
        style="position:absolute;left:200px;top:0;width:64px;height:64px"></video>)x")}});
  write_film(project.root() / "film.mp4", 10);
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message << player.error().detail;
  Screen screen(**player);
  screen.show(0);
  EXPECT_EQ(screen.at(32, 32), 0xFFFFFFU) << "before its start";
  EXPECT_EQ(film_frame(screen.at(132, 32)), 0);
  screen.show(21);  // 0.7 s: 0.2 into a, from 0.3 on
  EXPECT_EQ(film_frame(screen.at(32, 32)), 5);
  EXPECT_EQ(film_frame(screen.at(132, 32)), 7);
  EXPECT_EQ(film_frame(screen.at(232, 32)), 9) << "twice as fast: at its end, which is held";
  screen.show(36);  // 1.2 s
  EXPECT_EQ(film_frame(screen.at(132, 32)), 2) << "looped";
  screen.show(59);
  EXPECT_EQ(screen.at(32, 32), 0xFFFFFFU) << "after its end";
}

TEST(Player, FontsComeFromTheInstalledPackages) {
  const std::string text =
      R"x(<p style="position:absolute;left:0;top:0;margin:0;font-size:80px;font-family:FAMILY">WWWiii</p>)x";
  std::map<std::string, int> widths;
  for (const std::string family : {"'Space Mono'", "sans-serif", "Inter"}) {
    std::string body = text;
    body.replace(body.find("FAMILY"), 6, family);
    Project project({{"index.html", page(body)}});
    auto player = project.open();
    ASSERT_TRUE(player) << player.error().message;
    Screen screen(**player);
    screen.show(0);
    int last = 0;
    for (int x = 0; x < 640; ++x) {
      for (int y = 0; y < 100; ++y) last = screen.at(x, y) != 0xFFFFFF ? x : last;
    }
    widths[family] = last;
  }
  EXPECT_EQ(widths["sans-serif"], widths["Inter"]);
  EXPECT_NE(widths["'Space Mono'"], widths["Inter"]);
}

TEST(Player, TransparentFramesKeepTheirAlpha) {
  Project project(
      {{"index.html", page(R"x(<style>body{background:transparent!important}</style>)x" +
                           box("a", "background:rgba(255,0,0,0.5)"))}});
  project.options().has_alpha = true;
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message;
  const auto image = (*player)->draw_image(0);
  ASSERT_TRUE(image) << image.error().message;
  ASSERT_TRUE(*image);
  const auto at = [&](int x, int y) {
    return &(*image)->rgba[(static_cast<std::size_t>(y) * 640 + static_cast<std::size_t>(x)) * 4];
  };
  EXPECT_EQ(at(20, 20)[0], 255);
  EXPECT_NEAR(at(20, 20)[3], 128, 1);
  EXPECT_EQ(at(300, 300)[3], 0);
}

TEST(Player, TwoRendersOfAPageAreTheSameFrames) {
  const std::map<std::string, std::string> files{
      {"index.html",
       page(std::string(kGsap) +
                R"x(<h1 id="t" style="font:60px Montserrat;filter:blur(2px)">Twice</h1><script>
      window.__timelines = {root: gsap.timeline({paused: true}).to("#t", {x: 200, rotation: 30, duration: 1})};</script>)x",
            "")}};
  std::vector<std::uint32_t> pixels[2];
  for (auto& taken : pixels) {
    Project project(files);
    auto player = project.open();
    ASSERT_TRUE(player) << player.error().message;
    Screen screen(**player);
    screen.show(17);
    taken = screen.pixels();
  }
  EXPECT_EQ(pixels[0], pixels[1]);
}

// --- What fails says why.

std::string failure_of(const std::string& body, const std::string& attributes,
                       const std::function<void(PlayerOptions&)>& change = {}) {
  Project project({{"index.html", page(body, attributes)}});
  project.options().ready_max = std::chrono::seconds(4);
  project.options().frame_max = std::chrono::seconds(2);
  if (change) change(project.options());
  auto player = project.open();
  if (!player) return player.error().message;
  for (int i = 0; i < (*player)->facts().frames; ++i) {
    if (const auto drawn = (*player)->draw(i); !drawn) return drawn.error().message;
  }
  return "it did not fail";
}

TEST(PlayerFailures, APageThatThrowsAndHasNoLength) {
  const auto message = failure_of("<script>throw new Error('no chart data')</script>", "");
  EXPECT_THAT(message, HasSubstr("duration is 0"));
  EXPECT_THAT(message, HasSubstr("no chart data (index.html, line"));
}

TEST(PlayerFailures, ALoopWithoutEndWhileLoading) {
  EXPECT_THAT(failure_of("<script>for (;;) {}</script>", ""),
              HasSubstr("a script that does not end"));
}

TEST(PlayerFailures, ALoopWithoutEndInAFrame) {
  EXPECT_THAT(
      failure_of(
          R"x(<script>window.__hf = {duration: 1, seek: (t) => { while (t > 0.1) {} }};</script>)x",
          ""),
      HasSubstr("Frame 4 was not drawn within 2 s"));
}

TEST(PlayerFailures, APageThatNeverGetsReady) {
  EXPECT_THAT(
      failure_of("<script>window.__hfTimelinesBuilding = true</script>", "data-duration=\"1\""),
      HasSubstr("timelines that are being built"));
}

TEST(PlayerFailures, MemoryWithoutEnd) {
  const auto message = failure_of(
      R"x(<script>const kept = []; window.__hf = {duration: 5, seek: (t) => {
        for (let i = 0; i < 8; ++i) kept.push(new Uint8Array(32 << 20).fill(1)); }};</script>)x",
      "", [](PlayerOptions& options) { options.memory_max = 800LL << 20; });
  EXPECT_THAT(message, HasSubstr("memory"));
}

TEST(PlayerFailures, ARequestToTheNetworkIsRefusedAndReported) {
  Project project({{"index.html", page(R"x(<img src="http://192.0.2.1/pixel.png">
      <script>fetch("https://tracker.test/x").catch(() => {}); new WebSocket("wss://tracker.test/socket");</script>)x")}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message;
  Screen screen(**player);
  screen.show(1);
  const auto warnings = (*player)->warnings();
  EXPECT_THAT(warnings, Contains(HasSubstr("http://192.0.2.1/pixel.png was refused")));
  EXPECT_THAT(warnings, Contains(HasSubstr("https://tracker.test/x was refused")));
  EXPECT_THAT(warnings, Contains(HasSubstr("wss://tracker.test/socket was refused")));
}

TEST(PlayerFailures, APageThatTriesEverythingIsRenderedAllTheSame) {
  Project project({{"index.html", page(R"x(<canvas id="c" width="200" height="200" style="position:absolute;left:0;top:0"></canvas>
      <a id="d" href="data:application/octet-stream,x" download="x.bin"></a>
      <iframe src="data:text/html,<script>for(;;){try{parent.x()}catch(e){break}}</script>"></iframe>
      <script>
      alert("stop"); confirm("go?"); prompt("who?");
      for (let i = 0; i < 3; ++i) window.open("about:blank");
      document.getElementById("d").click();
      for (let i = 0; i < 20; ++i) console.log("x".repeat(5 << 20));
      for (let i = 0; i < 4; ++i) new Worker(URL.createObjectURL(new Blob(["for (;;) {}"])));
      navigator.serviceWorker && navigator.serviceWorker.register("sw.js").catch(() => {});
      document.documentElement.requestFullscreen && document.documentElement.requestFullscreen().catch(() => {});
      const gl = document.getElementById("c").getContext("webgl", {preserveDrawingBuffer: true});
      gl.clearColor(0, 1, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);</script>)x",
                                       "data-duration=\"0.2\"")}});
  auto player = project.open();
  ASSERT_TRUE(player) << player.error().message << player.error().detail;
  Screen screen(**player);
  screen.show(5);
  EXPECT_EQ(screen.at(100, 100), 0x00FF00U);
  EXPECT_THAT((*player)->warnings(), Contains(HasSubstr("opened windows")));
}

TEST(PlayerFailures, APageThatLeaves) {
  EXPECT_THAT(failure_of(R"x(<script>window.__hf = {duration: 20, seek: (t) => {
      if (t > 0.2) location.href = "about:blank#elsewhere"; }};</script>)x",
                         ""),
              HasSubstr("left its page for 'about:blank"));
}

TEST(PlayerFailures, AFrameThatNeedsLongerThanAPageMay) {
  EXPECT_THAT(failure_of(R"x(<script>window.__hf = {duration: 1, seek: (t) =>
      t > 0.1 ? new Promise(() => {}) : true};</script>)x",
                         ""),
              HasSubstr("waits for something that does not come"));
}

TEST(PlayerFailures, TheBrowserIsGoneAfterItsPlayer) {
  const auto children = [] { return process_tree(::getpid()).size(); };
  const auto before = children();
  {
    Project project({{"index.html", page("<p>x</p>")}});
    auto player = project.open();
    ASSERT_TRUE(player);
    EXPECT_GT(children(), before);
  }
  for (int i = 0; i < 100 && children() > before; ++i) ::usleep(20'000);
  EXPECT_EQ(children(), before);
}

}  // namespace
}  // namespace understudy::browser
