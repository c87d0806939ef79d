#include "browser/lint.h"

#include <map>
#include <ostream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace understudy::browser {
namespace {

using Files = std::map<std::string, std::string>;

ProjectReader reader_of(const Files& files) {
  return {.read = [files](const std::string& path) -> Result<std::string> {
            const auto found = files.find(path);
            if (found == files.end()) return fail(ErrorCode::not_found, "none");
            return found->second;
          },
          .exists = [files](const std::string& path) { return files.contains(path); }};
}

std::vector<LintFinding> findings_in(Files files) {
  for (const char* media : {"v.mp4", "s.mp3", "pic.png"}) files.emplace(media, "");
  const auto found = lint(reader_of(files), "index.html");
  EXPECT_TRUE(found);
  return found ? *found : std::vector<LintFinding>();
}

std::set<std::string> rules_in(const Files& files) {
  std::set<std::string> rules;
  for (const auto& finding : findings_in(files)) rules.insert(finding.rule);
  return rules;
}

// The body of a page: its root's content, and what its script says beside registering a timeline.
std::string page(const std::string& body, const std::string& script = "",
                 const std::string& root = "data-duration='2'") {
  return "<html><head><script src='https://cdn.jsdelivr.net/npm/gsap@3/dist/gsap.min.js'></script>"
         "</head><body><div data-composition-id='root' data-width='1920' data-height='1080' " +
         root + ">" + body +
         "</div><script>window.__timelines = window.__timelines || {};"
         "const tl = gsap.timeline({paused: true}); window.__timelines['root'] = tl;" +
         script + "</script></body></html>";
}

// A page without the script.
std::string bare(const std::string& body, const std::string& script,
                 const std::string& root = "data-duration='2'") {
  return "<div data-composition-id='root' data-width='1920' data-height='1080' " + root + ">" +
         body + "</div><script>" + script + "</script>";
}

struct Rule {
  const char* name;
  std::string bad;
  std::string good;
  Files others = {};
};
void PrintTo(const Rule& rule, std::ostream* out) { *out << rule.name; }

const char* const kVideo = "<video id='v' src='v.mp4' data-start='0' muted></video>";
const std::string kHost =
    "<div data-composition-id='sub' data-composition-src='sub.html' data-start='0'></div>";
const std::string kSub = "<div data-composition-id='sub' data-width='9' data-height='9'></div>";

const std::vector<Rule>& all_rules() {
  static const std::vector<Rule> rules = {
      {"root_missing_composition_id", "<div>x</div>", page("")},
      {"root_missing_dimensions", "<div data-composition-id='root' data-duration='1'></div>",
       page("")},
      {"root_composition_missing_duration_source", bare("", "let a = 1;", ""),
       bare("<style>@keyframes a { to { opacity: 0 } }</style>", "", "")},
      {"missing_timeline_registry", bare("", "gsap.to('p', {x: 1});"),
       bare("", "gsap.to('p', {x: 1});", "data-duration='2' data-no-timeline")},
      {"timeline_id_mismatch", page("", "window.__timelines['rot'] = tl;"),
       page("", "if (window.__timelines['rot'] === tl) tl.play();")},
      {"timeline_registry_missing_init", bare("", "window.__timelines['root'] = {};"),
       bare("", "window.__timelines ||= {}; window.__timelines['root'] = {};")},
      {"gsap_timeline_not_registered", bare("", "const t = gsap.timeline();"), page("")},
      {"gsap_infinite_repeat", page("", "tl.to('p', {x: 1, repeat: -1});"),
       page("", "tl.to('p', {x: 1, repeat: 3}); // repeat: -1")},
      {"gsap_timeline_registered_before_async_build",
       page("", "document.fonts.ready.then(() => tl.to('p', {x: 1}));"),
       bare("",
            "window.__timelines = {}; document.fonts.ready.then(() => { const t = "
            "gsap.timeline(); window.__timelines['root'] = t; });")},
      {"missing_gsap_script", bare("", "gsap.to('p', {});"), page("")},
      {"duplicate_media_id",
       page("<video id='v' src='v.mp4' data-start='0' muted></video>"
            "<audio id='v' src='s.mp3' data-start='0'></audio>"),
       page(kVideo)},
      {"duplicate_composition_id",
       page("<div data-composition-id='a'></div><div data-composition-id='a'></div>"),
       page("<div data-composition-id='a'></div><div data-composition-id='b'></div>")},
      {"media_missing_id", page("<video src='v.mp4' data-start='0' muted></video>"), page(kVideo)},
      {"media_missing_src", page("<audio id='a' data-start='0'></audio>"), page(kVideo)},
      {"media_missing_data_start", page("<audio id='a' src='s.mp3'></audio>"),
       page("<audio id='a' src='s.mp3' data-start='0'></audio>")},
      {"video_missing_muted", page("<video id='v' src='v.mp4' data-start='0'></video>"),
       page("<video id='v' src='v.mp4' data-start='0' data-has-audio='true'></video>")},
      {"video_muted_with_declared_audio",
       page("<video id='v' src='v.mp4' data-start='0' muted data-has-audio='true'></video>"),
       page(kVideo)},
      {"video_nested_in_timed_element",
       page("<div class='clip' data-start='0' data-duration='1'>" + std::string(kVideo) + "</div>"),
       page("<div>" + std::string(kVideo) + "</div>")},
      {"imperative_media_control", page(kVideo, "document.getElementById('v').play();"),
       page(kVideo, "document.getElementById('v').style.opacity = 1;")},
      {"non_deterministic_code", page("", "const r = Math.random ();"),
       page("", "const r = 'Math.random()'; // Date.now()")},
      {"requestanimationframe_in_composition", page("", "requestAnimationFrame(() => {});"),
       page("", "/* requestAnimationFrame(f) */")},
      {"missing_local_asset", page("<img src='gone.png'>"), page("<img src='pic.png?x=1'>")},
      {"audio_src_not_found", page("<audio id='a' src='gone.mp3' data-start='0'></audio>"),
       page("<audio id='a' src='s.mp3' data-start='0'></audio>")},
      {"missing_or_empty_sub_composition",
       page("<div data-composition-id='sub' data-composition-src='none.html'></div>"),
       page(kHost),
       {{"sub.html", kSub}}},
      {"host_missing_composition_id",
       page("<div data-composition-src='sub.html'></div>"),
       page(kHost),
       {{"sub.html", kSub}}},
      {"invalid_variable_values_json", page("<i data-variable-values='{x'></i>"),
       page("<i data-variable-values='{\"x\":1}'></i>")},
      {"invalid_composition_variables_declaration",
       page("", "",
            "data-duration='2' data-composition-variables='[{\"id\":\"a\",\"type\":\"text\"}]'"),
       page("", "",
            "data-duration='2' data-composition-variables='[{\"id\":\"a\",\"type\":\"string\"}]'")},
      {"standalone_composition_wrapped_in_template", "<template>" + page("") + "</template>",
       page("")},
      {"template_literal_selector", page("", "document.querySelectorAll(`.a-${1}`);"),
       page("", "document.querySelectorAll(`.a`);")},
      {"invalid_parent_traversal_in_asset_path", page("<img src='../up.png'>"),
       page("<img src='a/../pic.png'>")},
      {"base64_media_prohibited",
       page("<audio id='a' data-start='0' src='data:audio/mp3;base64,AAAA'></audio>"),
       page("<img src='data:image/png;base64,AAAA'>")},
      {"placeholder_media_url",
       page("<audio id='a' data-start='0' src='https://example.com/a.mp3'></audio>"),
       page("<audio id='a' data-start='0' src='s.mp3'></audio>")},
      {"deprecated_data_end", page("<i class='clip' data-start='0' data-end='1'></i>"),
       page("<i class='clip' data-start='0' data-duration='1'></i>")},
      {"deprecated_data_layer", page("<i data-layer='1'></i>"),
       page("<i data-track-index='1'></i>")},
      {"timed_element_missing_clip_class", page("<i data-start='0' data-duration='1'></i>"),
       page("<i class='a clip' data-start='0' data-duration='1'></i>")},
      {"overlapping_clips_same_track",
       page("<i class='clip' data-start='0' data-duration='1' data-track-index='3'></i>"
            "<i class='clip' data-start='0.5' data-duration='1' data-track-index='3'></i>"),
       page("<i class='clip' data-start='0' data-duration='1' data-track-index='3'></i>"
            "<i class='clip' data-start='1' data-duration='1' data-track-index='3'></i>"
            "<i class='clip' data-start='0.5' data-duration='1' data-track-index='4'></i>")},
      {"duplicate_audio_track",
       page(
           "<audio id='a' src='s.mp3' data-start='0' data-duration='2' data-track-index='1'></audio>"
           "<audio id='b' src='s.mp3' data-start='1' data-duration='1' data-track-index='1'></audio>"),
       page(
           "<audio id='a' src='s.mp3' data-start='0' data-duration='1' data-track-index='1'></audio>"
           "<audio id='b' src='s.mp3' data-start='1' data-duration='1' data-track-index='1'></audio>")},
  };
  return rules;
}

class LintRule : public testing::TestWithParam<Rule> {};

TEST_P(LintRule, FindsTheBadAndLetsTheGoodPass) {
  const Rule& rule = GetParam();
  Files files = rule.others;
  files["index.html"] = rule.bad;
  EXPECT_THAT(rules_in(files), testing::Contains(rule.name));
  files["index.html"] = rule.good;
  EXPECT_THAT(rules_in(files), testing::Not(testing::Contains(rule.name)));
}

INSTANTIATE_TEST_SUITE_P(All, LintRule, testing::ValuesIn(all_rules()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Lint, ACleanProjectHasNoFindings) {
  const auto rules = rules_in(
      {{"index.html", page("<h1 class='clip' data-start='0' data-duration='2'>x</h1>",
                           "tl.to('h1', {x: 1, label: 'Date.now()'}); // Math.random()")}});
  EXPECT_EQ(rules, std::set<std::string>());
}

TEST(Lint, AFindingSaysTheFileAndTheLine) {
  const auto found = findings_in(
      {{"index.html", page("\n\n" + kHost)},
       {"sub.html", kSub + "\n<script>\n/* two\nlines */ const r = Math.random();\n</script>"}});
  ASSERT_EQ(found.size(), 1U) << found.front().rule;
  EXPECT_EQ(found[0].rule, "non_deterministic_code");
  EXPECT_EQ(found[0].file, "sub.html");
  EXPECT_EQ(found[0].line, 4);
}

TEST(Lint, ACircleOfSubCompositionsEnds) {
  const std::string ring =
      "<div data-composition-id='sub' data-width='9' data-height='9'>"
      "<div data-composition-id='ring' data-composition-src='sub.html'></div></div>";
  EXPECT_THAT(rules_in({{"index.html", page(kHost)}, {"sub.html", ring}}),
              testing::Not(testing::Contains("missing_or_empty_sub_composition")));
}

TEST(Lint, WhatIsNoHtmlIsAFinding) {
  EXPECT_THAT(rules_in({{"index.html", "\xff\xfe\xff"}}), testing::Contains("invalid_html"));
}

}  // namespace
}  // namespace understudy::browser
