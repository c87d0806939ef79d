// Several servers of one PostgreSQL database at once: what happens once on one server happens once
// on all of them. Each server is a Database of its own, as each process has one.
#include <array>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using money::Applied;
using money::Money;
using money::TopUp;

constexpr int kServers = 4;
constexpr int kCallers = 64;

// The stores of one server, with what Stores leaves out.
struct ServerStores : Stores {
  ServerStores(const std::string& url, bool with_hot_steps, int number)
      : Stores(open_postgres({.url = url, .now_ms = kNowMs, .with_hot_steps = with_hot_steps})
                   .value()),
        budgets(make_budget_store(*database)),
        top_ups(make_top_up_store(*database)),
        oauth(make_oauth_store(*database)),
        webhooks(make_webhook_store(*database, "server" + std::to_string(number))) {}
  std::unique_ptr<money::BudgetStore> budgets;
  std::unique_ptr<money::TopUpStore> top_ups;
  std::unique_ptr<accounts::OAuthStore> oauth;
  std::unique_ptr<jobs::WebhookStore> webhooks;
};

class SeveralServers : public ::testing::TestWithParam<Backend> {
 protected:
  SeveralServers() {
    for (int i = 0; i < kServers; ++i) {
      servers.push_back(std::make_unique<ServerStores>(url, GetParam() == Backend::postgres, i));
    }
    first().add_account("ann", usd("10"));
  }
  ServerStores& first() { return *servers.front(); }
  ServerStores& of(int caller) { return *servers[static_cast<std::size_t>(caller % kServers)]; }

  // How many of the callers `work(server, caller)` was true for.
  template <class Work>
  int count_of_many(Work work) {
    std::atomic<int> count{0};
    std::vector<std::thread> threads;
    for (int caller = 0; caller < kCallers; ++caller) {
      threads.emplace_back([&, caller] { count += work(of(caller), caller) ? 1 : 0; });
    }
    for (auto& thread : threads) thread.join();
    return count;
  }

  std::int64_t rows(const std::string& from) {
    return first()
        .database
        ->read([&](Connection& connection) {
          return connection.first("SELECT count(*) FROM " + from, {},
                                  [](const Row& row) { return row.integer(0); });
        })
        .value()
        .value();
  }

  const std::string url = new_test_database().value();
  std::vector<std::unique_ptr<ServerStores>> servers;
};
INSTANTIATE_TEST_SUITE_P(On, SeveralServers,
                         ::testing::Values(Backend::postgres, Backend::postgres_steps), name_of);

TEST_P(SeveralServers, AWalletPaysForExactlyAsManyJobsAsItCan) {
  const auto is_paid = [](ServerStores& server, int) {
    return server.jobs->submit({.jobs = {paid_job("ann", usd("0.37"))}}).has_value();
  };
  EXPECT_EQ(count_of_many(is_paid), 27);
  EXPECT_EQ(first().wallet("ann").held, usd("9.99"));
  EXPECT_TRUE(first().is_clean());
}

TEST_P(SeveralServers, ACapHoldsOnAllOfThem) {
  ASSERT_TRUE(first().budgets->create({.id = "b",
                                       .account_id = "ann",
                                       .scope = money::BudgetScope::account,
                                       .scope_id = "ann",
                                       .period = money::BudgetPeriod::total,
                                       .cap = usd("1"),
                                       .created_at_ms = kNowMs}));
  const auto is_paid = [](ServerStores& server, int) {
    return server.jobs->submit({.jobs = {paid_job("ann", usd("0.06"))}}).has_value();
  };
  EXPECT_EQ(count_of_many(is_paid), 16);
  EXPECT_EQ(first().budgets->find("ann", "b", kNowMs)->held, usd("0.96"));
  EXPECT_TRUE(first().is_clean());
}

TEST_P(SeveralServers, ALimitOfConcurrentJobsHoldsOnAllOfThem) {
  const auto is_taken = [](ServerStores& server, int) {
    auto job = paid_job("ann", usd("0.01"));
    job.key_jobs_max = 7;
    return server.jobs->submit({.jobs = {std::move(job)}}).has_value();
  };
  EXPECT_EQ(count_of_many(is_taken), 7);
}

TEST_P(SeveralServers, OneIdempotencyKeyIsOneEffect) {
  std::atomic<int> fresh{0};
  const auto is_done = [&](ServerStores& server, int) {
    const auto begun = server.answers->begin("ann", "key", kNowMs).value();
    if (begun.state == jobs::IdempotencyStart::State::fresh) ++fresh;
    // Each behaves as if it were the first: the transaction still lets one through.
    return server.jobs
        ->submit({.jobs = {paid_job("ann", usd("0.01"))},
                  .answer = jobs::StoredAnswer{.scope = "ann", .key = "key", .body = "{}"}})
        .has_value();
  };
  EXPECT_EQ(count_of_many(is_done), 1);
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(first().wallet("ann").held, usd("0.01"));
}

