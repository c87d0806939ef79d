#include "storage/sql/credit_sales.h"
#include "storage/sql/payment_event_steps.h"
#include "storage/sql/payment_reversals.h"
#include "storage/sql/reload_steps.h"
#include "storage/sql/stores.h"
#include "storage/sql/top_up_rows.h"
#include "storage/sql/wallet_payments.h"
#include "storage/sql/wallet_steps.h"
#include "storage/sql/wallet_watch.h"

namespace understudy::storage {
namespace {

using money::Applied;
using money::AutoReload;
using money::Money;
using money::NewTopUp;
using money::PaymentFacts;
using money::TopUp;

constexpr std::int64_t kRequestKeyMs = 24LL * 3600 * 1000;
// A refund whose payment is not one of ours by then never will be.
constexpr std::int64_t kStrayReversalMs = 30LL * 24 * 3600 * 1000;

tl::unexpected<Error> no_top_up() {
  return fail(ErrorCode::not_found, "There is no top-up with this id.");
}

class SqlTopUpStore final : public money::TopUpStore {
 public:
  explicit SqlTopUpStore(Database& database) : database_(database) {}

  Result<TopUp> create(const NewTopUp& created) override {
    return database_.write_for(
        created.top_up.account_id, [&](Connection& connection) -> Result<TopUp> {
          TRY(lock_account(connection, created.top_up.account_id));
          if (!created.request_key.empty()) {
            TRY(connection.execute(
                "UPDATE top_up SET request_key = '' WHERE request_key = $1 AND request_key <> ''"
                " AND created_at_ms < $2",
                {created.request_key, created.top_up.created_at_ms - kRequestKeyMs}));
            TRY_ASSIGN(
                auto earlier,
                connection.first(kSelectTopUp + "WHERE request_key = $1 AND request_key <> ''",
                                 {created.request_key}, top_up_of));
            if (earlier) return *std::move(earlier);
          }
          TRY(insert_top_up(connection, created));
          return created.top_up;
        });
  }

