#include "jobs/job_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kInputsMax = 200;
constexpr std::size_t kOutputJsonMax = 4u << 20;
constexpr auto kLockPoll = std::chrono::milliseconds(20);

tl::unexpected<Error> folder_error(const fs::path& path, const char* what) {
  return fail_with_detail(ErrorCode::storage_failed, "The job's folder could not be used.",
                          std::string(what) + " " + path.string() + ": " + std::strerror(errno));
}

// Ids and input names become file names.
bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 100 && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-' || c == '.';
         });
}

// ".mp3" of "My Song.MP3"; programs guess a format from it. Empty when it is not plain.
std::string extension_of(const std::string& name) {
  std::string extension = fs::path(name).extension();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  if (extension.size() < 2 || extension.size() > 8 || !is_plain_name(extension.substr(1)))
    return {};
  return extension;
}

// The lock, or -1 while another has it. A lock file that was removed meanwhile is no lock.
Result<int> try_lock(const fs::path& path) {
  for (;;) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return folder_error(path, "lock");
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      ::close(file);
      return -1;
    }
    struct stat held {};
    struct stat named {};
    if (::fstat(file, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
        held.st_ino == named.st_ino) {
      ::futimens(file, nullptr);  // the folder's last use, for remove_stale_job_folders
      return file;
    }
    ::close(file);
  }
}

fs::path lock_path(const fs::path& folder) { return folder.string() + ".lock"; }

// Without following links; nothing runs in the folder now.
void give_tree(const fs::path& folder, unsigned uid) {
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    struct stat facts {};
    if (::lstat(entry->path().c_str(), &facts) != 0) continue;
    // A hard link could be to a file of someone else.
    if (S_ISREG(facts.st_mode) && facts.st_nlink > 1) continue;
    if (::lchown(entry->path().c_str(), uid, uid) != 0) continue;
  }
}

}  // namespace

RenderedFile::~RenderedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
RenderedFile::RenderedFile(RenderedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

fs::path RenderedFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

Result<std::string> RenderedFile::read(std::size_t limit) const {
  if (static_cast<std::size_t>(size_) > limit) {
    return fail(ErrorCode::payload_too_large, "A file of the render is too large.");
  }
  std::string bytes(static_cast<std::size_t>(size_), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count =
        ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return folder_error("a rendered file", "read");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

JobFolder::JobFolder(fs::path path, const JobUser& user, int lock)
    : path_(std::move(path)), uid_(user.uid()), is_own_(user.is_own()), lock_(lock) {}
JobFolder::~JobFolder() {
  if (lock_ >= 0) ::close(lock_);
}
JobFolder::JobFolder(JobFolder&& other) noexcept
    : path_(std::move(other.path_)),
      uid_(other.uid_),
      is_own_(other.is_own_),
      lock_(std::exchange(other.lock_, -1)) {}

Result<JobFolder> JobFolder::open(const fs::path& work_folder, const Job& job, const JobUser& user,
                                  std::chrono::milliseconds patience) {
  if (!is_plain_name(job.id)) return fail(ErrorCode::invalid_parameter, "The job's id is no name.");
  const fs::path jobs = work_folder / "jobs";
  std::error_code failed;
  fs::create_directories(jobs, failed);
  ::chmod(jobs.c_str(), 0711);
  fs::path folder = jobs / job.id;
  const auto until = std::chrono::steady_clock::now() + patience;
  int lock = -1;
  for (;;) {
    TRY_ASSIGN(lock, try_lock(lock_path(folder)));
    if (lock >= 0 || std::chrono::steady_clock::now() >= until) break;
    std::this_thread::sleep_for(kLockPoll);
  }
  if (lock < 0) {
    log::warn("job {}: its folder is still in use, rendering in another one", job.id);
    folder = jobs / (job.id + "." + std::to_string(job.fence));
    TRY_ASSIGN(lock, try_lock(lock_path(folder)));
    if (lock < 0) return fail(ErrorCode::storage_failed, "The job's folder is in use.");
  }
  JobFolder made(folder, user, lock);
  TRY(made.prepare());
  return made;
}

Result<JobFolder> JobFolder::open_ahead(const fs::path& work_folder, const JobUser& user) {
  Job nobody;
  nobody.id = "ahead-" + to_hex(random_bytes(8));
  return open(work_folder, nobody, user, {});
}

bool JobFolder::become(const Job& job) {
  if (!is_plain_name(job.id)) return false;
  const fs::path folder = path_.parent_path() / job.id;
  // The lock's name first: link() fails when another render has it, or left it with its folder.
  if (::link(lock_path(path_).c_str(), lock_path(folder).c_str()) != 0) return false;
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, folder.c_str(), RENAME_NOREPLACE) != 0) {
    ::unlink(lock_path(folder).c_str());
    return false;
  }
  ::unlink(lock_path(path_).c_str());
  ::futimens(lock_, nullptr);
  path_ = folder;
  return true;
}

Result<void> JobFolder::prepare() const {
  const auto own_folder = [&](const fs::path& path, mode_t mode, unsigned owner) -> Result<void> {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return folder_error(path, "mkdir");
    struct stat facts {};
    // Only the worker makes these names, so a link here means that someone is playing.
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
      return folder_error(path, "not a folder:");
    }
    if (is_own_ && ::chown(path.c_str(), owner, uid_) != 0) return folder_error(path, "chown");
    if (::chmod(path.c_str(), mode) != 0) return folder_error(path, "chmod");
    return {};
  };
  const mode_t readable = is_own_ ? 0750 : 0700;
  TRY(own_folder(path_, readable, ::geteuid()));
  TRY(own_folder(path_ / kInputsFolder, readable, ::geteuid()));
  for (const char* name : {kWorkFolder, kOutputsFolder, kTemporaryFolder}) {
    struct stat facts {};
    const bool has_other_owner =
        is_own_ && ::lstat((path_ / name).c_str(), &facts) == 0 && facts.st_uid != uid_;
    TRY(own_folder(path_ / name, 0700, uid_));
    if (has_other_owner) give_tree(path_ / name, uid_);
  }
  return {};
}

