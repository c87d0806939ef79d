// From the outbox to the receiver, with the real store, a clock that a test turns, and a receiver
// that does what a test says. Here is the schedule: retries, giving up, order, restarts.
#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "jobs/webhook_deliverer.h"
#include "jobs/webhook_dispatcher.h"
#include "jobs/webhook_publisher.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using jobs::WebhookAnswer;
using jobs::WebhookEndpoint;
using jobs::WebhookOptions;
using jobs::WebhookRequest;

constexpr std::int64_t kHourMs = 3600'000;

class WebhookDelivery : public ::testing::TestWithParam<Backend> {
 protected:
  WebhookDelivery() { open(); }

  // As a process does when it starts; what was in memory is gone.
  void open() {
    deliverer.reset();
    publisher.reset();
    webhooks.reset();
    stores.reset();
    stores = std::make_unique<Stores>(place);
    webhooks = make_webhook_store(*stores->database);
    publisher =
        std::make_unique<jobs::WebhookPublisher>(*webhooks, *stores->jobs, jobs::JobDescribers(),
                                                 money::PriceBook::version_1(), options, clock);
    deliverer = std::make_unique<jobs::WebhookDeliverer>(
        *webhooks,
        [this](const WebhookRequest& request, const std::stop_token&) {
          received.push_back(request);
          return answer(request);
        },
        jobs::WebhookSecrets("key"), options, clock, [] { return 0.5; });
    ASSERT_TRUE(webhooks->release_claims(clock.now_ms()));
  }

  std::string add_endpoint(const std::string& url) {
    const WebhookEndpoint endpoint{.id = new_id(clock.now_ms()),
                                   .account_id = "ann",
                                   .url = url,
                                   .is_extension = true,
                                   .created_at_ms = clock.now_ms()};
    EXPECT_TRUE(webhooks->create_endpoint(endpoint, "salt", 100, std::nullopt));
    return endpoint.id;
  }

  void happen(int number, const std::string& entity = "ann") {
    const json::object payload{{"number", number}, {"entity_id", entity}};
    ASSERT_TRUE(stores->database->write([&](Connection& connection) {
      return connection.insert(
          "INSERT INTO outbox (topic, account_id, payload, created_at_ms,"
          " not_before_ms) VALUES ('wallet.test', 'ann', $1, $2, $2)",
          {to_text(payload), clock.now_ms()});
    }));
  }

  void publish() {
    while (publisher->publish_some().value() > 0) {
    }
  }

