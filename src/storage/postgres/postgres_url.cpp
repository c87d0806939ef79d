#include "storage/postgres/postgres_database.h"

namespace understudy::storage {

bool is_postgres_url(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

}  // namespace understudy::storage
