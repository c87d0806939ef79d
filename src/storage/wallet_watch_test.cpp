// What is told of a wallet while it is used, and that nothing is written when nobody listens.
#include <gtest/gtest.h>

#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using money::Money;

struct Told {
  std::string topic;
  json::object payload;
};

class WalletWatching : public ::testing::TestWithParam<Backend> {
 protected:
  WalletWatching() { stores.add_account("ann", usd("10")); }

  std::string listen(std::vector<std::string> events, bool is_extension = true,
                     std::string entity_id = {}) {
    const jobs::WebhookEndpoint endpoint{.id = new_id(kNowMs),
                                         .account_id = "ann",
                                         .url = "https://example.com/",
                                         .events = std::move(events),
                                         .entity_id = std::move(entity_id),
                                         .is_extension = is_extension,
                                         .created_at_ms = kNowMs};
    EXPECT_TRUE(webhooks->create_endpoint(endpoint, "salt", 10, std::nullopt));
    return endpoint.id;
  }

  std::string submit(std::string_view hold) {
    const auto job = paid_job("ann", usd(hold));
    EXPECT_TRUE(stores.jobs->submit({.jobs = {job}}));
    return job.id;
  }
  jobs::Job claim() { return *stores.jobs->claim(any_worker(), kNowMs).value(); }

  // Of money; those of jobs are always there.
  std::vector<Told> told() {
    const auto rows = stores.database->read([](Connection& connection) {
      return connection.all(
          "SELECT topic, payload FROM outbox WHERE topic LIKE 'wallet.%' ORDER BY id", {},
          [](const Row& row) {
            return std::pair(std::string(row.text(0)), std::string(row.text(1)));
          });
    });
    std::vector<Told> messages;
    for (const auto& [topic, payload] : rows.value()) {
      messages.push_back({topic, parse_json(payload)->as_object()});
    }
    return messages;
  }
  std::vector<std::string> topics() {
    std::vector<std::string> names;
    for (const auto& message : told()) names.push_back(message.topic);
    return names;
  }
  static std::string text(const json::object& payload, std::string_view name) {
    return to_text(payload.at(name));
  }

  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<jobs::WebhookStore> webhooks = make_webhook_store(*stores.database);
};

UNDERSTUDY_ON_EVERY_DATABASE(WalletWatching);

using Topics = std::vector<std::string>;

TEST_P(WalletWatching, NobodyListensSoNothingIsWritten) {
  listen({}, false);  // the v3 list has no money
  listen({"cap.*", "wallet.refunded"});
  submit("1");
  ASSERT_TRUE(stores.jobs->complete(completion(claim(), 1000), kNowMs));
  submit("1");
  const auto job = claim();
  ASSERT_TRUE(stores.jobs->cancel("ann", job.id, kNowMs));
  EXPECT_EQ(topics(), Topics());
}

TEST_P(WalletWatching, AHoldItsCaptureAndItsReleaseAreToldWithTheirMoney) {
  listen({"wallet.*"});
  const auto id = submit("1");
  ASSERT_TRUE(stores.jobs->complete(completion(claim(), 1000), kNowMs));
  submit("2");
  ASSERT_TRUE(stores.jobs->cancel("ann", claim().id, kNowMs));
  const auto all = told();
  ASSERT_EQ(topics(), (Topics{"wallet.held", "wallet.captured", "wallet.held", "wallet.released"}));
  EXPECT_EQ(text(all[0].payload, "job_id"), "\"" + id + "\"");
  EXPECT_EQ(text(all[0].payload, "held_usd"), "1");
  EXPECT_EQ(text(all[0].payload, "available_usd"), "9");
  EXPECT_EQ(text(all[1].payload, "captured_usd"), "0.0667");
  EXPECT_EQ(text(all[1].payload, "released_usd"), "0.9333");
  EXPECT_EQ(text(all[1].payload, "available_usd"), "9.9333");
  EXPECT_EQ(text(all[3].payload, "released_usd"), "2");
  EXPECT_EQ(text(all[3].payload, "reason"), "\"cancelled\"");
}

TEST_P(WalletWatching, ARefusedSubmitTellsNothing) {
  listen({});
  EXPECT_FALSE(
      stores.jobs->submit({.jobs = {paid_job("ann", usd("6")), paid_job("ann", usd("6"))}}));
  EXPECT_EQ(topics(), Topics());
}

