// The compositions of tests/hyperframes at named frames: colours at places that tell where things
// are and whether they show. tests/hyperframes/compare_with_peer.py compares the whole pictures.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <test_paths.h>

#include "base/file.h"
#include "browser/player.h"

namespace understudy::browser {
namespace {
namespace fs = std::filesystem;

constexpr int kWidth = 1920;
constexpr int kHeight = 1080;
constexpr std::uint32_t kGround = 0xF4F1EA;  // of all these pages
constexpr std::uint32_t kRed = 0xC0392B;
constexpr std::uint32_t kGreen = 0x10A040;
constexpr std::uint32_t kBlue = 0x2040D0;
constexpr std::uint32_t kViolet = 0x8E44AD;
constexpr std::uint32_t kWhite = 0xFFFFFF;

struct Spot {
  int frame;
  int x;
  int y;
  std::uint32_t colour;
  const char* what;
};

struct Page {
  const char* name;
  std::vector<Spot> spots;
};
void PrintTo(const Page& page, std::ostream* out) { *out << page.name; }

const std::vector<Page>& all_pages() {
  static const std::vector<Page> pages = {
      {"references",
       {{0, 780, 60, kWhite, "timed children of the root lie on one another"},
        {0, 1700, 200, 0x808000, "a start that names nothing is 0"},
        {3, 100, 110, 0xCCDDEE, "a flex child in its time"},
        {9, 1250, 300, kGround, "g is not there before 0.4 s"},
        {14, 1250, 300, kRed, "g is there at 0.47 s"},
        {14, 1550, 700, kGround, "j waits for the end of c"},
        {14, 1000, 800, kViolet, "a clip between its times"},
        {27, 1000, 800, kGround, "and behind them, what is in it too"},
        {27, 1550, 700, kGreen, "j follows c, which follows b, which follows a"}}},
      {"hosts",
       {{3, 100, 80, kBlue, "the bar of a host without a length has begun"},
        {3, 400, 80, kWhite, "and is not full"},
        {17, 500, 80, kBlue, "it fills"},
        {20, 100, 80, kGround, "and goes with its timeline"},
        {3, 1000, 80, kGround, "a late host is not there"},
        {27, 1000, 80, kGround, "and gone behind its length"},
        {9, 1500, 80, kBlue, "data-playback-start lies ahead"},
        {9, 500, 480, kBlue, "data-playback-rate 2 is at its end after 0.3 s"}}},
      {"scopes",
       {{0, 1100, 300, kGround, "plain's box has begun at its place"},
        {15, 300, 500, kWhite, "the body of a full document is its host"}}},
      {"precedence",
       {{0, 1550, 210, kGreen, "the default picture is a circle"},
        {0, 1410, 70, kGround, "so that its corner is empty"}}},
      {"timelines",
       {{0, 100, 60, kBlue, "at rest"},
        {15, 100, 60, kGround, "on its way"},
        {29, 700, 60, kBlue, "arrived"},
        {29, 700, 340, kGreen, "yoyo ends where it began"},
        {0, 110, 870, kViolet, "onUpdate has drawn the first frame"},
        {29, 470, 870, kViolet, "and the last"}}},
      {"only-timeline",
       {{0, 150, 150, kGreen, "at rest"},
        {15, 150, 150, kGround, "the only timeline there is drives the root"}}},
      {"own-protocol",
       {{0, 50, 50, 0x112233, "the page has painted itself"},
        {29, 50, 50, 0x112233, "at every time"}}},
      {"clocks",
       {{0, 100, 950, kGreen, "a frame's callback sees 0"},
        {15, 600, 950, kGreen, "and 500 ms in the middle"},
        {10, 1300, 300, kWhite, "a page within"},
        {10, 1450, 780, kViolet, "and one from an attribute"}}},
      {"platform",
       {{15, 900, 90, kBlue, "an animation of a script, in the middle"},
        {0, 90, 400, kRed, "one that was paused begins"},
        {29, 90, 400, 0x159D3E, "and is sought all the same"}}},
      {"anime", {{0, 90, 90, kGreen, "at rest"}, {29, 1480, 250, kGreen, "arrived"}}},
      {"lottie",
       {{0, 200, 500, 0xBF382B, "at the left"},
        {15, 500, 500, 0xBF382B, "in the middle"},
        {29, 800, 500, 0xBF382B, "at the right"},
        {29, 200, 500, kGround, "and not at the left any more"}}},
      {"charts",
       {{0, 500, 700, kGround, "bars grow from nothing"},
        {29, 500, 700, 0x7AD151, "d3's viridis at 0.8"}}},
      {"three",
       {{0, 100, 100, kGround, "WebGL's background"}, {15, 960, 540, 0x70211A, "the cube"}}},
      {"tailwind", {{0, 200, 250, 0x00BC7D, "emerald-500"}, {0, 1500, 900, kGround, "the page"}}},
  };
  return pages;
}

class ContractPage : public testing::TestWithParam<Page> {};

int distance(std::uint32_t a, std::uint32_t b) {
  int most = 0;
  for (const int shift : {16, 8, 0}) {
    most = std::max(
        most, std::abs(static_cast<int>(a >> shift & 255) - static_cast<int>(b >> shift & 255)));
  }
  return most;
}

TEST_P(ContractPage, LooksAsItShouldAtNamedFrames) {
  const Page& page = GetParam();
  const TemporaryFolder scratch;
  PlayerOptions options;
  options.project = fs::path(UNDERSTUDY_SOURCE_DIR) / "tests/hyperframes" / page.name;
  options.scratch = scratch.path();
  options.libraries = UNDERSTUDY_SOURCE_DIR "/build/hyperframes";
  options.width = kWidth;
  options.height = kHeight;
  const auto player = Player::open(options);
  ASSERT_TRUE(player) << player.error().message << " " << player.error().detail;
  EXPECT_EQ((*player)->facts().frames, 30);
  for (int frame = 0; frame < 30; ++frame) {
    const auto drawn = (*player)->draw(frame);
    ASSERT_TRUE(drawn) << drawn.error().message;
    const auto& pixels = (*player)->picture().pixels;
    for (const auto& spot : page.spots) {
      if (spot.frame != frame) continue;
      const auto seen = pixels[static_cast<std::size_t>(spot.y) * kWidth + spot.x] & 0xFFFFFF;
      EXPECT_LE(distance(seen, spot.colour), 6)
          << spot.what << ": frame " << frame << ", " << spot.x << " " << spot.y << " is "
          << std::hex << seen;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ContractPage, testing::ValuesIn(all_pages()), [](const auto& tested) {
  std::string name = tested.param.name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace understudy::browser
