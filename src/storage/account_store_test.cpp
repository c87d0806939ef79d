// What accounts/account_store.h, jobs/idempotency_store.h and jobs/asset_store.h promise.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "storage/blobs/disk_blob_store.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using accounts::ApiKey;
using State = jobs::IdempotencyStart::State;

class StoreTest : public ::testing::TestWithParam<Backend> {
 protected:
  StoreTest() { stores.add_account("ann", usd("10")); }
  TestPlace place{GetParam()};
  Stores stores{place};
};

class AccountStore : public StoreTest {
 protected:
  ApiKey key(const std::string& id) {
    ApiKey made;
    made.id = id;
    made.account_id = "ann";
    made.label = "laptop";
    made.scopes = {"videos:write", "voices:read"};
    made.created_at_ms = kNowMs;
    return made;
  }
};

UNDERSTUDY_ON_BOTH_DATABASES(AccountStore);

TEST_P(AccountStore, AnAccountIdIsUsedOnceAndNeverThatOfTheLedgersOwnAccounts) {
  EXPECT_EQ(stores.accounts->create_account({.id = "ann", .name = "", .email = ""}).error().code,
            ErrorCode::conflict);
  for (const char* id : {"", "cash", "revenue", "promo", "adjustment"}) {
    EXPECT_EQ(stores.accounts->create_account({.id = id, .name = "", .email = ""}).error().code,
              ErrorCode::conflict);
  }
  EXPECT_EQ(stores.accounts->list_accounts().value().size(), 1u);
  EXPECT_EQ(stores.accounts->find_account("bob").error().code, ErrorCode::not_found);
  EXPECT_EQ(stores.accounts->wallet("bob").error().code, ErrorCode::not_found);
}

TEST_P(AccountStore, AKeyIsFoundByItsHashWithItsScopes) {
  ASSERT_TRUE(stores.accounts->create_key(key("k1"), "hash1"));
  const auto principal = stores.accounts->authenticate("hash1", kNowMs).value().value();
  EXPECT_EQ(principal.account_id, "ann");
  EXPECT_EQ(principal.key_id, "k1");
  EXPECT_TRUE(principal.may("videos:read"));
  EXPECT_FALSE(principal.may("account:read"));
  EXPECT_FALSE(stores.accounts->authenticate("hash2", kNowMs).value());
  EXPECT_EQ(stores.accounts->list_keys("ann").value().at(0).label, "laptop");
}

TEST_P(AccountStore, ARevokedKeyIsRefusedAtOnce) {
  ASSERT_TRUE(stores.accounts->create_key(key("k1"), "hash1"));
  ASSERT_TRUE(stores.accounts->revoke_key("k1", kNowMs + 1));
  EXPECT_FALSE(stores.accounts->authenticate("hash1", kNowMs).value());
  ASSERT_TRUE(stores.accounts->revoke_key("k1", kNowMs + 9));
  EXPECT_EQ(stores.accounts->list_keys("ann").value().at(0).revoked_at_ms, kNowMs + 1);
  EXPECT_EQ(stores.accounts->revoke_key("k2", kNowMs).error().code, ErrorCode::not_found);
}

TEST_P(AccountStore, AnExpiredKeyIsRefused) {
  auto short_lived = key("k1");
  short_lived.expires_at_ms = kNowMs + 1000;
  ASSERT_TRUE(stores.accounts->create_key(short_lived, "hash1"));
  EXPECT_TRUE(stores.accounts->authenticate("hash1", kNowMs + 999).value());
  EXPECT_FALSE(stores.accounts->authenticate("hash1", kNowMs + 1000).value());
}

TEST_P(AccountStore, AKeyNeedsAnAccountAndAHashOfItsOwn) {
  ASSERT_TRUE(stores.accounts->create_key(key("k1"), "hash1"));
  EXPECT_EQ(stores.accounts->create_key(key("k2"), "hash1").error().code, ErrorCode::conflict);
  auto lost = key("k3");
  lost.account_id = "nobody";
  EXPECT_EQ(stores.accounts->create_key(lost, "hash3").error().code, ErrorCode::not_found);
}

class IdempotencyStore : public StoreTest {
 protected:
  State begin(std::int64_t now_ms = kNowMs) {
    return stores.answers->begin("ann POST /v3/videos", "k", "body1", now_ms).value().state;
  }
  Result<void> finish() { return stores.answers->finish("ann POST /v3/videos", "k", 201, "{}"); }
};

UNDERSTUDY_ON_BOTH_DATABASES(IdempotencyStore);

