#include "products/brand_glossaries/brand_glossaries_service.h"

#include <utility>

namespace understudy::brand_glossaries {
namespace {

// The store's errors as this product words them.
Error worded(Error error, std::string_view id) {
  if (error.code == ErrorCode::not_found) {
    error.code = ErrorCode::resource_not_found;
    error.message = "There is no glossary with the id '" + std::string(id) + "'.";
    error.param = "brand_glossary_id";
  } else if (error.code == ErrorCode::conflict) {
    error.message = "There is a glossary with this name already; case makes no difference.";
    error.param = "name";
  }
  return error;
}

}  // namespace

Result<accounts::Document> BrandGlossariesService::create(std::string_view account_id,
                                                          const json::object& body) {
  TRY_ASSIGN(auto glossary, glossary_from(body, account_id, clock_.now_ms()));
  auto made = documents_.create(glossary);
  if (!made) return tl::make_unexpected(worded(std::move(made).error(), glossary.id));
  return glossary;
}

Result<accounts::Document> BrandGlossariesService::find(std::string_view account_id,
                                                        std::string_view id) {
  auto found = documents_.find(account_id, kKind, id);
  if (!found) return tl::make_unexpected(worded(std::move(found).error(), id));
  return found;
}

Result<std::vector<accounts::Document>> BrandGlossariesService::list(
    accounts::DocumentQuery query) {
  query.kind = kKind;
  return documents_.list(query);
}

Result<accounts::Document> BrandGlossariesService::change(std::string_view account_id,
                                                          std::string_view id,
                                                          const json::object& body) {
  const std::int64_t now_ms = clock_.now_ms();
  auto changed = documents_.change(account_id, kKind, id, [&](accounts::Document& glossary) {
    return change_glossary(glossary, body, now_ms);
  });
  if (!changed) return tl::make_unexpected(worded(std::move(changed).error(), id));
  return changed;
}

Result<void> BrandGlossariesService::remove(std::string_view account_id, std::string_view id) {
  auto removed = documents_.remove(account_id, kKind, id);
  if (!removed) return tl::make_unexpected(worded(std::move(removed).error(), id));
  return {};
}

Result<std::vector<speech::Pronunciation>> BrandGlossariesService::pronunciations(
    std::string_view account_id, std::string_view id) {
  TRY_ASSIGN(const auto glossary, find(account_id, id));
  return pronunciations_of(glossary);
}

}  // namespace understudy::brand_glossaries
