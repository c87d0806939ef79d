#include "server.h"

#include "storage/sqlite/sqlite_database.h"

namespace understudy::simulator {

Result<void> Server::start(std::int64_t now_ms) {
  TRY_ASSIGN(auto connection,
             storage::open_sqlite_writer({.file = "understudy.db", .now_ms = now_ms}));
  stores_ = std::make_unique<Stores>(std::move(connection));
  return {};
}

void Server::stop(ServerEnd end) {
  if (end == ServerEnd::process_death) disk_.turn_off();
  if (end == ServerEnd::power_cut) disk_.lose_power();
  stores_.reset();
  disk_.restart();
}

}  // namespace understudy::simulator
