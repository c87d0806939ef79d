// Libraries and fonts that compositions load from the internet, served from packages that were
// installed from npm (scripts/setup): FOLDER/node_modules/gsap/dist/gsap.min.js and the like. There
// is no network behind this: what is not installed is not there. Any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "browser/page.h"

namespace understudy::browser {

// "gsap@3.12.5/dist/gsap.min.js" or "@gsap/react@2/dist/index.js"
struct PackagePath {
  std::string package;
  std::string version;  // "3.12.5", "3"; empty: the newest
  std::string file;
};

class Libraries {
 public:
  explicit Libraries(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // An address of a known delivery network (jsDelivr, unpkg, cdnjs, esm-like paths, Google Fonts),
  // answered from an installed package; empty: refused.
  std::optional<ServedFile> find(const std::string& url) const;

  // A font file that font_faces() named: "inter/files/inter-latin-400-normal.woff2".
  std::optional<ServedFile> font(std::string_view path) const;

  // @font-face rules for those of the families (lower case) that are bundled, by their own names
  // and by those of the system fonts that they stand in for.
  std::string font_faces(const std::set<std::string>& families) const;

 private:
  std::optional<ServedFile> package_file(const PackagePath& wanted) const;

  std::filesystem::path folder_;
};

std::string mime_type_of(std::string_view path);  // by its extension

inline constexpr std::string_view kFontPrefix = "/__understudy/font/";

}  // namespace understudy::browser
