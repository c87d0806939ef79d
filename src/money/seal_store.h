// SealStore: the port for the seals of the ledger (money/seal.h). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "money/seal.h"

namespace understudy::money {

// That a seal has the last entry a wallet had then.
struct SealProof {
  Seal seal = {};
  std::string wallet_id = {};
  std::int64_t seq = 0;
  std::string entry_hash = {};  // 32 bytes
  std::int64_t index = 0;       // of the wallet's leaf
  std::vector<Sha256> path = {};
};

class SealStore {
 public:
  virtual ~SealStore() = default;

  // Seals what is booked by now, while others go on writing. Empty when nothing was booked since
  // the newest seal, when that one is younger than `min_age_ms`, or when another server sealed at
  // the same time. `seed`: of the signing key (base/ed25519.h).
  virtual Result<std::optional<Seal>> seal(std::string_view seed, std::int64_t min_age_ms,
                                           std::int64_t now_ms) = 0;

  // Newest first: seals with a smaller number.
  virtual Result<std::vector<Seal>> list(std::int64_t before_number, int limit) = 0;

  // Errors: not_found (no such seal, or the wallet had no entry then).
  virtual Result<SealProof> prove(std::int64_t number, std::string_view wallet_id) = 0;
};

}  // namespace understudy::money