TEST_P(SeveralServers, AnAllocationAndAPaymentCountOnce) {
  const auto is_new = [](ServerStores& server, int caller) {
    const auto funded = server.ledger->fund({.account_id = money::credits_wallet("ann"),
                                             .amount = Money{100},
                                             .source = std::string(money::kPlan),
                                             .reference = "ann 2023-11",
                                             .note = std::to_string(caller)},
                                            kNowMs);
    EXPECT_TRUE(funded) << funded.error().message;
    return funded && funded->note == std::to_string(caller);
  };
  EXPECT_EQ(count_of_many(is_new), 1);
  EXPECT_EQ(first().wallet(money::credits_wallet("ann")).posted, Money{100});
  EXPECT_TRUE(first().is_clean());
}

TEST_P(SeveralServers, APaymentAndItsRefundMeetInWhateverOrder) {
  constexpr int kPayments = kCallers / 4;
  std::vector<TopUp> made;
  for (int i = 0; i < kPayments; ++i) {
    TopUp top_up;
    top_up.id = "topup" + std::to_string(i);
    top_up.account_id = "ann";
    top_up.amount = usd("20");
    top_up.created_at_ms = kNowMs;
    ASSERT_TRUE(first().top_ups->create({.top_up = top_up, .request_key = "", .poll_at_ms = 0}));
    made.push_back(top_up);
  }
  // Of every payment: told twice, and twice that it was refunded, by the payment's id alone.
  const auto is_credited = [&](ServerStores& server, int caller) {
    const TopUp& top_up = made[static_cast<std::size_t>(caller / 4)];
    if (caller % 4 < 2) {
      const auto applied =
          server.top_ups->apply(money::PaymentFacts{.top_up_id = top_up.id,
                                                    .payment_id = "pi_" + top_up.id,
                                                    .outcome = money::PaymentOutcome::paid,
                                                    .amount_cents = money::cents(top_up.amount),
                                                    .currency = "usd"},
                                kNowMs);
      EXPECT_TRUE(applied) << applied.error().message << applied.error().detail;
      return applied && *applied == Applied::credited;
    }
    const auto refunded =
        server.top_ups->apply(money::ReversalFacts{.kind = money::ReversalKind::refund,
                                                   .stage = money::ReversalStage::taken,
                                                   .id = "ch_" + top_up.id,
                                                   .payment_id = "pi_" + top_up.id,
                                                   .amount_cents = money::cents(top_up.amount)},
                              kNowMs);
    EXPECT_TRUE(refunded) << refunded.error().message << refunded.error().detail;
    return false;
  };
  EXPECT_EQ(count_of_many(is_credited), kPayments);
  EXPECT_EQ(rows("payment_reversal WHERE taken = told AND top_up_id <> ''"), kPayments);
  EXPECT_EQ(first().wallet("ann").posted, usd("10"));
  EXPECT_TRUE(first().is_clean());
}

TEST_P(SeveralServers, OneReloadIsStarted) {
  money::AutoReload wish{.is_enabled = true, .threshold = usd("12"), .amount = usd("20")};
  ASSERT_TRUE(first().top_ups->set_auto_reload("ann", wish, kNowMs));
  wish.customer_id = "cus";
  wish.payment_method_id = "pm";
  ASSERT_TRUE(first().top_ups->save_payment_method("ann", wish, kNowMs));
  const auto is_started = [](ServerStores& server, int caller) {
    TopUp top_up;
    top_up.id = "reload" + std::to_string(caller);
    top_up.account_id = "ann";
    top_up.kind = money::TopUpKind::auto_reload;
    top_up.amount = usd("20");
    top_up.payment_method_id = "pm";
    top_up.created_at_ms = kNowMs;
    EXPECT_TRUE(server.top_ups->low_accounts(kNowMs, 10));
    const auto started = server.top_ups->start_reload(
        {.account_id = "ann", .top_up = top_up, .poll_at_ms = kNowMs}, kNowMs);
    EXPECT_TRUE(started) << started.error().message;
    return started && started->has_value();
  };
  EXPECT_EQ(count_of_many(is_started), 1);
  EXPECT_EQ(rows("outbox WHERE topic = 'wallet.reload_started'"), 1);
  EXPECT_EQ(rows("outbox WHERE topic = 'wallet.low_balance'"), 1);
}

