// FrameQueue: a fixed set of frame buffers that go round between a drawing and an encoding thread.
// Each buffer knows which parts of it are out of date, so that filling it copies only those.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "media/frame.h"

namespace understudy::compose {

// A few rectangles whose union covers what changed. Close ones are merged.
class Damage {
 public:
  void add(const media::Rectangle& area);
  void add(const Damage& other);
  void clear() { areas_.clear(); }
  const std::vector<media::Rectangle>& areas() const { return areas_; }

 private:
  std::vector<media::Rectangle> areas_;
};

struct FrameSlot {
  media::Frame frame;
  int index = -1;
  bool is_changed = true;  // the picture is not that of the index before
  Damage stale;            // drawing thread: differs from the canvas here
  Damage touched;          // encoding thread: drawn over here, before it gives the slot back
};

// Makes the slot's picture that of the canvas, copying only what is out of date.
void refresh(FrameSlot& slot, const media::Frame& canvas);

class FrameQueue {
 public:
  FrameQueue(int slots, int width, int height, bool has_alpha);

  // Drawing thread. Null after close().
  FrameSlot* take_free();
  void push(FrameSlot* slot);
  void mark_stale(const media::Rectangle& area);  // in every slot; call before filling one
  void finish();                                  // no more pushes

  // Encoding thread. Null when finished and empty, or closed.
  FrameSlot* take_ready();
  void give_back(FrameSlot* slot);

  void close();  // either side, on an error: wakes the other one

 private:
  std::vector<FrameSlot> slots_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FrameSlot*> free_;
  std::deque<FrameSlot*> ready_;
  bool is_finished_ = false;
  bool is_closed_ = false;
};

}  // namespace understudy::compose
