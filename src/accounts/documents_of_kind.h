// DocumentsOfKind: one product's documents as its operations reach them. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/document_store.h"
#include "base/error.h"
#include "base/result.h"

namespace understudy::accounts {

// How the API speaks of them.
struct DocumentKind {
  std::string_view name;                                // of Document: "brand_glossary"
  std::string_view noun;                                // in messages: "glossary"
  std::string_view id_param;                            // of its paths: "brand_glossary_id"
  ErrorCode not_found = ErrorCode::resource_not_found;  // of an id that leads nowhere
};

class DocumentsOfKind {
 public:
  DocumentsOfKind(const DocumentKind& kind, DocumentStore& store) : kind_(kind), store_(store) {}

  // Errors: those of DocumentStore, with the kind's not_found in place of its own.
  Result<void> create(const Document& document) { return store_.create(document); }
  Result<Document> find(std::string_view account_id, std::string_view id);
  Result<std::vector<Document>> list(DocumentQuery query);
  Result<Document> change(std::string_view account_id, std::string_view id,
                          const DocumentStore::Change& change);
  Result<void> remove(std::string_view account_id, std::string_view id);

 private:
  template <class T>
  Result<T> in_words(Result<T> result, std::string_view id) const;

  DocumentKind kind_;
  DocumentStore& store_;
};

}  // namespace understudy::accounts
