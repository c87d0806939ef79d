// WriteBatcher: few writers of a PostgreSQL database, each with a connection and a thread of its
// own. Steps of one account meet at one writer, which runs those that wait in one transaction: a
// hot wallet is locked once for all of them and synced once. Calls of server functions that stand
// side by side travel together (libpq's pipeline). A refused step does not undo its neighbours, but
// may make them run twice. Callers go on after the commit. Any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/postgres/postgres_connection.h"

namespace understudy::storage {

class WriteBatcher {
 public:
  using Step = std::function<Result<void>(Connection&)>;

  // Beside the `writers` there is one for what belongs to no account, such as claims: it waits for
  // no wallet, so nobody waits long for the jobs it has locked.
  WriteBatcher(std::string url, std::size_t writers);
  ~WriteBatcher();  // finishes what was handed over
  WriteBatcher(const WriteBatcher&) = delete;
  WriteBatcher& operator=(const WriteBatcher&) = delete;

  // Blocks until the step is durable or was refused. Errors: as run_transaction().
  Result<void> run(std::string_view account_id, const Step& step);

  // The same with one call; its `read` may be called more than once.
  Result<void> call(std::string_view account_id, const ServerCall& call);

 private:
  class Writer;
  Writer& writer_of(std::string_view account_id);

  std::vector<std::unique_ptr<Writer>> writers_;
};

}  // namespace understudy::storage
