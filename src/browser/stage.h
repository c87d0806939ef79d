// Stage: a browser with its one page, blank, of a size, and the proven way to take frames from it.
// Opening one takes a second, so it may be opened before it is known what will be shown; it shows
// one composition and is then thrown away. One thread, which must outlive it.
#pragma once

#include <filesystem>
#include <memory>

#include "browser/frame_source.h"

namespace understudy::browser {

struct StageOptions {
  std::filesystem::path folder = {};  // the browser's own: removed and made
  PageSize size = {};
  bool is_transparent = false;
  FrameSourceKind source = FrameSourceKind::compositor_memory;  // or a slower one
  std::int64_t memory_max = 3LL << 30;  // resident, the browser's whole tree, bytes
};

class Stage {
 public:
  // Errors: service_unavailable (no browser), engine_failed, deadline_exceeded, storage_failed.
  static Result<std::unique_ptr<Stage>> open(const StageOptions& options);

  // Makes one that waits fit what it was not opened for, where that is quicker than another one:
  // transparency, a slower source, another page size of the same scale. False: it does not fit.
  // Errors: as open().
  Result<bool> adapt(const StageOptions& options);

  BrowserProcess& browser() { return *browser_; }
  Page& page() { return *page_; }
  FrameSource& source() { return *source_; }
  const PageSize& size() const { return options_.size; }

 private:
  explicit Stage(const StageOptions& options) : options_(options) {}
  Result<void> open_page();

  StageOptions options_;
  std::unique_ptr<BrowserProcess> browser_;
  std::unique_ptr<Page> page_;
  std::unique_ptr<FrameSource> source_;
};

}  // namespace understudy::browser
