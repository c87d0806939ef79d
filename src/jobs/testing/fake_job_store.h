// For tests: a JobStore in memory, without money but for one number: the largest quantity that the
// wallet covers. And blobs in a folder. Any thread.
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "jobs/blob_store.h"
#include "jobs/job_store.h"

namespace understudy::jobs {

class FakeJobStore final : public JobStore {
 public:
  std::int64_t quantity_max = 1'000'000;
  ErrorCode refusal = ErrorCode::insufficient_credit;  // of a larger quantity

  void add(const std::string& id, const std::string& kind, json::object request = {},
           std::int64_t deadline_at_ms = 0) {
    NewJob job;
    job.id = id;
    job.kind = kind;
    job.request = std::move(request);
    job.deadline_at_ms = deadline_at_ms;
    (void)submit({.jobs = {job}, .answer = {}});
  }
  Job get(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return jobs_.at(id).job;
  }
  int heartbeats() {
    const std::lock_guard lock(mutex_);
    return heartbeats_;
  }

  Result<void> submit(const Submission& submission) override {
    const std::lock_guard lock(mutex_);
    for (const auto& wanted : submission.jobs) {
      Row row;
      row.job.id = wanted.id;
      row.job.kind = wanted.kind;
      row.job.lane = wanted.lane;
      row.job.request = wanted.request;
      row.job.deadline_at_ms = wanted.deadline_at_ms;
      jobs_[wanted.id] = std::move(row);
    }
    return {};
  }
  Result<Job> find(std::string_view, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto row = jobs_.find(id);
    if (row == jobs_.end()) return understudy::fail(ErrorCode::not_found, "no job");
    return row->second.job;
  }
  Result<std::vector<Job>> list(const JobQuery&) override { return std::vector<Job>(); }
  Result<std::optional<Job>> claim(const ClaimRequest& request, std::int64_t now_ms) override {
    const std::lock_guard lock(mutex_);
    for (auto& [id, row] : jobs_) {
      if (row.job.state != JobState::queued ||
          !std::count(request.lanes.begin(), request.lanes.end(), row.job.lane)) {
        continue;
      }
      row.job.state = JobState::running;
      ++row.job.attempt;
      ++row.job.fence;
      row.lease_until_ms = now_ms + request.lease_ms;
      return std::optional<Job>(row.job);
    }
    return std::optional<Job>();
  }
  Result<void> heartbeat(const Heartbeat& beat, std::int64_t now_ms) override {
    const std::lock_guard lock(mutex_);
    auto row = held(beat.job_id, beat.fence);
    if (!row) return tl::make_unexpected(row.error());
    ++heartbeats_;
    (*row)->job.progress = beat.progress;
    (*row)->job.stage = beat.stage;
    (*row)->job.eta_ms = beat.eta_ms;
    (*row)->lease_until_ms = now_ms + beat.lease_ms;
    return {};
  }
  Result<void> set_exact(std::string_view job_id, std::int64_t fence, const Delivered& delivered,
                         std::int64_t) override {
    const std::lock_guard lock(mutex_);
    auto row = held(job_id, fence);
    if (!row) return tl::make_unexpected(row.error());
    (*row)->job.charge.quantity = delivered.quantity;
    if (delivered.quantity <= quantity_max) return {};
    (*row)->job.state = JobState::failed;
    (*row)->job.failure_code = to_string(refusal);
    return understudy::fail(refusal, "not enough");
  }
  Result<void> complete(const Completion& completion, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    auto row = held(completion.job_id, completion.fence);
    if (!row) return tl::make_unexpected(row.error());
    (*row)->job.state = JobState::completed;
    (*row)->job.result = completion.result;
    (*row)->job.charge.quantity = completion.quantity;
    return {};
  }
  Result<void> fail(std::string_view job_id, std::int64_t fence, const Error& error,
                    bool is_retryable, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    auto row = held(job_id, fence);
    if (!row) return tl::make_unexpected(row.error());
    (*row)->job.state = is_retryable ? JobState::queued : JobState::failed;
    (*row)->job.failure_code = to_string(error.code);
    (*row)->job.failure_message = error.message;
    return {};
  }
  Result<Job> cancel(std::string_view, std::string_view id, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    Job& job = jobs_.find(id)->second.job;
    if (!is_terminal(job.state)) job.state = JobState::cancelled;
    return job;
  }
  Result<void> remove(std::string_view, std::string_view id, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    jobs_.erase(std::string(id));
    return {};
  }
  Result<Job> rename(std::string_view account_id, std::string_view id,
                     std::string_view title) override {
    {
      const std::lock_guard lock(mutex_);
      const auto found = jobs_.find(std::string(id));
      if (found != jobs_.end()) found->second.job.title = title;
    }
    return find(account_id, id);
  }
  Result<int> sweep(std::int64_t now_ms) override {
    const std::lock_guard lock(mutex_);
    int changed = 0;
    for (auto& [id, row] : jobs_) {
      if (row.job.state != JobState::running || row.lease_until_ms > now_ms) continue;
      row.job.state = JobState::queued;
      ++changed;
    }
    return changed;
  }

 private:
  struct Row {
    Job job;
    std::int64_t lease_until_ms = 0;
  };
  Result<Row*> held(std::string_view id, std::int64_t fence) {
    const auto row = jobs_.find(id);
    if (row == jobs_.end() || row->second.job.fence != fence ||
        row->second.job.state != JobState::running) {
      return understudy::fail(ErrorCode::conflict, "not yours");
    }
    return &row->second;
  }

  std::mutex mutex_;
  std::map<std::string, Row, std::less<>> jobs_;
  int heartbeats_ = 0;
};

class FolderBlobStore final : public BlobStore {
 public:
  explicit FolderBlobStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<BlobRef> put_file(const std::filesystem::path& file) override {
    TRY_ASSIGN(const std::string bytes, read_file(file));
    return put_bytes(bytes);
  }
  Result<BlobRef> put_bytes(std::string_view bytes) override {
    BlobRef blob;
    blob.hash = sha256_hex(bytes);
    blob.size = static_cast<std::int64_t>(bytes.size());
    TRY(write_file_durably(folder_ / blob.hash, bytes));
    return blob;
  }
  Result<std::filesystem::path> local_path(std::string_view hash) override {
    if (!std::filesystem::exists(folder_ / hash)) return fail(ErrorCode::not_found, "no blob");
    return folder_ / hash;
  }
  Result<void> remove(std::string_view hash) override {
    std::filesystem::remove(folder_ / hash);
    return {};
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace understudy::jobs
