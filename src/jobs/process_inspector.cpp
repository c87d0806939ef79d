#include "jobs/process_inspector.h"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "jobs/render_result.h"

namespace understudy::jobs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kOutputMax = 1u << 20;
constexpr std::uintmax_t kCopyMax = 64u << 20;
constexpr const char* kInput = "input";

tl::unexpected<Error> copy_error(const char* what, const std::string& reason) {
  return fail_with_detail(ErrorCode::storage_failed, "The file could not be inspected.",
                          std::string(what) + ": " + reason);
}

// Lets the job's user read a linked file for a while, by its group.
class LentFile {
 public:
  LentFile(fs::path file, unsigned gid) : file_(std::move(file)) {
    is_lent_ = ::stat(file_.c_str(), &before_) == 0 && ::chown(file_.c_str(), -1, gid) == 0 &&
               ::chmod(file_.c_str(), (before_.st_mode & 0777) | S_IRGRP) == 0;
  }
  ~LentFile() {
    if (is_lent_ && (::chown(file_.c_str(), -1, before_.st_gid) != 0 ||
                     ::chmod(file_.c_str(), before_.st_mode & 0777) != 0)) {
      log::warn("the rights of {} could not be put back", file_.string());
    }
  }
  LentFile(const LentFile&) = delete;
  LentFile& operator=(const LentFile&) = delete;
  bool is_lent() const { return is_lent_; }

 private:
  fs::path file_;
  struct stat before_ {};
  bool is_lent_ = false;
};

Result<json::object> facts_from(const Sandbox::Finished& finished) {
  const auto value = parse_json(finished.output);
  const auto* facts = value ? value->if_object() : nullptr;
  if (facts == nullptr) {
    return fail_with_detail(
        ErrorCode::media_unreadable, "The file could not be read.",
        "inspection ended with " + finished.exit.text() + ": " + finished.exit.errors);
  }
  if (const auto* error = object_or_null(*facts, "error")) {
    return tl::make_unexpected(failure_from(*error).error);
  }
  if (!finished.exit.is_success()) {
    return fail_with_detail(ErrorCode::media_unreadable, "The file could not be read.",
                            "inspection ended with " + finished.exit.text());
  }
  return *facts;
}

}  // namespace

class ProcessInspector::Turn {
 public:
  explicit Turn(const ProcessInspector& inspector) : inspector_(inspector) {
    std::unique_lock lock(inspector_.mutex_);
    has_it_ = inspector_.turn_is_over_.wait_for(lock, inspector_.config_.time_max, [&] {
      return inspector_.running_ < inspector_.config_.parallel_max;
    });
    if (has_it_) ++inspector_.running_;
  }
  ~Turn() {
    if (!has_it_) return;
    {
      const std::lock_guard lock(inspector_.mutex_);
      --inspector_.running_;
    }
    inspector_.turn_is_over_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool has_it() const { return has_it_; }

 private:
  const ProcessInspector& inspector_;
  bool has_it_ = false;
};

ProcessInspector::ProcessInspector(const Sandbox& sandbox, Config config)
    : sandbox_(sandbox), config_(std::move(config)) {
  std::error_code failed;
  config_.work_folder = fs::absolute(config_.work_folder, failed);
}

Result<json::object> ProcessInspector::inspect(const fs::path& file,
                                               const std::vector<std::string>& arguments) const {
  const Turn turn(*this);
  if (!turn.has_it()) return fail(ErrorCode::service_unavailable, "The server is busy; try again.");
  TRY_ASSIGN(const JobUser user, sandbox_.take_user());
  const TemporaryFolder folder(config_.work_folder);
  const fs::path input = folder.path() / kInput;
  if (user.is_own() && ::chown(folder.path().c_str(), ::geteuid(), user.uid()) != 0) {
    return copy_error("chown", std::strerror(errno));
  }
  ::chmod(folder.path().c_str(), user.is_own() ? 0750 : 0700);
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  if (failed) return copy_error("size", failed.message());

  // A large file is linked in, which only a sandbox that guards it against writing allows.
  std::unique_lock linked(linked_, std::defer_lock);
  const bool is_guarded = user.is_own() || sandbox_.kind() == SandboxKind::bubblewrap;
  if (size > kCopyMax && is_guarded) {
    linked.lock();
    fs::create_hard_link(file, input, failed);
  }
  if (!fs::exists(input)) {
    failed.clear();
    if (!fs::copy_file(file, input, failed)) return copy_error("copy", failed.message());
  }
  std::optional<LentFile> lent;
  if (user.is_own()) {
    lent.emplace(input, user.uid());
    if (!lent->is_lent()) return copy_error("rights", std::strerror(errno));
  }
  SandboxedCommand command;
  command.arguments = {config_.command, kInput};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.folder = folder.path();
  command.limits = config_.limits;
  const auto finished = sandbox_.run(command, user, config_.time_max, kOutputMax);
  if (!finished && finished.error().code == ErrorCode::deadline_exceeded) {
    return fail(ErrorCode::media_unreadable, "The file takes too long to read.");
  }
  if (!finished) return tl::make_unexpected(finished.error());
  return facts_from(*finished);
}

}  // namespace understudy::jobs
