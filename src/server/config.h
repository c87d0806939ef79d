// Config: everything an operator may decide, with its default. Read from a TOML file (serve
// --config); command line options win. config/understudy.example.toml shows every option, and a
// test compares.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "accounts/oauth_settings.h"
#include "accounts/plan.h"
#include "base/result.h"

namespace understudy::server {

struct Config {
  // [server]
  std::string listen = "127.0.0.1:8080";  // address:port; port 0 takes a free one
  std::string public_url;                 // in links, when it differs from what clients address
  int connections_max = 10'000;
  bool behind_proxy = false;  // the last address of X-Forwarded-For is the client's
  // [database]
  std::string database_url;   // postgresql://...; empty: the embedded database in the data folder
  std::string shared_folder;  // what several servers of it have in common; empty: the data folder
  // [workers]
  int workers = -1;              // local worker processes; -1: one per core, 0: none
  std::string sandbox = "auto";  // auto, or required: refuse to start without namespaces
  // [hyperframes]
  std::string
      hyperframes_libraries;  // packages and fonts for compositions; empty: beside the program
  int hyperframes_warm_browsers = 1;  // that each local worker starts before their jobs: 0 or 1
  // [network]
  bool allow_private = false;  // inputs and webhooks may be private addresses: for tests
  // [face]: models that an operator has; without them faces are fitted (docs/decisions/0021)
  std::string face_yunet_file;      // ONNX
  std::string face_landmarks_file;  // dlib, 68 points; mind the terms of its training data
  // [wallet]
  std::string welcome_credit_usd = "10";  // of the owner account on an empty data folder
  // [ledger]
  std::string verify_at_start = "refuse";  // to serve a ledger that does not hold; report, off
  std::int64_t seal_interval_s = 3600;     // between seals of what was booked; 0: none by itself
  // [stripe]: top-ups by card, offered when there are a key and a secret
  std::string stripe_api_key;
  std::string stripe_api_key_file;  // in place of the key itself
  std::vector<std::string> stripe_webhook_secrets;
  std::string stripe_webhook_secrets_file;  // one a line
  std::string stripe_base_url = "https://api.stripe.com";
  std::string stripe_success_url;  // empty: a page of this server
  std::string stripe_cancel_url;
  std::int64_t stripe_poll_after_s = 60;
  // [top_ups]
  std::string credit_price_usd = "0.01";  // of one add-on credit
  std::vector<std::string> credit_tiers;  // "120000 0.00833": from so many credits on
  std::string top_up_minimum_usd = "5";
  std::string top_up_maximum_usd = "10000";
  // [links]
  std::int64_t link_lifetime_s = 24 * 3600;  // of signed links to outputs
  // [oauth]
  accounts::OAuthSettings oauth;
  // [plans.NAME]
  std::vector<accounts::Plan> plans = accounts::default_plans();
  // [webhooks]
  std::int64_t webhook_deadline_ms = 10'000;             // for an endpoint's answer
  std::int64_t webhook_first_retry_ms = 5'000;           // then twice as long each time,
  std::int64_t webhook_longest_retry_ms = 4 * 3600'000;  // up to this
  std::int64_t webhook_give_up_after_s = 24 * 3600;
  std::int64_t webhook_secret_overlap_s = 24 * 3600;  // a replaced secret signs as well for so long
  int webhook_concurrency = 64;                       // deliveries under way at a time, in all
  int webhook_endpoint_concurrency = 4;               // and to one endpoint
  int webhook_history_days = 30;                      // events and deliveries are kept for so long
  // [limits]
  int concurrency = -1;  // live jobs of an account by API keys; -1: as its plan says, 0: no limit
  std::string queue = "on_request";    // jobs beyond that: off (429), on_request (the header
                                       // X-Understudy-Queue: wait), always
  int queue_max = 1000;                // how many may wait
  int requests_per_minute = 0;         // of one key or token; 0: no limit
  int unauthenticated_per_minute = 0;  // of one address, without a key that is known; 0: no limit
  // [log]
  std::string log_level = "info";
};

// Errors: invalid_parameter naming the option, also for an unknown one.
Result<Config> load_config(const std::filesystem::path& file);
Result<Config> parse_config(std::string_view toml);

}  // namespace understudy::server
