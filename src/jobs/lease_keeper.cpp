#include "jobs/lease_keeper.h"

#include "base/log.h"

namespace understudy::jobs {

LeaseKeeper::LeaseKeeper(WorkerClient& client, const Job& job, std::int64_t every_ms,
                         std::int64_t lease_ms)
    : client_(client), every_ms_(every_ms) {
  beat_.job_id = job.id;
  beat_.fence = job.fence;
  beat_.progress = job.progress;
  beat_.lease_ms = lease_ms;
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

void LeaseKeeper::set_progress(const RenderProgress& progress) {
  {
    const std::lock_guard lock(mutex_);
    has_new_stage_ = has_new_stage_ || beat_.stage != progress.stage;
    beat_.progress = progress.fraction;
    beat_.stage = progress.stage;
    beat_.eta_ms = progress.eta_ms;
  }
  changed_.notify_one();
}

void LeaseKeeper::run(std::stop_token stop) {
  bool was_away = false;
  while (!stop.stop_requested()) {
    Heartbeat beat;
    {
      const std::lock_guard lock(mutex_);
      has_new_stage_ = false;
      beat = beat_;
    }
    const auto sent = client_.heartbeat(beat, stop);
    if (!sent && sent.error().code == ErrorCode::conflict) {
      lost_.request_stop();
      return;
    }
    const bool is_away = !sent && sent.error().code != ErrorCode::cancelled;
    if (is_away && !was_away) {
      log::warn("job {}: the server does not answer ({}); working on", beat.job_id,
                sent.error().message);
    }
    was_away = is_away;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(every_ms_),
                      [&] { return has_new_stage_; });
  }
}

}  // namespace understudy::jobs
