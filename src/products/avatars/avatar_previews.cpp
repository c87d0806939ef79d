#include "products/avatars/avatar_previews.h"

#include "avatar/preview.h"
#include "media/image.h"
#include "media/video_writer.h"
#include "products/avatars/avatars.h"

namespace understudy::avatars {
namespace fs = std::filesystem;
namespace {

constexpr int kVideoWidth = 640;
constexpr int kVideoHeight = 360;

Result<void> write_picture(const avatar::Look& look, const fs::path& path) {
  return media::write_jpeg(path, avatar::preview_picture(look, kPictureWidth, kPictureHeight));
}

Result<void> write_video(const avatar::Look& look, const fs::path& path) {
  TRY_ASSIGN(auto writer, media::VideoWriter::open(
                              {.path = path,
                               .width = kVideoWidth,
                               .height = kVideoHeight,
                               .fps = avatar::kPreviewFps,
                               .threads = 1,
                               .metadata = media::provenance_tags(look.name, "avatar_iv")}));
  auto clip = avatar::preview_clip(look, kVideoWidth, kVideoHeight);
  media::Frame frame;
  for (int i = 0; i < avatar::kPreviewFrames; ++i) {
    clip.draw(i, frame);
    TRY(writer.write(frame));
  }
  TRY(writer.finish());
  return {};
}

}  // namespace

template <class Write>
Result<fs::path> AvatarPreviews::cached(const std::string& name, const Write& write) {
  const fs::path path = folder_ / name;
  const std::lock_guard lock(mutex_);
  std::error_code error;
  if (fs::exists(path, error)) return path;
  fs::create_directories(folder_, error);
  const fs::path unfinished = folder_ / ("part." + name);
  TRY(write(unfinished));
  fs::rename(unfinished, path, error);
  if (error) {
    return fail_with_detail(ErrorCode::storage_failed, "The preview could not be stored.",
                            error.message());
  }
  return path;
}

Result<fs::path> AvatarPreviews::picture(std::string_view look_id) {
  TRY_ASSIGN(const auto* look, find_look(look_id));
  return cached(look->id + ".jpg",
                [&](const fs::path& path) { return write_picture(*look, path); });
}

Result<fs::path> AvatarPreviews::video(std::string_view look_id) {
  TRY_ASSIGN(const auto* look, find_look(look_id));
  return cached(look->id + ".mp4", [&](const fs::path& path) { return write_video(*look, path); });
}

}  // namespace understudy::avatars
