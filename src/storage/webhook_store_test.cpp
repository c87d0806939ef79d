// What jobs/webhook_store.h promises beside deliveries: endpoints, secrets, history, batches.
#include <gtest/gtest.h>

#include "jobs/webhook_publisher.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using jobs::WebhookEndpoint;
using jobs::WebhookEvent;

class WebhookStore : public ::testing::TestWithParam<Backend> {
 protected:
  WebhookStore() { stores.add_account("ann", usd("10")); }

  WebhookEndpoint endpoint(const std::string& account = "ann", bool is_extension = false) {
    WebhookEndpoint made{.id = new_id(clock.now_ms()),
                         .account_id = account,
                         .url = "https://example.com/",
                         .events = {"avatar_video.fail"},
                         .is_extension = is_extension,
                         .created_at_ms = clock.now_ms()};
    EXPECT_TRUE(webhooks->create_endpoint(made, "salt-1", 3, std::nullopt));
    clock.advance_ms(1);
    return made;
  }
  std::vector<WebhookEvent> events(const std::string& account = "ann") {
    return webhooks->list_events({.account_id = account, .with_extension = true, .limit = 100})
        .value();
  }
  void publish() {
    jobs::WebhookPublisher publisher(*webhooks, *stores.jobs, {}, money::PriceBook::version_1(), {},
                                     clock);
    while (publisher.publish_some().value() > 0) {
    }
  }

  TestPlace place{GetParam()};
  ManualClock clock{kNowMs};
  Stores stores{place};
  std::unique_ptr<jobs::WebhookStore> webhooks = make_webhook_store(*stores.database);
};

UNDERSTUDY_ON_BOTH_DATABASES(WebhookStore);

TEST_P(WebhookStore, EndpointsAreTheirAccountsAndTheirSurfaces) {
  const auto mine = endpoint();
  const auto ours = endpoint("ann", true);
  EXPECT_EQ(webhooks->find_endpoint("ann", mine.id, false)->url, mine.url);
  EXPECT_EQ(webhooks->find_endpoint("ann", mine.id, false)->events, mine.events);
  EXPECT_FALSE(webhooks->find_endpoint("bob", mine.id, true));
  EXPECT_FALSE(webhooks->find_endpoint("ann", ours.id, false));
  EXPECT_TRUE(webhooks->find_endpoint("ann", ours.id, true));
  EXPECT_EQ(webhooks->list_endpoints({.account_id = "ann"})->size(), 1u);
  EXPECT_EQ(webhooks->list_endpoints({.account_id = "ann", .with_extension = true})->front().id,
            ours.id);
  EXPECT_FALSE(webhooks->remove_endpoint("bob", mine.id, kNowMs));
  EXPECT_TRUE(webhooks->remove_endpoint("ann", mine.id, kNowMs));
  EXPECT_TRUE(webhooks->salts(mine.id)->salt.empty());
}

TEST_P(WebhookStore, AnAccountHasALimitOfEndpoints) {
  for (int i = 0; i < 3; ++i) endpoint();
  const WebhookEndpoint more{.id = "more", .account_id = "ann", .url = "https://example.com/"};
  EXPECT_EQ(webhooks->create_endpoint(more, "salt", 3, std::nullopt).error().code,
            ErrorCode::resource_limit_reached);
  EXPECT_TRUE(webhooks->salts("more")->salt.empty());
}

TEST_P(WebhookStore, ARotationKeepsTheSecretBefore) {
  const auto made = endpoint();
  ASSERT_TRUE(webhooks->rotate_secret(made.id, "salt-2", kNowMs + 50, kNowMs, std::nullopt));
  const auto salts = webhooks->salts(made.id).value();
  EXPECT_EQ(salts.salt, "salt-2");
  EXPECT_EQ(salts.previous, "salt-1");
  EXPECT_EQ(salts.previous_until_ms, kNowMs + 50);
}

