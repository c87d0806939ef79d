#include "browser/frame_memory.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser/frame_tap/frame_tap.h"

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLibrary = "understudy-frame-tap.so";
// J_COLOR_SPACE of libjpeg-turbo: B G R X and B G R A in memory.
constexpr std::uint32_t kBgrx = 9;
constexpr std::uint32_t kBgra = 13;

tl::unexpected<Error> memory_error(const char* what) {
  return fail_with_detail(ErrorCode::service_unavailable, "No memory for frames could be made.",
                          std::string(what) + ": " + std::strerror(errno));
}

class FrameTap final : public FrameSource {
 public:
  explicit FrameTap(const FrameMemory& memory) : memory_(memory) {}
  FrameSourceKind kind() const override { return FrameSourceKind::frame_tap; }
  ScreenshotFormat screenshot() const override { return ScreenshotFormat::jpeg; }

  Result<std::vector<RowSpan>> read(const FrameDrawn& drawn, Picture& picture) override {
    const FrameTapHead head = memory_.head();
    const std::string stub = fmt::format("{} {}", UNDERSTUDY_FRAME_TAP_WORD, head.number);
    const bool is_ours = drawn.screenshot == stub &&
                         (head.colours == kBgra || head.colours == kBgrx) &&
                         head.width == static_cast<std::uint32_t>(picture.width) &&
                         head.height == static_cast<std::uint32_t>(picture.height);
    if (!is_ours) {
      return fail_with_detail(
          ErrorCode::engine_failed, "A frame could not be read.",
          fmt::format("the tap gave frame {} of {} x {}, colours {}, a picture of {} bytes",
                      head.number, head.width, head.height, head.colours, drawn.screenshot.size()));
    }
    std::vector<RowSpan> changed;
    picture.take_rows(0, picture.height, memory_.pixels(), changed);
    return changed;
  }

 private:
  const FrameMemory& memory_;
};

}  // namespace

fs::path find_frame_tap() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  const fs::path library = program.parent_path() / kLibrary;
  return !failed && ::access(library.c_str(), R_OK) == 0 ? library : fs::path();
}

Result<std::unique_ptr<FrameMemory>> FrameMemory::make(std::size_t pixel_count) {
  const std::size_t size = kFrameTapPixels + pixel_count * 4;
  Descriptor file(::memfd_create("frames", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file.get() < 0 || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
    return memory_error("memfd");
  }
  // A browser that shortens it would end us with SIGBUS.
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return memory_error("seal");
  }
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) return memory_error("mmap");
  auto* head = static_cast<FrameTapHead*>(mapped);
  head->magic = kFrameTapMagic;
  return std::unique_ptr<FrameMemory>(new FrameMemory(std::move(file), head, size));
}

FrameMemory::~FrameMemory() { ::munmap(head_, size_); }

std::string FrameMemory::variable(int descriptor) const {
  struct stat facts {};
  ::fstat(file_.get(), &facts);
  return fmt::format("{}={} {}", UNDERSTUDY_FRAME_TAP_VARIABLE, descriptor, facts.st_ino);
}

const std::uint32_t* FrameMemory::pixels() const {
  return reinterpret_cast<const std::uint32_t*>(reinterpret_cast<const char*>(head_) +
                                                kFrameTapPixels);
}

std::unique_ptr<FrameSource> make_frame_tap(const FrameMemory& memory) {
  return std::make_unique<FrameTap>(memory);
}

}  // namespace understudy::browser
