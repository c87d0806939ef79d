// The whole step of a render, in this process: what is done when a way of taking frames fails.
#include <fstream>

#include <gtest/gtest.h>
#include <test_paths.h>

#include "base/bytes.h"
#include "base/file.h"
#include "browser/project_archive.h"
#include "jobs/job_folder.h"
#include "media/inspect.h"
#include "products/hyperframes/hyperframes_worker.h"

namespace understudy::hyperframes {
namespace {
namespace fs = std::filesystem;

class RenderJob {
 public:
  RenderJob(const std::string& body, int browsers) {
    ::setenv(kLibrariesVariable, UNDERSTUDY_SOURCE_DIR "/build/hyperframes", 1);
    const fs::path project = work_.path() / "project";
    fs::create_directories(project);
    std::ofstream(project / "index.html")
        << "<!doctype html><html><head><style>body{margin:0;background:#fff}</style></head><body>"
           "<div data-composition-id=\"root\" data-width=\"1080\" data-height=\"1080\" "
           "data-duration=\"0.4\">"
        << body << "</div></body></html>";
    for (const char* name : {"inputs", "work", "outputs", "tmp"}) {
      fs::create_directories(folder() / name);
    }
    const fs::path archive = folder() / "inputs/project.zip";
    EXPECT_TRUE(browser::pack_project(project, archive));
    const auto bytes = read_file(archive);
    const json::object blob{{"hash", sha256_hex(*bytes)},
                            {"size", bytes->size()},
                            {"mime_type", "application/zip"},
                            {"name", "project.zip"}};
    Request request;
    request.aspect_ratio = "1:1";
    request.quality = "draft";
    json::object document = to_json(request);
    document["inputs"] = json::object{{"project", blob}};
    document["browsers"] = browsers;
    std::ofstream(folder() / "job.json")
        << to_text(json::object{{"id", "j"},
                                {"kind", "hyperframes"},
                                {"attempt", 1},
                                {"request", document},
                                {"inputs", json::object{{"project", "inputs/project.zip"}}}});
  }
  Result<jobs::RenderOutcome> render(CaptureChoice choice) {
    auto context = jobs::RenderContext::open(folder(), jobs::agreeing_link());
    if (!context) return tl::make_unexpected(context.error());
    return render_with(**context, std::move(choice));
  }
  fs::path folder() const { return work_.path() / "job"; }

 private:
  TemporaryFolder work_;
};

constexpr const char* kBox = R"(<div style="width:300px;height:300px;background:#c01020"></div>)";

TEST(HyperframesRender, FallsFromSourceToSourceUntilOneShowsTheScreen) {
  RenderJob job(kBox, 1);
  int readings = 0;  // each of the two faster sources reads twice before it gives way
  CaptureChoice choice;
  choice.tamper = [&](int index, browser::Picture& picture) {
    readings += index == 0 ? 1 : 0;
    for (std::size_t i = 0; readings <= 4 && i < 1'000; ++i) picture.pixels[i] ^= 0x010101;
  };
  const auto outcome = job.render(std::move(choice));
  ASSERT_TRUE(outcome) << outcome.error().message << outcome.error().detail;
  EXPECT_EQ(outcome->facts.at("providers").at("capture"), "screenshots");
  EXPECT_EQ(outcome->facts.at("capture_failures").get_array().size(), 2U);
  EXPECT_EQ(outcome->facts.at("frames"), 12);
  const auto info = media::inspect_file(job.folder() / "outputs/video.mp4");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->duration_ms, 400);
}

TEST(HyperframesRender, BrowsersThatDisagreeGiveWayToOne) {
  RenderJob job(
      std::string(kBox) +
          R"x(<i id="i" style="position:absolute;width:40px;height:40px;background:red"></i>
<script>document.getElementById('i').style.left = 350 + Math.floor(Math.random() * 600) + 'px';</script>)x",
      2);
  const auto outcome = job.render({});
  ASSERT_TRUE(outcome) << outcome.error().message << outcome.error().detail;
  EXPECT_EQ(outcome->facts.at("browsers"), 1);
  EXPECT_EQ(outcome->facts.at("capture_failures").get_array().size(), 1U);
}

TEST(HyperframesRender, ABrowserThatWaitedServesTheJob) {
  RenderJob job(kBox, 1);
  const auto step = prepare(job.folder());
  auto context = jobs::RenderContext::open(job.folder(), jobs::agreeing_link());
  ASSERT_TRUE(context);
  const auto outcome = step(**context);
  ASSERT_TRUE(outcome) << outcome.error().message << outcome.error().detail;
  EXPECT_EQ(outcome->facts.at("browser_started_ahead"), true);
}

}  // namespace
}  // namespace understudy::hyperframes
