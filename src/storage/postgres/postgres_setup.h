// Makes a PostgreSQL database ready: is the server one that works, is the database ours, does it
// have the tables and functions of this program.
#pragma once

#include "storage/postgres/postgres_connection.h"

namespace understudy::storage {

// Errors: storage_failed (too old, not UTF-8, another program's, or made by a newer version).
Result<void> prepare_postgres(PostgresConnection& connection, std::int64_t now_ms);

}  // namespace understudy::storage
