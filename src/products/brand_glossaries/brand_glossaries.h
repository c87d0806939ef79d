// Brand glossaries: how an account's own words are said and translated. Pronunciations change the
// sound of scripts, captions keep the spelling; terms to keep and forced translations are for
// translations. This file is the rules and the JSON; no HTTP, no SQL. Contract:
// /v3/brand-glossaries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/documents_of_kind.h"
#include "base/json.h"
#include "base/result.h"
#include "speech/script.h"

namespace understudy::brand_glossaries {

inline constexpr accounts::DocumentKind kKind{
    .name = "brand_glossary", .noun = "glossary", .id_param = "brand_glossary_id"};

// A new glossary from a body that the schema has accepted. Errors: invalid_parameter (a term twice,
// a name of blanks).
Result<accounts::Document> glossary_from(const json::object& body, std::string_view account_id,
                                         std::int64_t now_ms);

// Replaces what the body names; a list as a whole. Errors: invalid_parameter.
Result<void> change_glossary(accounts::Document& glossary, const json::object& body,
                             std::int64_t now_ms);

json::object summary_json(const accounts::Document& glossary);
json::object glossary_json(const accounts::Document& glossary);

std::vector<speech::Pronunciation> pronunciations_of(const accounts::Document& glossary);

}  // namespace understudy::brand_glossaries
