#include "browser/player.h"

#include <cmath>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "base/file.h"
#include "browser/process_tree.h"
#include "media/image.h"

namespace understudy::browser {
namespace {
namespace fs = std::filesystem;

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
  explicit Screen(Player& player) : player_(player), pixels_(640 * 360) {}
  void show(int index) {
    for (; next_ <= index; ++next_) {
      const auto drawn = player_.draw(next_, pixels_);
      ASSERT_TRUE(drawn) << drawn.error().message << " " << drawn.error().detail;
      changes_ += *drawn ? 1 : 0;
    }
  }
  std::uint32_t at(int x, int y) const {
    return pixels_[static_cast<std::size_t>(y) * 640 + static_cast<std::size_t>(x)] & 0xFFFFFF;
  }
  int changes() const { return changes_; }
  const std::vector<std::uint32_t>& pixels() const { return pixels_; }

 private:
  Player& player_;
  std::vector<std::uint32_t> pixels_;
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
  EXPECT_EQ((*player)->facts().reader, "compositor memory");
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

}  // namespace
}  // namespace understudy::browser
