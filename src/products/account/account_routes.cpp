#include "products/account/account_routes.h"

#include <algorithm>
#include <charconv>

#include "api/pagination.h"
#include "money/ledger.h"
#include "money/unpriced.h"
#include "products/account/account_csv.h"
#include "products/account/account_json.h"
#include "products/account/account_query.h"

namespace understudy::account {
namespace {

using api::Request;
using api::Response;

constexpr api::PageBounds kPage{.limit_default = 50, .limit_max = 500};
constexpr std::size_t kCsvRowsMax = 100'000;
constexpr int kCsvPage = 2'000;

Response csv_response(std::string text, std::string_view name) {
  Response response;
  response.text = std::move(text);
  response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("content-disposition",
                                "attachment; filename=\"" + std::string(name) + ".csv\"");
  return response;
}

// All rows of a list, page after page. `next(count)` reads up to `count` more rows.
template <class Rows, class Next>
Result<Rows> all_rows(Next next) {
  Rows rows;
  while (true) {
    TRY_ASSIGN(auto page, next(kCsvPage));
    const bool is_last = page.size() < static_cast<std::size_t>(kCsvPage);
    std::move(page.begin(), page.end(), std::back_inserter(rows));
    if (is_last) return rows;
    if (rows.size() >= kCsvRowsMax) {
      return fail(ErrorCode::invalid_parameter,
                  "This is more than 100000 rows: ask for a shorter time with 'from' and 'to'.",
                  "from");
    }
  }
}

// What the caller's credential spends, and that alone.
Result<Response> show_user(const Ports& ports, const Request& request) {
  const auto& principal = request.principal;
  if (!money::is_credits_wallet(principal.wallet_id)) {
    TRY_ASSIGN(const auto found, ports.accounts.find_with_wallet(principal.account_id));
    money::AutoReload reload;
    if (ports.top_ups != nullptr) {
      TRY_ASSIGN(reload, ports.top_ups->auto_reload(principal.account_id));
    }
    return api::data_response(
        user_json(found.account, "wallet", wallet_json(found.wallet, reload)));
  }
  TRY_ASSIGN(const auto account, ports.accounts.find_account(principal.account_id));
  TRY_ASSIGN(const auto standing, ports.plans.standing(principal.account_id));
  TRY_ASSIGN(auto lots, ports.ledger.lots(principal.wallet_id));
  const std::int64_t now = ports.clock.now_ms();
  std::erase_if(lots, [&](const money::Lot& lot) { return lot.terms.expires_at_ms <= now; });
  if (!standing.account.is_usage_based) {
    return api::data_response(
        user_json(account, "subscription",
                  subscription_json(standing.account.plan, standing.month.end_ms, lots)));
  }
  TRY_ASSIGN(const auto brought, ports.plans.brought(standing, "overage"));
  return api::data_response(
      user_json(account, "usage_based", usage_based_json(standing.account, brought, lots)));
}

Result<Response> show_key(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto keys, ports.accounts.list_keys(request.principal.account_id));
  const auto own = std::find_if(keys.begin(), keys.end(), [&](const accounts::ApiKey& key) {
    return key.id == request.principal.key_id;
  });
  if (own == keys.end()) {
    return fail(ErrorCode::forbidden, "This request was made without an API key.");
  }
  return api::data_response(key_json(*own, ports.clock.now_ms()));
}

// ?version=N, else the one in effect.
Result<const money::PriceBook*> asked_book(const Ports& ports, const Request& request) {
  const auto text = request.query_value("version");
  if (!text) return &ports.prices.in_effect(ports.clock.now_ms());
  int version = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, version);
  if (read.ec == std::errc() && read.ptr == end) {
    if (const auto book = money::PriceBook::of_version(version)) return *book;
  }
  return fail(ErrorCode::invalid_parameter,
              "'version' must be one of the versions that this list shows without it.", "version");
}

// Null: since ever.
json::value effective_from(const money::PriceBook& book) {
  if (book.effective_from_ms() == 0) return nullptr;
  return json::value(iso8601(book.effective_from_ms()));
}

Result<Response> show_prices(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const bool is_csv, wants_csv(request));
  TRY_ASSIGN(const auto* book, asked_book(ports, request));
  if (is_csv) return csv_response(prices_csv(*book), "prices");
  json::array rows;
  for (const auto& price : book->rows()) rows.push_back(price_json(price));
  json::array unpriced;
  for (const auto& offered : money::unpriced(*book))
    unpriced.push_back(
        json::object{{"item", offered.item}, {"title", offered.title}, {"reason", offered.reason}});
  json::array versions;
  for (const auto* known : money::PriceBook::all()) {
    versions.push_back(
        json::object{{"version", known->version()}, {"effective_from", effective_from(*known)}});
  }
  return api::data_response(json::object{{"version", book->version()},
                                         {"effective_from", effective_from(*book)},
                                         {"rows", std::move(rows)},
                                         {"unpriced", std::move(unpriced)},
                                         {"versions", std::move(versions)}});
}

