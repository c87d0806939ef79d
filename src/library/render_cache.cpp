#include "library/render_cache.h"

namespace understudy::library {
namespace fs = std::filesystem;
namespace {

constexpr int kRetryAfter_s = 2;

tl::unexpected<Error> busy() {
  Error error;
  error.code = ErrorCode::service_unavailable;
  error.message = "Many files of the library are being made; try again in a moment.";
  error.retry_after_s = kRetryAfter_s;
  return tl::make_unexpected(std::move(error));
}

}  // namespace

RenderCache::RenderCache(fs::path folder, int waiting_max)
    : folder_(std::move(folder)), waiting_max_(waiting_max), thread_([this] { run(); }) {}

RenderCache::~RenderCache() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<fs::path> RenderCache::file(const std::string& name, Make make) {
  const fs::path path = folder_ / name;
  std::error_code ignored;
  if (fs::exists(path, ignored)) return path;
  std::unique_lock lock(mutex_);
  auto& known = by_name_[name];
  if (known == nullptr) {
    if (waiting_ >= waiting_max_ || is_stopping_) {
      by_name_.erase(name);
      return busy();
    }
    known = std::make_shared<Task>(Task{.name = name, .make = std::move(make)});
    queue_.push_back(known);
    changed_.notify_all();
  } else if (waiting_ >= waiting_max_) {
    return busy();
  }
  const auto task = known;
  ++waiting_;
  changed_.wait(lock, [&] { return task->is_done; });
  --waiting_;
  TRY(task->outcome);
  return path;
}

void RenderCache::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto task = queue_.front();
    Result<void> outcome = busy();
    if (!is_stopping_) {
      lock.unlock();
      outcome = render(*task);
      lock.lock();
    }
    queue_.pop_front();
    by_name_.erase(task->name);
    task->outcome = std::move(outcome);
    task->is_done = true;
    changed_.notify_all();
  }
}

Result<void> RenderCache::render(const Task& task) const {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  const fs::path unfinished = folder_ / ("unfinished-" + task.name);
  auto made = task.make(unfinished);
  if (!made) {
    fs::remove(unfinished, failed);
    return made;
  }
  fs::rename(unfinished, folder_ / task.name, failed);
  if (failed) {
    return fail_with_detail(ErrorCode::storage_failed, "A file of the library could not be stored.",
                            failed.message());
  }
  return {};
}

}  // namespace understudy::library
