#include "browser/frame_lanes.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "media/bgra.h"

namespace understudy::browser {
namespace {

constexpr std::size_t kAheadMax = 2;  // frames of a lane that wait
constexpr int kChecks = 3;
constexpr int kCoresEach = 3;
constexpr int kBrowsersMax = 4;
constexpr int kFramesEach = 120;  // opening a browser takes as long as drawing some dozens

}  // namespace

// A player on a thread of its own, and the frames that it has drawn.
class FrameLanes::Lane {
 public:
  Lane(const PlayerOptions& options, std::vector<int> indices)
      : options_(options), indices_(std::move(indices)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  struct Drawn {
    int index = 0;
    media::Frame frame;
  };
  // Waits for the next one.
  Result<Drawn> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !drawn_.empty() || error_; });
    if (drawn_.empty()) return tl::make_unexpected(*error_);
    Drawn next = std::move(drawn_.front());
    drawn_.pop_front();
    changed_.notify_all();
    return next;
  }
  bool has_source_failed() {
    const std::lock_guard lock(mutex_);
    return has_source_failed_;
  }

 private:
  void run(const std::stop_token& stop) {
    std::error_code failed;
    std::filesystem::create_directories(options_.scratch, failed);
    auto player = Player::open(options_);
    if (!player) return give_up(std::move(player).error(), false);
    auto frame = media::Frame::make(options_.width, options_.height, false);
    for (const int index : indices_) {
      if (stop.stop_requested()) return;
      auto changed = (*player)->draw(index);
      if (!changed) return give_up(std::move(changed).error(), (*player)->has_source_failed());
      for (const auto& rows : *changed) {
        media::write_bgra_rows((*player)->picture().pixels, rows.first, rows.end, frame);
      }
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return drawn_.size() < kAheadMax; })) return;
      drawn_.push_back({index, frame});
      changed_.notify_all();
    }
  }

  void give_up(Error error, bool has_source_failed) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    has_source_failed_ = has_source_failed;
    changed_.notify_all();
  }

  PlayerOptions options_;
  std::vector<int> indices_;
  std::mutex mutex_;  // of what follows
  std::condition_variable_any changed_;
  std::deque<Drawn> drawn_;
  std::optional<Error> error_;
  bool has_source_failed_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

FrameLanes::FrameLanes(Player& first, const PlayerOptions& options, int count)
    : first_(first),
      count_(count),
      frames_(first.facts().frames),
      own_(media::Frame::make(options.width, options.height, false)) {
  first.set_stride(count);
  if (count < 2) return;
  std::random_device device;
  for (int lane = 1; lane < count; ++lane) checks_.emplace_back(0, lane);
  std::uniform_int_distribution<int> any_round(1, std::max(1, (frames_ - 1) / count));
  std::uniform_int_distribution<int> any_lane(1, count - 1);
  for (int i = 0; i < kChecks; ++i) {
    // A frame of the first lane, drawn by another one too.
    const int index = any_round(device) * count;
    const bool is_new = std::none_of(checks_.begin(), checks_.end(),
                                     [&](const auto& check) { return check.first == index; });
    if (index < frames_ && is_new) checks_.emplace_back(index, any_lane(device));
  }
  std::sort(checks_.begin(), checks_.end());
  for (int lane = 1; lane < count; ++lane) {
    std::vector<int> indices;
    for (int index = lane; index < frames_; index += count) indices.push_back(index);
    for (const auto& [index, of] : checks_) {
      if (of == lane) indices.push_back(index);
    }
    std::sort(indices.begin(), indices.end());
    PlayerOptions own = options;
    own.scratch = options.scratch / ("lane-" + std::to_string(lane));
    own.stride = count;
    lanes_.push_back(std::make_unique<Lane>(own, std::move(indices)));
  }
}

FrameLanes::~FrameLanes() = default;

bool FrameLanes::has_source_failed() const {
  return first_.has_source_failed() ||
         std::any_of(lanes_.begin(), lanes_.end(),
                     [](const auto& lane) { return lane->has_source_failed(); });
}

Result<void> FrameLanes::draw_own(int index) {
  TRY_ASSIGN(const auto changed, first_.draw(index));
  for (const auto& rows : changed) {
    media::write_bgra_rows(first_.picture().pixels, rows.first, rows.end, own_);
  }
  return {};
}

Result<void> FrameLanes::compare(Lane& lane, int index, const media::Frame& canvas) {
  TRY_ASSIGN(const auto drawn, lane.take());
  const bool is_same = drawn.index == index && drawn.frame.y == canvas.y &&
                       drawn.frame.u == canvas.u && drawn.frame.v == canvas.v;
  if (is_same) return {};
  has_disagreed_ = true;
  return fail_with_detail(ErrorCode::engine_failed,
                          "The composition looks different in each browser.",
                          fmt::format("frame {}", index));
}

Result<media::Rectangle> FrameLanes::draw(int index, media::Frame& canvas) {
  media::Rectangle changed;
  const int lane = index % count_;
  if (lane == 0) {
    TRY(draw_own(index));
    changed = take_frame(own_, canvas);
  } else {
    TRY_ASSIGN(const auto drawn, lanes_[static_cast<std::size_t>(lane - 1)]->take());
    changed = take_frame(drawn.frame, canvas);
  }
  for (const auto& [checked, by] : checks_) {
    if (checked == index) TRY(compare(*lanes_[static_cast<std::size_t>(by - 1)], index, canvas));
  }
  return changed;
}

int suitable_browser_count(int frames) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(std::min(cores / kCoresEach, frames / kFramesEach), 1, kBrowsersMax);
}

media::Rectangle take_frame(const media::Frame& from, media::Frame& canvas) {
  const auto width = static_cast<std::size_t>(from.width);
  const auto half = width / 2;
  media::Rectangle changed;
  for (int row = 0; row < from.height; row += 2) {
    const std::size_t luma = static_cast<std::size_t>(row) * width;
    const std::size_t chroma = static_cast<std::size_t>(row / 2) * half;
    if (std::memcmp(&from.y[luma], &canvas.y[luma], 2 * width) == 0 &&
        std::memcmp(&from.u[chroma], &canvas.u[chroma], half) == 0 &&
        std::memcmp(&from.v[chroma], &canvas.v[chroma], half) == 0) {
      continue;
    }
    std::memcpy(&canvas.y[luma], &from.y[luma], 2 * width);
    std::memcpy(&canvas.u[chroma], &from.u[chroma], half);
    std::memcpy(&canvas.v[chroma], &from.v[chroma], half);
    if (changed.height == 0) changed = {0, row, from.width, 0};
    changed.height = row + 2 - changed.y;
  }
  return changed;
}

}  // namespace understudy::browser