Result<Response> list_entries(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const bool is_csv, wants_csv(request));
  TRY_ASSIGN(const auto span, time_span(request));
  TRY_ASSIGN(const auto page, api::page_request(request, kPage));
  money::EntryQuery query;
  query.account_id = request.principal.payer();
  query.kind = std::string(request.query_value("kind").value_or(""));
  query.from_ms = span.from_ms;
  query.until_ms = span.until_ms;
  if (!page.after_id.empty()) {
    TRY_ASSIGN(query.before_seq, number_after(page.after_id));
  }
  if (is_csv) {
    using Rows = std::vector<money::LedgerEntry>;
    TRY_ASSIGN(const auto rows, all_rows<Rows>([&](int count) -> Result<Rows> {
                 query.limit = count;
                 TRY_ASSIGN(auto more, ports.ledger.entries(query));
                 if (!more.empty()) query.before_seq = more.back().seq;
                 return more;
               }));
    return csv_response(entries_csv(rows, query.account_id), "ledger");
  }
  query.limit = page.limit + 1;  // one more tells whether there is a next page
  TRY_ASSIGN(auto entries, ports.ledger.entries(query));
  const auto next = api::cut_page(entries, page.limit, [](const money::LedgerEntry& entry) {
    return std::to_string(entry.seq);
  });
  json::array data;
  for (const auto& entry : entries) data.push_back(entry_json(entry));
  return api::page_response(std::move(data), next);
}

Result<Response> list_usage(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const bool is_csv, wants_csv(request));
  TRY_ASSIGN(const auto span, time_span(request));
  TRY_ASSIGN(const auto page, api::page_request(request, kPage));
  money::UsageQuery query;
  query.account_id = request.principal.payer();
  query.product = std::string(request.query_value("product").value_or(""));
  query.from_ms = span.from_ms;
  query.until_ms = span.until_ms;
  query.key_id = std::string(request.query_value("key_id").value_or(""));
  query.project_id = std::string(request.query_value("project_id").value_or(""));
  query.source = std::string(request.query_value("source").value_or(""));
  TRY_ASSIGN(query.is_test, flag_value(request, "test"));
  TRY_ASSIGN(const auto grouping, usage_grouping(request));
  TRY_ASSIGN(const auto totals, ports.ledger.usage_totals(query, grouping));
  if (!page.after_id.empty()) {
    TRY_ASSIGN(query.before_id, number_after(page.after_id));
  }
  if (is_csv) {
    using Rows = std::vector<money::UsageRow>;
    TRY_ASSIGN(const auto rows, all_rows<Rows>([&](int count) -> Result<Rows> {
                 query.limit = count;
                 TRY_ASSIGN(auto more, ports.ledger.usage(query));
                 if (!more.empty()) query.before_id = more.back().id;
                 return more;
               }));
    return csv_response(usage_csv(rows, query.account_id, ports.prices), "usage");
  }
  query.limit = page.limit + 1;
  TRY_ASSIGN(auto usage, ports.ledger.usage(query));
  const auto next = api::cut_page(
      usage, page.limit, [](const money::UsageRow& row) { return std::to_string(row.id); });
  json::array data;
  for (const auto& row : usage) data.push_back(usage_json(row, ports.prices));
  Response response = api::page_response(std::move(data), next);
  // The totals are of the whole span asked for, not of this page.
  json::array sums;
  money::Money total;
  for (const auto& sum : totals) {
    sums.push_back(total_json(sum, grouping, query.account_id, ports.prices));
    total = total + sum.amount;
  }
  response.body.as_object()["totals"] = std::move(sums);
  response.body.as_object()[money::amount_name("total", query.account_id)] = money::to_json(total);
  return response;
}

tl::unexpected<Error> named(Error error) {
  if (error.code == ErrorCode::not_found) {
    error.code = ErrorCode::resource_not_found;
    error.param = "job_id";
  }
  return tl::make_unexpected(std::move(error));
}

Result<Response> show_job(const Ports& ports, const Request& request) {
  const auto job = ports.jobs.find(request.principal.account_id, request.path_param("job_id"));
  if (!job) return named(job.error());
  return api::data_response(job_json(*job, ports.prices));
}

Result<Response> cancel_job(const Ports& ports, const Request& request) {
  const auto job = ports.jobs.cancel(request.principal.account_id, request.path_param("job_id"),
                                     ports.clock.now_ms());
  if (!job) return named(job.error());
  return api::data_response(job_json(*job, ports.prices));
}

}  // namespace

std::vector<api::Route> routes(const Ports& ports) {
  const auto route = [&ports](const char* method, const char* path, const char* scope,
                              Result<Response> (*handler)(const Ports&, const Request&)) {
    return api::port_route(ports, method, path, scope, handler);
  };
  std::vector<api::Route> all = {
      route("GET", "/v3/users/me", "", show_user),
      route("GET", "/v3/api_keys/self", "", show_key),
      route("GET", "/understudy/v1/prices", "", show_prices),
      route("GET", "/understudy/v1/ledger", "account:read", list_entries),
      route("GET", "/understudy/v1/usage", "account:read", list_usage),
      route("GET", "/understudy/v1/jobs/{job_id}", "account:read", show_job),
      route("POST", "/understudy/v1/jobs/{job_id}/cancel", "account:write", cancel_job),
  };
  all[0].runs_on = api::RunsOn::inline_;  // two reads by key, microseconds each
  all[2].needs_key = false;
  return all;
}

}  // namespace understudy::account
