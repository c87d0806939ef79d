// `understudy video`: a talking video from a sentence, with progress and receipt, through the API.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "cli/api_client.h"

namespace understudy::cli {

struct VideoOptions {
  std::string script;
  std::string avatar_id;  // empty: the first look of the catalogue
  std::string voice_id;   // empty: the look's own voice
  std::string resolution = "1080p";
  std::string aspect_ratio = "16:9";
  std::filesystem::path output = "video.mp4";
};

// Prints progress on standard error and the receipt on standard output.
Result<void> make_video(ApiClient& api, const VideoOptions& options);

}  // namespace understudy::cli