Result<std::map<std::string, JobFolder::Input>> JobFolder::inputs_of(const json::object& request) {
  std::map<std::string, Input> inputs;
  const auto* named = object_or_null(request, "inputs");
  if (named == nullptr) return inputs;
  if (named->size() > kInputsMax) return fail(ErrorCode::invalid_parameter, "Too many inputs.");
  for (const auto& member : *named) {
    const std::string name(member.key());
    const auto* object = member.value().if_object();
    if (!is_plain_name(name) || object == nullptr) {
      return fail(ErrorCode::invalid_parameter, "An input of the job is not a file reference.");
    }
    TRY_ASSIGN(BlobRef blob, blob_ref_from(*object));
    const fs::path file = fs::path(kInputsFolder) / (name + extension_of(blob.name));
    inputs.emplace(name, Input{std::move(blob), file});
  }
  return inputs;
}

Result<void> JobFolder::share(const fs::path& relative) const {
  const fs::path file = path_ / relative;
  if (is_own_ && ::lchown(file.c_str(), ::geteuid(), uid_) != 0) return folder_error(file, "chown");
  if (::chmod(file.c_str(), is_own_ ? 0640 : 0600) != 0) return folder_error(file, "chmod");
  return {};
}

Result<void> JobFolder::write_job(const Job& job,
                                  const std::map<std::string, Input>& inputs) const {
  json::object files;
  for (const auto& [name, input] : inputs) files[name] = input.file.string();
  const json::object text{{"id", job.id},
                          {"kind", job.kind},
                          {"attempt", job.attempt},
                          {"request", job.request},
                          {"inputs", std::move(files)}};
  TRY(write_file_durably(path_ / kJobFile, to_text(text)));
  TRY(share(kJobFile));
  for (const char* name : {kResultFile, kErrorFile}) {
    ::unlink((path_ / kOutputsFolder / name).c_str());  // of the last render; absent is fine
  }
  return {};
}

Result<RenderedFile> JobFolder::open_output(std::string_view name) const {
  const auto missing = [&] {
    return fail_with_detail(ErrorCode::not_found, "The render left no such file.",
                            std::string(name.substr(0, 200)));
  };
  if (!is_plain_name(name)) return missing();
  const int folder =
      ::open((path_ / kOutputsFolder).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return missing();
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const int file =
      ::openat(folder, std::string(name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  ::close(folder);
  if (file < 0) return missing();
  struct stat facts {};
  RenderedFile rendered(file, ::fstat(file, &facts) == 0 ? facts.st_size : 0);
  if (!S_ISREG(facts.st_mode) || facts.st_nlink != 1) return missing();
  return rendered;
}

Result<json::object> JobFolder::read_output_json(std::string_view name) const {
  TRY_ASSIGN(const RenderedFile file, open_output(name));
  TRY_ASSIGN(const std::string text, file.read(kOutputJsonMax));
  TRY_ASSIGN(json::value value, parse_json(text, 32));
  if (!value.is_object())
    return fail(ErrorCode::engine_failed, "The render's result is no object.");
  return std::move(value.get_object());
}

void JobFolder::remove() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::unlink(lock_path(path_).c_str());
}

int remove_stale_job_folders(const fs::path& work_folder, std::chrono::seconds age) {
  int removed = 0;
  std::error_code failed;
  const auto oldest = fs::file_time_type::clock::now() - age;
  std::vector<fs::path> locks;
  for (fs::directory_iterator entry(work_folder / "jobs", failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->path().extension() == ".lock") locks.push_back(entry->path());
  }
  for (const auto& path : locks) {
    const auto used = fs::last_write_time(path, failed);
    if (failed || used > oldest) continue;
    const auto lock = try_lock(path);
    if (!lock || *lock < 0) continue;
    fs::path folder = path;
    fs::remove_all(folder.replace_extension(), failed);
    ::unlink(path.c_str());
    ::close(*lock);
    ++removed;
  }
  return removed;
}

}  // namespace understudy::jobs
