#include "base/file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/descriptor.h"

namespace understudy {
namespace fs = std::filesystem;
namespace {

tl::unexpected<Error> storage_error(const fs::path& path, const char* what) {
  return fail_with_detail(ErrorCode::storage_failed, "A file of the server could not be used.",
                          std::string(what) + " " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (failed) {
    errno = failed.value();
    return storage_error(path, "read");
  }
  if (size > limit) return fail(ErrorCode::payload_too_large, "A file is larger than allowed.");
  std::string bytes(size, '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in.read(bytes.data(), static_cast<std::streamsize>(size)))
    return storage_error(path, "read");
  return bytes;
}

Result<void> sync_path(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) return storage_error(path, "fsync");
  return {};
}

Result<void> write_file_durably(const fs::path& path, std::string_view bytes, unsigned mode) {
  const fs::path partial = path.string() + "." + to_hex(random_bytes(4)) + ".partial";
  {
    const Descriptor file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) return storage_error(partial, "create");
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto count = ::write(file.get(), bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return storage_error(partial, "write");
      done += static_cast<std::size_t>(count);
    }
    if (::fsync(file.get()) != 0) return storage_error(partial, "fsync");
  }
  if (::rename(partial.c_str(), path.c_str()) != 0) return storage_error(path, "rename");
  return sync_path(path.parent_path().empty() ? fs::path(".") : path.parent_path());
}

TemporaryFolder::TemporaryFolder(const fs::path& parent) {
  std::string pattern = (parent / "understudy-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no temporary folder in " + parent.string());
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace understudy