  // Everything that is due now, one lane after the other. How many attempts were made.
  int attempt_due(int per_lane = 100) {
    int made = 0;
    const auto lanes = webhooks->lanes().value();
    for (const auto& lane : lanes) {
      const auto ids = webhooks->due(lane.name, per_lane, clock.now_ms()).value();
      const auto claimed = webhooks->claim(ids, clock.now_ms(), clock.now_ms() + 20'000).value();
      for (const auto& delivery : claimed) {
        deliverer->attempt(delivery, {});
        ++made;
      }
    }
    return made;
  }

  std::vector<jobs::WebhookDelivery> deliveries() {
    return webhooks->list_deliveries({.account_id = "ann", .limit = 1000}).value();
  }

  static std::int64_t number_of(const WebhookRequest& request) {
    const auto body = parse_json(request.body).value();
    return body.at("event_data").at("number").as_int64();
  }

  TestPlace place{GetParam()};
  ManualClock clock{kNowMs};
  WebhookOptions options;
  std::vector<WebhookRequest> received;
  std::function<Result<WebhookAnswer>(const WebhookRequest&)> answer = [](const WebhookRequest&) {
    return WebhookAnswer{.status = 200};
  };
  std::unique_ptr<Stores> stores;
  std::unique_ptr<jobs::WebhookStore> webhooks;
  std::unique_ptr<jobs::WebhookPublisher> publisher;
  std::unique_ptr<jobs::WebhookDeliverer> deliverer;
};

UNDERSTUDY_ON_BOTH_DATABASES(WebhookDelivery);

TEST_P(WebhookDelivery, IsTriedForADayWithGrowingPausesThenGivenUp) {
  add_endpoint("https://example.com/");
  happen(1);
  publish();
  answer = [](const WebhookRequest&) { return WebhookAnswer{.status = 500}; };
  std::vector<std::int64_t> attempts_at;
  for (int step = 0; step < 30 * 720; ++step) {
    if (attempt_due() > 0) attempts_at.push_back(clock.now_ms());
    clock.advance_ms(5000);
  }
  ASSERT_GT(attempts_at.size(), 10u);
  for (std::size_t i = 2; i + 1 < attempts_at.size(); ++i) {
    EXPECT_GE(attempts_at[i] - attempts_at[i - 1], attempts_at[i - 1] - attempts_at[i - 2]);
  }
  EXPECT_EQ(attempts_at.front(), kNowMs);
  EXPECT_EQ(attempts_at.back(), kNowMs + 24 * kHourMs);
  const auto delivery = deliveries().front();
  EXPECT_EQ(delivery.state, "failed");
  EXPECT_EQ(delivery.attempts, static_cast<int>(attempts_at.size()));
  EXPECT_EQ(webhooks->attempts(delivery.id).value().size(), attempts_at.size());
  EXPECT_EQ(received.front().body, received.back().body);
}

TEST_P(WebhookDelivery, ALongerPauseThatTheReceiverAsksForIsKept) {
  add_endpoint("https://example.com/");
  happen(1);
  publish();
  answer = [](const WebhookRequest&) {
    return WebhookAnswer{.status = 429, .retry_after_ms = 600'000};
  };
  EXPECT_EQ(attempt_due(), 1);
  clock.advance_ms(599'000);
  EXPECT_EQ(attempt_due(), 0);
  clock.advance_ms(1'000);
  EXPECT_EQ(attempt_due(), 1);
}

TEST_P(WebhookDelivery, ARestartInTheMiddleOfRetriesChangesNothing) {
  add_endpoint("https://example.com/");
  happen(1);
  publish();
  int failures = 6;
  answer = [&](const WebhookRequest&) {
    return WebhookAnswer{.status = failures-- > 0 ? 503 : 204};
  };
  std::vector<std::int64_t> attempts_at;
  for (int step = 0; step < 80; ++step) {
    open();
    publish();
    if (attempt_due() > 0) attempts_at.push_back((clock.now_ms() - kNowMs) / 1000);
    clock.advance_ms(5000);
  }
  EXPECT_EQ(attempts_at, (std::vector<std::int64_t>{0, 5, 15, 35, 75, 155, 315}));
  EXPECT_EQ(deliveries().front().state, "delivered");
}

TEST_P(WebhookDelivery, AnAttemptThatItsProcessDidNotSurviveIsMadeAgain) {
  add_endpoint("https://example.com/");
  happen(1);
  publish();
  const auto lane = webhooks->lanes().value().front().name;
  const auto ids = webhooks->due(lane, 10, clock.now_ms()).value();
  const auto lost = webhooks->claim(ids, clock.now_ms(), clock.now_ms() + 20'000).value();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(attempt_due(), 0);  // it is somebody's
  ASSERT_TRUE(make_webhook_store(*stores->database, "other")->release_claims(clock.now_ms()));
  EXPECT_EQ(attempt_due(), 0);
  open();
  EXPECT_EQ(attempt_due(), 1);
  // The lost one comes back after all: it was counted already.
  ASSERT_TRUE(webhooks->finish(lost.front(), {.number = 1, .status = 500, .error = "late"},
                               {.state = jobs::DeliveryState::failed}, clock.now_ms()));
  EXPECT_EQ(deliveries().front().state, "delivered");
}

TEST_P(WebhookDelivery, AClaimLapses) {
  add_endpoint("https://example.com/");
  happen(1);
  publish();
  const auto lane = webhooks->lanes().value().front().name;
  const auto ids = webhooks->due(lane, 10, clock.now_ms()).value();
  ASSERT_EQ(webhooks->claim(ids, clock.now_ms(), clock.now_ms() + 20'000).value().size(), 1u);
  EXPECT_TRUE(webhooks->claim(ids, clock.now_ms(), clock.now_ms() + 20'000).value().empty());
  clock.advance_ms(20'000);
  EXPECT_EQ(attempt_due(), 1);
}

TEST_P(WebhookDelivery, EventsOfOneResourceKeepTheirOrderAndOthersPass) {
  add_endpoint("https://example.com/");
  for (int i = 0; i < 5; ++i) happen(i, "a");
  for (int i = 10; i < 15; ++i) happen(i, "b");
  publish();
  int refusals = 3;  // of the first event of a
  answer = [&](const WebhookRequest& request) {
    const bool is_refused = number_of(request) == 0 && refusals-- > 0;
    return WebhookAnswer{.status = is_refused ? 500 : 200};
  };
  for (int step = 0; step < 120; ++step) {
    attempt_due();
    clock.advance_ms(1000);
  }
  std::vector<std::int64_t> of_a;
  std::vector<std::int64_t> of_b;
  for (const auto& request : received) {
    const auto number = number_of(request);
    (number < 10 ? of_a : of_b).push_back(number);
  }
  EXPECT_EQ(of_a, (std::vector<std::int64_t>{0, 0, 0, 0, 1, 2, 3, 4}));
  EXPECT_EQ(of_b, (std::vector<std::int64_t>{10, 11, 12, 13, 14}));
}

TEST_P(WebhookDelivery, WhatWasGivenUpLetsTheNextOfItsResourcePass) {
  add_endpoint("https://example.com/");
  happen(0);
  happen(1);
  publish();
  answer = [](const WebhookRequest& request) {
    return WebhookAnswer{.status = number_of(request) == 0 ? 500 : 200};
  };
  for (int step = 0; step < 26 * 60; ++step) {
    attempt_due();
    clock.advance_ms(60'000);
  }
  EXPECT_EQ(number_of(received.back()), 1);
  EXPECT_EQ(deliveries().at(0).state, "delivered");
  EXPECT_EQ(deliveries().at(1).state, "failed");
}

TEST_P(WebhookDelivery, RedirectsAreNotFollowedAndGoneDisables) {
  const auto id = add_endpoint("https://example.com/");
  happen(0);
  publish();
  answer = [](const WebhookRequest&) {
    return WebhookAnswer{.status = 302, .location = "https://10.0.0.1/"};
  };
  EXPECT_EQ(attempt_due(), 1);
  const auto attempts = webhooks->attempts(deliveries().front().id).value();
  EXPECT_NE(attempts.front().error.find("redirects are not followed"), std::string::npos);
  answer = [](const WebhookRequest&) { return WebhookAnswer{.status = 410}; };
  clock.advance_ms(kHourMs);
  EXPECT_EQ(attempt_due(), 1);
  EXPECT_FALSE(webhooks->find_endpoint("ann", id, true)->is_enabled);
  EXPECT_EQ(deliveries().front().state, "failed");
  happen(1);
  publish();
  EXPECT_EQ(deliveries().size(), 1u);  // it hears of nothing more
}

TEST_P(WebhookDelivery, AStopIsNoFailedAttempt) {
  add_endpoint("https://example.com/");
  happen(0);
  publish();
  answer = [](const WebhookRequest&) -> Result<WebhookAnswer> {
    return fail(ErrorCode::cancelled, "stopping");
  };
  EXPECT_EQ(attempt_due(), 1);
  EXPECT_EQ(deliveries().front().attempts, 0);
  answer = [](const WebhookRequest&) { return WebhookAnswer{.status = 200}; };
  EXPECT_EQ(attempt_due(), 1);
  EXPECT_EQ(deliveries().front().state, "delivered");
}

TEST_P(WebhookDelivery, AMessageBecomesOneEventHoweverOftenItIsPublished) {
  add_endpoint("https://example.com/");
  happen(0);
  const auto messages = webhooks->pending_messages(clock.now_ms(), 10).value();
  ASSERT_EQ(messages.size(), 1u);
  for (int i = 0; i < 3; ++i) {
    jobs::Publication publication{.message = messages.front()};
    publication.events.push_back(jobs::WebhookEvent{.id = "evt_" + std::to_string(i),
                                                    .account_id = "ann",
                                                    .type = "wallet.test",
                                                    .is_extension = true,
                                                    .body = "{}"});
    ASSERT_TRUE(webhooks->publish({&publication, 1}, clock.now_ms(), clock.now_ms() + kHourMs));
  }
  const auto events = webhooks->list_events({.account_id = "ann", .with_extension = true}).value();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events.front().id, "evt_0");
  EXPECT_EQ(deliveries().size(), 1u);
}

// The threads, with a receiver in memory: everything arrives, whatever it answers at random, while
// the dispatcher comes and goes. ThreadSanitizer reads along in scripts/check.
TEST_P(WebhookDelivery, TheDispatcherDeliversEverythingAcrossItsRestarts) {
  options.first_retry_ms = 1;
  options.longest_retry_ms = 5;
  const SystemClock now;
  std::mutex mutex;
  std::map<std::int64_t, std::set<std::string>> ids;  // by number: delivered, with which event ids
  std::minstd_rand random(7);
  const auto transport = [&](const WebhookRequest& request,
                             const std::stop_token&) -> Result<WebhookAnswer> {
    const std::lock_guard lock(mutex);
    if (random() % 3 == 0) return WebhookAnswer{.status = 500};
    if (random() % 5 == 0) return fail(ErrorCode::download_failed, "closed");
    for (const auto& [name, value] : request.headers) {
      if (name == "webhook-id") ids[number_of(request)].insert(value);
    }
    return WebhookAnswer{.status = 200};
  };
  for (int i = 0; i < 3; ++i) add_endpoint("https://example.com/" + std::to_string(i));
  constexpr int kEvents = 60;
  for (int i = 0; i < kEvents; ++i) happen(i, std::to_string(i % 7));
  bool is_done = false;
  for (int round = 0; round < 400 && !is_done; ++round) {
    jobs::WebhookPublisher one(*webhooks, *stores->jobs, {}, money::PriceBook::version_1(), options,
                               now);
    jobs::WebhookDeliverer two(*webhooks, transport, jobs::WebhookSecrets("key"), options, now,
                               [] { return 0.5; });
    jobs::WebhookDispatcher threads(one, two, *webhooks, options, now);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    threads.wake();
    const auto all = deliveries();
    is_done = all.size() == 3u * kEvents &&
              std::all_of(all.begin(), all.end(), [](const auto& one_delivery) {
                return one_delivery.state == "delivered";
              });
  }
  EXPECT_TRUE(is_done);
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(kEvents));
  for (const auto& [number, events] : ids) EXPECT_EQ(events.size(), 1u) << number;
}

}  // namespace
}  // namespace understudy::storage
