// Brands of pages as sites really write them: design systems of custom properties, frameworks with
// palettes nobody uses, plain style sheets, nothing at all; and hostile ones.
#include "products/brand_kits/site_brand.h"

#include <set>

#include <gtest/gtest.h>

namespace understudy::brand_kits {
namespace {

SiteBrand brand(std::string_view html, std::string_view css = "") {
  json::array styles;
  if (!css.empty())
    styles.push_back(json::object{{"url", "https://acme.test/css/site.css"}, {"text", css}});
  return brand_of(
      {{"url", "https://acme.test/start/"}, {"html", html}, {"styles", std::move(styles)}});
}

TEST(CssColour, ReadsEveryUsualNotation) {
  const std::pair<const char*, const char*> kCases[] = {{"#FA0", "#ffaa00"},
                                                        {"#1a2b3c", "#1a2b3c"},
                                                        {"#1a2b3cff", "#1a2b3c"},
                                                        {"rgb(26, 43, 60)", "#1a2b3c"},
                                                        {"rgb(26 43 60 / 90%)", "#1a2b3c"},
                                                        {"rgba(26,43,60,1)", "#1a2b3c"},
                                                        {"hsl(210, 100%, 50%)", "#0080ff"},
                                                        {"hsl(210deg 100% 50%)", "#0080ff"},
                                                        {"RebeccaPurple", "#663399"}};
  for (const auto& [text, hex] : kCases) {
    const auto colour = parse_colour(text);
    ASSERT_TRUE(colour) << text;
    EXPECT_EQ(to_hex(*colour), hex) << text;
  }
  for (const char* text : {"", "#12", "#xyz", "rgb(1,2)", "rgba(0,0,0,.2)", "#00000010",
                           "currentColor", "transparent", "url(#a)"}) {
    EXPECT_FALSE(parse_colour(text)) << text;
  }
}

TEST(CssReader, ReadsRulesAndPassesOverWhatIsBroken) {
  const auto sheet = read_css(
      "@charset \"x\"; @import url('a.css') screen; @import \"b.css\";\n"
      "/* a { color: red } */ a, .b { color: blue; background: url(data:image/png;base64,aa==) }\n"
      "@media (min-width: 1px) { .c { content: \"}\"; color: red !important } }\n"
      "@media print { .d { color: green } } @keyframes x { from { color: red } }\n"
      ".e { color: ; : red; broken } .f { color: red");
  EXPECT_EQ(sheet.imports, (std::vector<std::string>{"a.css", "b.css"}));
  ASSERT_EQ(sheet.rules.size(), 4U);
  EXPECT_EQ(sheet.rules[0].declarations[0].value, "blue");
  EXPECT_EQ(sheet.rules[1].declarations[1].value, "red");
  EXPECT_TRUE(sheet.rules[2].declarations.empty());
  EXPECT_EQ(sheet.rules[3].declarations[0].value, "red");
}

TEST(PageReader, ResolvesUrls) {
  const std::string base = "https://a.test/x/y.html?q=1";
  EXPECT_EQ(absolute_url(base, "b.css"), "https://a.test/x/b.css");
  EXPECT_EQ(absolute_url(base, "../b.css?v=1#f"), "https://a.test/b.css?v=1");
  EXPECT_EQ(absolute_url(base, "/b.css"), "https://a.test/b.css");
  EXPECT_EQ(absolute_url(base, "//c.test/b.css"), "https://c.test/b.css");
  EXPECT_EQ(absolute_url(base, "../../../b"), "https://a.test/b");
  EXPECT_EQ(absolute_url("https://a.test", "b"), "https://a.test/b");
  for (const char* bad : {"javascript:alert(1)", "data:image/png;base64,aa", "mailto:a@b",
                          "file:///etc/passwd", ""}) {
    EXPECT_EQ(absolute_url(base, bad), "") << bad;
  }
}

// A site with a design system.
constexpr const char* kSystem = R"(<!doctype html><html><head>
  <title>Rockets for everyone | Acme</title><meta property="og:site_name" content="Acme">
  <meta name="theme-color" content="#5b21b6"><meta property="og:image" content="/share.jpg">
  <link rel="stylesheet" href="/css/site.css"><link rel="icon" href="/favicon.png" sizes="32x32">
  <link rel="apple-touch-icon" sizes="180x180" href="/touch.png">
  <link href="https://fonts.googleapis.com/css2?family=Playfair+Display:wght@700&family=Inter:wght@400;600" rel="stylesheet">
  <script type="application/ld+json">{"@type": "Organization", "name": "Acme", "logo": {"url": "/logo-large.png"}}</script>
  </head><body><header class="site-header"><a href="/"><img src="/img/acme-logo.svg" alt="Acme"></a></header>
  <img src="/partners/visa-logo.png" class="partner-logo"><footer><img src="/img/logo-footer.png"></footer></body></html>)";
constexpr const char* kSystemCss = R"(
  :root { --color-primary: #5b21b6; --color-primary-hover: #4c1d95; --color-secondary: #0ea5e9; --color-accent: #f59e0b;
          --color-text: #1f2937; --color-bg: #ffffff; --font-heading: "Playfair Display", Georgia, serif; --font-body: Inter, sans-serif }
  body { color: var(--color-text); background: var(--color-bg); font-family: var(--font-body) }
  h1, h2 { font-family: var(--font-heading); font-weight: 700 }
  .btn-primary { background: var(--color-primary); color: #fff } a { color: var(--color-secondary) }
  .alert-error { background: #ff0000 } .alert-error { color: #ff0000 } .badge-error { background: #ff0000 })";

TEST(SiteBrand, ADesignSystemNamesItsRoles) {
  const auto found = brand(kSystem, kSystemCss);
  EXPECT_EQ(found.name, "Acme");
  EXPECT_EQ(found.primary, "#5b21b6");
  EXPECT_EQ(found.secondary, "#0ea5e9");
  EXPECT_EQ(found.accent, "#f59e0b");
  EXPECT_EQ(to_hex(found.colours.front()), "#5b21b6");
  EXPECT_EQ(found.title_font, "Playfair Display");
  EXPECT_EQ(found.body_font, "Inter");
  EXPECT_EQ(found.title_weight, 700);
  ASSERT_GE(found.logos.size(), 3U);
  EXPECT_EQ(found.logos[0].url, "https://acme.test/img/acme-logo.svg");
  EXPECT_EQ(found.logos[1].url, "https://acme.test/logo-large.png");
  for (const auto& logo : found.logos) EXPECT_EQ(logo.url.find("visa"), std::string::npos);
  ASSERT_EQ(found.stylesheets.size(), 2U);
  EXPECT_EQ(found.stylesheets[0], "https://acme.test/css/site.css");
}

TEST(SiteBrand, AFrameworksPaletteIsNoBrand) {
  const auto found =
      brand("<html><head><title>Bakery</title></head><body></body></html>",
            ":root{--bs-blue:#0d6efd;--bs-indigo:#6610f2;--bs-red:#dc3545;--bs-primary:#0d6efd}"
            ".btn-primary{background-color:#b45309} .navbar{background:#b45309} a{color:#b45309}"
            ".hero{background:linear-gradient(90deg, #b45309, #fde68a)} .text-danger{color:#dc3545}"
            "body{font-family:'Lora',serif;background:#fffbeb;color:#292524}");
  EXPECT_EQ(found.primary, "#b45309");
  EXPECT_EQ(found.body_font, "Lora");
  EXPECT_EQ(found.title_font, "Lora");
  EXPECT_EQ(found.name, "Bakery");
}

TEST(SiteBrand, PlainSheetsCountByWhereAColourIsUsed) {
  const auto found = brand(
      "<html><head><style>body{background:#fff;color:#333;font:16px/1.5 Georgia,serif}"
      "header{background:#004d40} a{color:#00796b} .button{background:#ff6f00;color:#fff}"
      "hr{border-color:#eee} .x{color:#999}</style></head>"
      "<body><svg class='logo' viewBox='0 0 1 1'><path d='M0 0'/></svg></body></html>");
  const std::set<std::string> main = {found.primary, found.secondary, found.accent};
  EXPECT_TRUE(main.contains("#ff6f00"));
  EXPECT_TRUE(main.contains("#004d40") || main.contains("#00796b"));
  EXPECT_EQ(found.fonts, std::vector<std::string>{"Georgia"});
  ASSERT_FALSE(found.logos.empty());
  EXPECT_NE(found.logos[0].svg.find("xmlns=\"http://www.w3.org/2000/svg\""), std::string::npos);
  EXPECT_TRUE(found.logos[0].svg.ends_with("</svg>"));
}

TEST(SiteBrand, ThemeColourAloneIsEnoughAndGreyIsTheLastResort) {
  EXPECT_EQ(brand("<meta name=theme-color content=#c2185b>").primary, "#c2185b");
  const auto grey = brand("<style>body{color:#222;background:#fff}</style>");
  EXPECT_EQ(grey.primary, "#222222");
  const auto nothing = brand("hello");
  EXPECT_TRUE(nothing.primary.empty());
  EXPECT_TRUE(nothing.colours.empty());
  EXPECT_TRUE(nothing.fonts.empty());
}

TEST(SiteBrand, VariablesInChannelsAndInLayersAreFound) {
  const auto found = brand(
      "<p>",
      "@layer base { :root { --primary: 221 83% 53%; --brand-rgb: 1,2,3 } }"
      ".button { background: hsl(var(--primary)) } .a { color: var(--b, var(--c, #0f766e)) }");
  EXPECT_EQ(found.primary, "#2463eb");
}

TEST(SiteBrand, HostilePagesEndInTimeWithSomething) {
  std::string loop =
      "<style>:root{--a:var(--b);--b:var(--a);--c:var(--c)}a{color:var(--a);background:var(--c)}</style>";
  brand(loop);
  std::string wide = "<style>:root{--a:#111 #222";
  for (int i = 0; i < 12; ++i)
    wide += ";--x" + std::to_string(i) + ":var(--a) var(--x" + std::to_string(i - 1) + ")";
  brand(wide + "}a{color:var(--x11) var(--x11) var(--x11)}</style>");
  std::string many = "<style>";
  for (int i = 0; i < 30'000; ++i)
    many += ".a" + std::to_string(i) + "{color:rgb(" + std::to_string(i % 256) + "," +
            std::to_string(i * 7 % 256) + ",9)}";
  EXPECT_FALSE(brand(many).colours.empty());
  brand(std::string(200'000, '{') + std::string(100'000, '('));
  brand("<style>" + std::string(200'000, '(') + "</style>");
  brand("<style>" + std::string(100'000, '{') + "</style>");
  std::string binary;
  for (int i = 0; i < 5'000; ++i) binary += static_cast<char>(i * 37);
  brand(binary, binary);
}

TEST(SiteBrand, TheDocumentHoldsAll) {
  const auto found = brand(kSystem, kSystemCss);
  const auto again = site_brand_from(to_json(found));
  EXPECT_EQ(to_text(to_json(again)), to_text(to_json(found)));
  EXPECT_TRUE(site_brand_from({}).colours.empty());
}

}  // namespace
}  // namespace understudy::brand_kits
