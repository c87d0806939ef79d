// `understudy worker`: a process that claims jobs over HTTP until SIGINT or SIGTERM.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace understudy::cli {

struct WorkerOptions {
  std::string server;
  std::filesystem::path token_file;
  std::filesystem::path work_folder;
  std::vector<std::string> lanes;
  std::string sandbox = "auto";
  std::filesystem::path libraries;   // of HyperFrames compositions; may be absent
  int warm_browsers = 0;             // 1: a HyperFrames render is started before its job
  std::filesystem::path face_yunet;  // models for faces; empty: none
  std::filesystem::path face_landmarks;
};

int run_worker(const WorkerOptions& options);

}  // namespace understudy::cli
