// The glossary's rules: names, lists, what a change replaces.
#include "products/brand_glossaries/brand_glossaries.h"

#include <gtest/gtest.h>

namespace understudy::brand_glossaries {
namespace {

json::object entry(const char* term, const char* pronunciation) {
  return {{"term", term}, {"pronunciation", pronunciation}};
}

TEST(BrandGlossaries, NamesAreComparedWithoutCaseAndBlanks) {
  const auto unique_name = [](const char* name) {
    return glossary_from({{"name", name}}, "a", 1).value().unique_name;
  };
  EXPECT_EQ(unique_name("Products"), unique_name(" pRODUCTS "));
  EXPECT_EQ(unique_name("ÄPFEL"), unique_name("äpfel"));
  EXPECT_NE(unique_name("Products"), unique_name("Product"));
  EXPECT_EQ(glossary_from({{"name", "  "}}, "a", 1).error().param, "name");
}

TEST(BrandGlossaries, AChangeReplacesTheListsItNames) {
  auto glossary =
      glossary_from({{"name", "N"},
                     {"terms", json::array{entry("SQL", "sequel")}},
                     {"do_not_translate_terms", json::array{json::object{{"term", "Understudy"}}}}},
                    "a", 1)
          .value();
  ASSERT_TRUE(change_glossary(glossary, {{"terms", json::array{entry("API", "A P I")}}}, 2'000));
  EXPECT_EQ(pronunciations_of(glossary).at(0).term, "API");
  EXPECT_EQ(pronunciations_of(glossary).size(), 1U);
  const auto shown = glossary_json(glossary);
  EXPECT_EQ(shown.at("do_not_translate_terms").get_array().size(), 1U);
  EXPECT_EQ(string_or(shown, "updated_at"), "1970-01-01T00:00:02.000Z");
  EXPECT_EQ(string_or(shown, "created_at"), "1970-01-01T00:00:00.001Z");
  ASSERT_TRUE(change_glossary(glossary, {{"terms", json::array()}}, 3'000));
  EXPECT_TRUE(pronunciations_of(glossary).empty());
}

TEST(BrandGlossaries, ATermStandsOnceInAList) {
  const auto refused = glossary_from(
      {{"name", "N"}, {"terms", json::array{entry("SQL", "a"), entry("SQL ", "b")}}}, "a", 1);
  EXPECT_EQ(refused.error().param, "terms[1].term");
}

}  // namespace
}  // namespace understudy::brand_glossaries
