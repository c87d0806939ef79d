// What differs between the databases. SQLite has one writer, so a write sees nobody else's changes
// and no row needs a lock. PostgreSQL has many (READ COMMITTED): what a step reads and then decides
// on must be locked first; a guard inside the changing statement needs none.
#pragma once

#include <string>
#include <string_view>

#include "storage/sql/connection.h"

namespace understudy::storage {

std::string_view begin_write(Dialect dialect);
std::string_view begin_snapshot(Dialect dialect);

// Keeps the rows of "SELECT ... FROM table WHERE ..." from others until the transaction ends, after
// waiting for whoever has them now; a later query then sees them as they are.
Result<void> lock_rows(Connection& connection, std::string_view select,
                       std::initializer_list<Parameter> parameters);

// The select with an ending that does the same to the rows it reads.
std::string locking(const Connection& connection, std::string_view select);

// Keeps other writers of the table away until the transaction ends; readers go on.
Result<void> lock_table(Connection& connection, std::string_view table);

// The select with an ending that locks its rows and leaves out those that others have locked.
std::string skip_locked(const Connection& connection, std::string_view select);

}  // namespace understudy::storage
