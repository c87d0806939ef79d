// What jobs/upload_store.h promises.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "storage/sql/blob_refs.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using jobs::AssetUpload;
using jobs::UploadState;

constexpr std::int64_t kExpiryMs = kNowMs + 1000;

class UploadStore : public ::testing::TestWithParam<Backend> {
 protected:
  UploadStore() { stores.add_account("ann", money::Money{}); }

  static AssetUpload slot(const std::string& id, const std::string& batch_id = {}, int index = 0) {
    AssetUpload upload;
    upload.id = id;
    upload.account_id = "ann";
    upload.filename = "a.png";
    upload.content_type = "image/png";
    upload.size = 3;
    upload.batch_id = batch_id;
    upload.batch_index = index;
    upload.created_at_ms = kNowMs;
    upload.expires_at_ms = kExpiryMs;
    return upload;
  }
  static jobs::Asset asset(const std::string& id) {
    jobs::Asset made;
    made.id = id;
    made.account_id = "ann";
    made.blob_hash = kHash;
    return made;
  }
  void open(const std::string& id) { ASSERT_TRUE(store.open({slot(id)}, std::nullopt, 10)); }
  UploadState state(const std::string& id) { return store.find(id).value().value().state; }
  bool is_free(const std::string& hash) {
    return !unreferenced(*stores.database, {&hash, 1}).value().empty();
  }
  ErrorCode find_error(const std::string& id) {
    return stores.assets->find("ann", id).error().code;
  }

  inline static const std::string kHash = sha256_hex("abc");
  inline static const std::string kOther = sha256_hex("abd");
  TestPlace place{GetParam()};
  Stores stores{place};
  jobs::UploadStore& store = *stores.uploads;
};

UNDERSTUDY_ON_BOTH_DATABASES(UploadStore);

TEST_P(UploadStore, BytesThatCameAreKeptAndReplacedUntilTheUploadIsCompleted) {
  open("u1");
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  ASSERT_TRUE(store.receive("u1", kOther, kExpiryMs));
  EXPECT_TRUE(is_free(kHash));
  EXPECT_FALSE(is_free(kOther));
  ASSERT_TRUE(store.move("u1", UploadState::uploaded, UploadState::processing).value());
  EXPECT_EQ(store.receive("u1", kHash, kExpiryMs).error().code, ErrorCode::conflict);
  EXPECT_EQ(store.receive("none", kHash, kExpiryMs).error().code, ErrorCode::conflict);
}

TEST_P(UploadStore, AnAssetIsThereOnceItsUploadIsCompletedAndNotBefore) {
  open("u1");
  EXPECT_EQ(find_error("u1"), ErrorCode::asset_not_available);
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  EXPECT_EQ(store.complete(asset("u1")).error().code, ErrorCode::conflict);
  ASSERT_TRUE(store.move("u1", UploadState::uploaded, UploadState::processing).value());
  EXPECT_FALSE(store.move("u1", UploadState::uploaded, UploadState::processing).value());
  EXPECT_EQ(find_error("u1"), ErrorCode::asset_not_available);
  ASSERT_TRUE(store.complete(asset("u1")));
  EXPECT_TRUE(stores.assets->find("ann", "u1"));
  EXPECT_FALSE(store.find("u1").value());
  EXPECT_FALSE(is_free(kHash));
  ASSERT_TRUE(stores.assets->remove("ann", "u1"));
  EXPECT_TRUE(is_free(kHash));
}

TEST_P(UploadStore, AnotherAccountSeesNothing) {
  open("u1");
  EXPECT_EQ(stores.assets->find("bob", "u1").error().code, ErrorCode::asset_not_found);
  EXPECT_EQ(store.remove("bob", "u1").error().code, ErrorCode::asset_not_found);
}

TEST_P(UploadStore, AFailedUploadLetsItsBytesGoAndKeepsItsReason) {
  open("u1");
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  Error error;
  error.code = ErrorCode::invalid_parameter;
  error.message = "No picture.";
  EXPECT_EQ(store.fail("u1", error, kNowMs + 5000).error().code, ErrorCode::conflict);
  ASSERT_TRUE(store.take("u1", kNowMs).value());
  ASSERT_TRUE(store.fail("u1", error, kNowMs + 5000));
  EXPECT_TRUE(is_free(kHash));
  EXPECT_EQ(store.find("u1").value()->error_message, "No picture.");
  EXPECT_EQ(find_error("u1"), ErrorCode::asset_not_available);
  ASSERT_TRUE(store.sweep(kNowMs + 4999, kNowMs + 9999));
  EXPECT_TRUE(store.find("u1").value());
  ASSERT_TRUE(store.sweep(kNowMs + 5000, kNowMs + 9999));
  EXPECT_FALSE(store.find("u1").value());
}

