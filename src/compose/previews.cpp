#include "compose/previews.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <utility>

#include "media/image.h"

namespace understudy::compose {
namespace {

constexpr int kGifSide = 320;
constexpr int kGifFps = 10;
constexpr int kGifFramesMax = 30;
constexpr int kCandidates = 5;
constexpr int kThumbnailQuality = 90;

// Sum of luma differences of every eighth pixel of every eighth row.
std::int64_t difference(const media::Frame& a, const media::Frame& b) {
  std::int64_t sum = 0;
  for (int y = 0; y < a.height; y += 8) {
    const auto row = static_cast<std::size_t>(y) * a.width;
    for (int x = 0; x < a.width; x += 8) sum += std::abs(a.y[row + x] - b.y[row + x]);
  }
  return sum;
}

}  // namespace

PosterChooser::PosterChooser(int frame_count, int fps, std::optional<int> wanted) {
  if (wanted) {
    candidates_.push_back(std::clamp(*wanted, 0, frame_count - 1));
    return;
  }
  for (int i = 0; i < kCandidates; ++i) {
    const double at_s = 0.4 + 0.9 * i / (kCandidates - 1);
    candidates_.push_back(std::min(frame_count - 1, static_cast<int>(at_s * fps)));
  }
  candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
}

void PosterChooser::see(int index, const media::Frame& frame) {
  if (std::find(candidates_.begin(), candidates_.end(), index) != candidates_.end()) {
    frames_.push_back(frame);
  }
}

const media::Frame& PosterChooser::best() const {
  assert(!frames_.empty());
  std::size_t best = 0;
  auto least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    std::int64_t sum = 0;
    for (const auto& other : frames_) sum += difference(frames_[i], other);
    if (sum >= least) continue;
    least = sum;
    best = i;
  }
  return frames_[best];
}

Previews::Previews(int frame_count, int fps, std::optional<int> poster,
                   std::filesystem::path thumbnail, std::filesystem::path gif,
                   const media::ColourCoding& colours)
    : fps_(fps),
      colours_(colours),
      thumbnail_path_(std::move(thumbnail)),
      gif_path_(std::move(gif)),
      poster_(frame_count, fps, poster),
      gif_(kGifSide, std::min(kGifFps, fps)) {}

void Previews::see(int index, const media::Frame& frame) {
  if (!thumbnail_path_.empty()) poster_.see(index, frame);
  if (gif_path_.empty() || gif_frames_ >= kGifFramesMax) return;
  const int gif_fps = std::min(kGifFps, fps_);
  if (index != gif_frames_ * fps_ / gif_fps) return;
  gif_.add(frame);
  ++gif_frames_;
}

Result<void> Previews::write() const {
  if (!thumbnail_path_.empty()) {
    const media::Frame& best = poster_.best();
    const bool is_plain = colours_ == media::kBt709 || !best.alpha.empty();
    TRY(media::write_jpeg(thumbnail_path_, is_plain ? best : media::in_bt709(best, colours_),
                          kThumbnailQuality));
  }
  if (!gif_path_.empty()) TRY(gif_.finish(gif_path_));
  return {};
}

}  // namespace understudy::compose
