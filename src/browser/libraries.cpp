#include "browser/libraries.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "browser/project_folder.h"

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

struct Font {
  std::string_view package;  // below @fontsource/
  std::string_view family;
  std::array<int, 3> weights;  // 0: none
};

constexpr std::array<Font, 18> kFonts = {{
    {"inter", "Inter", {400, 700, 900}},
    {"montserrat", "Montserrat", {400, 700, 900}},
    {"outfit", "Outfit", {400, 700, 900}},
    {"nunito", "Nunito", {400, 700, 900}},
    {"oswald", "Oswald", {400, 700, 0}},
    {"league-gothic", "League Gothic", {400, 0, 0}},
    {"archivo-black", "Archivo Black", {400, 0, 0}},
    {"space-mono", "Space Mono", {400, 700, 0}},
    {"ibm-plex-mono", "IBM Plex Mono", {400, 700, 0}},
    {"jetbrains-mono", "JetBrains Mono", {400, 700, 0}},
    {"eb-garamond", "EB Garamond", {400, 700, 0}},
    {"playfair-display", "Playfair Display", {400, 700, 900}},
    {"source-code-pro", "Source Code Pro", {400, 700, 0}},
    {"noto-sans-jp", "Noto Sans JP", {400, 700, 0}},
    {"roboto", "Roboto", {400, 700, 900}},
    {"open-sans", "Open Sans", {400, 700, 0}},
    {"lato", "Lato", {400, 700, 900}},
    {"poppins", "Poppins", {400, 700, 900}},
}};

// System families and the bundled one that stands in for each, so that a page looks the same on
// every machine. The choice is HyperFrames' (its documented font aliases).
const std::map<std::string, std::string_view, std::less<>>& aliases() {
  static const auto made = [] {
    std::map<std::string, std::string_view, std::less<>> map;
    const auto add = [&](std::string_view package, std::string_view names) {
      for (const auto& name : split(names, ',')) map.emplace(name, package);
    };
    add("inter",
        "helvetica neue,helvetica,arial,helvetica bold,sf pro,sf pro display,sf pro text,"
        "sf pro rounded,avenir,avenir next,lucida grande,geneva,optima,verdana,tahoma,trebuchet ms,"
        "calibri,candara,corbel,lucida sans,lucida sans unicode,noto sans,dejavu sans,"
        "liberation sans");
    add("montserrat", "futura,din alternate,arial black");
    add("league-gothic", "bebas neue");
    add("jetbrains-mono",
        "courier new,courier,sf mono,menlo,monaco,consolas,lucida console,"
        "lucida sans typewriter,andale mono,dejavu sans mono,liberation mono");
    add("eb-garamond",
        "garamond,georgia,palatino,palatino linotype,book antiqua,cambria,times,times new roman,"
        "dejavu serif,liberation serif");
    add("noto-sans-jp", "noto sans japanese");
    add("roboto", "segoe ui");
    return map;
  }();
  return made;
}

const Font* font_of(std::string_view family) {
  const auto alias = aliases().find(family);
  for (const auto& font : kFonts) {
    const bool is_it = alias == aliases().end() ? lower_case(font.family) == family
                                                : font.package == alias->second;
    if (is_it) return &font;
  }
  return nullptr;
}

// Nothing but plain names: no "..", nothing hidden.
bool is_plain_path(std::string_view path) {
  const auto parts = split(path, '/');
  return !parts.empty() && std::none_of(parts.begin(), parts.end(), [](const auto& part) {
    return part.empty() || part.front() == '.';
  });
}

std::optional<ServedFile> served(const fs::path& file) {
  constexpr std::size_t kSizeMax = 32U << 20;
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return std::nullopt;
  auto bytes = read_file(file, kSizeMax);
  if (!bytes) return std::nullopt;
  return ServedFile{.mime_type = mime_type_of(file.string()), .body = *std::move(bytes)};
}

PackagePath package_path(std::string_view path) {
  PackagePath made;
  std::size_t slash = path.find('/');
  if (path.starts_with('@') && slash != std::string_view::npos) slash = path.find('/', slash + 1);
  std::string_view package = path.substr(0, slash);
  if (const auto version = package.find('@', 1); version != std::string_view::npos) {
    made.version = package.substr(version + 1);
    package = package.substr(0, version);
  }
  made.package = package;
  if (slash != std::string_view::npos) made.file = path.substr(slash + 1);
  return made;
}

