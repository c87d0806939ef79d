// Player: a composition in a browser, ready to be asked for any of its frames. It ties together
// compile, browser, page, runtime and frame reader; its owner turns the pixels into a video.
// One thread; the thread that opens it must outlive it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "browser/composition.h"
#include "browser/frame_reader.h"
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
  ReaderChoice reader = ReaderChoice::automatic;
  std::chrono::milliseconds ready_max = std::chrono::seconds(45);
  std::chrono::milliseconds frame_max = std::chrono::seconds(30);
  std::int64_t memory_max = 3LL << 30;
};

struct MediaElement {
  std::string kind;  // "video", "audio"
  std::string id;
  std::filesystem::path file;
  int channels = 2;  // of its sound
  double start_s = 0;
  double end_s = 0;
  double media_start_s = 0;
  double rate = 1;
  double volume = 1;
  bool is_looped = false;
  bool is_heard = false;
  double fade_in_s = 0;
  double fade_out_s = 0;
  // When its volume is animated: instead of `volume`, straight from one to the next.
  struct Volume {
    double time_s = 0;  // of the composition; they ascend
    double gain = 1;
  };
  std::vector<Volume> volumes;
};

struct CompositionFacts {
  double duration_s = 0;
  int frames = 0;
  std::vector<MediaElement> media;
  std::vector<std::string> warnings;  // sentences for the author
  std::string reader;
};

class Player {
 public:
  // Errors, each with a sentence for the composition's author: hyperframes_project_invalid,
  // engine_failed, deadline_exceeded, resource_limit_reached, service_unavailable.
  static Result<std::unique_ptr<Player>> open(const PlayerOptions& options);
  ~Player();

  const CompositionFacts& facts() const;

  // Frame `index` into `pixels` (0xAARRGGBB, the video's size). False: it is the one before.
  Result<bool> draw(int index, std::span<std::uint32_t> pixels);
  // The same with straight alpha, from a screenshot. Empty: it is the one before.
  Result<std::optional<media::Image>> draw_image(int index);

  // The frames read were not those on the screen: open another player that takes screenshots.
  bool has_reader_failed() const;

  // Warnings of what happened since, too.
  std::vector<std::string> warnings() const;
  std::int64_t browser_peak_bytes() const;

 private:
  class State;
  explicit Player(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::browser
