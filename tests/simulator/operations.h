// Operations: one call of a store, beside what the model says about it. Adding a command of the
// ledger means one function here (README.md in this folder).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "model.h"
#include "server.h"

namespace understudy::simulator {

struct Operation {
  std::string text;  // for the trace
  std::function<Outcome(Stores&)> run;
  // What the caller must be told. `before` is the state that reads outside of the transaction see,
  // `now` the one that the operations written before in the same batch have left.
  std::function<Outcome(const Model& before, Model& now)> apply;
  // The same after the whole batch, for a call that reads once more when it has written.
  std::function<Outcome(const Model& after, const Outcome& outcome)> settle = {};
  // Several writes: nothing else meets it in a batch, and no fault strikes between them.
  bool is_alone = false;
  // How the caller goes on; not called when it was lost with its server.
  std::function<void(const Outcome& outcome)> answered = {};
};

// Accounts and the ledger.
Operation create_account(const accounts::Account& account);
Operation fund(const money::Funding& funding, std::int64_t now_ms);
Operation withdraw(const money::Withdrawal& withdrawal, std::int64_t now_ms);
Operation refund(const money::Refund& refund, std::int64_t now_ms);
Operation expire(std::int64_t now_ms);
Operation seal(std::int64_t now_ms);
Operation set_low_balance(const std::string& wallet, Money threshold);
Operation look_at_lots(const std::string& wallet);
Operation create_key(const accounts::ApiKey& key, const std::string& hash);
Operation revoke_key(const std::string& key_id, const std::string& hash, std::int64_t now_ms);
Operation authenticate(const std::string& hash, std::int64_t now_ms);
Operation look_at_wallet(const std::string& account);
Operation list_entries(const money::EntryQuery& query);
Operation list_usage(const money::UsageQuery& query);

// Projects and budgets.
Operation create_project(const accounts::Project& project);
Operation create_budget(const money::Budget& budget);
Operation change_budget(const std::string& account, const std::string& id,
                        const money::BudgetChange& change);
Operation remove_budget(const std::string& account, const std::string& id, std::int64_t now_ms);
Operation look_at_budget(const std::string& account, const std::string& id, std::int64_t now_ms);

// Jobs.
Operation submit(const jobs::Submission& submission);
Operation find(const std::string& account, const std::string& id);
Operation list(const jobs::JobQuery& query);
Operation claim(const jobs::ClaimRequest& request, std::int64_t now_ms,
                std::shared_ptr<std::optional<jobs::Job>> claimed);
Operation heartbeat(const jobs::Heartbeat& beat, std::int64_t now_ms);
Operation set_exact(const std::string& id, std::int64_t fence, std::int64_t quantity,
                    std::int64_t now_ms);
Operation complete(const jobs::Completion& completion, std::int64_t now_ms);
Operation fail_job(const std::string& id, std::int64_t fence, const Error& error, bool is_retryable,
                   std::int64_t now_ms);
Operation cancel(const std::string& account, const std::string& id, std::int64_t now_ms);
Operation remove(const std::string& account, const std::string& id, std::int64_t now_ms);
Operation sweep(std::int64_t now_ms);

// Requests with an Idempotency-Key.
Operation begin(const std::string& scope, const std::string& key, const std::string& hash,
                std::int64_t now_ms);
Operation finish(const std::string& scope, const std::string& key, int status,
                 const std::string& body);
Operation abandon(const std::string& scope, const std::string& key);
Operation abandon_unfinished();
Operation purge(std::int64_t now_ms);

}  // namespace understudy::simulator
