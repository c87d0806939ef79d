// Clients: what account owners and operators ask for, and the handlers of their requests in the
// server. A request with an Idempotency-Key takes several calls (begin, submit, abandon or finish);
// its handler may stall between them, and its client may repeat it at any time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chance.h"
#include "operations.h"

namespace understudy::simulator {

struct ClientHabits {
  int accounts = 3;
  std::int64_t rich_percent = 50;      // of the accounts; the others are poor
  std::int64_t keyed_percent = 50;     // of the submits
  std::int64_t deadline_percent = 20;  // of the jobs
  std::int64_t budgets_percent = 50;   // of what owners do beside jobs: caps
  std::int64_t limited_percent = 20;   // of the submits: by concurrency, by the request's own cap
  std::int64_t credits_percent = 20;   // of the jobs: paid by a plan's credits
  std::int64_t test_percent = 10;      // of the jobs: by a test key
};

class Clients {
 public:
  Clients(const ClientHabits& habits, Chance& chance) : habits_(habits), chance_(chance) {}

  // The accounts and their first money.
  std::vector<Operation> first_operations(std::int64_t now_ms);
  // What comes next; `model` is where jobs and accounts are chosen from.
  Operation next(const Model& model, std::int64_t now_ms);
  // The handlers have gone with the server.
  void lose_handlers() { handlers_.clear(); }

 private:
  struct Handler {
    jobs::Submission submission;
    std::string scope;
    std::string key;
    enum class Step { begin, effect, abandon, over } step = Step::begin;
    bool is_waiting = false;  // for the answer of a call
  };
  using Handlers = std::vector<std::shared_ptr<Handler>>;

  std::string new_text_id(std::int64_t now_ms);
  std::string some_account();
  std::string some_wallet();
  std::string some_budget(const Model& model);
  money::LotTerms some_terms(std::int64_t now_ms);
  std::string some_job(const Model& model);
  std::string owner_of(const Model& model, const std::string& id);
  jobs::NewJob some_new_job(const std::string& account, std::int64_t now_ms);
  jobs::Submission some_submission(std::int64_t now_ms);

  Operation order(std::int64_t now_ms);
  Operation order_with_key(std::int64_t now_ms);
  std::optional<Operation> go_on(std::int64_t now_ms);
  Operation pay(const Model& model, std::int64_t now_ms);
  Operation pay_again(std::int64_t now_ms);
  Operation give_or_take_back(const Model& model, std::int64_t now_ms);
  Operation change_cap(const Model& model, std::int64_t now_ms);
  Operation change_key(std::int64_t now_ms);
  Operation look(const Model& model, std::int64_t now_ms);

  ClientHabits habits_;
  Chance& chance_;
  Handlers handlers_;
  std::vector<std::shared_ptr<Handler>> known_requests_;
  std::vector<money::Funding> payments_;
  std::vector<money::Refund> refunds_;
  std::vector<money::Withdrawal> withdrawals_;
  std::vector<std::string> keys_;
  std::int64_t ids_ = 0;
};

}  // namespace understudy::simulator
