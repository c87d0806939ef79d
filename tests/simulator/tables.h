// What the tables of the database hold and what the model says they must hold, line by line.
#pragma once

#include <string>
#include <vector>

#include "model.h"
#include "storage/sql/connection.h"

namespace understudy::simulator {

Result<std::vector<std::string>> rows_of(storage::Connection& connection);
std::vector<std::string> rows_of(const Model& model);

// The lines that only one of the two has; empty when they agree.
std::string difference(const std::vector<std::string>& database,
                       const std::vector<std::string>& model);

}  // namespace understudy::simulator
