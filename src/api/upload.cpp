#include "api/upload.h"

#include <cerrno>
#include <cstring>

namespace understudy::api {
namespace {

tl::unexpected<Error> storage_error(const std::filesystem::path& path) {
  return fail_with_detail(ErrorCode::storage_failed, "The upload could not be stored.",
                          path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<std::unique_ptr<UploadWriter>> UploadWriter::open(const std::filesystem::path& folder) {
  auto path = folder / ("upload-" + to_hex(random_bytes(12)));
  std::FILE* file = std::fopen(path.c_str(), "wbxe");
  if (file == nullptr) return storage_error(path);
  return std::unique_ptr<UploadWriter>(new UploadWriter(std::move(path), file));
}

UploadWriter::~UploadWriter() {
  if (path_.empty()) return;
  file_.reset();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

Result<void> UploadWriter::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    return storage_error(path_);
  }
  hash_.update(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  return {};
}

Result<UploadedFile> UploadWriter::finish() {
  if (std::fflush(file_.get()) != 0) return storage_error(path_);
  UploadedFile uploaded;
  uploaded.path = std::move(path_);
  path_.clear();
  uploaded.size = size_;
  uploaded.sha256 = to_hex(hash_.finish());
  return uploaded;
}

void remove_uploads(const std::vector<UploadedFile>& files) {
  for (const auto& file : files) {
    std::error_code ignored;
    std::filesystem::remove(file.path, ignored);
  }
}

}  // namespace understudy::api
