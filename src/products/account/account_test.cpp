// The account's routes over hand-written ports: what is shown, in which spelling, and what is
// refused.
#include <string_view>

#include <gtest/gtest.h>

#include "api/time_text.h"
#include "products/account/account_query.h"
#include "products/account/account_routes.h"

namespace understudy::account {
namespace {

using money::Money;

tl::unexpected<Error> unused() { return fail(ErrorCode::not_implemented, "not used here"); }

class OneAccount final : public accounts::AccountStore {
 public:
  Result<void> create_account(const accounts::Account&) override { return unused(); }
  Result<accounts::Account> find_account(std::string_view id) override {
    if (id == account.id) return account;
    return fail(ErrorCode::not_found, "There is no account with this id.");
  }
  Result<accounts::AccountWithWallet> find_with_wallet(std::string_view id) override {
    TRY_ASSIGN(const auto found, find_account(id));
    return accounts::AccountWithWallet{found, balance};
  }
  Result<std::vector<accounts::Account>> list_accounts() override { return unused(); }
  Result<void> create_key(const accounts::ApiKey&, std::string_view) override { return unused(); }
  Result<std::vector<accounts::ApiKey>> list_keys(std::string_view) override { return keys; }
  Result<void> revoke_key(std::string_view, std::int64_t) override { return unused(); }
  Result<std::optional<accounts::Principal>> authenticate(std::string_view, std::int64_t) override {
    return unused();
  }
  Result<accounts::Wallet> wallet(std::string_view) override { return balance; }

  accounts::Account account{.id = "a1", .name = "Ann van Loon", .email = "ann@example.com"};
  std::vector<accounts::ApiKey> keys;
  accounts::Wallet balance{.posted = Money{10'000'000'001}, .held = Money{3'500'000'000}};
};

class OnePlan final : public accounts::PlanStore {
 public:
  Result<accounts::AccountPlan> find_plan(std::string_view) override { return plan; }
  Result<Use> use_of(std::string_view, std::string_view, std::int64_t) override { return Use{}; }
  Result<void> set_plan(const accounts::AccountPlan&) override { return unused(); }

  accounts::AccountPlan plan{.account_id = "a1", .plan = "pro"};
};

class LedgerInMemory final : public money::LedgerStore {
 public:
  Result<money::LedgerEntry> withdraw(const money::Withdrawal&, std::int64_t) override {
    return fail(ErrorCode::not_implemented, "");
  }
  Result<money::LedgerEntry> refund(const money::Refund&, std::int64_t) override {
    return fail(ErrorCode::not_implemented, "");
  }
  Result<std::vector<money::Lot>> lots(std::string_view) override { return open_lots; }
  Result<int> expire(std::int64_t) override { return 0; }
  Result<std::optional<money::Money>> low_balance(std::string_view) override {
    return std::nullopt;
  }
  Result<void> set_low_balance(std::string_view, std::optional<money::Money>) override {
    return {};
  }
  Result<money::LedgerEntry> fund(const money::Funding&, std::int64_t) override { return unused(); }
  Result<std::vector<money::LedgerEntry>> entries(const money::EntryQuery& query) override {
    std::vector<money::LedgerEntry> page;
    for (std::int64_t seq = std::min(query.before_seq - 1, count); seq > 0; --seq) {
      if (static_cast<int>(page.size()) == query.limit) break;
      page.push_back({.account_id = query.account_id,
                      .seq = seq,
                      .kind = "top_up",
                      .reference = "pay-" + std::to_string(seq),
                      .note = note,
                      .amount = Money{1},
                      .balance_after = Money{seq},
                      .created_at_ms = 1000});
    }
    last = query;
    return page;
  }
  Result<std::vector<money::UsageRow>> usage(const money::UsageQuery&) override {
    money::UsageRow row;
    row.id = 7;
    row.product = "avatar_video";
    row.price_item = "avatar_video.avatar_iv.studio_avatar";
    row.quantity = 4520;
    row.amount = Money{301'484'000};
    return std::vector{row};
  }
  Result<std::vector<money::UsageTotal>> usage_totals(const money::UsageQuery&,
                                                      const money::UsageGrouping&) override {
    money::UsageTotal videos;
    videos.product = "avatar_video";
    videos.price_item = "a";
    videos.jobs = 2;
    videos.quantity = 5;
    videos.amount = Money{3};
    money::UsageTotal speech = videos;
    speech.product = "voices";
    speech.price_item = "speech.starfish";
    speech.amount = Money{4};
    return std::vector{videos, speech};
  }
  Result<money::VerifyReport> verify() override { return unused(); }

