#include "storage/blobs/disk_blob_store.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/descriptor.h"
#include "base/file.h"
#include "storage/sql/blob_refs.h"

namespace understudy::storage {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kCopyBytes = 1 << 18;

tl::unexpected<Error> disk_error(std::string_view what, const fs::path& path) {
  return fail_with_detail(ErrorCode::storage_failed, "A file could not be stored.",
                          fmt::format("{} {}: {}", what, path.string(), std::strerror(errno)));
}

tl::unexpected<Error> no_blob() {
  return fail(ErrorCode::not_found, "There is no file with this content.");
}

// A file on its way in, which is gone unless it was moved to its place.
class IncomingFile {
 public:
  explicit IncomingFile(const fs::path& folder)
      : path_(folder / to_hex(random_bytes(16))),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
  ~IncomingFile() { ::unlink(path_.c_str()); }
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  Result<void> write(std::string_view bytes) {
    hash_.update(bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
    while (!bytes.empty()) {
      const auto written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return disk_error("write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<jobs::BlobRef> finish() {
    if (::fsync(file_.get()) != 0) return disk_error("fsync", path_);
    return jobs::BlobRef{
        .hash = to_hex(hash_.finish()), .size = size_, .mime_type = {}, .name = {}};
  }

  const fs::path& path() const { return path_; }
  bool is_open() const { return file_.get() >= 0; }

 private:
  fs::path path_;
  Descriptor file_;
  Sha256Stream hash_;
  std::int64_t size_ = 0;
};

Result<void> make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_path(folder.parent_path());
  if (errno == EEXIST) return {};
  return disk_error("mkdir", folder);
}

std::int64_t modified_ms(const struct stat& facts) {
  return facts.st_mtim.tv_sec * 1000LL + facts.st_mtim.tv_nsec / 1'000'000;
}

// What is still on its way after so long was left by a program that ended; another server of the
// same folder may be writing what is younger.
constexpr std::int64_t kIncomingMaxMs = 24LL * 3600 * 1000;

// Held between a look and what follows from it: by one thread of one of the servers of a folder.
class FolderLock {
 public:
  FolderLock(std::mutex& mutex, const Descriptor& file) : guard_(mutex), file_(file.get()) {
    while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FolderLock() { ::flock(file_, LOCK_UN); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  std::lock_guard<std::mutex> guard_;
  int file_;
};

class Implementation final : public DiskBlobStore {
 public:
  Implementation(fs::path root, Descriptor lock) : root_(std::move(root)), lock_(std::move(lock)) {}

  Result<jobs::BlobRef> put_file(const fs::path& file) override {
    const Descriptor source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.get() < 0) return disk_error("open", file);
    IncomingFile incoming(incoming_folder());
    if (!incoming.is_open()) return disk_error("create", incoming.path());
    std::string buffer(kCopyBytes, '\0');
    while (true) {
      const auto count = ::read(source.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return disk_error("read", file);
      if (count == 0) break;
      TRY(incoming.write({buffer.data(), static_cast<std::size_t>(count)}));
    }
    return settle(incoming);
  }

  Result<jobs::BlobRef> put_bytes(std::string_view bytes) override {
    IncomingFile incoming(incoming_folder());
    if (!incoming.is_open()) return disk_error("create", incoming.path());
    TRY(incoming.write(bytes));
    return settle(incoming);
  }

  Result<fs::path> local_path(std::string_view hash) override {
    if (!jobs::is_blob_hash(hash)) return no_blob();
    fs::path path = path_of(hash);
    if (::access(path.c_str(), R_OK) != 0) return no_blob();
    return path;
  }

  Result<void> remove(std::string_view hash) override {
    if (!jobs::is_blob_hash(hash)) return {};
    const FolderLock lock(mutex_, lock_);
    if (::unlink(path_of(hash).c_str()) != 0 && errno != ENOENT) {
      return disk_error("unlink", path_of(hash));
    }
    return {};
  }

  Result<std::vector<std::string>> untouched_since(std::int64_t time_ms) override {
    std::vector<std::string> hashes;
    std::error_code failed;
    for (fs::recursive_directory_iterator it(root_, failed), end; !failed && it != end;
         it.increment(failed)) {
      const std::string name = it->path().filename().string();
      struct stat facts = {};
      if (!jobs::is_blob_hash(name) || ::stat(it->path().c_str(), &facts) != 0) continue;
      if (modified_ms(facts) < time_ms) hashes.push_back(name);
    }
    if (failed) {
      return fail_with_detail(ErrorCode::storage_failed, "The files could not be listed.",
                              failed.message());
    }
    return hashes;
  }

  Result<bool> remove_if_untouched(std::string_view hash, std::int64_t time_ms) override {
    if (!jobs::is_blob_hash(hash)) return false;
    const fs::path path = path_of(hash);
    const FolderLock lock(mutex_, lock_);
    struct stat facts = {};
    if (::stat(path.c_str(), &facts) != 0 || modified_ms(facts) >= time_ms) return false;
    if (::unlink(path.c_str()) != 0) return disk_error("unlink", path);
    return true;
  }

 private:
  fs::path incoming_folder() const { return root_ / "incoming"; }

  fs::path path_of(std::string_view hash) const { return root_ / hash.substr(0, 2) / hash; }

  // The lock keeps a sweep from removing, between the look and the touch, what is put again.
  Result<jobs::BlobRef> settle(IncomingFile& incoming) {
    TRY_ASSIGN(auto blob, incoming.finish());
    const fs::path path = path_of(blob.hash);
    TRY(make_folder(path.parent_path()));
    {
      const FolderLock lock(mutex_, lock_);
      const bool is_there = ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0;
      if (!is_there && ::rename(incoming.path().c_str(), path.c_str()) != 0) {
        return disk_error("rename", path);
      }
    }
    TRY(sync_path(path.parent_path()));
    return blob;
  }

  fs::path root_;
  std::mutex mutex_;
  Descriptor lock_;
};

}  // namespace

Result<std::unique_ptr<DiskBlobStore>> open_disk_blob_store(const fs::path& root) {
  std::error_code failed;
  fs::create_directories(root.parent_path(), failed);
  TRY(make_folder(root));
  ::chmod(root.c_str(), 0700);
  TRY(make_folder(root / "incoming"));
  const std::int64_t left_before_ms = SystemClock().now_ms() - kIncomingMaxMs;
  for (const auto& left : fs::directory_iterator(root / "incoming", failed)) {
    struct stat facts = {};
    if (::stat(left.path().c_str(), &facts) != 0 || modified_ms(facts) >= left_before_ms) continue;
    fs::remove(left.path(), failed);
  }
  Descriptor lock(::open((root / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return disk_error("open", root / "lock");
  return std::make_unique<Implementation>(root, std::move(lock));
}

Result<int> sweep_blobs(DiskBlobStore& blobs, Database& database, std::int64_t time_ms) {
  TRY_ASSIGN(const auto old, blobs.untouched_since(time_ms));
  TRY_ASSIGN(const auto free, unreferenced(database, old));
  int removed = 0;
  for (const std::string& hash : free) {
    TRY_ASSIGN(const bool is_gone, blobs.remove_if_untouched(hash, time_ms));
    removed += is_gone ? 1 : 0;
  }
  return removed;
}

}  // namespace understudy::storage
