// The kit's rules: what a PATCH replaces, when it may, what a kit by hand must say.
#include "products/brand_kits/brand_kits.h"

#include <gtest/gtest.h>

namespace understudy::brand_kits {
namespace {

Result<jobs::BlobRef> store(const json::object& input, const std::string&) {
  jobs::BlobRef blob;
  blob.hash = std::string(64, 'b');
  blob.name = string_or(input, "url");
  return blob;
}

json::object parsed(const char* text) { return parse_json(text).value().get_object(); }

accounts::Document by_hand() {
  return kit_from_body(parsed(R"({"name": "Acme", "colors": ["#112233"], "fonts": ["Inter"],
                                  "color_roles": {"primary": "#112233"},
                                  "font_roles": {"title_text": {"font_id": "font_1", "weight": 700}},
                                  "logos": [{"type": "url", "url": "l", "name": "Mark"}], "logo_roles": {"primary": "logo_1"}})"),
                       "a", store, 1)
      .value();
}

json::object shown(const accounts::Document& kit) {
  return kit_json(kit, [](const jobs::BlobRef& blob) { return "https://x/" + blob.hash; });
}

TEST(BrandKits, OneByHandShowsWhatItWasGiven) {
  const auto kit = shown(by_hand());
  EXPECT_EQ(string_or(kit, "status"), "completed");
  EXPECT_EQ(string_or(kit.at("color_roles").get_object(), "primary"), "#112233");
  EXPECT_TRUE(kit.at("color_roles").get_object().at("accent").is_null());
  EXPECT_EQ(kit.at("font_roles").get_object().at("title_text").get_object().at("weight"), 700);
  EXPECT_TRUE(
      string_or(kit.at("logos").get_array()[0].get_object(), "url").starts_with("https://x/"));
}

TEST(BrandKits, RolesAreReplacedAsAWholeAndClearedByAnEmptyObject) {
  auto kit = by_hand();
  ASSERT_TRUE(change_kit(kit, parsed(R"({"color_roles": {"accent": "#FF0000"}})"), 2));
  EXPECT_TRUE(shown(kit).at("color_roles").get_object().at("primary").is_null());
  EXPECT_EQ(string_or(shown(kit).at("color_roles").get_object(), "accent"), "#FF0000");
  EXPECT_EQ(shown(kit).at("colors").get_array().size(), 2U)
      << "a new colour of a role is the kit's";
  ASSERT_TRUE(
      change_kit(kit, parsed(R"({"color_roles": {}, "font_roles": {}, "logo_roles": {}})"), 3));
  for (const char* roles : {"color_roles", "font_roles", "logo_roles"})
    EXPECT_TRUE(shown(kit).at(roles).is_null());
}

TEST(BrandKits, RolesNameWhatTheKitHas) {
  auto kit = by_hand();
  const auto refused = [&](const char* body) {
    return change_kit(kit, parsed(body), 2).error().param;
  };
  EXPECT_EQ(refused(R"({"color_roles": {"primary": "red"}})"), "color_roles.primary");
  EXPECT_EQ(refused(R"({"logo_roles": {"primary": "logo_9"}})"), "logo_roles.primary");
  EXPECT_EQ(refused(R"({"font_roles": {"body_text": {"font_id": "font_9"}}})"),
            "font_roles.body_text.font_id");
}

TEST(BrandKits, WhileItIsBuiltOnlyTheNameChanges) {
  auto kit = kit_from_url({{"url", "https://www.acme.test/x"}}, "a", 1).value();
  EXPECT_EQ(kit.name, "www.acme.test");
  EXPECT_EQ(change_kit(kit, parsed(R"({"color_roles": {}})"), 2).error().code,
            ErrorCode::resource_not_ready);
  ASSERT_TRUE(change_kit(kit, parsed(R"({"name": "Mine"})"), 2));
  SiteBrand brand;
  brand.name = "Acme";
  brand.primary = "#112233";
  brand.colours = {*parse_colour("#112233")};
  brand.fonts = {"Inter"};
  brand.title_font = brand.body_font = "Inter";
  complete(kit, brand, {}, 3);
  EXPECT_EQ(kit.name, "Mine") << "a name that was given stays";
  EXPECT_TRUE(change_kit(kit, parsed(R"({"color_roles": {}})"), 4));
  fail_kit(kit, "gone", 5);
  EXPECT_EQ(change_kit(kit, parsed(R"({"logo_roles": {}})"), 6).error().code,
            ErrorCode::resource_not_ready);
  EXPECT_EQ(string_or(shown(kit), "error"), "gone");
}

TEST(BrandKits, AddressesAreOfTheWeb) {
  for (const char* url : {"ftp://a.test/", "javascript:alert(1)", "https://", "https://a b/"}) {
    EXPECT_EQ(kit_from_url({{"url", url}}, "a", 1).error().param, "url") << url;
  }
}

TEST(BrandKits, ByHandIsReadClosely) {
  const auto refused = [](const char* body) {
    return kit_from_body(parsed(body), "a", store, 1).error().param;
  };
  EXPECT_EQ(refused("{}"), "name");
  EXPECT_EQ(refused(R"({"name": "n", "colors": ["x"]})"), "colors[0]");
  EXPECT_EQ(refused(R"({"name": "n", "colors": "x"})"), "colors");
  EXPECT_EQ(refused(R"({"name": "n", "fonts": [1]})"), "fonts[0]");
  EXPECT_EQ(refused(R"({"name": "n", "logos": [1]})"), "logos[0]");
  EXPECT_EQ(refused(R"({"name": "n", "color_roles": []})"), "color_roles");
}

}  // namespace
}  // namespace understudy::brand_kits
