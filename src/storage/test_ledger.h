// A database with accounts in a temporary folder, for tests of the stores.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/id.h"
#include "storage/sql/stores.h"
#include "storage/sqlite/sqlite_database.h"

namespace understudy::storage {

inline constexpr std::int64_t kNowMs = 1'700'000'000'000;
inline constexpr const char* kStudio = "avatar_video.avatar_iv.studio_avatar";  // $0.0667 / sec

// Every store over one database file, as a server has them.
struct Stores {
  explicit Stores(const std::filesystem::path& file)
      : database(open_sqlite({.file = file, .now_ms = kNowMs}).value()),
        accounts(make_account_store(*database)),
        ledger(make_ledger_store(*database)),
        jobs(make_job_store(*database)),
        answers(make_idempotency_store(*database)),
        assets(make_asset_store(*database)),
        uploads(make_upload_store(*database)) {}

  std::unique_ptr<Database> database;
  std::unique_ptr<accounts::AccountStore> accounts;
  std::unique_ptr<money::LedgerStore> ledger;
  std::unique_ptr<jobs::JobStore> jobs;
  std::unique_ptr<jobs::IdempotencyStore> answers;
  std::unique_ptr<jobs::AssetStore> assets;
  std::unique_ptr<jobs::UploadStore> uploads;

  void add_account(const std::string& id, money::Money credit) {
    ASSERT_TRUE(
        accounts->create_account({.id = id, .name = id, .email = "", .created_at_ms = kNowMs}));
    if (credit == money::Money{}) return;
    ASSERT_TRUE(ledger->fund({.account_id = id,
                              .amount = credit,
                              .source = "cash",
                              .reference = "first-" + id,
                              .note = "",
                              .actor = ""},
                             kNowMs));
  }
  accounts::Wallet wallet(const std::string& id) { return accounts->wallet(id).value(); }
  ::testing::AssertionResult is_clean() {
    const auto report = ledger->verify();
    if (!report) return ::testing::AssertionFailure() << report.error().detail;
    if (!report->is_ok()) return ::testing::AssertionFailure() << to_text(*report);
    return ::testing::AssertionSuccess();
  }
};

inline money::Money usd(std::string_view text) { return money::parse_usd(text).value(); }

inline jobs::NewJob paid_job(const std::string& account, money::Money hold,
                             std::int64_t now_ms = kNowMs) {
  jobs::NewJob job;
  job.id = new_id(now_ms);
  job.account_id = account;
  job.key_id = "key";
  job.kind = "avatar_video";
  job.request = {{"script", "Hello"}};
  job.price_item = kStudio;
  job.hold = hold;
  job.created_at_ms = now_ms;
  return job;
}

inline jobs::ClaimRequest any_worker() {
  return {.worker_id = "w1", .lanes = {jobs::Lane::standard}, .lease_ms = 45'000};
}

inline jobs::Completion completion(const jobs::Job& job, std::int64_t quantity) {
  return {.job_id = job.id,
          .fence = job.fence,
          .quantity = quantity,
          .result = {{"duration_ms", quantity}},
          .output_blobs = {}};
}

}  // namespace understudy::storage
