#include "jobs/job.h"

#include "base/id.h"
#include "money/credit_prices.h"

namespace understudy::jobs {

std::string_view to_string(JobState state) {
  switch (state) {
    case JobState::queued: return "queued";
    case JobState::running: return "running";
    case JobState::completed: return "completed";
    case JobState::failed: return "failed";
    case JobState::cancelled: return "cancelled";
  }
  return "";
}

std::optional<JobState> job_state_from(std::string_view name) {
  for (const auto state : {JobState::queued, JobState::running, JobState::completed,
                           JobState::failed, JobState::cancelled}) {
    if (to_string(state) == name) return state;
  }
  return std::nullopt;
}

std::string_view to_string(Lane lane) { return lane == Lane::speech ? "speech" : "standard"; }

std::optional<Lane> lane_from(std::string_view name) {
  if (name == "standard") return Lane::standard;
  if (name == "speech") return Lane::speech;
  return std::nullopt;
}

json::object to_json(const BlobRef& blob) {
  return {
      {"hash", blob.hash}, {"size", blob.size}, {"mime_type", blob.mime_type}, {"name", blob.name}};
}

json::array to_json(const std::vector<std::int64_t>& parts) {
  return json::array(parts.begin(), parts.end());
}

std::optional<std::vector<std::int64_t>> parts_from(const json::object& object) {
  std::vector<std::int64_t> parts;
  const auto* numbers = array_or_null(object, "parts");
  if (numbers == nullptr) return parts;
  for (const auto& number : *numbers) {
    const auto* part = number.if_int64();
    if (part == nullptr || *part < 0) return std::nullopt;
    parts.push_back(*part);
  }
  return parts;
}

Result<BlobRef> blob_ref_from(const json::object& object) {
  BlobRef blob{.hash = string_or(object, "hash"),
               .size = int_or(object, "size", -1),
               .mime_type = string_or(object, "mime_type"),
               .name = string_or(object, "name")};
  if (!is_blob_hash(blob.hash) || blob.size < 0) {
    return fail(ErrorCode::invalid_parameter, "A file reference needs a hash and a size.");
  }
  return blob;
}

bool is_blob_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void bill_to(NewJob& job, const accounts::Principal& principal) {
  job.account_id = principal.account_id;
  job.wallet_id = principal.wallet_id;
  job.key_id = principal.key_id;
  job.project_id = principal.project_id;
  job.source = principal.source;
  job.is_test = principal.is_test;
  job.key_jobs_max = principal.concurrency;
  job.account_jobs_max = principal.account_concurrency;
  job.waiting_max = principal.waiting_max;
  job.cost_max = principal.cost_max;
  // The worker marks what it makes.
  if (principal.is_test) job.request["is_test"] = true;
}

Result<void> set_price(NewJob& job, const money::PriceBook& book, std::string_view wallet_id,
                       std::string_view item, money::Quantity quantity) {
  TRY_ASSIGN(const auto offer, money::offer(book, wallet_id, item));
  job.price_item = item;
  job.price_version = offer.version;
  job.hold = money::charge(offer.price, quantity);
  return {};
}

Result<void> set_price_lines(NewJob& job, const money::PriceBook& book, std::string_view wallet_id,
                             std::string_view item, std::vector<money::PriceLine> lines) {
  const money::PriceBook& paid = money::book_for(book, wallet_id);
  for (const auto& line : lines) {
    if (!line.item.empty()) TRY(money::offer(book, wallet_id, line.item));
  }
  job.price_item = item;
  job.price_version = paid.version();
  TRY_ASSIGN(job.hold, money::charge(paid, lines));
  job.price_lines = std::move(lines);
  return {};
}

Job as_submitted(const NewJob& made) {
  Job job;
  job.id = made.id;
  job.account_id = made.account_id;
  job.is_test = made.is_test;
  job.kind = made.kind;
  job.title = made.title;
  job.folder_id = made.folder_id;
  job.request = made.request;
  job.created_at_ms = made.created_at_ms;
  job.charge.price_item = made.price_item;
  job.charge.price_lines = made.price_lines;
  job.charge.price_version = made.price_version;
  if (!made.is_test) job.charge.held = made.hold;
  return job;
}

void set_times(NewJob& job, std::int64_t now_ms, std::int64_t lifetime_ms) {
  job.id = new_id(now_ms);
  job.created_at_ms = now_ms;
  job.deadline_at_ms = now_ms + lifetime_ms;
}

}  // namespace understudy::jobs
