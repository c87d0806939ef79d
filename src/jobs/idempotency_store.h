// IdempotencyStore: the port for requests that carry an Idempotency-Key. A request begins, has its
// effect, and finishes with the answer that a repeat gets for 24 hours. JobStore::submit() finishes
// in the transaction of the effect (Submission::answer), so the two cannot come apart. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy::jobs {

struct IdempotencyStart {
  enum class State { fresh, replay, in_progress };
  State state = State::fresh;
  int status = 0;    // of the first answer, for a replay
  std::string body = {};  // of the first answer, for a replay
  // What the first request gave as its request_hash; a replay whose own differs came with another
  // body.
  std::string request_hash = {};
};

inline constexpr std::int64_t kAnswerRetentionMs = 24LL * 3600 * 1000;
// A request that has not finished by then was lost with its server; its key may begin again.
inline constexpr std::int64_t kInProgressMaxMs = 2LL * 60 * 1000;

class IdempotencyStore {
 public:
  virtual ~IdempotencyStore() = default;

  // scope: account + operation + path resource. Of any number of concurrent callers one is fresh.
  virtual Result<IdempotencyStart> begin(std::string_view scope, std::string_view key,
                                         std::string_view request_hash, std::int64_t now_ms) = 0;
  Result<IdempotencyStart> begin(std::string_view scope, std::string_view key,
                                 std::int64_t now_ms) {
    return begin(scope, key, {}, now_ms);
  }

  // Keeps the answer; the first answer stays. Errors: not_found (never begun, or abandoned).
  virtual Result<void> finish(std::string_view scope, std::string_view key, int status,
                              std::string_view body) = 0;

  // Forgets a request that had no effect (a refused one), so the key can be used again. A finished
  // one stays.
  virtual Result<void> abandon(std::string_view scope, std::string_view key) = 0;

  // Forgets every request of this server that has not finished. For its start: what was running is
  // gone, and its clients should not wait for kInProgressMaxMs. Returns how many.
  virtual Result<int> abandon_unfinished() = 0;

  // Drops what is older than its retention; returns how many.
  virtual Result<int> purge(std::int64_t now_ms) = 0;
};

}  // namespace understudy::jobs
