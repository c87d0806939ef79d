#include "browser/composition.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "browser/css_rewrite.h"
#include "browser/html_document.h"

namespace understudy::browser {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ProjectReader reader(std::map<std::string, std::string> files) {
  auto shared = std::make_shared<std::map<std::string, std::string>>(std::move(files));
  return {.read = [shared](const std::string& path) -> Result<std::string> {
            const auto found = shared->find(path);
            if (found == shared->end()) return fail(ErrorCode::not_found, "no " + path);
            return found->second;
          },
          .exists = [shared](const std::string& path) { return shared->contains(path); }};
}

const std::string kRoot =
    R"(<div data-composition-id="root" data-width="1920" data-height="1080" data-duration="4">)";

Result<CompiledComposition> compiled(const std::map<std::string, std::string>& files,
                                     CompileOptions options = {}) {
  return compile(reader(files), options);
}

TEST(Html, ComesOutAsItWentInButForWhatTheParserMends) {
  auto document = HtmlDocument::parse(
      "<p title='a \"b\" &amp; c'>1 &lt; 2<br><svg viewBox='0 0 1 1'><linearGradient/></svg>"
      "<script>if (a < b && c) { '</p>' }</script><textarea>\n\nx</textarea>");
  ASSERT_TRUE(document);
  const std::string html = document->to_html();
  EXPECT_THAT(html, HasSubstr("<p title=\"a &quot;b&quot; &amp; c\">1 &lt; 2<br>"));
  EXPECT_THAT(html, HasSubstr("<svg viewBox=\"0 0 1 1\"><linearGradient></linearGradient></svg>"));
  EXPECT_THAT(html, HasSubstr("<script>if (a < b && c) { '</p>' }</script>"));
  EXPECT_THAT(html, HasSubstr("<textarea>\n\nx</textarea>"));
}

TEST(Html, HostileDepthAndSizeAreRefused) {
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "<div>";
  EXPECT_FALSE(HtmlDocument::parse(deep));
  EXPECT_FALSE(HtmlDocument::parse(std::string(70'000, '<')));
  EXPECT_FALSE(HtmlDocument::parse("\xFF\xFE"));
}

TEST(Css, SelectorsGoUnderTheirScopeAndKeyframesDoNot) {
  CssRewrite rewrite;
  rewrite.scope = "[s]";
  rewrite.authored_scope = "[data-composition-id=\"card\"]";
  rewrite.root = "[r]";
  const std::string css = rewrite_css(
      "a, .b > i { color: red; &:hover { color: blue } }\n"
      "/* } */ @media (min-width: 1px) { body .c, :root { x: 1 } }\n"
      "@keyframes spin { from { opacity: 0 } to { opacity: 1 } }\n"
      "* { margin: 0 } [data-composition-id=\"card\"] { width: 1px }\n"
      "[data-composition-id=\"card\"] .d { content: \"} a {\" } @import url(x.css);",
      rewrite);
  EXPECT_THAT(css, HasSubstr("[s] a, [s] .b > i {"));
  EXPECT_THAT(css, HasSubstr("&:hover { color: blue }"));
  EXPECT_THAT(css, HasSubstr("[s] .c, [r] { x: 1 }"));
  EXPECT_THAT(css, HasSubstr("\n* { margin: 0 }"));
  EXPECT_THAT(css, HasSubstr("[r] { width: 1px }"));
  EXPECT_THAT(css, HasSubstr("from { opacity: 0 }"));
  EXPECT_THAT(css, Not(HasSubstr("[s] from")));
  EXPECT_THAT(css, HasSubstr("[s] .d { content: \"} a {\" }"));
}

TEST(Css, AGenericFamilyGetsAFixedOneInFront) {
  std::set<std::string> families;
  CssRewrite rewrite;
  rewrite.families = &families;
  EXPECT_EQ(rewrite_declarations("font-family: sans-serif", rewrite),
            "font-family: Inter, sans-serif");
  EXPECT_EQ(rewrite_declarations("font: bold 12px/1.2 system-ui, Arial", rewrite),
            "font: bold 12px/1.2 system-ui, Arial");
  EXPECT_EQ(rewrite_declarations("font-family: \"Open Sans\", serif", rewrite),
            "font-family: \"Open Sans\", serif");
  EXPECT_EQ(rewrite_declarations("font: inherit", rewrite), "font: inherit");
  EXPECT_EQ(rewrite_declarations("--body: monospace", rewrite), "--body: Inter, monospace");
  EXPECT_TRUE(families.contains("open sans"));
  EXPECT_TRUE(families.contains("inter"));
}

TEST(Css, AddressesAreRewrittenInEverySpelling) {
  CssRewrite rewrite;
  rewrite.url = [](const std::string& address) { return "/x/" + address; };
  EXPECT_EQ(rewrite_declarations("background: URL( 'a b.png' ) no-repeat", rewrite),
            "background: url(\"/x/a b.png\") no-repeat");
  EXPECT_THAT(rewrite_css("@font-face { src: url(f.woff2) }", rewrite), HasSubstr("/x/f.woff2"));
}

TEST(ProjectPath, StaysInTheProject) {
  EXPECT_EQ(project_path("compositions/a.html", "../img/x.png?v=1"), "img/x.png?v=1");
  EXPECT_EQ(project_path("a.html", "/img/x.png"), "img/x.png");
  EXPECT_EQ(project_path("a.html", "../x.png"), std::nullopt);
  EXPECT_EQ(project_path("a.html", "https://x.org/y"), std::nullopt);
  EXPECT_EQ(project_path("a.html", "data:image/png;base64,AA"), std::nullopt);
  EXPECT_EQ(project_path("a.html", "//x.org/y"), std::nullopt);
}

TEST(Compile, SubCompositionsAreInlinedThreeDeepWithTheirScopesAndAddresses) {
  const auto made = compiled({
      {"index.html",
       kRoot +
           R"(<div data-composition-id="outer" data-composition-src="c/outer.html" data-start="1"></div></div>)"},
      {"c/outer.html",
       R"(<template><div data-composition-id="outer" data-width="100" data-height="50">
         <style>.t{color:red}</style><img src="pic.png">
         <div data-composition-id="inner" data-composition-src="c/inner.html"></div>
         <script>window.__timelines.outer = 1;</script></div></template>)"},
      {"c/inner.html", R"(<html><head><style>.t{color:blue}</style></head><body>
         <div data-composition-id="inner"><p class="t">deep</p>
         <div data-composition-src="c/leaf.html"></div></div></body></html>)"},
      {"c/leaf.html", R"(<div data-composition-id="leaf"><b>leaf</b></div>)"},
      {"c/pic.png", ""},
  });
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->html, HasSubstr("[data-composition-id=\"outer\"] .t{color:red}"));
  EXPECT_THAT(made->html, HasSubstr("[data-composition-id=\"inner\"] .t{color:blue}"));
  EXPECT_THAT(made->html, HasSubstr("src=\"/c/pic.png\""));
  EXPECT_THAT(made->html, HasSubstr("__understudy.scope(\"outer\",\"outer\",function("));
  EXPECT_THAT(made->html, HasSubstr("<b>leaf</b>"));
  EXPECT_THAT(made->html, HasSubstr("data-composition-id=\"leaf\""));
  EXPECT_THAT(made->html, Not(HasSubstr("data-composition-src")));
  EXPECT_EQ(made->root.duration_s, 4);
}

TEST(Compile, InstancesOfOneFileGetIdsAndVariablesOfTheirOwn) {
  const std::string card =
      R"(<html data-composition-variables='[{"id":"title","type":"string","default":"none"}]'>
      <body><div data-composition-id="card"><h1 data-var-text="title">x</h1></div></body></html>)";
  const auto made = compiled({{"index.html", kRoot + R"(
      <div data-composition-id="card" data-composition-src="card.html" data-variable-values='{"title":"A &amp; B"}'></div>
      <div data-composition-id="card" data-composition-src="card.html"></div></div>)"},
                              {"card.html", card}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->html, HasSubstr(">A &amp; B</h1>"));
  EXPECT_THAT(made->html, HasSubstr(">none</h1>"));
  const auto& by_id = made->settings.at("variablesById").get_object();
  ASSERT_EQ(by_id.size(), 2U);
  EXPECT_EQ(by_id.at("card").at("title"), "A & B");
  EXPECT_EQ(by_id.at("card__2").at("title"), "none");
}

TEST(Compile, TemplatesOfThePageServeItsOwnHosts) {
  const auto made = compiled(
      {{"index.html", kRoot + R"(<div data-composition-id="card" data-start="1"></div></div>
      <template id="card-template"><div data-composition-id="card"><img src="a.png"><script>one()</script></div></template>)"},
       {"a.png", ""}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(
      made->html,
      HasSubstr(
          "data-start=\"1\"><div style=\"width:100%;height:100%;\" data-understudy-root=\"card\"><img src=\"/a.png\">"));
  EXPECT_THAT(made->html, HasSubstr("scope(\"card\",\"card\""));
}

TEST(Compile, VariablesAreMergedBoundAndCheckedAgainstTheirDeclarations) {
  const std::string page =
      R"(<html data-composition-variables='[{"id":"size","type":"number","default":3},{"id":"tone","type":"color","default":"#000"}]'><body>)" +
      kRoot + R"(<p data-var-text="size"></p></div></body></html>)";
  CompileOptions options;
  options.variables = {{"size", 7}, {"tone", "red;}</style><script>"}};
  auto made = compiled({{"index.html", page}}, options);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->html, HasSubstr("data-var-text=\"size\">7</p>"));
  EXPECT_THAT(made->html, HasSubstr("--size:7;--tone:red/stylescript\""));
  options.variables = {{"colour", "x"}};
  EXPECT_EQ(compiled({{"index.html", page}}, options)->warnings.size(), 1U);
  options.is_strict = true;
  EXPECT_FALSE(compiled({{"index.html", page}}, options));
  options.variables = {{"size", "seven"}};
  EXPECT_EQ(compiled({{"index.html", page}}, options).error().param, "variables");
}

TEST(Compile, WhatCannotBeUsedIsNamed) {
  const auto message = [](const std::map<std::string, std::string>& files) {
    const auto made = compiled(files);
    EXPECT_FALSE(made);
    if (made) return std::string();
    EXPECT_EQ(made.error().code, ErrorCode::hyperframes_project_invalid);
    return made.error().message;
  };
  EXPECT_THAT(message({{"other.html", "x"}}), HasSubstr("index.html"));
  EXPECT_THAT(message({{"index.html", "<p>no root</p>"}}), HasSubstr("data-composition-id"));
  EXPECT_THAT(message({{"index.html", kRoot + "<i data-composition-src='gone.html'></i></div>"}}),
              HasSubstr("gone.html"));
  EXPECT_THAT(message({{"index.html", kRoot + "<i data-composition-src='a.html'></i></div>"},
                       {"a.html", "<p>nothing</p>"}}),
              HasSubstr("a.html"));
  const std::string loop =
      "<div data-composition-id='a'><i data-composition-src='a.html'></i></div>";
  EXPECT_THAT(message({{"index.html", kRoot + "<i data-composition-src='a.html'></i></div>"},
                       {"a.html", loop}}),
              HasSubstr("contains itself"));
}

TEST(Compile, ScriptsOfTheBodyWaitForTheFontsAndKeepTheirLines) {
  const auto made = compiled(
      {{"index.html", "<html><head><script>const early = 1;</script></head>\n<body>" + kRoot +
                          "</div>\n\n<script>const late = 1;</script>"
                          "<script type='module'>const module = 1;</script>"
                          "<script type='application/json'>{}</script></body></html>"}});
  ASSERT_TRUE(made);
  EXPECT_THAT(made->html, HasSubstr("<script>const early"));
  EXPECT_THAT(made->html, HasSubstr("<script type=\"text/understudy-held\">\n\n\nconst late"));
  EXPECT_THAT(made->html, HasSubstr("sourceURL=http://project.localhost/index.html"));
  EXPECT_THAT(made->html, HasSubstr("<script type=\"text/understudy-held+module\">"));
  EXPECT_THAT(made->html, HasSubstr("<script type=\"application/json\">{}"));
}

TEST(Compile, FontFacesStandBeforeThePagesOwn) {
  auto made = compiled({{"index.html",
                         "<html><head><style>@font-face{font-family:Own}</style></head>"
                         "<body><style>p{font:20px \"Space Mono\"} i{font-family:Lato}"
                         "</style>" +
                             kRoot + "</div></body></html>"}});
  ASSERT_TRUE(made);
  made->use_font_faces("@font-face{font-family:\"lato\"}");
  EXPECT_LT(made->html.find("lato"), made->html.find("Own"));
  EXPECT_TRUE(made->families.contains("lato"));
  EXPECT_FALSE(made->families.contains("space mono")) << "the shorthand gets no faces";
  EXPECT_TRUE(made->shorthand_families.contains("space mono"));
}

TEST(Compile, TextOfAVariableStandsWhereTheOldOneStood) {
  const auto made = compiled(
      {{"index.html",
        R"(<html data-composition-variables='[{"id":"a","type":"string","default":"new"}]'><body>)" +
            kRoot +
            "<p data-var-text='a'><b>x</b> old <i>y</i> more</p></div></body>"
            "</html>"}});
  ASSERT_TRUE(made);
  EXPECT_THAT(made->html, HasSubstr("<b>x</b>new<i>y</i></p>"));
}

TEST(Compile, MediaIsLeftToTheRenderer) {
  const auto made =
      compiled({{"index.html", kRoot + "<video src='v.mp4' autoplay controls></video></div>"},
                {"v.mp4", ""}});
  ASSERT_TRUE(made);
  EXPECT_THAT(made->html, HasSubstr("preload=\"none\""));
  EXPECT_THAT(made->html, HasSubstr("id=\"hf-video-0\""));
  EXPECT_THAT(made->html, Not(HasSubstr("autoplay")));
}

TEST(RootFacts, ASizeThatNoBrowserLaysOutIsCut) {
  const auto facts = root_facts(
      "<body><div data-composition-id='a' data-width='1e300' data-height='-4e9' "
      "data-duration='1e308'></div></body>");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->width, 100'000);
  EXPECT_EQ(facts->height, 0);
}

}  // namespace
}  // namespace understudy::browser
