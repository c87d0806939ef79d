// What accounts/oauth_store.h and accounts/plan_store.h promise, and the month's credits over them.
#include <thread>

#include <gtest/gtest.h>

#include "accounts/plan_allocator.h"
#include "base/clock.h"
#include "money/credit_prices.h"
#include "money/ledger.h"
#include "storage/test_ledger.h"

namespace understudy::storage {
namespace {

using accounts::CodeRedemption;
using accounts::TokenVerdict;

constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr CodeRedemption kShown{
    .client_id = "app", .redirect_uri = "http://127.0.0.1:1/cb", .code_verifier = kVerifier};

class OAuthStore : public ::testing::TestWithParam<Backend> {
 protected:
  OAuthStore() { stores.add_account("ann", usd("10")); }

  accounts::NewTokens tokens(const std::string& name) const {
    return {.access_hash = "access-" + name,
            .refresh_hash = "refresh-" + name,
            .access_expires_at_ms = kNowMs + 1000,
            .refresh_expires_at_ms = kNowMs + 100'000};
  }
  void add_code(const std::string& hash) {
    accounts::NewCode code;
    code.hash = hash;
    code.grant = {.id = new_id(kNowMs),
                  .account_id = "ann",
                  .client_id = "app",
                  .scopes = {"openid", "videos:write"},
                  .created_at_ms = kNowMs};
    code.redirect_uri = kShown.redirect_uri;
    code.code_challenge = kChallenge;
    code.expires_at_ms = kNowMs + 60'000;
    ASSERT_TRUE(store->create_code(code));
  }
  TokenVerdict redeem(const std::string& hash, const std::string& name) {
    return store->redeem_code(hash, kShown, tokens(name), kNowMs).value().verdict;
  }
  TokenVerdict refresh(const std::string& from, const std::string& to) {
    return store->refresh("refresh-" + from, "app", tokens(to), kNowMs).value().verdict;
  }
  bool is_valid(const std::string& name, std::int64_t now_ms = kNowMs) {
    return store->authenticate("access-" + name, now_ms).value().has_value();
  }
  void add_device() {
    accounts::NewDevice device;
    device.hash = "device";
    device.user_code_hash = "user";
    device.request.client_id = "app";
    device.request.scopes = {"openid"};
    device.request.expires_at_ms = kNowMs + 900'000;
    ASSERT_TRUE(store->create_device(device));
  }
  TokenVerdict poll(std::int64_t after_ms, const std::string& name = "d") {
    return store->poll_device("device", "app", tokens(name), kNowMs + after_ms).value().verdict;
  }

  TestPlace place{GetParam()};
  Stores stores{place};
  std::unique_ptr<accounts::OAuthStore> store = make_oauth_store(*stores.database);
  std::unique_ptr<accounts::PlanStore> plans = make_plan_store(*stores.database);
};

UNDERSTUDY_ON_BOTH_DATABASES(OAuthStore);

TEST_P(OAuthStore, ACodeGivesTokensThatStandForItsAccount) {
  add_code("code");
  EXPECT_EQ(redeem("other", "x"), TokenVerdict::invalid);
  EXPECT_EQ(redeem("code", "a"), TokenVerdict::granted);
  const auto principal = store->authenticate("access-a", kNowMs).value().value();
  EXPECT_EQ(principal.account_id, "ann");
  EXPECT_EQ(principal.credential, accounts::Credential::bearer);
  EXPECT_EQ(principal.wallet_id, money::credits_wallet("ann"));
  EXPECT_TRUE(principal.may("videos:write"));
  EXPECT_FALSE(principal.may("voices:read"));
  EXPECT_FALSE(principal.may("operator"));
  EXPECT_TRUE(is_valid("a", kNowMs + 999));
  EXPECT_FALSE(is_valid("a", kNowMs + 1000));
  EXPECT_FALSE(store->authenticate("refresh-a", kNowMs).value());
}

TEST_P(OAuthStore, ASecondUseEndsTheGrant) {
  add_code("code");
  EXPECT_EQ(redeem("code", "a"), TokenVerdict::granted);
  EXPECT_EQ(refresh("a", "b"), TokenVerdict::granted);
  EXPECT_TRUE(is_valid("a") && is_valid("b"));
  EXPECT_EQ(refresh("a", "c"), TokenVerdict::reused);
  EXPECT_FALSE(is_valid("a") || is_valid("b") || is_valid("c"));
  EXPECT_EQ(refresh("b", "d"), TokenVerdict::invalid);

  add_code("second");
  EXPECT_EQ(redeem("second", "e"), TokenVerdict::granted);
  EXPECT_EQ(redeem("second", "f"), TokenVerdict::reused);
  EXPECT_FALSE(is_valid("e") || is_valid("f"));
}

TEST_P(OAuthStore, OfManyAtOnceOneIsGranted) {
  add_code("code");
  EXPECT_EQ(redeem("code", "a"), TokenVerdict::granted);
  std::atomic<int> granted{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 32; ++i) {
      callers.emplace_back([&, i] {
        if (refresh("a", std::to_string(i)) == TokenVerdict::granted) ++granted;
      });
    }
  }
  EXPECT_EQ(granted, 1);
}

TEST_P(OAuthStore, RevokingIsTheClientsOwn) {
  add_code("code");
  EXPECT_EQ(redeem("code", "a"), TokenVerdict::granted);
  ASSERT_TRUE(store->revoke("access-a", "other", kNowMs));
  ASSERT_TRUE(store->revoke("unknown", "app", kNowMs));
  EXPECT_TRUE(is_valid("a"));
  ASSERT_TRUE(store->revoke("refresh-a", "app", kNowMs));
  EXPECT_FALSE(is_valid("a"));
  EXPECT_EQ(refresh("a", "b"), TokenVerdict::invalid);
}

TEST_P(OAuthStore, ADevicesIntervalGrowsWithImpatience) {
  add_device();
  EXPECT_EQ(poll(0), TokenVerdict::pending);
  EXPECT_EQ(poll(4'999), TokenVerdict::too_soon);          // now 10 s
  EXPECT_EQ(poll(4'999 + 9'999), TokenVerdict::too_soon);  // now 15 s
  EXPECT_EQ(poll(14'998 + 15'000), TokenVerdict::pending);
  EXPECT_TRUE(store->find_device("user", kNowMs).value());
  EXPECT_TRUE(store->decide_device("user", "ann", true, kNowMs).value());
  EXPECT_FALSE(store->decide_device("user", "ann", false, kNowMs).value());  // once
  EXPECT_FALSE(store->find_device("user", kNowMs).value());
  EXPECT_EQ(poll(29'998 + 14'999), TokenVerdict::too_soon);
  EXPECT_EQ(poll(44'997 + 20'000), TokenVerdict::granted);
  EXPECT_TRUE(is_valid("d"));
  EXPECT_EQ(poll(100'000, "e"), TokenVerdict::reused);
  EXPECT_FALSE(is_valid("d"));
}

TEST_P(OAuthStore, ADeviceIsDeniedOrExpires) {
  add_device();
  EXPECT_TRUE(store->decide_device("user", "ann", false, kNowMs).value());
  EXPECT_EQ(poll(0), TokenVerdict::denied);
  EXPECT_EQ(poll(900'000), TokenVerdict::expired);
  EXPECT_FALSE(store->decide_device("user", "ann", true, kNowMs + 900'000).value());
}

TEST_P(OAuthStore, ALoginBelongsToOneAccountAndANewPasswordEndsWhatWas) {
  stores.add_account("bob", usd("0"));
  EXPECT_TRUE(
      store->set_login({.account_id = "ann", .email = "a@b", .password_hash = "1"}, kNowMs));
  EXPECT_EQ(store->set_login({.account_id = "bob", .email = "a@b", .password_hash = "2"}, kNowMs)
                .error()
                .code,
            ErrorCode::conflict);
  EXPECT_EQ(store->set_login({.account_id = "nobody", .email = "c@d", .password_hash = "2"}, kNowMs)
                .error()
                .code,
            ErrorCode::not_found);
  EXPECT_EQ(stores.accounts->find_account("ann")->email, "a@b");
  EXPECT_EQ(store->find_login("a@b").value()->account_id, "ann");
  EXPECT_FALSE(store->find_login("c@d").value());
  ASSERT_TRUE(store->create_session("s", "ann", kNowMs + 10));
  EXPECT_EQ(store->find_session("s", kNowMs).value()->id, "ann");
  EXPECT_FALSE(store->find_session("s", kNowMs + 10).value());
  add_code("code");
  EXPECT_EQ(redeem("code", "a"), TokenVerdict::granted);
  EXPECT_TRUE(
      store->set_login({.account_id = "ann", .email = "x@y", .password_hash = "3"}, kNowMs));
  EXPECT_FALSE(store->find_session("s", kNowMs).value());
  EXPECT_FALSE(is_valid("a"));
  EXPECT_FALSE(store->find_login("a@b").value());
}

TEST_P(OAuthStore, PurgeDropsOnlyWhatIsOver) {
  add_code("code");
  EXPECT_EQ(redeem("code", "a"), TokenVerdict::granted);
  EXPECT_EQ(store->purge(kNowMs).value(), 0);
  EXPECT_EQ(store->purge(kNowMs + 2000).value(), 1);  // the access token
  EXPECT_EQ(refresh("a", "b"), TokenVerdict::granted);
  EXPECT_GT(store->purge(kNowMs + 10LL * 24 * 3600 * 1000).value(), 2);
  EXPECT_EQ(refresh("b", "c"), TokenVerdict::invalid);
}

class Plans : public OAuthStore {
 protected:
  money::Money credits() {
    money::Money sum;
    const auto lots = stores.ledger->lots(kWallet).value();
    for (const auto& lot : lots) {
      if (lot.terms.expires_at_ms > clock.now_ms()) sum = sum + lot.remaining - lot.held;
    }
    return sum;
  }
  void set(accounts::AccountPlan plan) {
    plan.account_id = "ann";
    plan.joined_at_ms = kNowMs;
    ASSERT_TRUE(plans->set_plan(plan));
    ASSERT_TRUE(allocator.change("ann"));
  }
  jobs::NewJob credit_job(money::Money hold) {
    auto job = paid_job("ann", hold, clock.now_ms());
    job.wallet_id = kWallet;
    job.price_version = money::credit_prices_version_1().version();
    return job;
  }
  static constexpr std::int64_t kCredit = accounts::kNanoPerCredit;
  const std::string kWallet = money::credits_wallet("ann");
  ManualClock clock{kNowMs};
  accounts::PlanAllocator allocator{*plans, *stores.ledger, accounts::default_plans(), clock};
};

UNDERSTUDY_ON_BOTH_DATABASES(Plans);

TEST_P(Plans, AMonthsCreditsComeOnceAndEndWithTheMonth) {
  EXPECT_EQ(plans->find_plan("ann")->plan, "free");
  EXPECT_EQ(plans->find_plan("nobody").error().code, ErrorCode::not_found);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(allocator.allocate("ann"));
  accounts::PlanAllocator another(*plans, *stores.ledger, accounts::default_plans(), clock);
  ASSERT_TRUE(another.allocate("ann"));  // a restart
  EXPECT_EQ(credits().nano_usd, 10 * kCredit);
  clock.advance_ms(32LL * 24 * 3600 * 1000);
  EXPECT_EQ(credits().nano_usd, 0);
  ASSERT_TRUE(stores.ledger->expire(clock.now_ms()));
  ASSERT_TRUE(allocator.allocate("ann"));
  EXPECT_EQ(credits().nano_usd, 10 * kCredit);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Plans, ALargerPlanBringsTheDifferenceAtOnce) {
  ASSERT_TRUE(allocator.allocate("ann"));
  set({.account_id = "ann", .plan = "creator"});
  EXPECT_EQ(credits().nano_usd, 200 * kCredit);
  set({.account_id = "ann", .plan = "free"});
  set({.account_id = "ann", .plan = "creator"});
  EXPECT_EQ(credits().nano_usd, 200 * kCredit);
}

TEST_P(Plans, PremiumIsSpentBeforeAddOnAndDollarsAreNotTouched) {
  ASSERT_TRUE(allocator.allocate("ann"));
  ASSERT_TRUE(stores.ledger->fund({.account_id = kWallet,
                                   .amount = {5 * kCredit},
                                   .source = std::string(money::kPlan),
                                   .terms = money::LotTerms{.source = money::LotSource::add_on,
                                                            .priority = accounts::kAddOnPriority},
                                   .reference = "add-on-1"},
                                  kNowMs));
  ASSERT_TRUE(stores.jobs->submit({.jobs = {credit_job({12 * kCredit})}}));
  const auto lots = stores.ledger->lots(kWallet).value();
  ASSERT_EQ(lots.size(), 2u);
  EXPECT_EQ(lots[0].terms.source, money::LotSource::premium);
  EXPECT_EQ(lots[0].held.nano_usd, 10 * kCredit);
  EXPECT_EQ(lots[1].held.nano_usd, 2 * kCredit);
  EXPECT_EQ(stores.jobs->submit({.jobs = {credit_job({4 * kCredit})}}).error().code,
            ErrorCode::insufficient_credit);
  const auto job = stores.jobs->claim(any_worker(), kNowMs).value().value();
  ASSERT_TRUE(stores.jobs->complete(completion(job, 30'000), kNowMs));  // 0.1 a second: 3
  EXPECT_EQ(credits().nano_usd, 12 * kCredit);
  EXPECT_EQ(stores.wallet("ann").posted, usd("10"));
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Plans, AUsageBasedAccountSpendsItsIncludedCreditsThenUpToItsCap) {
  set({.account_id = "ann",
       .is_usage_based = true,
       .included_credits = 2,
       .overage_rate = usd("0.01"),
       .cap = usd("0.03")});
  EXPECT_TRUE(allocator.terms("ann")->is_usage_based);
  EXPECT_EQ(credits().nano_usd, 5 * kCredit);
  ASSERT_TRUE(stores.jobs->submit({.jobs = {credit_job({5 * kCredit})}}));
  EXPECT_FALSE(stores.jobs->submit({.jobs = {credit_job({1})}}));
}

TEST_P(Plans, ALoweredCapTakesBackWhatIsNotSpentAlsoWhatAJobStillHolds) {
  const auto terms = [](std::string_view cap) {
    return accounts::AccountPlan{
        .is_usage_based = true, .overage_rate = usd("0.01"), .cap = usd(cap)};
  };
  set(terms("0.10"));  // 10 credits, beside the 10 of a free plan that were never asked for
  EXPECT_EQ(credits().nano_usd, 10 * kCredit);
  const auto job = credit_job({4 * kCredit});
  ASSERT_TRUE(stores.jobs->submit({.jobs = {job}}));
  set(terms("0.03"));
  EXPECT_EQ(credits().nano_usd, 0);  // 4 are held, which is more than the cap
  EXPECT_FALSE(stores.jobs->submit({.jobs = {credit_job({1})}}));
  ASSERT_TRUE(stores.jobs->cancel("ann", job.id, clock.now_ms()));
  EXPECT_EQ(credits().nano_usd, 4 * kCredit);  // until somebody asks
  ASSERT_TRUE(allocator.allocate("ann"));
  EXPECT_EQ(credits().nano_usd, 3 * kCredit);
  set(terms("0.10"));
  EXPECT_EQ(credits().nano_usd, 10 * kCredit);
  set(terms("0.03"));
  set(terms("0.10"));
  EXPECT_EQ(credits().nano_usd, 10 * kCredit);
  set({.plan = "free"});
  EXPECT_EQ(credits().nano_usd, 10 * kCredit);  // those of the plan
  const auto lots = stores.ledger->lots(kWallet).value();
  ASSERT_EQ(lots.size(), 1u);
  EXPECT_EQ(lots[0].terms.source, money::LotSource::premium);
  EXPECT_TRUE(stores.is_clean());
}

TEST_P(Plans, TermsChangedThroughAnotherServerAreSeenSoon) {
  accounts::PlanAllocator another(*plans, *stores.ledger, accounts::default_plans(), clock);
  EXPECT_FALSE(another.terms("ann")->is_usage_based);
  set({.is_usage_based = true, .overage_rate = usd("0.01"), .cap = usd("1")});
  clock.advance_ms(5'000);
  EXPECT_TRUE(another.terms("ann")->is_usage_based);
}

TEST_P(Plans, UseCountsLiveJobsAndThisMonthsVideosOfTheWallet) {
  ASSERT_TRUE(allocator.allocate("ann"));
  const auto first = credit_job({kCredit});
  ASSERT_TRUE(stores.jobs->submit({.jobs = {first, credit_job({kCredit})}}));
  ASSERT_TRUE(stores.jobs->submit({.jobs = {paid_job("ann", usd("1"))}}));  // dollars
  auto use = plans->use_of(kWallet, "ann", kNowMs).value();
  EXPECT_EQ(use.live_jobs, 2);
  EXPECT_EQ(use.videos, 2);
  ASSERT_TRUE(stores.jobs->cancel("ann", first.id, kNowMs));
  use = plans->use_of(kWallet, "ann", kNowMs).value();
  EXPECT_EQ(use.live_jobs, 1);
  EXPECT_EQ(use.videos, 1);
  use = plans->use_of(kWallet, "ann", kNowMs + 1).value();
  EXPECT_EQ(use.live_jobs, 1);
  EXPECT_EQ(use.videos, 0);
}

}  // namespace
}  // namespace understudy::storage
