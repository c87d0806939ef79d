// A database with accounts for tests of the stores, on each of the databases: a suite of
// testing::TestWithParam<Backend> and UNDERSTUDY_ON_EVERY_DATABASE(Suite) make one contract of all.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/id.h"
#include "storage/postgres/postgres_database.h"
#include "storage/postgres/test_cluster.h"
#include "storage/sql/stores.h"
#include "storage/sqlite/sqlite_database.h"

namespace understudy::storage {

inline constexpr std::int64_t kNowMs = 1'700'000'000'000;
inline constexpr const char* kStudio = "avatar_video.avatar_iv.studio_avatar";  // $0.0667 / sec

enum class Backend {
  sqlite,
  postgres,        // as it is served
  postgres_steps,  // every step as single statements, without the server's functions
};

inline std::string name_of(const ::testing::TestParamInfo<Backend>& info) {
  if (info.param == Backend::sqlite) return "sqlite";
  return info.param == Backend::postgres ? "postgres" : "postgres_steps";
}

#define UNDERSTUDY_ON_EVERY_DATABASE(suite)                                                      \
  INSTANTIATE_TEST_SUITE_P(                                                                      \
      On, suite, ::testing::Values(Backend::sqlite, Backend::postgres, Backend::postgres_steps), \
      name_of)

// The same without the last, for stores that the functions have no part in.
#define UNDERSTUDY_ON_BOTH_DATABASES(suite)                                                  \
  INSTANTIATE_TEST_SUITE_P(On, suite, ::testing::Values(Backend::sqlite, Backend::postgres), \
                           name_of)

// An empty database that can be opened again and again, and a folder beside it.
class TestPlace {
 public:
  explicit TestPlace(Backend backend) : backend_(backend) {
    if (backend != Backend::sqlite) url_ = new_test_database().value();
  }
  Result<std::unique_ptr<Database>> try_open() const {
    if (backend_ == Backend::sqlite) return open_sqlite({.file = file(), .now_ms = kNowMs});
    return open_postgres(
        {.url = url_, .now_ms = kNowMs, .with_hot_steps = backend_ == Backend::postgres});
  }
  std::unique_ptr<Database> open() const {
    auto opened = try_open();
    EXPECT_TRUE(opened) << opened.error().message << ' ' << opened.error().detail;
    return *std::move(opened);
  }
  bool is_sqlite() const { return backend_ == Backend::sqlite; }
  const std::string& url() const { return url_; }
  std::filesystem::path folder() const { return folder_.path(); }
  std::filesystem::path file() const { return folder_.path() / "data" / "understudy.db"; }

 private:
  Backend backend_;
  TemporaryFolder folder_;
  std::string url_;
};

// Every store over one database, as a server has them.
struct Stores {
  explicit Stores(const std::filesystem::path& file)
      : Stores(open_sqlite({.file = file, .now_ms = kNowMs}).value()) {}
  explicit Stores(const TestPlace& place) : Stores(place.open()) {}
  explicit Stores(std::unique_ptr<Database> opened)
      : database(std::move(opened)),
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
