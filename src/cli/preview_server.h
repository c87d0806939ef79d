// Preview: a composition in the author's own browser, by a server on the loopback: the same page
// and runtime as in a render, put at any time, with the project watched for changes.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace understudy::cli {

struct PreviewOptions {
  std::filesystem::path project;
  std::filesystem::path libraries;
  std::string composition = "index.html";
  json::object variables;
  int fps = 30;
  int port = 8090;  // 0: any free one
};

// Serves until it is told to stop (SIGINT, SIGTERM). Errors: service_unavailable (the port).
Result<void> serve_preview(const PreviewOptions& options);

}  // namespace understudy::cli