  std::vector<money::Lot> open_lots;
  std::int64_t count = 3;
  std::string note = "first";
  money::EntryQuery last;
};

class OneJob final : public jobs::JobStore {
 public:
  Result<void> submit(const jobs::Submission&) override { return unused(); }
  Result<jobs::Job> find(std::string_view account, std::string_view id) override {
    if (account == "a1" && id == job.id) return job;
    return understudy::fail(ErrorCode::not_found, "There is no job with this id.");
  }
  Result<std::vector<jobs::Job>> list(const jobs::JobQuery&) override { return unused(); }
  Result<std::optional<jobs::Job>> claim(const jobs::ClaimRequest&, std::int64_t) override {
    return unused();
  }
  Result<void> heartbeat(const jobs::Heartbeat&, std::int64_t) override { return unused(); }
  Result<void> set_exact(std::string_view, std::int64_t, const jobs::Delivered&, std::int64_t) override {
    return unused();
  }
  Result<void> complete(const jobs::Completion&, std::int64_t) override { return unused(); }
  Result<void> fail(std::string_view, std::int64_t, const Error&, bool, std::int64_t) override {
    return unused();
  }
  Result<jobs::Job> cancel(std::string_view account, std::string_view id, std::int64_t) override {
    TRY(find(account, id));
    job.state = jobs::JobState::cancelled;
    return job;
  }
  Result<void> remove(std::string_view, std::string_view, std::int64_t) override {
    return unused();
  }
  Result<jobs::Job> rename(std::string_view, std::string_view, std::string_view) override {
    return unused();
  }
  Result<int> sweep(std::int64_t) override { return unused(); }

  jobs::Job job;
};

class AccountRoutes : public ::testing::Test {
 protected:
  AccountRoutes() {
    queue.job.id = "j1";
    queue.job.kind = "avatar_video";
    request.principal = {.account_id = "a1", .key_id = "k1", .scopes = {}, .is_operator = false};
  }

  Result<api::Response> call(const std::string& method, const std::string& path) {
    for (const auto& route :
         routes({accounts, plans, ledger, queue, money::PriceBook::version_1(), clock})) {
      if (route.method == method && route.path == path) return route.handler(request);
    }
    return unused();
  }
  std::string text_of(const std::string& method, const std::string& path) {
    const auto response = call(method, path);
    if (!response) return response.error().message;
    return response->text.value_or(to_text(response->body));
  }

