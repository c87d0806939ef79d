// What accounts/document_store.h promises.
#include <gtest/gtest.h>

#include "storage/sql/blob_refs.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using accounts::Document;

const std::string kFile(64, 'a');
const std::string kOtherFile(64, 'b');

class DocumentStore : public ::testing::TestWithParam<Backend> {
 protected:
  static Document document(const std::string& id, const std::string& unique_name = {}) {
    Document made;
    made.id = id;
    made.account_id = "ann";
    made.kind = "note";
    made.name = "N";
    made.unique_name = unique_name;
    made.body = {{"status", "new"}, {"count", 0}};
    made.created_at_ms = made.updated_at_ms = kNowMs;
    return made;
  }
  bool is_free(const std::string& hash) {
    return unreferenced(*stores.database, {&hash, 1}).value().size() == 1;
  }

  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<accounts::DocumentStore> store_ = make_document_store(*stores.database);
  accounts::DocumentStore& store = *store_;
};
UNDERSTUDY_ON_BOTH_DATABASES(DocumentStore);

TEST_P(DocumentStore, BelongsToOneAccountAndKind) {
  ASSERT_TRUE(store.create(document("d1")));
  EXPECT_EQ(string_or(store.find("ann", "note", "d1").value().body, "status"), "new");
  EXPECT_EQ(store.find("bob", "note", "d1").error().code, ErrorCode::not_found);
  EXPECT_EQ(store.find("ann", "kit", "d1").error().code, ErrorCode::not_found);
  EXPECT_EQ(store.remove("bob", "note", "d1").error().code, ErrorCode::not_found);
  EXPECT_TRUE(store.remove("ann", "note", "d1"));
  EXPECT_FALSE(store.find("ann", "note", "d1"));
}

TEST_P(DocumentStore, AUniqueNameIsHeldByOne) {
  ASSERT_TRUE(store.create(document("d1", "words")));
  EXPECT_EQ(store.create(document("d2", "words")).error().code, ErrorCode::conflict);
  ASSERT_TRUE(store.create(document("d2", "others")));
  ASSERT_TRUE(store.create(document("d3")));
  ASSERT_TRUE(store.create(document("d4"))) << "without one there may be many";
  const auto rename = [](Document& found) -> Result<void> {
    found.unique_name = "words";
    return {};
  };
  EXPECT_EQ(store.change("ann", "note", "d2", rename).error().code, ErrorCode::conflict);
  EXPECT_EQ(store.find("ann", "note", "d2").value().unique_name, "others");
  EXPECT_TRUE(store.change("ann", "note", "d1", rename)) << "its own";
  ASSERT_TRUE(store.remove("ann", "note", "d1"));
  EXPECT_TRUE(store.change("ann", "note", "d2", rename));
}

TEST_P(DocumentStore, AChangeSeesWhatIsThereAndIsWrittenWholeOrNotAtAll) {
  ASSERT_TRUE(store.create(document("d1")));
  const auto count = [](Document& found) -> Result<void> {
    found.body["count"] = int_or(found.body, "count", 0) + 1;
    found.updated_at_ms = kNowMs + 1;
    return {};
  };
  ASSERT_TRUE(store.change("ann", "note", "d1", count));
  EXPECT_EQ(int_or(store.change("ann", "note", "d1", count).value().body, "count", 0), 2);
  const auto refuse = [](Document& found) -> Result<void> {
    found.body["count"] = 99;
    return fail(ErrorCode::invalid_parameter, "no");
  };
  EXPECT_EQ(store.change("ann", "note", "d1", refuse).error().message, "no");
  EXPECT_EQ(int_or(store.find("ann", "note", "d1").value().body, "count", 0), 2);
  EXPECT_EQ(store.change("bob", "note", "d1", count).error().code, ErrorCode::not_found);
}

TEST_P(DocumentStore, KeepsItsFiles) {
  auto made = document("d1");
  made.blobs = {kFile};
  ASSERT_TRUE(store.create(made));
  EXPECT_FALSE(is_free(kFile));
  ASSERT_TRUE(store.change("ann", "note", "d1", [](Document&) { return Result<void>(); }));
  EXPECT_FALSE(is_free(kFile));
  ASSERT_TRUE(store.change("ann", "note", "d1", [](Document& found) -> Result<void> {
    found.blobs = {kOtherFile};
    return {};
  }));
  EXPECT_TRUE(is_free(kFile));
  ASSERT_TRUE(store.remove("ann", "note", "d1"));
  EXPECT_TRUE(is_free(kOtherFile));
}

TEST_P(DocumentStore, ListsTheNewestFirstAndFindsTheUnfinished) {
  for (const char* id : {"d1", "d2", "d3"}) ASSERT_TRUE(store.create(document(id)));
  const auto page =
      store.list({.account_id = "ann", .kind = "note", .before_id = "d3", .limit = 1}).value();
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].id, "d2");
  EXPECT_EQ(store.with_status("note", "new").value().size(), 3U);
  EXPECT_TRUE(store.with_status("note", "done").value().empty());
}

}  // namespace
}  // namespace understudy::storage
