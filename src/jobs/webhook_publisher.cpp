#include "jobs/webhook_publisher.h"

#include <utility>

#include <fmt/format.h>

#include "base/id.h"
#include "base/log.h"
#include "jobs/charge_json.h"

namespace understudy::jobs {
namespace {

constexpr int kMessagesMax = 100;
constexpr int kBatchItemsMax = 1000;
constexpr std::int64_t kPutOffMs = 10'000;

std::string_view outcome_name(const Job& job) {
  switch (job.state) {
    case JobState::queued: return "queued";
    case JobState::running: return "processing";
    case JobState::completed: return "completed";
    case JobState::failed:
    case JobState::cancelled: return "failed";
  }
  std::abort();
}

// The owner removed the job before its message was read: what the message itself knows.
json::object data_of_removed(const OutboxMessage& message, const json::object& payload) {
  const std::string id = string_or(payload, "job_id");
  json::object data{{"job_id", id}, {"is_deleted", true}};
  if (string_or(payload, "kind") == "avatar_video") data["video_id"] = id;
  if (message.topic != "job.completed") {
    const std::string code = string_or(payload, "failure_code", "cancelled");
    data["failure_code"] = code;
    data["failure_message"] = "The job was deleted by its owner.";
  }
  return data;
}

}  // namespace

std::string new_event_id(std::int64_t now_ms) { return new_id(now_ms, "evt_"); }

std::string webhook_body(std::string_view event_id, std::string_view type, std::string_view data,
                         std::int64_t created_at_ms) {
  return fmt::format(R"({{"event_id":{},"event_type":{},"event_data":{},"created_at":{}}})",
                     to_text(json::value(event_id)), to_text(json::value(type)), data,
                     to_text(json::value(iso8601(created_at_ms))));
}

JobEvent plain_job_event(const Job& job, std::string_view kind, std::string_view id_name,
                         const money::PriceBook& prices) {
  JobEvent event;
  const bool is_success = job.state == JobState::completed;
  event.type = std::string(kind) + (is_success ? ".success" : ".fail");
  event.data = {{id_name, job.id}, {"status", outcome_name(job)}};
  event.data["callback_id"] = string_or_null(string_or(job.request, "callback_id"));
  event.data["folder_id"] = string_or_null(job.folder_id);
  if (!job.batch_id.empty()) event.data["batch_id"] = job.batch_id;
  if (!is_success) {
    const bool is_cancelled = job.state == JobState::cancelled;
    const std::string code = is_cancelled ? "cancelled" : job.failure_code;
    event.data["failure_code"] = code;
    event.data["failure_message"] = job.failure_message;
    event.data["error"] = json::object{{"code", code}, {"message", job.failure_message}};
    event.data["msg"] = job.failure_message;  // its name in older deliveries
  }
  event.data["charge"] = charge_json(job, prices);
  return event;
}

WebhookPublisher::WebhookPublisher(WebhookStore& store, JobStore& jobs, JobDescribers describers,
                                   const money::PriceBook& prices, WebhookOptions options,
                                   const Clock& clock)
    : store_(store),
      jobs_(jobs),
      describers_(std::move(describers)),
      prices_(prices),
      options_(options),
      clock_(clock) {}

WebhookEvent WebhookPublisher::event_of(const OutboxMessage& message, std::string type,
                                        std::string entity_id, std::string_view data) {
  WebhookEvent event;
  event.id = new_event_id(message.created_at_ms);
  event.account_id = message.account_id;
  event.is_extension = !is_v3_event_type(type);
  event.body = webhook_body(event.id, type, data, message.created_at_ms);
  event.type = std::move(type);
  event.entity_id = std::move(entity_id);
  event.created_at_ms = message.created_at_ms;
  return event;
}

Result<std::vector<WebhookEvent>> WebhookPublisher::job_events(const OutboxMessage& message,
                                                               const json::object& payload) const {
  std::vector<WebhookEvent> events;
  const std::string id = string_or(payload, "job_id");
  const std::string kind = string_or(payload, "kind");
  const auto job = jobs_.find(message.account_id, id);
  if (!job && job.error().code != ErrorCode::not_found) return tl::make_unexpected(job.error());
  if (!job) {
    const std::string type = kind + (message.topic == "job.completed" ? ".success" : ".fail");
    if (!is_v3_event_type(type)) return events;
    events.push_back(event_of(message, type, id, to_text(data_of_removed(message, payload))));
    return events;
  }
  // Speech is answered by the request itself: nobody waits for word of it.
  if (job->lane == Lane::speech) return events;
  const auto describer = describers_.find(kind);
  JobEvent described = describer != describers_.end()
                           ? describer->second(*job)
                           : plain_job_event(*job, kind, "job_id", prices_);
  if (described.type.empty()) return events;
  events.push_back(event_of(message, std::move(described.type), id, to_text(described.data)));
  events.front().callback_url = string_or(job->request, "callback_url");
  for (JobEvent& more : described.further) {
    events.push_back(event_of(message, std::move(more.type), id, to_text(more.data)));
  }
  return events;
}

Result<WebhookEvent> WebhookPublisher::batch_event(const OutboxMessage& message,
                                                   const json::object& payload) const {
  const std::string batch_id = string_or(payload, "batch_id");
  TRY_ASSIGN(const auto items, jobs_.list({.account_id = message.account_id,
                                           .batch_id = batch_id,
                                           .limit = kBatchItemsMax}));
  json::object counts{{"completed", 0}, {"failed", 0}};
  std::string title;
  std::string callback_url;
  for (const Job& item : items) {
    auto& count = counts[outcome_name(item)];
    count = (count.is_int64() ? count.get_int64() : 0) + 1;
    title = string_or(item.request, "batch_title", title);
    callback_url = string_or(item.request, "batch_callback_url", callback_url);
  }
  const bool has_completed = counts["completed"].as_int64() > 0;
  json::object data{{"batch_id", batch_id},
                    {"title", string_or_null(title)},
                    {"status", has_completed || items.empty() ? "completed" : "failed"},
                    {"total_items", items.size()},
                    {"counts_by_status", std::move(counts)}};
  WebhookEvent event = event_of(message, "batch.finished", batch_id, to_text(data));
  event.once_key = "batch.finished:" + batch_id;
  event.callback_url = callback_url;
  return event;
}

Result<Publication> WebhookPublisher::publication_of(const OutboxMessage& message) const {
  Publication publication{.message = message};
  auto payload = parse_json(message.payload);
  if (!payload || !payload->is_object()) {
    log::error("outbox: message {} ({}) has no readable payload and is left out", message.id,
               message.topic);
    return publication;
  }
  const json::object& object = payload->get_object();
  if (message.topic.starts_with("job.")) {
    publication.batch_id = string_or(object, "batch_id");
    TRY_ASSIGN(publication.events, job_events(message, object));
  } else if (message.topic == "batch.finished") {
    TRY_ASSIGN(WebhookEvent event, batch_event(message, object));
    publication.events.push_back(std::move(event));
  } else if (is_money_topic(message.topic)) {
    const std::string entity = string_or(object, "entity_id", message.account_id);
    publication.events.push_back(event_of(message, message.topic, entity, message.payload));
  } else {
    log::warn("outbox: nobody is told of '{}'", message.topic);
  }
  return publication;
}

Result<int> WebhookPublisher::publish_some() {
  const std::int64_t now_ms = clock_.now_ms();
  TRY_ASSIGN(const auto messages, store_.pending_messages(now_ms, kMessagesMax));
  if (messages.empty()) return 0;
  std::vector<Publication> publications;
  for (const auto& message : messages) {
    auto publication = publication_of(message);
    if (publication) {
      publications.push_back(*std::move(publication));
      continue;
    }
    log::error("outbox: message {} is put off: {} {}", message.id, publication.error().message,
               publication.error().detail);
    TRY(store_.postpone_message(message.id, now_ms + kPutOffMs));
  }
  TRY(store_.publish(publications, now_ms, now_ms + options_.give_up_after_ms));
  return static_cast<int>(messages.size());
}

}  // namespace understudy::jobs