TEST_P(WalletWatching, ListeningEndsWithTheEndpoint) {
  const auto one = listen({"wallet.held"}, true, "some job");
  const auto other = listen({"wallet.released"});
  submit("1");
  EXPECT_EQ(topics(), Topics{"wallet.held"});
  ASSERT_TRUE(webhooks->update_endpoint("ann", one, {.is_enabled = false}, kNowMs));
  submit("1");
  EXPECT_EQ(topics().size(), 1u);
  ASSERT_TRUE(webhooks->remove_endpoint("ann", other, kNowMs));
  ASSERT_TRUE(stores.jobs->cancel("ann", claim().id, kNowMs));
  EXPECT_EQ(topics().size(), 1u);
}

TEST_P(WalletWatching, ALowBalanceIsToldOncePerCrossing) {
  ASSERT_TRUE(stores.ledger->set_low_balance("ann", usd("5")));
  EXPECT_EQ(stores.ledger->low_balance("ann").value(), usd("5"));
  submit("5");  // exactly 5 are left
  EXPECT_EQ(topics(), Topics());
  const auto second = submit("0.5");
  submit("1");
  EXPECT_EQ(topics(), Topics{"wallet.low_balance"});
  EXPECT_EQ(text(told()[0].payload, "available_usd"), "4.5");
  EXPECT_EQ(text(told()[0].payload, "threshold_usd"), "5");
  // Up and down again is another crossing; an adjustment counts like a hold.
  ASSERT_TRUE(stores.ledger->fund(
      {.account_id = "ann", .amount = usd("3"), .source = "cash", .reference = "more"}, kNowMs));
  ASSERT_TRUE(stores.ledger->fund(
      {.account_id = "ann", .amount = -usd("2"), .source = "adjustment", .reference = "less"},
      kNowMs));
  EXPECT_EQ(topics().size(), 2u);
  ASSERT_TRUE(stores.ledger->set_low_balance("ann", std::nullopt));
  EXPECT_EQ(stores.ledger->low_balance("ann").value(), std::nullopt);
  ASSERT_TRUE(stores.jobs->cancel("ann", second, kNowMs));
  submit("3");
  EXPECT_EQ(topics().size(), 2u);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(WalletWatching, AnExactPriceThatIsHigherCountsToo) {
  ASSERT_TRUE(stores.ledger->set_low_balance("ann", usd("9")));
  submit("0.5");
  const auto job = claim();
  ASSERT_TRUE(stores.jobs->set_exact(job.id, job.fence, 30'000, kNowMs));  // 2.001 USD
  EXPECT_EQ(topics(), Topics{"wallet.low_balance"});
}

TEST_P(WalletWatching, ABatchCrossesOnce) {
  ASSERT_TRUE(stores.ledger->set_low_balance("ann", usd("9")));
  ASSERT_TRUE(
      stores.jobs->submit({.jobs = {paid_job("ann", usd("2")), paid_job("ann", usd("2"))}}));
  EXPECT_EQ(topics(), Topics{"wallet.low_balance"});
  EXPECT_EQ(text(told()[0].payload, "available_usd"), "6");
}

TEST_P(WalletWatching, UsageKnowsTheProgramThatAsked) {
  for (const char* source : {"hyperframes", "", "hyperframes"}) {
    auto job = paid_job("ann", usd("1"));
    job.source = source;
    ASSERT_TRUE(stores.jobs->submit({.jobs = {job}}));
    ASSERT_TRUE(stores.jobs->complete(completion(claim(), 1000), kNowMs));
  }
  EXPECT_EQ(stores.ledger->usage({.account_id = "ann", .source = "hyperframes"})->size(), 2u);
  const auto totals =
      stores.ledger->usage_totals({.account_id = "ann"}, {.by_product = false, .by_source = true});
  ASSERT_EQ(totals->size(), 2u);
  EXPECT_EQ(totals->at(0).source, "");
  EXPECT_EQ(totals->at(0).jobs, 1);
  EXPECT_EQ(totals->at(1).source, "hyperframes");
  EXPECT_EQ(totals->at(1).amount, usd("0.1334"));
}

}  // namespace
}  // namespace understudy::storage
