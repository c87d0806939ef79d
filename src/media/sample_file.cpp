#include "media/sample_file.h"

#include <utility>

#include "media/mapped_file.h"

namespace understudy::media {
namespace {

tl::unexpected<Error> unwritable() {
  return fail(ErrorCode::storage_failed, "The sound could not be written.");
}

}  // namespace

Result<SampleWriter> SampleWriter::create(const std::filesystem::path& path) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return unwritable();
  return SampleWriter(std::move(out));
}

Result<void> SampleWriter::write(std::span<const float> samples) {
  out_.write(reinterpret_cast<const char*>(samples.data()),
             static_cast<std::streamsize>(samples.size_bytes()));
  if (!out_) return unwritable();
  return {};
}

Result<void> SampleWriter::finish() {
  out_.close();
  if (!out_) return unwritable();
  return {};
}

SampleFile::SampleFile(std::unique_ptr<MappedFile> file) : file_(std::move(file)) {}
SampleFile::SampleFile(SampleFile&&) noexcept = default;
SampleFile::~SampleFile() = default;

Result<SampleFile> SampleFile::open(const std::filesystem::path& path) {
  TRY_ASSIGN(auto file, MappedFile::open(path));
  return SampleFile(std::make_unique<MappedFile>(std::move(file)));
}

std::span<const float> SampleFile::samples() const {
  const auto bytes = file_->bytes();
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

}  // namespace understudy::media
