#include "server/price_files.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace understudy::server {
namespace {

using money::Money;
using money::PriceBook;

constexpr const char* kCheaper =
    "effective_from = 2026-12-01T00:00:00Z\n"
    "[[rows]]\nitem = \"speech.starfish\"\nrate_usd = \"0.0005\"\n"
    "[[rows]]\nitem = \"lipsync.draft\"\nheading = \"Lipsync\"\nrow = \"Draft\"\n"
    "unit = \"second\"\nrate_usd = \"0.01\"\n";

class PriceFiles : public ::testing::Test {
 protected:
  ~PriceFiles() override { EXPECT_TRUE(PriceBook::install({})); }
  void write(const char* name, const std::string& text) {
    ASSERT_TRUE(write_file_durably(folder.path() / name, text));
  }
  std::string refusal() {
    auto books = load_price_books(folder.path());
    if (!books) return books.error().message;
    const auto installed = PriceBook::install(*std::move(books));
    return installed ? "" : installed.error().message;
  }
  TemporaryFolder folder;
};

TEST_F(PriceFiles, AVersionReplacesAndAddsRows) {
  write("2.toml", kCheaper);
  auto books = load_price_books(folder.path());
  ASSERT_TRUE(books) << books.error().message;
  ASSERT_TRUE(PriceBook::install(*std::move(books)));
  const PriceBook& first = PriceBook::version_1();
  const std::int64_t start_ms = 1'796'083'200'000;
  EXPECT_EQ(first.in_effect(start_ms - 1).version(), 1);
  const PriceBook& second = first.in_effect(start_ms);
  EXPECT_EQ(second.version(), 2);
  EXPECT_EQ(second.find("speech.starfish")->rate, Money{500'000});
  EXPECT_EQ(second.rows().size(), first.rows().size() + 1);
  EXPECT_EQ(first.find("speech.starfish")->rate, Money{667'000});
  EXPECT_EQ(PriceBook::of_version(2).value(), &second);
  // The new row stands in the table of its heading.
  const std::string page = to_page_text(second);
  EXPECT_LT(page.find("Draft"), page.find("AI Clipping"));
  EXPECT_EQ(page.find("### Lipsync"), page.rfind("### Lipsync"));
}

TEST_F(PriceFiles, SaysWhatIsWrongWithAFile) {
  const std::string head = "effective_from = 2026-12-01T00:00:00Z\n";
  const std::pair<std::string, const char*> cases[] = {
      {"effective_from = \"soon\"\n[[rows]]\nitem = \"a\"", "effective_from"},
      {"effective_from = 2026-12-01T00:00:00\n", "offset"},
      {head, "no [[rows]]"},
      {head + "[[rows]]\nrate_usd = \"1\"", "item"},
      {head + "[[rows]]\nitem = \"speech.starfish\"", "rate_usd"},
      {head + "[[rows]]\nitem = \"speech.starfish\"\nrate_usd = 0.1", "rate_usd"},
      {head + "[[rows]]\nitem = \"speech.starfish\"\nrate_usd = \"-1\"", "rate_usd"},
      {head + "[[rows]]\nitem = \"new\"\nrate_usd = \"1\"", "heading"},
      {head + "[[rows]]\nitem = \"speech.starfish\"\nunit = \"minute\"\nrate_usd = \"1\"", "unit"},
      {head + "[[rows]]\nitem = \"speech.starfish\"\nrate_usd = \"1\"\nprice = \"1\"", "price"},
      {head + "more = 1", "more"},
      {"[[rows", "TOML"},
  };
  for (const auto& [text, expected] : cases) {
    write("2.toml", text);
    EXPECT_NE(refusal().find(expected), std::string::npos) << text << "\n" << refusal();
  }
}

TEST_F(PriceFiles, VersionsFollowEachOther) {
  write("3.toml", kCheaper);
  EXPECT_NE(refusal().find("version 2 is missing"), std::string::npos) << refusal();
  write("2.toml", kCheaper);  // the same time
  EXPECT_NE(refusal().find("after price book 2"), std::string::npos) << refusal();
  write("1.toml", kCheaper);
  EXPECT_NE(refusal().find("1.toml"), std::string::npos) << refusal();
}

TEST_F(PriceFiles, NoFolderIsNoFurtherVersion) {
  EXPECT_TRUE(load_price_books(folder.path() / "none")->empty());
}

}  // namespace
}  // namespace understudy::server