  OneAccount accounts;
  OnePlan plan_store;
  LedgerInMemory ledger;
  OneJob queue;
  ManualClock clock;
  understudy::accounts::PlanAllocator plans{plan_store, ledger,
                                            understudy::accounts::default_plans(), clock};
  api::Request request;
};

TEST_F(AccountRoutes, TheBalanceIsWhatIsAvailableToTheLastDecimal) {
  EXPECT_EQ(text_of("GET", "/v3/users/me"),
            R"({"data":{"username":"a1","email":"ann@example.com","first_name":"Ann",)"
            R"("last_name":"van Loon","billing_type":"wallet","wallet":{"currency":"usd",)"
            R"("remaining_balance":6.500000001,"auto_reload":{"enabled":false,)"
            R"("threshold_usd":null,"amount_usd":null}},"subscription":null,"usage_based":null}})");
}

money::Lot lot(money::LotSource source, int priority, std::int64_t remaining, std::int64_t held) {
  money::Lot made;
  made.terms = {.source = source, .priority = priority, .expires_at_ms = money::kNever};
  made.amount = made.remaining = Money{remaining};
  made.held = Money{held};
  return made;
}

TEST_F(AccountRoutes, ATokenSeesTheCreditsOfThePlanInPlaceOfTheWallet) {
  request.principal.wallet_id = money::credits_wallet("a1");
  ledger.open_lots = {lot(money::LotSource::premium, 10, 12'900'000'000, 1'000'000'000),
                      lot(money::LotSource::add_on, 20, 5'000'000'000, 0)};
  const std::string text = text_of("GET", "/v3/users/me");
  EXPECT_NE(text.find(R"("billing_type":"subscription","wallet":null,"subscription":{"plan":"pro",)"
                      R"("credits":{"premium_credits":{"remaining":11,"resets_at":")"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("add_on_credits":{"remaining":5,"resets_at":null}}},"usage_based":null)"),
            std::string::npos)
      << text;
  // What has expired is not there any more, booked out or not.
  ledger.open_lots[0].terms.expires_at_ms = clock.now_ms();
  EXPECT_NE(text_of("GET", "/v3/users/me").find(R"("premium_credits":{"remaining":0,)"),
            std::string::npos);
}

TEST_F(AccountRoutes, AUsageBasedAccountSeesItsSpendingAndItsCap) {
  request.principal.wallet_id = money::credits_wallet("a1");
  plan_store.plan.is_usage_based = true;
  plan_store.plan.included_credits = 4444;
  plan_store.plan.overage_rate = Money{10'000'000};
  plan_store.plan.cap = Money{100'000'000'000};
  ledger.open_lots = {lot(money::LotSource::premium, 10, 4'426'900'000'000, 0)};
  const std::string text = text_of("GET", "/v3/users/me");
  EXPECT_NE(text.find(R"("billing_type":"usage_based","wallet":null,"subscription":null,)"
                      R"("usage_based":{"spending_current_usd":0,"spending_cap_usd":100,)"
                      R"("included_credits":4444,"remaining_credits":4426.9})"),
            std::string::npos)
      << text;
}

TEST_F(AccountRoutes, AKeySeesItself) {
  accounts::ApiKey key;
  key.id = "k1";
  key.label = "laptop";
  key.scopes = {"videos:read"};
  key.created_at_ms = clock.now_ms() - 5000;
  key.expires_at_ms = clock.now_ms() + 60'000;
  accounts.keys = {key};
  const std::string text = text_of("GET", "/v3/api_keys/self");
  for (const char* part : {R"("key_id":"k1")", R"("key_name":"laptop")", R"("status":"active")",
                           R"("scopes":["videos:read"])", R"("expires_in_seconds":60)",
                           R"("scope_mode":"restricted")"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
}

TEST_F(AccountRoutes, PricesNeedNoKeyAndShowEveryRow) {
  const std::string text = text_of("GET", "/understudy/v1/prices");
  EXPECT_NE(text.find(R"("item":"speech.starfish")"), std::string::npos);
  EXPECT_NE(text.find(R"("rate_usd":0.000667)"), std::string::npos);
  request.query = {{"format", "csv"}};
  EXPECT_NE(text_of("GET", "/understudy/v1/prices").find("HyperFrames,4K / 60 fps,minute,0.3\r\n"),
            std::string::npos);
}

TEST_F(AccountRoutes, TheLedgerPagesByItsToken) {
  request.query = {{"limit", "2"}};
  const auto first = call("GET", "/understudy/v1/ledger").value().body.as_object();
  EXPECT_EQ(first.at("data").as_array().size(), 2u);
  EXPECT_TRUE(bool_or(first, "has_more", false));
  request.query = {{"limit", "2"}, {"token", string_or(first, "next_token")}};
  const auto second = call("GET", "/understudy/v1/ledger").value().body.as_object();
  ASSERT_EQ(second.at("data").as_array().size(), 1u);
  EXPECT_EQ(int_or(second.at("data").as_array()[0].as_object(), "id", 0), 1);
  EXPECT_FALSE(bool_or(second, "has_more", true));
}

TEST_F(AccountRoutes, CsvHasAllRowsAndQuotesWhatItMust) {
  ledger.count = 4500;
  ledger.note = "said \"hi\", left";
  request.headers = {{"accept", "text/csv"}};
  const std::string text = text_of("GET", "/understudy/v1/ledger");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4501);
  EXPECT_NE(text.find("\"said \"\"hi\"\", left\""), std::string::npos);
  EXPECT_NE(text.find(",0.000000001,0.0000045,"), std::string::npos) << text.substr(0, 300);
}

TEST_F(AccountRoutes, ANoteIsNeverAFormula) {
  ledger.count = 1;
  ledger.note = "=HYPERLINK(1)";
  request.query = {{"format", "csv"}};
  EXPECT_NE(text_of("GET", "/understudy/v1/ledger").find("\"'=HYPERLINK(1)\""), std::string::npos);
}

TEST_F(AccountRoutes, UsageShowsTotalsBesideThePage) {
  const std::string text = text_of("GET", "/understudy/v1/usage");
  EXPECT_NE(text.find(R"("amount_usd":0.301484)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("total_usd":0.000000007)"), std::string::npos) << text;
}

TEST_F(AccountRoutes, TimesAreDaysInstantsOrSeconds) {
  EXPECT_EQ(api::parse_time("2026-11-22", "from").value(), 1'795'305'600'000);
  EXPECT_EQ(api::parse_time("2026-11-22T00:00:01Z", "from").value(), 1'795'305'601'000);
  EXPECT_EQ(api::parse_time("1795305600", "from").value(), 1'795'305'600'000);
  for (const char* wrong :
       {"", "yesterday", "2026-02-31", "2026-13-01", "-5", "2026-11-22T00:00:01"}) {
    EXPECT_EQ(api::parse_time(wrong, "from").error().param, "from") << wrong;
  }
  request.query = {{"from", "2026-11-22"}, {"to", "2026-11-23"}};
  ASSERT_TRUE(call("GET", "/understudy/v1/ledger"));
  EXPECT_EQ(ledger.last.until_ms - ledger.last.from_ms, 86'400'000);
}

TEST_F(AccountRoutes, NamesTheQueryThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"format", "xml"}, {"from", "soon"}, {"to", "later"}, {"limit", "0"}, {"token", "%%"}};
  for (const auto& [name, value] : cases) {
    request.query = {{name, value}};
    for (const char* path : {"/understudy/v1/ledger", "/understudy/v1/usage"}) {
      const auto refused = call("GET", path);
      ASSERT_FALSE(refused) << name;
      EXPECT_EQ(refused.error().code, ErrorCode::invalid_parameter);
      EXPECT_EQ(refused.error().param, name);
    }
  }
}

TEST_F(AccountRoutes, AJobShowsItsProgressAndItsCharge) {
  queue.job.state = jobs::JobState::running;
  queue.job.progress = 0.5;
  queue.job.stage = "rendering";
  queue.job.eta_ms = 1500;
  queue.job.charge.price_item = "speech.starfish";
  queue.job.charge.held = Money{667'000};
  request.path_params = {{"job_id", "j1"}};
  const std::string text = text_of("GET", "/understudy/v1/jobs/{job_id}");
  for (const char* part : {R"("status":"running")", R"("progress":0.5)", R"("stage":"rendering")",
                           R"("eta_ms":1500)", R"("held_usd":0.000667)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
  EXPECT_NE(text_of("POST", "/understudy/v1/jobs/{job_id}/cancel").find(R"("status":"cancelled")"),
            std::string::npos);
}

TEST_F(AccountRoutes, AnotherAccountsJobIsNotFound) {
  request.principal.account_id = "a2";
  request.path_params = {{"job_id", "j1"}};
  for (const char* path : {"/understudy/v1/jobs/{job_id}", "/understudy/v1/jobs/{job_id}/cancel"}) {
    const bool is_cancel = std::string_view(path).ends_with("cancel");
    const auto refused = call(is_cancel ? "POST" : "GET", path);
    EXPECT_EQ(refused.error().code, ErrorCode::resource_not_found);
    EXPECT_EQ(refused.error().param, "job_id");
  }
}

}  // namespace
}  // namespace understudy::account
