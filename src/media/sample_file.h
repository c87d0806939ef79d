// Sound as a file of plain samples (32-bit floats of this machine): written piece by piece, read as
// if it were memory, with the system fetching what is looked at. For work files of one program.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <span>

#include "base/result.h"

namespace understudy::media {

class SampleWriter {
 public:
  static Result<SampleWriter> create(const std::filesystem::path& path);  // Errors: storage_failed
  Result<void> write(std::span<const float> samples);                     // Errors: storage_failed
  Result<void> finish();                                                  // Errors: storage_failed

 private:
  explicit SampleWriter(std::ofstream out) : out_(std::move(out)) {}
  std::ofstream out_;
};

class MappedFile;

class SampleFile {
 public:
  static Result<SampleFile> open(const std::filesystem::path& path);  // Errors: storage_failed
  SampleFile(SampleFile&&) noexcept;
  ~SampleFile();
  std::span<const float> samples() const;

 private:
  explicit SampleFile(std::unique_ptr<MappedFile> file);
  std::unique_ptr<MappedFile> file_;
};

}  // namespace understudy::media
