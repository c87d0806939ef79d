#include "browser/stage.h"

#include <cmath>

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

constexpr auto kStartMax = std::chrono::seconds(30);

bool is_same(const PageSize& one, const PageSize& other) {
  return one.width == other.width && one.height == other.height && one.scale == other.scale;
}

}  // namespace

Result<std::unique_ptr<Stage>> Stage::open(const StageOptions& options) {
  std::unique_ptr<Stage> stage(new Stage(options));
  std::error_code failed;
  fs::remove_all(options.folder, failed);
  fs::create_directories(options.folder, failed);
  if (failed) return fail(ErrorCode::storage_failed, "The browser's folder cannot be made.");
  BrowserOptions browser;
  browser.folder = fs::absolute(options.folder);
  browser.width = static_cast<int>(std::lround(options.size.width * options.size.scale));
  browser.height = static_cast<int>(std::lround(options.size.height * options.size.scale));
  browser.memory_max = options.memory_max;
  TRY_ASSIGN(stage->browser_, BrowserProcess::start(browser));
  TRY(stage->open_page());
  return stage;
}

Result<void> Stage::open_page() {
  const auto deadline = after(kStartMax);
  TRY_ASSIGN(page_, Page::open(*browser_, options_.size, deadline));
  if (options_.is_transparent) {
    source_ = make_screenshots();
    return page_->make_transparent(deadline);
  }
  TRY_ASSIGN(source_,
             open_frame_source(*browser_, *page_, options_.size, options_.source, deadline));
  return {};
}

Result<bool> Stage::adapt(const StageOptions& options) {
  // The scale is the browser's own, and its memory for frames has the size it began with.
  const bool fits =
      options.size.scale == options_.size.scale &&
      options.size.width * options.size.height <= options_.size.width * options_.size.height;
  if (!fits) return false;
  const bool is_as_it_is = is_same(options.size, options_.size) &&
                           options.is_transparent == options_.is_transparent &&
                           options.source == options_.source;
  if (is_as_it_is) return true;
  const auto old = options_;
  options_ = options;
  options_.folder = old.folder;
  if (is_same(old.size, options.size) && options.is_transparent) {
    source_ = make_screenshots();
    TRY(page_->make_transparent(after(kStartMax)));
    return true;
  }
  page_->close();
  TRY(open_page());
  return true;
}

}  // namespace understudy::browser
