// FrameMemory: what the frame tap (frame_tap/frame_tap.c) hands pixels over in, and the source that
// takes them out. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "browser/frame_source.h"

struct FrameTapHead;

namespace understudy::browser {

// The tap's library, which lies beside the program; empty when there is none.
std::filesystem::path find_frame_tap();

class FrameMemory {
 public:
  // For pictures of up to so many pixels. Errors: service_unavailable.
  static Result<std::unique_ptr<FrameMemory>> make(std::size_t pixel_count);
  ~FrameMemory();
  FrameMemory(const FrameMemory&) = delete;
  FrameMemory& operator=(const FrameMemory&) = delete;

  int descriptor() const { return file_.get(); }
  // "NAME=value" for the browser, which gets the memory as this descriptor.
  std::string variable(int descriptor) const;

  // What came last, and how it is described. Hostile: the browser may write anything at any time.
  const FrameTapHead& head() const { return *head_; }
  const std::uint32_t* pixels() const;

 private:
  FrameMemory(Descriptor file, FrameTapHead* head, std::size_t size)
      : file_(std::move(file)), head_(head), size_(size) {}
  Descriptor file_;
  FrameTapHead* head_;
  std::size_t size_;
};

// `memory` must outlive it.
std::unique_ptr<FrameSource> make_frame_tap(const FrameMemory& memory);

}  // namespace understudy::browser