TEST_P(IdempotencyStore, ARepeatGetsTheFirstAnswerFor24Hours) {
  EXPECT_EQ(begin(), State::fresh);
  EXPECT_EQ(begin(), State::in_progress);
  ASSERT_TRUE(finish());
  const auto replay = stores.answers->begin("ann POST /v3/videos", "k", "body2", kNowMs).value();
  EXPECT_EQ(replay.state, State::replay);
  EXPECT_EQ(replay.status, 201);
  EXPECT_EQ(replay.body, "{}");
  EXPECT_EQ(replay.request_hash, "body1");
  EXPECT_EQ(begin(kNowMs + jobs::kAnswerRetentionMs), State::replay);
  EXPECT_EQ(begin(kNowMs + jobs::kAnswerRetentionMs + 1), State::fresh);
}

TEST_P(IdempotencyStore, AnotherScopeIsAnotherRequest) {
  EXPECT_EQ(begin(), State::fresh);
  EXPECT_EQ(stores.answers->begin("bob POST /v3/videos", "k", kNowMs).value().state, State::fresh);
}

TEST_P(IdempotencyStore, ARequestThatWasLostMayBeginAgain) {
  EXPECT_EQ(begin(), State::fresh);
  EXPECT_EQ(begin(kNowMs + jobs::kInProgressMaxMs), State::in_progress);
  EXPECT_EQ(begin(kNowMs + jobs::kInProgressMaxMs + 1), State::fresh);
}

TEST_P(IdempotencyStore, AtTheStartOfAServerItsUnfinishedRequestsAreForgotten) {
  EXPECT_EQ(begin(), State::fresh);
  EXPECT_EQ(stores.answers->abandon_unfinished().value(), 1);
  EXPECT_EQ(begin(), State::fresh);
  ASSERT_TRUE(finish());
  EXPECT_EQ(stores.answers->abandon_unfinished().value(), 0);
  EXPECT_EQ(begin(), State::replay);
}

TEST_P(IdempotencyStore, AServerThatStartsLeavesTheRequestsOfOthersAlone) {
  EXPECT_EQ(begin(), State::fresh);
  const auto other = make_idempotency_store(*stores.database, "other");
  EXPECT_EQ(other->abandon_unfinished().value(), 0);
  EXPECT_EQ(begin(), State::in_progress);
}

TEST_P(IdempotencyStore, ARefusedRequestGivesItsKeyBackButAnAnswerStays) {
  EXPECT_EQ(begin(), State::fresh);
  ASSERT_TRUE(stores.answers->abandon("ann POST /v3/videos", "k"));
  EXPECT_EQ(finish().error().code, ErrorCode::not_found);
  EXPECT_EQ(begin(), State::fresh);
  ASSERT_TRUE(finish());
  ASSERT_TRUE(stores.answers->abandon("ann POST /v3/videos", "k"));
  EXPECT_EQ(begin(), State::replay);
}

TEST_P(IdempotencyStore, SubmitStoresTheAnswerWithTheEffect) {
  EXPECT_EQ(begin(), State::fresh);
  const jobs::StoredAnswer answer{
      .scope = "ann POST /v3/videos", .key = "k", .status = 200, .body = "first"};
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("1"))}, .answer = answer}));
  EXPECT_EQ(begin(), State::replay);
  // Whoever took the key over from this one must have no effect.
  EXPECT_EQ(
      stores.jobs->submit({.jobs = {paid_job("ann", usd("1"))}, .answer = answer}).error().code,
      ErrorCode::conflict);
  EXPECT_EQ(stores.wallet("ann").held, usd("1"));
}

TEST_P(IdempotencyStore, ARefusedSubmitStoresNoAnswer) {
  EXPECT_EQ(begin(), State::fresh);
  const jobs::StoredAnswer answer{.scope = "ann POST /v3/videos", .key = "k"};
  EXPECT_FALSE(stores.jobs->submit({.jobs = {paid_job("ann", usd("11"))}, .answer = answer}));
  EXPECT_EQ(begin(), State::in_progress);
}

TEST_P(IdempotencyStore, PurgeDropsWhatIsTooOld) {
  begin();
  EXPECT_EQ(stores.answers->purge(kNowMs + jobs::kAnswerRetentionMs).value(), 0);
  EXPECT_EQ(stores.answers->purge(kNowMs + jobs::kAnswerRetentionMs + 1).value(), 1);
}

class Files : public StoreTest {
 protected:
  jobs::Asset asset(const std::string& hash, std::int64_t now_ms = kNowMs) {
    return {.id = new_id(now_ms),
            .account_id = "ann",
            .key_id = "k",
            .owner = "ann",
            .filename = "a.png",
            .mime_type = "image/png",
            .kind = "image",
            .size = 3,
            .blob_hash = hash,
            .folder_id = "",
            .info = {{"width", 7}},
            .created_at_ms = now_ms};
  }
  std::int64_t later() { return SystemClock().now_ms() + 1000; }
  bool has(const std::string& hash) { return blobs->local_path(hash).has_value(); }
  std::unique_ptr<DiskBlobStore> blobs = open_disk_blob_store(place.folder() / "blobs").value();
};

UNDERSTUDY_ON_BOTH_DATABASES(Files);

