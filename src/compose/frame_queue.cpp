#include "compose/frame_queue.h"

#include <cstdint>

#include "media/overlay.h"

namespace understudy::compose {
namespace {

constexpr std::size_t kAreasMax = 6;

std::int64_t size_of(const media::Rectangle& area) {
  return static_cast<std::int64_t>(area.width) * area.height;
}

}  // namespace

void Damage::add(const media::Rectangle& area) {
  if (area.width == 0 || area.height == 0) return;
  for (auto& known : areas_) {
    const auto both = media::united(known, area);
    const bool is_close = size_of(both) <= size_of(known) + size_of(area);
    if (!is_close && areas_.size() < kAreasMax) continue;
    known = both;
    return;
  }
  areas_.push_back(area);
}

void Damage::add(const Damage& other) {
  for (const auto& area : other.areas_) add(area);
}

void refresh(FrameSlot& slot, const media::Frame& canvas) {
  for (const auto& area : slot.stale.areas()) media::copy_area(canvas, slot.frame, area);
  slot.stale.clear();
}

FrameQueue::FrameQueue(int slots, int width, int height, bool has_alpha) {
  slots_.resize(static_cast<std::size_t>(slots));
  for (auto& slot : slots_) {
    slot.frame = media::Frame::make(width, height, has_alpha);
    free_.push_back(&slot);
  }
}

FrameSlot* FrameQueue::take_free() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_closed_ || !free_.empty(); });
  if (is_closed_) return nullptr;
  FrameSlot* slot = free_.front();
  free_.pop_front();
  slot->stale.add(slot->touched);
  slot->touched.clear();
  return slot;
}

void FrameQueue::push(FrameSlot* slot) {
  const std::lock_guard lock(mutex_);
  ready_.push_back(slot);
  changed_.notify_all();
}

void FrameQueue::mark_stale(const media::Rectangle& area) {
  for (auto& slot : slots_) slot.stale.add(area);
}

void FrameQueue::finish() {
  const std::lock_guard lock(mutex_);
  is_finished_ = true;
  changed_.notify_all();
}

FrameSlot* FrameQueue::take_ready() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_closed_ || is_finished_ || !ready_.empty(); });
  if (is_closed_ || ready_.empty()) return nullptr;
  FrameSlot* slot = ready_.front();
  ready_.pop_front();
  return slot;
}

void FrameQueue::give_back(FrameSlot* slot) {
  const std::lock_guard lock(mutex_);
  free_.push_back(slot);
  changed_.notify_all();
}

void FrameQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

}  // namespace understudy::compose
