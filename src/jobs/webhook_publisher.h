// WebhookPublisher: turns the messages of the outbox into events, each once. A message that cannot
// be described now (the store fails) is put off, and keeps no other waiting. Any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "jobs/job_store.h"
#include "jobs/webhook_rules.h"
#include "jobs/webhook_store.h"

namespace understudy::jobs {

// What a product says of a job that ended. An empty type: nothing is to be told.
struct JobEvent {
  std::string type = {};  // "avatar_video.success"
  json::object data = {};
  // Events of their own about the same job, told after it; callbacks do not hear of them.
  std::vector<JobEvent> further = {};
};
using DescribeJob = std::function<JobEvent(const Job&)>;
using JobDescribers = std::map<std::string, DescribeJob, std::less<>>;  // by kind

// A kind that describes itself in no other way: "<kind>.success" or "<kind>.fail", for callbacks
// and extension endpoints. `id_name` names the job's id in the data: "job_id".
JobEvent plain_job_event(const Job& job, std::string_view kind, std::string_view id_name,
                         const money::PriceBook& prices);

class WebhookPublisher {
 public:
  WebhookPublisher(WebhookStore& store, JobStore& jobs, JobDescribers describers,
                   const money::PriceBook& prices, WebhookOptions options, const Clock& clock);

  // Returns how many messages were done; 0 when there are none.
  Result<int> publish_some();

 private:
  Result<Publication> publication_of(const OutboxMessage& message) const;
  Result<std::vector<WebhookEvent>> job_events(const OutboxMessage& message,
                                               const json::object& payload) const;
  Result<WebhookEvent> batch_event(const OutboxMessage& message, const json::object& payload) const;
  static WebhookEvent event_of(const OutboxMessage& message, std::string type,
                               std::string entity_id, std::string_view data);

  WebhookStore& store_;
  JobStore& jobs_;
  JobDescribers describers_;
  const money::PriceBook& prices_;
  WebhookOptions options_;
  const Clock& clock_;
};

// {"event_id", "event_type", "event_data", "created_at"}: the body of every delivery. `data` is
// JSON text and goes in as it is, so that no amount passes through a double.
std::string webhook_body(std::string_view event_id, std::string_view type, std::string_view data,
                         std::int64_t created_at_ms);

std::string new_event_id(std::int64_t now_ms);  // "evt_..."

}  // namespace understudy::jobs
