// `understudy hyperframes render|lint|preview DIR`: compositions without a server. The browser runs
// in the same sandbox as a job's.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace understudy::cli {

struct HyperframesOptions {
  std::filesystem::path project;
  std::filesystem::path output;  // empty: the project's name
  std::string composition = "index.html";
  std::string variables;  // a JSON object
  int fps = 30;
  std::string quality = "standard";
  std::string format;  // empty: by the output's extension, else mp4
  std::string resolution = "1080p";
  std::filesystem::path libraries;  // empty: those beside the program
  int browsers = 0;                 // that draw at once; 0: as suits the machine
  std::string source;               // of frames, the fastest to try; empty: the fastest
  std::string sandbox = "auto";     // auto, required or jail
  bool is_strict = false;
  bool is_json = false;
  int stills = 12;
  int port = 8090;
};

// Each returns the exit code: 0 when all is well, 1 for findings (lint) or a failed render.
int lint_project(const HyperframesOptions& options);
int render_project(const HyperframesOptions& options);
// In the author's browser; with an output, a sheet of frames as JPEG instead.
int preview_project(const HyperframesOptions& options);

}  // namespace understudy::cli
