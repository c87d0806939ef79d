// DocumentStore: what an account keeps as documents of its own: templates, brand kits, glossaries.
// A document is JSON that its product reads and writes; files it refers to are kept with it. Any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace understudy::accounts {

struct Document {
  std::string id = {};  // chosen by the caller: new_id()
  std::string account_id = {};
  std::string kind = {};  // "brand_glossary"
  std::string name = {};
  std::string unique_name = {};  // empty: any number of documents may have its name
  json::object body = {};
  std::vector<std::string> blobs = {};  // hashes of the files it needs; as written, not read back
  std::int64_t created_at_ms = 0;
  std::int64_t updated_at_ms = 0;
};

struct DocumentQuery {
  std::string account_id = {};
  std::string kind = {};
  std::string before_id = {};  // newest first: ids smaller than this; empty = from the newest
  int limit = 10;
};

class DocumentStore {
 public:
  virtual ~DocumentStore() = default;

  virtual Result<void> create(const Document& document) = 0;  // Errors: conflict (id, unique name)

  // Errors: not_found.
  virtual Result<Document> find(std::string_view account_id, std::string_view kind,
                                std::string_view id) = 0;
  virtual Result<std::vector<Document>> list(const DocumentQuery& query) = 0;  // newest first

  // Reads, lets `change` alter name, unique name, body and time, and writes, in one step. `change`
  // may be called more than once, each time with what is stored. `blobs` that it sets replace those
  // that were kept; while it leaves them empty, they stay.
  // Errors: not_found, conflict (unique name), those of `change`.
  using Change = std::function<Result<void>(Document&)>;
  virtual Result<Document> change(std::string_view account_id, std::string_view kind,
                                  std::string_view id, const Change& change) = 0;

  virtual Result<void> remove(std::string_view account_id, std::string_view kind,
                              std::string_view id) = 0;  // Errors: not_found

  // Those of all accounts with this kind and name of state in their body's "status": what a stopped
  // server left unfinished.
  virtual Result<std::vector<Document>> with_status(std::string_view kind,
                                                    std::string_view status) = 0;
};

}  // namespace understudy::accounts