TEST_P(Files, ABlobIsNamedByItsContent) {
  const auto blob = blobs->put_bytes("hello").value();
  EXPECT_EQ(blob.hash, sha256_hex("hello"));
  EXPECT_EQ(blob.size, 5);
  EXPECT_EQ(read_file(blobs->local_path(blob.hash).value()).value(), "hello");
  ASSERT_TRUE(write_file_durably(place.folder() / "copy", "hello"));
  EXPECT_EQ(blobs->put_file(place.folder() / "copy").value().hash, blob.hash);
  EXPECT_TRUE(std::filesystem::is_empty(place.folder() / "blobs" / "incoming"));
}

TEST_P(Files, ABlobNameIsNeverAPath) {
  ASSERT_TRUE(write_file_durably(place.folder() / "understudy.db", "precious"));
  for (const char* name : {"../understudy.db", "", "..", "incoming"}) {
    EXPECT_EQ(blobs->local_path(name).error().code, ErrorCode::not_found);
    EXPECT_TRUE(blobs->remove(name));
  }
  EXPECT_TRUE(std::filesystem::exists(place.folder() / "understudy.db"));
  EXPECT_FALSE(blobs->put_file(place.folder() / "missing"));
}

TEST_P(Files, TheFoldersAreClosedToOthers) {
  const auto blob = blobs->put_bytes("secret").value();
  namespace fs = std::filesystem;
  const auto path = blobs->local_path(blob.hash).value();
  for (const auto& closed : {path, path.parent_path(), place.folder() / "blobs"}) {
    const auto others = fs::perms::group_all | fs::perms::others_all;
    EXPECT_EQ(fs::status(closed).permissions() & others, fs::perms::none) << closed;
  }
}

TEST_P(Files, AssetsListNewestFirstWithFolders) {
  auto first = asset(sha256_hex("1"), kNowMs);
  auto second = asset(sha256_hex("2"), kNowMs + 1);
  second.folder_id = "f";
  ASSERT_TRUE(stores.assets->put(first));
  ASSERT_TRUE(stores.assets->put(second));
  EXPECT_EQ(stores.assets->put(first).error().code, ErrorCode::conflict);
  const auto all = stores.assets->list({.account_id = "ann"}).value();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, second.id);
  EXPECT_EQ(int_or(all[0].info, "width", 0), 7);
  EXPECT_EQ(stores.assets->list({.account_id = "ann", .folder_id = ""}).value().at(0).id, first.id);
  EXPECT_EQ(stores.assets->list({.account_id = "ann", .before_id = second.id}).value().size(), 1u);
  EXPECT_TRUE(stores.assets->list({.account_id = "ann", .kind = "audio"}).value().empty());
  EXPECT_EQ(stores.assets->find("bob", first.id).error().code, ErrorCode::asset_not_found);
}

TEST_P(Files, BytesStayWhileAnAssetOrAJobNeedsThem) {
  const auto hash = blobs->put_bytes("input").value().hash;
  const auto output = blobs->put_bytes("output").value().hash;
  const auto nobodys = blobs->put_bytes("nobody's").value().hash;
  const auto picture = asset(hash);
  ASSERT_TRUE(stores.assets->put(picture));
  auto job = paid_job("ann", usd("1"));
  job.input_blobs = {hash};
  ASSERT_TRUE(stores.jobs->submit({.jobs = {job}}));
  auto done = completion(stores.jobs->claim(any_worker(), kNowMs).value().value(), 1000);
  done.output_blobs = {output};
  ASSERT_TRUE(stores.jobs->complete(done, kNowMs));

  EXPECT_EQ(sweep_blobs(*blobs, *stores.database, later()).value(), 1);
  EXPECT_FALSE(has(nobodys));
  ASSERT_TRUE(stores.assets->remove("ann", picture.id));
  EXPECT_EQ(sweep_blobs(*blobs, *stores.database, later()).value(), 0);
  EXPECT_TRUE(has(hash) && has(output));
  ASSERT_TRUE(stores.jobs->remove("ann", job.id, kNowMs));
  EXPECT_EQ(sweep_blobs(*blobs, *stores.database, later()).value(), 2);
  EXPECT_FALSE(has(hash) || has(output));
}

TEST_P(Files, ASweepSparesWhatWasPutAMomentAgo) {
  const auto hash = blobs->put_bytes("fresh").value().hash;
  EXPECT_EQ(sweep_blobs(*blobs, *stores.database, later() - 60'000).value(), 0);
  EXPECT_TRUE(has(hash));
}

TEST_P(Files, ASubmitThatNamesNoBlobIsRefused) {
  auto job = paid_job("ann", usd("1"));
  job.input_blobs = {"../../etc/passwd"};
  EXPECT_FALSE(stores.jobs->submit({.jobs = {job}}));
  EXPECT_EQ(stores.wallet("ann").held, usd("0"));
}

}  // namespace
}  // namespace understudy::storage