TEST_P(UploadStore, ASweepEndsWhatExpiredWithItsBytes) {
  open("u1");
  open("u2");
  open("u3");
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  ASSERT_TRUE(store.receive("u3", kOther, kExpiryMs + 1));
  EXPECT_EQ(store.sweep(kExpiryMs - 1, kNowMs + 9999).value(), 0);
  EXPECT_EQ(store.sweep(kExpiryMs, kNowMs + 9999).value(), 2);
  EXPECT_EQ(state("u1"), UploadState::failed);
  EXPECT_EQ(state("u2"), UploadState::failed);
  EXPECT_EQ(state("u3"), UploadState::uploaded);
  EXPECT_TRUE(is_free(kHash));
  EXPECT_FALSE(is_free(kOther));
}

TEST_P(UploadStore, ABatchIsOpenedAsAWholeAndShowsWhatBecameOfEachItem) {
  const jobs::UploadBatch batch{.id = "b1", .account_id = "ann", .title = "Trip"};
  EXPECT_EQ(store.open({slot("u1", "b1", 0), slot("u2", "b1", 1)}, batch, 1).error().code,
            ErrorCode::resource_limit_reached);
  EXPECT_FALSE(store.find_batch("ann", "b1").value());
  ASSERT_TRUE(store.open({slot("u1", "b1", 0), slot("u2", "b1", 1)}, batch, 2));
  EXPECT_EQ(store.find_batch("ann", "b1").value()->title, "Trip");
  EXPECT_FALSE(store.find_batch("bob", "b1").value());
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  EXPECT_EQ(store.queue_batch("b1").value(), 1);
  EXPECT_EQ(store.claim_queued(kNowMs).value()->id, "u1");
  EXPECT_FALSE(store.claim_queued(kNowMs).value());
  ASSERT_TRUE(store.complete(asset("u1")));
  EXPECT_EQ(state("u1"), UploadState::completed);
  EXPECT_EQ(state("u2"), UploadState::pending);
  ASSERT_TRUE(stores.assets->remove("ann", "u1"));
  EXPECT_EQ(find_error("u1"), ErrorCode::asset_not_found);
  EXPECT_EQ(store.batch_items("b1").value().size(), 2u);
  EXPECT_EQ(store.batch_items("b1").value()[0].state, UploadState::failed);
  ASSERT_TRUE(store.sweep(kNowMs + 1'000'000'000, kNowMs));
  EXPECT_EQ(store.batch_items("b1").value().size(), 2u) << "an item of a batch stays";
}

TEST_P(UploadStore, WhatWasInterruptedIsQueued) {
  open("u1");
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  ASSERT_TRUE(store.move("u1", UploadState::uploaded, UploadState::processing).value());
  EXPECT_EQ(store.remove("ann", "u1").error().code, ErrorCode::conflict);
  EXPECT_EQ(make_upload_store(*stores.database, "other")->queue_interrupted().value(), 0);
  EXPECT_EQ(store.queue_interrupted().value(), 1);
  EXPECT_EQ(store.claim_queued(kNowMs).value()->id, "u1");
}

TEST_P(UploadStore, WhatAServerThatNeverReturnsLookedAtIsAnothersAfterAWhile) {
  open("u1");
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  const auto lost = make_upload_store(*stores.database, "lost");
  ASSERT_TRUE(lost->take("u1", kNowMs + 100).value());
  EXPECT_EQ(store.queue_lapsed(kNowMs + 99).value(), 0);
  EXPECT_EQ(state("u1"), UploadState::processing);
  EXPECT_EQ(store.queue_lapsed(kNowMs + 100).value(), 1);
  EXPECT_EQ(store.claim_queued(kNowMs + 200).value()->id, "u1");
  EXPECT_EQ(store.queue_lapsed(kNowMs + 199).value(), 0) << "the new lease counts";

  // The lost one comes back, and changes nothing.
  EXPECT_EQ(lost->complete(asset("u1")).error().code, ErrorCode::conflict);
  EXPECT_EQ(lost->fail("u1", {}, kNowMs + 5000).error().code, ErrorCode::conflict);
  EXPECT_FALSE(lost->move("u1", UploadState::processing, UploadState::uploaded).value());
  EXPECT_FALSE(is_free(kHash));
  ASSERT_TRUE(store.complete(asset("u1")));
  EXPECT_EQ(lost->fail("u1", {}, kNowMs + 5000).error().code, ErrorCode::conflict);
  EXPECT_FALSE(is_free(kHash)) << "the asset has them";
}

TEST_P(UploadStore, ASlotCanBeRemoved) {
  open("u1");
  ASSERT_TRUE(store.receive("u1", kHash, kExpiryMs));
  ASSERT_TRUE(store.remove("ann", "u1"));
  EXPECT_TRUE(is_free(kHash));
  EXPECT_EQ(find_error("u1"), ErrorCode::asset_not_found);
}

}  // namespace
}  // namespace understudy::storage