// Where the packages keep the file that the networks serve under another path.
constexpr std::array<std::string_view, 8> kFolders = {"",     "dist/",     "build/",        "umd/",
                                                      "lib/", "dist/umd/", "build/player/", "cjs/"};

// What a bare package address means.
std::string_view main_file(std::string_view package) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kMain = {{
      {"gsap", "dist/gsap.min.js"},
      {"three", "build/three.module.js"},
      {"animejs", "dist/bundles/anime.umd.min.js"},
      {"lottie-web", "build/player/lottie.min.js"},
      {"d3", "dist/d3.min.js"},
      {"animejs-3", "lib/anime.min.js"},
      {"three-128", "build/three.min.js"},
      {"splitting", "dist/splitting.min.js"},
      {"@tailwindcss/browser", "dist/index.global.js"},
  }};
  for (const auto& [name, file] : kMain) {
    if (name == package) return file;
  }
  return "";
}

// The names that cdnjs has for packages that npm calls otherwise.
std::string npm_name(std::string_view name) {
  if (name == "bodymovin" || name == "lottie-web") return "lottie-web";
  if (name == "three.js") return "three";
  if (name == "animejs") return "animejs";
  return std::string(name);
}

std::string with_spaces(std::string text) {
  std::replace(text.begin(), text.end(), '+', ' ');
  return text;
}

// css2?family=Inter:wght@400;700&family=Space+Mono
std::set<std::string> google_families(std::string_view query) {
  std::set<std::string> families;
  for (const auto& part : split(query, '&')) {
    if (!part.starts_with("family=")) continue;
    for (const auto& family : split(with_spaces(percent_decoded(part.substr(7))), '|')) {
      families.insert(lower_case(family.substr(0, family.find(':'))));
    }
  }
  return families;
}

}  // namespace

std::string mime_type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 34> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".htm", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".cjs", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".gif", "image/gif"},
      {".webp", "image/webp"},
      {".avif", "image/avif"},
      {".ico", "image/x-icon"},
      {".bmp", "image/bmp"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".ttf", "font/ttf"},
      {".otf", "font/otf"},
      {".mp4", "video/mp4"},
      {".m4v", "video/mp4"},
      {".mov", "video/quicktime"},
      {".webm", "video/webm"},
      {".mp3", "audio/mpeg"},
      {".m4a", "audio/mp4"},
      {".aac", "audio/aac"},
      {".wav", "audio/wav"},
      {".ogg", "audio/ogg"},
      {".txt", "text/plain; charset=utf-8"},
      {".vtt", "text/vtt"},
      {".wasm", "application/wasm"},
      {".xml", "text/xml"},
  }};
  const std::string lower = lower_case(path);
  for (const auto& [extension, type] : kTypes) {
    if (lower.ends_with(extension)) return std::string(type);
  }
  return "application/octet-stream";
}

// Versions with another interface than today's are packages of their own: animejs up to 3 was one
// function, three up to 0.159 had a script for pages without modules. Any other version that a page
// names is answered with the installed one.
std::string package_of_version(std::string package, const std::string& version,
                               std::string_view file) {
  if (package == "animejs" && (version.starts_with("2") || version.starts_with("3"))) {
    return "animejs-3";
  }
  const bool is_plain_script = file.find("three.min.js") != std::string_view::npos ||
                               file.ends_with("three.js") || file.starts_with("examples/js/");
  if (package == "three" && is_plain_script) return "three-128";
  return package;
}

// animejs has put its bundles under other names with each version.
std::string animejs_file(std::string file) {
  const bool is_module = file.find(".es.") != std::string::npos ||
                         file.find(".esm") != std::string::npos || file.ends_with(".mjs");
  if (file.starts_with("lib/")) {
    return is_module ? "dist/bundles/anime.esm.min.js" : "dist/bundles/anime.umd.min.js";
  }
  return file;
}

