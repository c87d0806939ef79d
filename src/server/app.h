// App: the running server, put together. It owns everything in the order of construction: data
// folder, stores, services, routes, HTTP server, sweeper, local workers.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "server/config.h"

namespace understudy::server {

class App {
 public:
  // Opens the installation and starts to serve. Errors: conflict (served already), storage_failed,
  // service_unavailable (the address is taken, the required sandbox does not work).
  static Result<std::unique_ptr<App>> start(const std::filesystem::path& data,
                                            const Config& config);
  ~App();  // ends workers and connections, in reverse order
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  std::string url() const;
  std::string address() const;  // "127.0.0.1:8080"
  const std::string& sandbox_summary() const;
  // The owner's key, when this start made it.
  const std::optional<std::string>& new_key() const;

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace understudy::server
