#include "products/brand_glossaries/brand_glossaries.h"

#include <array>
#include <set>

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"

namespace understudy::brand_glossaries {
namespace {

constexpr std::array<std::string_view, 3> kLists = {"terms", "do_not_translate_terms",
                                                    "forced_translations"};

// Names are compared without case and without the blanks around them.
std::string unique_form(std::string_view name) { return to_utf8(folded(trimmed(name))); }

Result<void> set_name(accounts::Document& glossary, const json::object& body) {
  glossary.name = string_or(body, "name");
  glossary.unique_name = unique_form(glossary.name);
  if (!glossary.unique_name.empty()) return {};
  return fail(ErrorCode::invalid_parameter, "'name' must hold more than blanks.", "name");
}

// A term has one pronunciation and one translation: which of two would hold could not be told.
Result<void> check_list(const json::array& entries, std::string_view list) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string place = std::string(list) + "[" + std::to_string(i) + "].term";
    const std::string term(trimmed(string_or(entries[i].get_object(), "term")));
    if (term.empty()) {
      return fail(ErrorCode::invalid_parameter, "'" + place + "' must hold more than blanks.",
                  place);
    }
    if (!seen.insert(term).second) {
      return fail(ErrorCode::invalid_parameter, "'" + place + "' is in the list already.", place);
    }
  }
  return {};
}

Result<void> set_lists(accounts::Document& glossary, const json::object& body) {
  for (const auto list : kLists) {
    const auto* entries = array_or_null(body, list);
    if (entries == nullptr) continue;
    TRY(check_list(*entries, list));
    glossary.body[list] = *entries;
  }
  return {};
}

}  // namespace

Result<accounts::Document> glossary_from(const json::object& body, std::string_view account_id,
                                         std::int64_t now_ms) {
  accounts::Document glossary;
  glossary.id = new_id(now_ms);
  glossary.account_id = account_id;
  glossary.kind = kKind.name;
  glossary.created_at_ms = glossary.updated_at_ms = now_ms;
  for (const auto list : kLists) glossary.body[list] = json::array();
  TRY(set_name(glossary, body));
  TRY(set_lists(glossary, body));
  return glossary;
}

Result<void> change_glossary(accounts::Document& glossary, const json::object& body,
                             std::int64_t now_ms) {
  if (body.contains("name")) TRY(set_name(glossary, body));
  TRY(set_lists(glossary, body));
  glossary.updated_at_ms = now_ms;
  return {};
}

json::object summary_json(const accounts::Document& glossary) {
  return {{"brand_glossary_id", glossary.id},
          {"name", glossary.name},
          {"created_at", iso8601(glossary.created_at_ms)},
          {"updated_at", iso8601(glossary.updated_at_ms)}};
}

json::object glossary_json(const accounts::Document& glossary) {
  json::object shown = summary_json(glossary);
  for (const auto list : kLists) {
    const auto* entries = array_or_null(glossary.body, list);
    shown[list] = entries != nullptr ? *entries : json::array();
  }
  return shown;
}

std::vector<speech::Pronunciation> pronunciations_of(const accounts::Document& glossary) {
  std::vector<speech::Pronunciation> pronunciations;
  const auto* terms = array_or_null(glossary.body, "terms");
  if (terms == nullptr) return pronunciations;
  for (const auto& entry : *terms) {
    const auto* term = entry.if_object();
    if (term != nullptr) {
      pronunciations.push_back({string_or(*term, "term"), string_or(*term, "pronunciation")});
    }
  }
  return pronunciations;
}

}  // namespace understudy::brand_glossaries
