// Player: a composition in a browser, ready to be asked for any of its frames. It ties together
// compile, stage, runtime and capture; its owner turns the pixels into a video.
// One thread; the thread that opens it must outlive it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "browser/capture.h"
#include "browser/composition.h"
#include "browser/media_elements.h"
#include "browser/stage.h"
#include "media/frame.h"

namespace understudy::browser {

struct PlayerOptions {
  std::filesystem::path project;    // unpacked
  std::filesystem::path scratch;    // exists: the browser's folder is made in it
  std::filesystem::path libraries;  // packages and fonts that are served in place of the internet
  CompileOptions compile;
  int fps = 30;
  int width = 1920;  // of the video, in pixels
  int height = 1080;
  bool has_alpha = false;
  FrameSourceKind source = FrameSourceKind::compositor_memory;  // or a slower one
  std::chrono::milliseconds ready_max = std::chrono::seconds(45);
  std::chrono::milliseconds frame_max = std::chrono::seconds(30);
  std::int64_t memory_max = 3LL << 30;
  int stride = 1;  // every how manieth frame is asked for
  // For tests: changes what was read.
  std::function<void(int index, Picture&)> tamper = {};
};

struct CompositionFacts {
  double duration_s = 0;
  int frames = 0;
  std::vector<MediaElement> media;
  std::vector<std::string> warnings;  // sentences for the author
  FrameSourceKind source = FrameSourceKind::screenshots;
  bool used_stage_ahead = false;  // the one that open() was given
};

class Player {
 public:
  // Errors, each with a sentence for the composition's author: hyperframes_project_invalid,
  // engine_failed, deadline_exceeded, resource_limit_reached, service_unavailable.
  // `stage`: one that was opened ahead, which is used where it fits; may be null.
  static Result<std::unique_ptr<Player>> open(const PlayerOptions& options,
                                              std::unique_ptr<Stage> stage = nullptr);
  ~Player();

  const CompositionFacts& facts() const;

  // As Capture has them.
  Result<std::vector<RowSpan>> draw(int index);
  const Picture& picture() const;
  void set_stride(int stride);  // before the first draw()
  Result<std::optional<media::Image>> draw_image(int index);

  // The frames read were not those on the screen, or could not be read: open another player with a
  // slower source.
  bool has_source_failed() const;

  // Warnings of what happened since, too.
  std::vector<std::string> warnings() const;
  std::int64_t browser_peak_bytes() const;
  pid_t browser_pid() const;

 private:
  class State;
  explicit Player(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::browser
