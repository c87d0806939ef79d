// What jobs/avatar_store.h promises of twins and consents; the rest is tested over HTTP.
#include <gtest/gtest.h>

#include "base/id.h"
#include "storage/sql/blob_refs.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

const std::string kFilm(64, 'c');

class AvatarStore : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store.add(jobs::AvatarGroup{.id = "g1", .account_id = "ann", .name = "Ann"},
                          {.id = "l1",
                           .account_id = "ann",
                           .group_id = "g1",
                           .name = "Ann",
                           .kind = "digital_twin",
                           .job_id = "j1"}));
  }
  jobs::AvatarConsent consent(const std::string& id) const {
    return {.id = id,
            .account_id = "ann",
            .group_id = "g1",
            .text = "I agree.",
            .created_at_ms = kNowMs,
            .expires_at_ms = kNowMs + 1000,
            .record = {{"asked", "ann"}}};
  }
  jobs::AvatarConsent submitted(jobs::AvatarConsent made) const {
    made.submitted_at_ms = kNowMs + 5;
    made.video = {.hash = kFilm, .size = 12, .mime_type = "video/webm", .name = "consent.webm"};
    return made;
  }
  bool is_free() { return unreferenced(*stores.database, {&kFilm, 1}).value().size() == 1; }

  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<jobs::AvatarStore> store_ = make_avatar_store(*stores.database);
  jobs::AvatarStore& store = *store_;
};
UNDERSTUDY_ON_BOTH_DATABASES(AvatarStore);

TEST_P(AvatarStore, AConsentIsSubmittedOnceAndKeepsItsFilm) {
  ASSERT_TRUE(store.add_consent(consent("c1")));
  EXPECT_EQ(store.find_consent("ann", "c1")->submitted_at_ms, 0);
  EXPECT_EQ(store.find_consent("bob", "c1").error().code, ErrorCode::not_found);
  EXPECT_TRUE(is_free());
  ASSERT_TRUE(store.submit_consent(submitted(consent("c1"))));
  EXPECT_EQ(store.submit_consent(submitted(consent("c1"))).error().code, ErrorCode::conflict);
  EXPECT_EQ(store.submit_consent(submitted(consent("c9"))).error().code, ErrorCode::not_found);
  const auto kept = store.find_consent("ann", "c1").value();
  EXPECT_EQ(kept.video.hash, kFilm);
  EXPECT_EQ(kept.video.mime_type, "video/webm");
  EXPECT_EQ(string_or(kept.record, "asked"), "ann");
  EXPECT_FALSE(is_free());
}

TEST_P(AvatarStore, ConsentsBelongToTheirGroupAndGoWithIt) {
  ASSERT_TRUE(store.add_consent(consent("c1")));
  ASSERT_TRUE(store.add_consent(submitted(consent("c2"))));
  auto of_nobody = consent("c3");
  of_nobody.group_id = "g2";
  EXPECT_EQ(store.add_consent(of_nobody).error().code, ErrorCode::avatar_group_not_found);
  const auto all = store.list_consents("ann", "g1").value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, "c2");
  EXPECT_TRUE(store.list_consents("bob", "g1")->empty());
  ASSERT_TRUE(store.remove_look("ann", "l1"));
  EXPECT_TRUE(store.list_consents("ann", "g1")->empty());
  EXPECT_TRUE(is_free());
}

}  // namespace
}  // namespace understudy::storage