TEST_P(WebhookStore, JobsThatEndBecomeEventsAndTheirBatchOneMore) {
  std::vector<jobs::NewJob> batch;
  for (int i = 0; i < 3; ++i) {
    auto job = paid_job("ann", usd("1"));
    job.batch_id = "batch";
    job.batch_index = i;
    job.request["batch_callback_url"] = "https://example.com/batch";
    batch.push_back(job);
  }
  ASSERT_TRUE(stores.jobs->submit({.jobs = batch, .answer = {}}));
  const auto done = stores.jobs->claim(any_worker(), kNowMs).value().value();
  ASSERT_TRUE(stores.jobs->complete(completion(done, 1000), kNowMs));
  publish();
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events().front().type, "avatar_video.success");
  for (const auto& job : batch) {
    if (job.id == done.id) continue;
    ASSERT_TRUE(stores.jobs->cancel("ann", job.id, kNowMs));
  }
  publish();
  publish();
  const auto all = events();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all.front().type, "batch.finished");  // the newest: behind those of its jobs
  EXPECT_EQ(all.front().entity_id, "batch");
  EXPECT_EQ(all.front().callback_url, "https://example.com/batch");
  const auto data = parse_json(all.front().body).value().at("event_data");
  EXPECT_EQ(data.at("counts_by_status").at("completed").as_int64(), 1);
  EXPECT_EQ(data.at("counts_by_status").at("failed").as_int64(), 2);
  EXPECT_EQ(data.at("status").as_string(), "completed");
}

TEST_P(WebhookStore, AFailureIsExplainedWithItsCharge) {
  const auto job = paid_job("ann", usd("1"));
  ASSERT_TRUE(stores.jobs->submit({.jobs = {job}, .answer = {}}));
  const auto running = stores.jobs->claim(any_worker(), kNowMs).value().value();
  Error error;
  error.code = ErrorCode::engine_failed;
  error.message = "It broke.";
  ASSERT_TRUE(stores.jobs->fail(job.id, running.fence, error, false, kNowMs));
  publish();
  const auto data = parse_json(events().front().body).value().at("event_data");
  EXPECT_EQ(data.at("failure_code").as_string(), "engine_failed");
  EXPECT_EQ(data.at("failure_message").as_string(), "It broke.");
  EXPECT_EQ(data.at("charge").at("released_usd").to_number<int>(), 1);
  EXPECT_EQ(data.at("charge").at("captured_usd").to_number<int>(), 0);
}

TEST_P(WebhookStore, AJobThatItsOwnerRemovedStillHasItsEvent) {
  const auto job = paid_job("ann", usd("1"));
  ASSERT_TRUE(stores.jobs->submit({.jobs = {job}, .answer = {}}));
  ASSERT_TRUE(stores.jobs->remove("ann", job.id, kNowMs));
  publish();
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events().front().type, "avatar_video.fail");
  EXPECT_EQ(events().front().entity_id, job.id);
}

TEST_P(WebhookStore, SpeechHasNoEventsAndStrangeMessagesStopNothing) {
  auto speech = paid_job("ann", usd("1"));
  speech.lane = jobs::Lane::speech;
  ASSERT_TRUE(stores.jobs->submit({.jobs = {speech}, .answer = {}}));
  ASSERT_TRUE(stores.jobs->cancel("ann", speech.id, kNowMs));
  ASSERT_TRUE(stores.database->write([](Connection& connection) -> Result<void> {
    for (const char* payload : {"not json", "[]", "{}"}) {
      TRY(
          connection.insert("INSERT INTO outbox (topic, account_id, payload, created_at_ms,"
                            " not_before_ms) VALUES ('odd.topic', 'ann', $1, 1, 1)",
                            {payload}));
    }
    return {};
  }));
  publish();
  EXPECT_TRUE(events().empty());
  EXPECT_TRUE(webhooks->pending_messages(kNowMs, 10)->empty());
}

TEST_P(WebhookStore, WhatIsOldGoesAndWhatIsPendingStays) {
  endpoint();
  for (int i = 0; i < 2; ++i) {
    const auto job = paid_job("ann", usd("1"));
    ASSERT_TRUE(stores.jobs->submit({.jobs = {job}, .answer = {}}));
    ASSERT_TRUE(stores.jobs->cancel("ann", job.id, kNowMs));
  }
  publish();
  const auto pending = webhooks->list_deliveries({.account_id = "ann"}).value();
  ASSERT_EQ(pending.size(), 2u);
  const auto claimed = webhooks->claim({{pending[0].id}}, clock.now_ms(), clock.now_ms()).value();
  ASSERT_EQ(claimed.size(), 1u);
  ASSERT_TRUE(webhooks->finish(claimed[0], {.number = 1, .status = 200},
                               {.state = jobs::DeliveryState::delivered}, kNowMs));
  EXPECT_GT(webhooks->purge(kNowMs + 1000).value(), 0);
  const auto left = webhooks->list_deliveries({.account_id = "ann"}).value();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].id, pending[1].id);
  EXPECT_EQ(events().size(), 1u);
  EXPECT_TRUE(webhooks->attempts(pending[0].id)->empty());
}

}  // namespace
}  // namespace understudy::storage