std::optional<ServedFile> Libraries::package_file(const PackagePath& wanted) const {
  std::string file = wanted.file.substr(0, wanted.file.find_first_of("?#"));
  const std::string package = package_of_version(wanted.package, wanted.version, file);
  if (package == "animejs") file = animejs_file(std::move(file));
  if (file.ends_with("/+esm")) file.resize(file.size() - 5);
  if (file.empty() || file == "+esm") file = main_file(package);
  if (!is_plain_path(package) || !is_plain_path(file)) return std::nullopt;
  const fs::path root = folder_ / "node_modules" / package;
  for (const auto folder : kFolders) {
    if (auto found = served(root / (std::string(folder) + file))) return found;
    // "gsap.min.js" where only "gsap.js" is there, and the other way round.
    const auto extension = file.rfind('.');
    if (extension == std::string::npos) continue;
    const std::string stem = file.substr(0, extension);
    const std::string other = stem.ends_with(".min")
                                  ? stem.substr(0, stem.size() - 4) + file.substr(extension)
                                  : stem + ".min" + file.substr(extension);
    if (auto found = served(root / (std::string(folder) + other))) return found;
  }
  return std::nullopt;
}

std::optional<ServedFile> Libraries::find(const std::string& url) const {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(url).substr(scheme + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view host = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash + 1);
  if (host == "cdn.jsdelivr.net" && path.starts_with("npm/")) {
    return package_file(package_path(path.substr(4)));
  }
  if (host == "unpkg.com" || host == "esm.sh" || host == "cdn.skypack.dev" ||
      host == "ga.jspm.io") {
    return package_file(package_path(path.substr(0, path.find('?'))));
  }
  if (host == "cdnjs.cloudflare.com" && path.starts_with("ajax/libs/")) {
    const auto parts = split(path.substr(10), '/');  // name, version, file...
    if (parts.size() < 3) return std::nullopt;
    std::string file;
    for (std::size_t i = 2; i < parts.size(); ++i) file += (i > 2 ? "/" : "") + parts[i];
    return package_file({npm_name(parts[0]), parts[1], file});
  }
  if (host == "cdn.tailwindcss.com") return package_file({"@tailwindcss/browser", "", ""});
  if (host == "d3js.org") return package_file({"d3", "", ""});
  if (host == "fonts.googleapis.com") {
    const auto query = path.find('?');
    const auto families =
        google_families(query == std::string_view::npos ? "" : path.substr(query + 1));
    return ServedFile{.mime_type = "text/css; charset=utf-8", .body = font_faces(families)};
  }
  return std::nullopt;
}

std::optional<ServedFile> Libraries::font(std::string_view path) const {
  path = path.substr(0, path.find_first_of("?#"));
  if (!is_plain_path(path)) return std::nullopt;
  return served(folder_ / "node_modules/@fontsource" / path);
}

std::string Libraries::font_faces(const std::set<std::string>& families) const {
  std::string css;
  for (const auto& family : families) {
    const Font* font = font_of(family);
    if (font == nullptr) continue;
    for (const int weight : font->weights) {
      if (weight == 0) continue;
      for (const std::string_view subset : {"latin", "latin-ext", "japanese"}) {
        const std::string file = fmt::format("{}/files/{}-{}-{}-normal.woff2", font->package,
                                             font->package, subset, weight);
        std::error_code failed;
        if (!fs::exists(folder_ / "node_modules/@fontsource" / file, failed)) continue;
        const std::string_view range =
            subset == "latin-ext"
                ? "unicode-range:U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+1E00-1E9F,U+1EF2-1EFF,"
                  "U+20A0-20AB,U+20AD-20C0;"
            : subset == "japanese"
                ? "unicode-range:U+3000-30FF,U+3400-4DBF,U+4E00-9FFF,U+FF00-FFEF;"
                : "";
        // The last matching face wins a character, so the plain one comes first.
        css += fmt::format(
            "@font-face{{font-family:\"{}\";font-style:normal;font-weight:{};font-display:block;"
            "src:url(\"{}{}{}\") format(\"woff2\");{}}}\n",
            family, weight, kProjectOrigin.substr(0, kProjectOrigin.size() - 1), kFontPrefix, file,
            range);
      }
    }
  }
  return css;
}

}  // namespace understudy::browser
