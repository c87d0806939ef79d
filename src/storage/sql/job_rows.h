// Jobs as rows: reading, listing, inserting; and the messages in the outbox. Inside a read or
// write.
#pragma once

#include "jobs/job_store.h"
#include "storage/sql/connection.h"

namespace understudy::storage {

Result<jobs::Job> job_of(const Row& row);

// "SELECT <columns> FROM job LEFT JOIN hold ... " to be continued with WHERE.
extern const std::string kSelectJob;

Result<std::optional<jobs::Job>> find_job(Connection& connection, std::string_view id);
Result<std::vector<jobs::Job>> list_jobs(Connection& connection, const jobs::JobQuery& query);

std::string_view wallet_of(const jobs::NewJob& job);  // that pays

// `request`: the job's request as text.
Result<void> insert_job(Connection& connection, const jobs::NewJob& job, std::string_view request);

// What ending a job has to know. Whoever finds it keeps it until the end of the write.
struct LiveJob {
  std::string id;
  std::string account_id;
  std::string key_id;
  std::string kind;
  std::string batch_id;
  jobs::JobState state = jobs::JobState::queued;
  std::int64_t fence = 0;
  int attempt = 0;
  std::string price_item;
  std::vector<money::PriceLine> price_lines;
  int price_version = 1;
  bool is_removed = false;
  std::string wallet_id;
  std::string project_id;
  std::string source;
  bool is_test = false;
  money::Money cost_max;
  money::Money hold;
  bool is_paid() const { return !price_item.empty() && !is_test; }
};
Result<std::optional<LiveJob>> find_live_job(Connection& connection, std::string_view id);

// What a message says.
struct MessageFacts {
  std::string_view job_id;
  std::string_view kind;
  std::string_view batch_id;
  std::string_view failure_code;
};
json::object message_payload(const MessageFacts& facts);

// "job.completed" and so on, in the transaction of what happened.
struct Message {
  std::string_view topic;
  std::string_view failure_code = {};
};
Result<void> put_job_in_outbox(Connection& connection, const LiveJob& job, const Message& message,
                               std::int64_t now_ms);

}  // namespace understudy::storage