  Result<void> opened(std::string_view id, const money::TopUpOpened& opened) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      // An event may have been faster than the answer: what it said stays.
      TRY(connection.execute(
          "UPDATE top_up SET session_id = CASE session_id WHEN '' THEN $2 ELSE session_id END,"
          " payment_id = CASE payment_id WHEN '' THEN $3 ELSE payment_id END, url = $4,"
          " expires_at_ms = $5, next_poll_at_ms = CASE WHEN state IN ('creating', 'open',"
          " 'processing') THEN $6 ELSE 0 END,"
          " state = CASE state WHEN 'creating' THEN $7 ELSE state END WHERE id = $1",
          {id, opened.session_id, opened.payment_id, opened.url, opened.expires_at_ms,
           opened.poll_at_ms, to_string(opened.state)}));
      return {};
    });
  }

  Result<TopUp> ask_anew(std::string_view id, std::string_view provider_request) override {
    return database_.write([&](Connection& connection) -> Result<TopUp> {
      TRY(
          connection.execute("UPDATE top_up SET provider_request = $2, attempt = attempt + 1,"
                             " customer_id = '' WHERE id = $1 AND state = 'creating'",
                             {id, provider_request}));
      TRY_ASSIGN(auto top_up, find_top_up(connection, id));
      if (!top_up) return no_top_up();
      return *std::move(top_up);
    });
  }

  Result<TopUp> find(std::string_view account_id, std::string_view id) override {
    TRY_ASSIGN(auto top_up,
               database_.read([&](Connection& connection) { return find_top_up(connection, id); }));
    if (!top_up || top_up->account_id != account_id) return no_top_up();
    return *std::move(top_up);
  }

  Result<std::vector<TopUp>> list(const money::TopUpQuery& query) override {
    return database_.read([&](Connection& connection) {
      return connection.all(kSelectTopUp +
                                "WHERE account_id = $1 AND ($2 = '' OR id < $2) "
                                "ORDER BY id DESC LIMIT $3",
                            {query.account_id, query.before_id, query.limit}, top_up_of);
    });
  }

  Result<Applied> apply(const PaymentFacts& facts, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<Applied> {
      TRY_ASSIGN(auto top_up,
                 take_event(connection, facts.session_id, facts.payment_id, facts.top_up_id));
      if (!top_up) return Applied::unknown;
      TRY_ASSIGN(const bool is_new,
                 remember_event(connection, facts.event_id, facts.event_type, top_up->id, now_ms));
      if (!is_new) return Applied::unchanged;
      TRY_ASSIGN(const Applied applied, apply_to(connection, *top_up, facts, now_ms));
      return note_applied(connection, facts.event_id, applied);
    });
  }

  Result<Applied> apply(const money::ReversalFacts& facts, std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<Applied> {
      TRY_ASSIGN(const auto top_up, take_event(connection, "", facts.payment_id, facts.top_up_id));
      if (top_up) {
        TRY_ASSIGN(const bool is_new,
                   remember_event(connection, facts.event_id, facts.event_type, facts.id, now_ms));
        if (!is_new) return Applied::unchanged;
      }
      TRY_ASSIGN(const Applied applied,
                 book_reversal(connection, facts, top_up ? &*top_up : nullptr, now_ms));
      if (!top_up) return applied;
      return note_applied(connection, facts.event_id, applied);
    });
  }

  Result<std::vector<TopUp>> due_for_poll(std::int64_t now_ms, int limit) override {
    return database_.read([&](Connection& connection) {
      return connection.all(kSelectTopUp +
                                "WHERE next_poll_at_ms > 0 AND next_poll_at_ms <= $1 "
                                "ORDER BY next_poll_at_ms LIMIT $2",
                            {now_ms, limit}, top_up_of);
    });
  }

  Result<void> polled(std::string_view id, std::optional<std::int64_t> next_at_ms) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "UPDATE top_up SET polls = polls + 1, next_poll_at_ms = CASE WHEN state IN ('creating',"
          " 'open', 'processing') THEN $2 ELSE 0 END WHERE id = $1",
          {id, next_at_ms.value_or(0)}));
      return {};
    });
  }

  Result<std::vector<money::Debt>> debts(std::string_view account_id) override {
    return database_.read(
        [&](Connection& connection) { return find_debts(connection, account_id); });
  }

  Result<int> collect_debts(std::int64_t now_ms) override {
    const auto text = [](const Row& row) { return std::string(row.text(0)); };
    TRY_ASSIGN(const auto debtors, database_.read([&](Connection& connection) {
      return connection.all("SELECT account_id FROM wallet_debt LIMIT 1000", {}, text);
    }));
    int changed = 0;
    for (const std::string& account_id : debtors) {
      TRY_ASSIGN(const bool has_moved, database_.write_for(account_id, [&](Connection& connection) {
        return settle_debts(connection, account_id, now_ms);
      }));
      if (has_moved) ++changed;
    }
    TRY(drop_strays(now_ms - kStrayReversalMs));
    return changed;
  }

  Result<Money> waive_debts(std::string_view account_id, std::string_view actor,
                            std::string_view note, std::int64_t now_ms) override {
    return database_.write_for(account_id, [&](Connection& connection) -> Result<Money> {
      TRY(lock_account(connection, account_id));
      TRY_ASSIGN(const auto debts, find_debts(connection, account_id));
      Money waived;
      for (const money::Debt& debt : debts) waived = waived + debt.owed();
      TRY(connection.execute(
          "UPDATE payment_reversal SET waived = due - taken, waived_by = $2, waived_note = $3,"
          " updated_at_ms = $4 WHERE account_id = $1 AND due > taken + waived",
          {account_id, actor, note, now_ms}));
      TRY(settle_debts(connection, account_id, now_ms));
      return waived;
    });
  }

  Result<money::LedgerEntry> buy_credits(const money::CreditPurchase& purchase,
                                         std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) -> Result<money::LedgerEntry> {
      TRY(lock_account(connection, purchase.account_id));
      TRY(find_payer(connection, purchase.account_id));
      return sell_credits(connection, purchase, now_ms);
    });
  }

  Result<AutoReload> auto_reload(std::string_view account_id) override {
    return database_.read(
        [&](Connection& connection) { return find_auto_reload(connection, account_id); });
  }

  Result<void> set_auto_reload(std::string_view account_id, const AutoReload& settings,
                               std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) {
      return write_auto_reload(connection, account_id, settings, now_ms);
    });
  }

  Result<std::optional<TopUp>> last_saved_payment(std::string_view account_id) override {
    return database_.read([&](Connection& connection) {
      return connection.first(kSelectTopUp +
                                  "WHERE account_id = $1 AND kind = 'checkout' AND state = 'paid'"
                                  " AND customer_id <> '' AND payment_id <> '' "
                                  "ORDER BY id DESC LIMIT 1",
                              {account_id}, top_up_of);
    });
  }

  Result<void> save_payment_method(std::string_view account_id, const AutoReload& from,
                                   std::int64_t now_ms) override {
    return database_.write([&](Connection& connection) {
      return write_payment_method(connection, account_id, from, now_ms);
    });
  }

  Result<std::vector<std::string>> low_accounts(std::int64_t now_ms, int limit) override {
    TRY_ASSIGN(const auto crossed, database_.read([&](Connection& connection) {
      return find_crossings(connection, limit);
    }));
    for (const std::string& account_id : crossed) {
      TRY(database_.write_for(account_id, [&](Connection& connection) {
        return note_crossing(connection, account_id, now_ms);
      }));
    }
    return database_.read(
        [&](Connection& connection) { return find_low(connection, now_ms, limit); });
  }

  Result<std::optional<TopUp>> start_reload(const money::ReloadStart& start,
                                            std::int64_t now_ms) override {
    return database_.write_for(start.account_id, [&](Connection& connection) {
      return storage::start_reload(connection, start, now_ms);
    });
  }

  Result<std::optional<money::LedgerEntry>> find_entry(std::string_view account_id,
                                                       std::string_view kind,
                                                       std::string_view reference) override {
    return database_.read([&](Connection& connection) {
      return find_wallet_entry(connection, account_id, kind, reference);
    });
  }

 private:
  // Refunds and disputes of payments that are not ours.
  Result<void> drop_strays(std::int64_t before_ms) {
    TRY_ASSIGN(const auto stray, database_.read([&](Connection& connection) {
      return connection.first(
          "SELECT 1 FROM payment_reversal WHERE top_up_id = ''"
          " AND created_at_ms < $1 LIMIT 1",
          {before_ms}, [](const Row&) { return true; });
    }));
    if (!stray) return {};
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY(connection.execute(
          "DELETE FROM payment_reversal WHERE top_up_id = '' AND created_at_ms < $1", {before_ms}));
      return {};
    });
  }

  Database& database_;
};

}  // namespace

std::unique_ptr<money::TopUpStore> make_top_up_store(Database& database) {
  return std::make_unique<SqlTopUpStore>(database);
}

}  // namespace understudy::storage
