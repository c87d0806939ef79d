// Config: everything an operator may decide, with its default. Read from a TOML file (serve
// --config); command line options win. config/understudy.example.toml shows every option, and a
// test compares.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace understudy::server {

struct Config {
  // [server]
  std::string listen = "127.0.0.1:8080";  // address:port; port 0 takes a free one
  std::string public_url;                 // in links, when it differs from what clients address
  int connections_max = 10'000;
  // [database]
  std::string database_url;  // postgresql://...; empty: the embedded database in the data folder
  // [workers]
  int workers = -1;              // local worker processes; -1: one per core, 0: none
  std::string sandbox = "auto";  // auto, or required: refuse to start without namespaces
  // [network]
  bool allow_private = false;  // inputs by URL may be private addresses: development and tests only
  // [wallet]
  std::string welcome_credit_usd = "10";  // of the owner account on an empty data folder
  // [links]
  std::int64_t link_lifetime_s = 24 * 3600;  // of signed links to outputs
  // [log]
  std::string log_level = "info";
};

// Errors: invalid_parameter naming the option, also for an unknown one.
Result<Config> load_config(const std::filesystem::path& file);
Result<Config> parse_config(std::string_view toml);

}  // namespace understudy::server
