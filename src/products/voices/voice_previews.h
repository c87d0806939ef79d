// VoicePreviews: a few seconds of every voice, made when somebody first asks and kept as a file.
// The texts are our own, so nothing hostile is read and it runs in the server; one at a time, the
// others wait. Any thread.
#pragma once

#include <filesystem>
#include <mutex>
#include <string_view>

#include "base/result.h"

namespace understudy::voices {

class VoicePreviews {
 public:
  // The folder is made when needed. It is a cache: emptying it does no harm.
  explicit VoicePreviews(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // An MP3 file. Errors: voice_not_found; those of speech::synthesize(); storage_failed.
  Result<std::filesystem::path> file(std::string_view voice_id);

 private:
  std::filesystem::path folder_;
  std::mutex mutex_;
};

}  // namespace understudy::voices
