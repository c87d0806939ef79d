#include "server.h"

#include "storage/postgres/postgres_database.h"
#include "storage/sqlite/sqlite_database.h"

namespace understudy::simulator {

Result<void> Server::start(std::int64_t now_ms) {
  if (is_on_disk()) {
    TRY_ASSIGN(auto connection,
               storage::open_sqlite_writer({.file = "understudy.db", .now_ms = now_ms}));
    on_disk_ = std::make_unique<TurnTaking>(std::move(connection));
    stores_ = std::make_unique<Stores>(*on_disk_);
    return {};
  }
  TRY_ASSIGN(postgres_,
             storage::open_postgres({.url = postgres_url_, .now_ms = now_ms, .writers = 1}));
  stores_ = std::make_unique<Stores>(*postgres_);
  return {};
}

void Server::stop(ServerEnd end) {
  if (end == ServerEnd::process_death) disk_.turn_off();
  if (end == ServerEnd::power_cut) disk_.lose_power();
  stores_.reset();
  on_disk_.reset();
  postgres_.reset();
  disk_.restart();
}

void Server::together(const std::vector<std::function<void()>>& calls) {
  if (on_disk_) return on_disk_->together(calls);
  for (const auto& call : calls) call();
}

Result<void> Server::checkpoint() {
  if (!on_disk_) return {};
  TRY(on_disk_->connection().checkpoint());
  return {};
}

}  // namespace understudy::simulator
