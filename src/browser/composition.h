// Composition: a HyperFrames project's page, compiled to one document that renders the same
// everywhere: sub-compositions inlined, styles and scripts of each put under its own scope,
// variables merged and bound, addresses made absolute, fonts fixed. The rules are the public
// HyperFrames contract (docs of the npm package hyperframes). No browser is needed; any thread.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace understudy::browser {

// A project's files by their path from its root: "compositions/intro.html".
struct ProjectReader {
  std::function<Result<std::string>(const std::string& path)> read;  // not_found
  std::function<bool(const std::string& path)> exists;
};

struct Variable {
  std::string id;
  std::string type;  // string, number, color, boolean, enum, font, image
  json::value fallback;
  std::vector<std::string> options;  // of an enum
};

struct RootFacts {
  std::string id;
  int width = 0;  // 0: not said
  int height = 0;
  double duration_s = 0;   // 0: not said
  double clips_end_s = 0;  // the end of the last clip whose times are plain numbers
  double fps = 0;          // 0: not said
  std::vector<Variable> variables;
};

struct CompileOptions {
  std::string entry = "index.html";
  json::object variables;
  bool is_strict = false;  // an undeclared or mistyped variable is an error
};

struct CompiledComposition {
  std::string html;
  std::string entry;      // where it is served
  json::object settings;  // for the runtime: variables, variablesById
  RootFacts root;
  std::set<std::string> families;            // named in its styles
  std::set<std::string> shorthand_families;  // in the shorthand font, which gets no faces
  std::vector<std::string> warnings;         // sentences for the author

  // The @font-face rules of those of `families` that are served; the page's own win over them.
  void use_font_faces(std::string_view css);
};

// Errors: hyperframes_project_invalid with a sentence that names the file at fault.
Result<CompiledComposition> compile(const ProjectReader& project, const CompileOptions& options);

// What can be told of an entry without compiling it: for prices and checks before a job.
// Errors: hyperframes_project_invalid.
Result<RootFacts> root_facts(std::string_view html);

// Whether `given` fits the declarations, which a composition may have none of.
struct VariableComplaint {
  std::string text;       // a sentence
  bool is_error = false;  // undeclared or mistyped; an unknown option of an enum is none
};
std::vector<VariableComplaint> check_variables(const std::vector<Variable>& declared,
                                               const json::object& given);

json::array to_json(const std::vector<Variable>& variables);
std::vector<Variable> variables_from(const json::array& declarations);

// "a/b/../c.png" from "compositions/x.html" -> "compositions/a/c.png"; empty when it leads out of
// the project, is absolute or is no path (data:, https:, #id).
std::optional<std::string> project_path(std::string_view base_file, std::string_view address);

}  // namespace understudy::browser
