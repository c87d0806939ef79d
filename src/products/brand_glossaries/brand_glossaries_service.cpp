#include "products/brand_glossaries/brand_glossaries_service.h"

#include <utility>

namespace understudy::brand_glossaries {
namespace {

Result<accounts::Document> name_taken(Result<accounts::Document> result) {
  if (result || result.error().code != ErrorCode::conflict) return result;
  return fail(ErrorCode::conflict,
              "There is a glossary with this name already; case makes no difference.", "name");
}

}  // namespace

Result<accounts::Document> BrandGlossariesService::create(std::string_view account_id,
                                                          const json::object& body) {
  TRY_ASSIGN(auto glossary, glossary_from(body, account_id, clock_.now_ms()));
  auto made = glossaries_.create(glossary);
  if (!made) return name_taken(tl::make_unexpected(std::move(made).error()));
  return glossary;
}

Result<accounts::Document> BrandGlossariesService::find(std::string_view account_id,
                                                        std::string_view id) {
  return glossaries_.find(account_id, id);
}

Result<std::vector<accounts::Document>> BrandGlossariesService::list(
    accounts::DocumentQuery query) {
  return glossaries_.list(std::move(query));
}

Result<accounts::Document> BrandGlossariesService::change(std::string_view account_id,
                                                          std::string_view id,
                                                          const json::object& body) {
  const std::int64_t now_ms = clock_.now_ms();
  return name_taken(glossaries_.change(account_id, id, [&](accounts::Document& glossary) {
    return change_glossary(glossary, body, now_ms);
  }));
}

Result<void> BrandGlossariesService::remove(std::string_view account_id, std::string_view id) {
  return glossaries_.remove(account_id, id);
}

Result<std::vector<speech::Pronunciation>> BrandGlossariesService::pronunciations(
    std::string_view account_id, std::string_view id) {
  TRY_ASSIGN(const auto glossary, find(account_id, id));
  return pronunciations_of(glossary);
}

}  // namespace understudy::brand_glossaries
