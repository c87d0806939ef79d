#include "server/sweeper.h"

#include <algorithm>
#include <chrono>

#include "base/bytes.h"
#include "base/log.h"

namespace understudy::server {
namespace {

constexpr std::chrono::milliseconds kQueueInterval(500);
// How often it is asked whether a seal is due; several servers share the interval itself.
constexpr std::int64_t kSealLookMax_ms = 60 * 1000;
constexpr std::int64_t kFilesIntervalMs = 10 * 60 * 1000;
// Whoever put a file has this long to refer to it.
constexpr std::int64_t kFileGraceMs = 60 * 60 * 1000;
// How long an upload that expired still says so.
constexpr std::int64_t kExpiredUploadMs = 7 * 24 * 60 * 60 * 1000LL;

}  // namespace

Sweeper::Sweeper(Installation& installation, jobs::JobStore& queue, std::int64_t seal_interval_ms,
                 const Clock& clock)
    : installation_(installation),
      queue_(queue),
      seal_interval_ms_(seal_interval_ms),
      clock_(clock),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Sweeper::~Sweeper() {
  thread_.request_stop();
  thread_.join();
}

void Sweeper::run(const std::stop_token& stop) {
  std::int64_t files_due_ms = clock_.now_ms() + kFilesIntervalMs;
  std::int64_t seal_due_ms = clock_.now_ms();
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const std::int64_t now = clock_.now_ms();
    if (const auto swept = queue_.sweep(now); !swept) {
      log::error("sweep: {} {}", swept.error().message, swept.error().detail);
    }
    if (const auto expired = installation_.ledger().expire(now); !expired) {
      log::error("sweep: {} {}", expired.error().message, expired.error().detail);
    }
    if (seal_interval_ms_ > 0 && now >= seal_due_ms) {
      seal_ledger(now);
      seal_due_ms = now + std::min(seal_interval_ms_, kSealLookMax_ms);
    }
    if (now >= files_due_ms) {
      sweep_files(now);
      files_due_ms = now + kFilesIntervalMs;
    }
    wake_.wait_for(lock, stop, kQueueInterval, [] { return false; });
  }
}

void Sweeper::seal_ledger(std::int64_t now_ms) {
  const auto sealed =
      installation_.seals().seal(installation_.seal_seed(), seal_interval_ms_, now_ms);
  if (!sealed) {
    log::error("seal: {} {}", sealed.error().message, sealed.error().detail);
  } else if (*sealed) {
    // Kept outside of the database, this line proves what was booked before it.
    log::info("ledger seal {} of {} wallets: {}", (*sealed)->number, (*sealed)->wallets,
              to_hex((*sealed)->hash));
  }
}

void Sweeper::sweep_files(std::int64_t now_ms) {
  if (const auto purged = installation_.idempotency().purge(now_ms); !purged) {
    log::error("sweep: {} {}", purged.error().message, purged.error().detail);
  }
  if (const auto purged = installation_.oauth().purge(now_ms); !purged) {
    log::error("sweep: {} {}", purged.error().message, purged.error().detail);
  }
  if (const auto expired = installation_.uploads().sweep(now_ms, now_ms + kExpiredUploadMs);
      !expired) {
    log::error("sweep: {} {}", expired.error().message, expired.error().detail);
  }
  const auto removed =
      storage::sweep_blobs(installation_.blobs(), installation_.database(), now_ms - kFileGraceMs);
  if (!removed) {
    log::error("sweep: {} {}", removed.error().message, removed.error().detail);
  } else if (*removed > 0) {
    log::info("removed {} files that nothing refers to", *removed);
  }
}

}  // namespace understudy::server
