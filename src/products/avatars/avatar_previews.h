// AvatarPreviews: a picture and a silent clip of every look, drawn when somebody first asks and
// kept as files. Everything drawn is our own, so it runs in the server; one at a time, the others
// wait. Any thread.
#pragma once

#include <filesystem>
#include <mutex>
#include <string_view>

#include "base/result.h"

namespace understudy::avatars {

inline constexpr int kPictureWidth = 1280;
inline constexpr int kPictureHeight = 720;

class AvatarPreviews {
 public:
  // The folder is made when needed. It is a cache: emptying it does no harm.
  explicit AvatarPreviews(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // A JPEG of 1280x720. Errors: avatar_not_found, storage_failed, engine_failed.
  Result<std::filesystem::path> picture(std::string_view look_id);

  // An MP4 of 640x360, 3.4 s, without sound. Errors: as above.
  Result<std::filesystem::path> video(std::string_view look_id);

 private:
  template <class Write>
  Result<std::filesystem::path> cached(const std::string& name, const Write& write);

  std::filesystem::path folder_;
  std::mutex mutex_;
};

}  // namespace understudy::avatars
