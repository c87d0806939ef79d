#include "accounts/documents_of_kind.h"

#include <utility>

namespace understudy::accounts {

template <class T>
Result<T> DocumentsOfKind::in_words(Result<T> result, std::string_view id) const {
  if (result || result.error().code != ErrorCode::not_found) return result;
  return fail(kind_.not_found,
              "There is no " + std::string(kind_.noun) + " with the id '" + std::string(id) + "'.",
              std::string(kind_.id_param));
}

Result<Document> DocumentsOfKind::find(std::string_view account_id, std::string_view id) {
  return in_words(store_.find(account_id, kind_.name, id), id);
}

Result<std::vector<Document>> DocumentsOfKind::list(DocumentQuery query) {
  query.kind = kind_.name;
  return store_.list(query);
}

Result<Document> DocumentsOfKind::change(std::string_view account_id, std::string_view id,
                                         const DocumentStore::Change& change) {
  return in_words(store_.change(account_id, kind_.name, id, change), id);
}

Result<void> DocumentsOfKind::remove(std::string_view account_id, std::string_view id) {
  return in_words(store_.remove(account_id, kind_.name, id), id);
}

}  // namespace understudy::accounts
