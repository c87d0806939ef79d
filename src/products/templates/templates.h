// Templates: studio videos with places that are filled in when a video is made. This file is the
// rules: what a template document may say, and how a document with values becomes the body of a
// studio video. No HTTP, no SQL, no network. Contract: /v3/templates; the document is ours
// (README.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/documents_of_kind.h"
#include "base/json.h"
#include "base/result.h"

namespace understudy::templates {

inline constexpr accounts::DocumentKind kKind{.name = "template",
                                              .noun = "template",
                                              .id_param = "template_id",
                                              .not_found = ErrorCode::template_not_found};

// Turns a file that a document names ({"type": "url" | "asset_id" | "base64"}) into one that is
// kept
// ({"stored": {"blob", "facts"}}). `kind`: "image", "video" or "audio". Errors: InputResolver's.
using StoreFile = std::function<Result<json::object>(
    const json::object& input, std::string_view kind, const std::string& param)>;

// Reads a document as a client writes it, and stores its files: what Document::body keeps.
// `fields` absent in a change keep what `kept` has; pass an empty object for a new template.
// Errors: invalid_parameter with the field's place, those of `store`.
Result<json::object> read_template(const json::object& fields, const json::object& kept,
                                   const StoreFile& store);

// A template of a studio video's job: what can be replaced becomes a variable, {{names}} in the
// scripts become texts. Errors: invalid_parameter (no studio video).
Result<json::object> template_of_video(const json::object& job_request);

// "{{name}}" and so on: which variables a scene uses, with their types.
std::vector<std::pair<std::string, std::string>> variables_of_scene(const json::object& scene,
                                                                    const json::object& kept);

// What a generate request says, the schema having accepted it.
struct Generate {
  const json::object& body;
  StoreFile store;  // files of the values
};

// The body of a studio video, and which field of the request stands behind which of its places, so
// that its errors can be told in the request's words.
struct Expanded {
  json::object body;
  std::vector<std::pair<std::string, std::string>> places;  // "scenes[0].source", "variables.hero"
};

// Errors: invalid_parameter with param variables (no such variable), scene_ids, dimension.
Result<Expanded> expand(const json::object& kept, const Generate& generate);

// The same with the template's own values: what check of a new template looks at.
Result<Expanded> expand_defaults(const json::object& kept);

Error in_words_of_request(Error error, const Expanded& expanded);

// The hashes of the files that a template needs.
std::vector<std::string> blobs_of(const json::object& kept);

// Whether something below names a file the way only this product may.
bool has_stored_files(const json::object& document);

// The expanded body as the contract knows it: what can be held against its schema.
json::object contract_view(const json::object& expanded_body);

bool has_variables(const json::object& kept);

}  // namespace understudy::templates