TEST_P(SeveralServers, ACodeIsRedeemedOnceAndItsSecondUseEndsWhatItGave) {
  accounts::NewCode code;
  code.hash = "code";
  code.grant = {.id = "grant",
                .account_id = "ann",
                .client_id = "app",
                .scopes = {"openid"},
                .created_at_ms = kNowMs};
  code.redirect_uri = "http://127.0.0.1:1/cb";
  code.code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  code.expires_at_ms = kNowMs + 60'000;
  ASSERT_TRUE(first().oauth->create_code(code));
  const auto is_granted = [](ServerStores& server, int caller) {
    const std::string name = std::to_string(caller);
    const auto redeemed =
        server.oauth->redeem_code("code",
                                  {.client_id = "app",
                                   .redirect_uri = "http://127.0.0.1:1/cb",
                                   .code_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
                                  {.access_hash = "a" + name,
                                   .refresh_hash = "r" + name,
                                   .access_expires_at_ms = kNowMs + 1000,
                                   .refresh_expires_at_ms = kNowMs + 1000},
                                  kNowMs);
    EXPECT_TRUE(redeemed) << redeemed.error().detail;
    return redeemed && redeemed->verdict == accounts::TokenVerdict::granted;
  };
  EXPECT_EQ(count_of_many(is_granted), 1);
  EXPECT_EQ(rows("oauth_token"), 2);
  EXPECT_EQ(rows("oauth_grant WHERE revoked_at_ms = 0"), 0);
}

TEST_P(SeveralServers, AJobWhoseWorkerIsGoneIsPickedUpOnce) {
  constexpr int kJobs = 20;
  for (int i = 0; i < kJobs; ++i) {
    ASSERT_TRUE(first().jobs->submit({.jobs = {paid_job("ann", usd("0.1"))}}));
    ASSERT_TRUE(first().jobs->claim(any_worker(), kNowMs).value());
  }
  std::atomic<int> swept{0};
  count_of_many([&](ServerStores& server, int) {
    const auto count = server.jobs->sweep(kNowMs + 100'000);
    EXPECT_TRUE(count) << count.error().detail;
    swept += count.value_or(0);
    return true;
  });
  EXPECT_EQ(swept, kJobs);
  EXPECT_EQ(rows("job WHERE state = 'queued'"), kJobs);
  EXPECT_TRUE(first().is_clean());
}

TEST_P(SeveralServers, AMessageIsPublishedAndDeliveredOnce) {
  ASSERT_TRUE(first().webhooks->create_endpoint({.id = "endpoint",
                                                 .account_id = "ann",
                                                 .url = "https://example.com/",
                                                 .is_extension = true,
                                                 .created_at_ms = kNowMs},
                                                "salt", 10, std::nullopt));
  constexpr int kMessages = 30;
  ASSERT_TRUE(first().database->write([](Connection& connection) -> Result<void> {
    for (int i = 0; i < kMessages; ++i) {
      TRY(
          connection.execute("INSERT INTO outbox (topic, account_id, payload, created_at_ms,"
                             " not_before_ms) VALUES ('wallet.test', 'ann', '{}', 1, 1)"));
    }
    return {};
  }));
  count_of_many([&](ServerStores& server, int caller) {
    const auto pending = server.webhooks->pending_messages(kNowMs, kMessages).value();
    for (const auto& message : pending) {
      jobs::Publication publication{.message = message};
      publication.events.push_back(jobs::WebhookEvent{
          .id = "evt_" + std::to_string(caller) + "_" + std::to_string(message.id),
          .account_id = "ann",
          .type = "wallet.test",
          .is_extension = true,
          .body = "{}"});
      EXPECT_TRUE(server.webhooks->publish({&publication, 1}, kNowMs, kNowMs + 1000));
    }
    return true;
  });
  EXPECT_EQ(rows("webhook_event"), kMessages);
  EXPECT_EQ(rows("webhook_delivery"), kMessages);
  std::atomic<int> claimed{0};
  count_of_many([&](ServerStores& server, int) {
    const auto due = server.webhooks->due("endpoint", kMessages, kNowMs).value();
    const auto mine = server.webhooks->claim(due, kNowMs, kNowMs + 1000);
    EXPECT_TRUE(mine) << mine.error().detail;
    if (mine) claimed += static_cast<int>(mine->size());
    return true;
  });
  // All of them are of one resource, so that they go one after the other.
  EXPECT_EQ(claimed, 1);
}

}  // namespace
}  // namespace understudy::storage
