#include "storage/sql/job_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/sql/dialect.h"
#include "storage/sql/outbox.h"

namespace understudy::storage {
namespace {

using jobs::Job;

tl::unexpected<Error> unreadable(std::string_view id) {
  return fail_with_detail(ErrorCode::storage_failed, "The database holds a job that is unreadable.",
                          std::string(id));
}

Result<json::object> object_from(std::string_view text, std::string_view id) {
  auto value = parse_json(text);
  if (!value || !value->is_object()) return unreadable(id);
  return std::move(value->get_object());
}

// % and _ are themselves, not wildcards.
std::string escaped_for_like(std::string_view text) {
  std::string escaped = "%";
  for (const char letter : text) {
    if (letter == '%' || letter == '_' || letter == '\\') escaped += '\\';
    escaped += letter;
  }
  return escaped + "%";
}

// No book has it, so it can never be charged.
const std::vector<money::PriceLine> kUnreadableLines = {{"unreadable", 0}};

}  // namespace

const std::string kSelectJob =
    "SELECT job.id, job.account_id, key_id, project_id, is_test, kind, lane, job.state, title, folder_id, batch_id,"
    " batch_index, job_request.request, result, failure_code, failure_message, progress, stage, eta_ms,"
    " attempt, fence, job.created_at_ms, started_at_ms, finished_at_ms, deadline_at_ms,"
    " price_item, price_lines, price_version, quantity, coalesce(hold.amount, 0), coalesce(hold.captured, 0),"
    " coalesce(hold.refunded, 0), coalesce(hold.state, 'open') <> 'open' "
    "FROM job JOIN job_request ON job_request.job_id = job.id "
    "LEFT JOIN hold ON hold.job_id = job.id ";

Result<Job> job_of(const Row& row) {
  Columns columns(row);
  Job job;
  job.id = columns.text();
  job.account_id = columns.text();
  job.key_id = columns.text();
  job.project_id = columns.text();
  job.is_test = columns.flag();
  job.kind = columns.text();
  const auto lane = jobs::lane_from(columns.text());
  const auto state = jobs::job_state_from(columns.text());
  if (!lane || !state) return unreadable(job.id);
  job.lane = *lane;
  job.state = *state;
  job.title = columns.text();
  job.folder_id = columns.text();
  job.batch_id = columns.text();
  job.batch_index = columns.small();
  TRY_ASSIGN(job.request, object_from(columns.text(), job.id));
  TRY_ASSIGN(job.result, object_from(columns.text(), job.id));
  job.failure_code = columns.text();
  job.failure_message = columns.text();
  job.progress = columns.real();
  job.stage = columns.text();
  job.eta_ms = columns.integer();
  job.attempt = columns.small();
  job.fence = columns.integer();
  job.created_at_ms = columns.integer();
  job.started_at_ms = columns.integer();
  job.finished_at_ms = columns.integer();
  job.deadline_at_ms = columns.integer();
  job.charge.price_item = columns.text();
  TRY_ASSIGN(job.charge.price_lines, money::price_lines_from(columns.text()));
  job.charge.price_version = columns.small();
  job.charge.quantity = columns.integer();
  job.charge.held = columns.money();
  job.charge.captured = columns.money();
  job.charge.refunded = columns.money();
  if (columns.flag()) job.charge.released = job.charge.held - job.charge.captured;
  return job;
}

namespace {

Result<std::vector<Job>> read_jobs(Connection& connection, std::string_view sql,
                                   Connection::Parameters parameters) {
  TRY_ASSIGN(auto rows, connection.all(sql, parameters, job_of));
  std::vector<Job> found;
  found.reserve(rows.size());
  for (auto& row : rows) {
    TRY_ASSIGN(Job job, std::move(row));
    found.push_back(std::move(job));
  }
  return found;
}

}  // namespace

Result<std::optional<Job>> find_job(Connection& connection, std::string_view id) {
  static const std::string kSql = kSelectJob + "WHERE job.id = $1 AND removed_at_ms = 0";
  const Parameter parameter(id);
  TRY_ASSIGN(auto found, read_jobs(connection, kSql, {&parameter, 1}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<Job>> list_jobs(Connection& connection, const jobs::JobQuery& query) {
  std::string sql = kSelectJob + "WHERE job.account_id = $1 AND removed_at_ms = 0";
  std::vector<Parameter> parameters{query.account_id};
  const auto add = [&](std::string_view condition, Parameter parameter) {
    parameters.push_back(parameter);
    sql += fmt::format(" AND {} ${}", condition, parameters.size());
  };
  if (!query.kind.empty()) add("kind =", query.kind);
  if (query.folder_id) add("folder_id =", *query.folder_id);
  if (query.batch_id) add("batch_id =", *query.batch_id);
  if (!query.before_id.empty()) add("job.id <", query.before_id);
  std::string pattern;
  if (query.title_contains) {
    pattern = escaped_for_like(*query.title_contains);
    add("lower(title) LIKE lower(", pattern);
    sql += ") ESCAPE '\\'";
  }
  add("1 = 1 ORDER BY job.id DESC LIMIT", std::max(query.limit, 0));
  return read_jobs(connection, sql, parameters);
}

std::string_view wallet_of(const jobs::NewJob& job) {
  return job.wallet_id.empty() ? job.account_id : job.wallet_id;
}

Result<void> insert_job(Connection& connection, const jobs::NewJob& job, std::string_view request) {
  TRY(connection.execute(
      "INSERT INTO job (id, account_id, wallet_id, key_id, project_id, source, is_test, kind, lane,"
      " state, title, folder_id, batch_id, batch_index, price_item, price_lines, price_version,"
      " cost_max, created_at_ms, deadline_at_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, $12, $13, $14, $15, $16, $17,"
      " $18, $19)",
      {job.id, job.account_id, wallet_of(job), job.key_id, job.project_id, job.source, job.is_test,
       job.kind, to_string(job.lane), job.title, job.folder_id, job.batch_id, job.batch_index,
       job.price_item, money::to_text(job.price_lines), job.price_version, job.cost_max,
       job.created_at_ms, job.deadline_at_ms}));
  TRY(connection.execute("INSERT INTO job_request (job_id, request) VALUES ($1, $2)",
                         {job.id, request}));
  return {};
}

Result<std::optional<LiveJob>> find_live_job(Connection& connection, std::string_view id) {
  TRY(lock_rows(connection, "SELECT 1 FROM job WHERE id = $1", {id}));
  return connection.first(
      "SELECT job.id, job.account_id, key_id, kind, batch_id, job.state, fence, attempt,"
      " price_item, price_lines, price_version, removed_at_ms <> 0, job.wallet_id, project_id, source, is_test, cost_max,"
      " coalesce(hold.amount, 0) "
      "FROM job LEFT JOIN hold ON hold.job_id = job.id WHERE job.id = $1",
      {id}, [](const Row& row) {
        Columns columns(row);
        LiveJob job;
        job.id = columns.text();
        job.account_id = columns.text();
        job.key_id = columns.text();
        job.kind = columns.text();
        job.batch_id = columns.text();
        job.state = jobs::job_state_from(columns.text()).value_or(jobs::JobState::failed);
        job.fence = columns.integer();
        job.attempt = columns.small();
        job.price_item = columns.text();
        // Written by this program; what cannot be read is refused when it is charged.
        job.price_lines = money::price_lines_from(columns.text()).value_or(kUnreadableLines);
        job.price_version = columns.small();
        job.is_removed = columns.flag();
        job.wallet_id = columns.text();
        job.project_id = columns.text();
        job.source = columns.text();
        job.is_test = columns.flag();
        job.cost_max = columns.money();
        job.hold = columns.money();
        return job;
      });
}

json::object message_payload(const MessageFacts& facts) {
  json::object payload{{"job_id", facts.job_id}, {"kind", facts.kind}};
  if (!facts.batch_id.empty()) payload["batch_id"] = facts.batch_id;
  if (!facts.failure_code.empty()) payload["failure_code"] = facts.failure_code;
  return payload;
}

Result<void> put_job_in_outbox(Connection& connection, const LiveJob& job, const Message& message,
                               std::int64_t now_ms) {
  return put_in_outbox(connection, message.topic, job.account_id,
                       message_payload({.job_id = job.id,
                                        .kind = job.kind,
                                        .batch_id = job.batch_id,
                                        .failure_code = message.failure_code}),
                       now_ms);
}

}  // namespace understudy::storage
