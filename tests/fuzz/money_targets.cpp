// What moves or limits money: a payment provider's events and answers, bodies about top-ups, caps
// and keys, OAuth's forms, price files.
#include <string>
#include <vector>

#include "accounts/oauth_authorization.h"
#include "accounts/oauth_text.h"
#include "api/body_fields.h"
#include "api/credentials.h"
#include "api/router.h"
#include "base/bytes.h"
#include "base/text.h"
#include "jobs/webhook_rules.h"
#include "money/budget.h"
#include "products/oauth/oauth_form.h"
#include "products/oauth/oauth_service.h"
#include "products/spending/key_rules.h"
#include "products/top_ups/stripe_client.h"
#include "products/top_ups/stripe_events.h"
#include "products/top_ups/stripe_requests.h"
#include "products/top_ups/stripe_signature.h"
#include "products/top_ups/top_ups_json.h"
#include "products/webhooks/webhooks.h"
#include "server/price_files.h"
#include "server/seal_json.h"
#include "target.h"

namespace understudy::fuzz {
namespace {

// What may be stored in any database and shown in any answer.
void require_text(std::string_view text) {
  require(is_valid_utf8(text), "a kept text is UTF-8");
  require(text.find('\0') == std::string_view::npos, "a kept text holds no NUL");
}

template <class T>
void require_refusal_says_why(const Result<T>& result) {
  if (result) return;
  require(!result.error().message.empty(), "a refusal says why");
  require(is_valid_utf8(result.error().message), "a refusal is text");
  require(is_valid_utf8(result.error().param), "a refusal names its field in text");
}

// ---------------------------------------------------------------------------------------- Stripe

void check_payment(const money::PaymentFacts& facts) {
  require(facts.amount_cents >= 0, "nobody pays less than nothing");
  require(money::from_cents(facts.amount_cents) >= money::Money{}, "cents stay what they are");
  for (const auto& text : {facts.event_id, facts.event_type, facts.top_up_id, facts.session_id,
                           facts.payment_id, facts.customer_id, facts.payment_method_id,
                           facts.currency, facts.failure_code, facts.failure_message}) {
    require_text(text);
    require(text.size() <= 500, "a kept text is short");
  }
}

void stripe_event(std::string_view input) {
  const auto event = top_ups::parse_event(input);
  require_refusal_says_why(event);
  if (!event) return;
  require(!event->id.empty() && !event->type.empty(), "an event has an id and a type");
  if (const auto* facts = std::get_if<money::PaymentFacts>(&event->facts)) {
    check_payment(*facts);
    require(facts->event_id == event->id, "facts know their event");
  } else if (const auto* reversal = std::get_if<money::ReversalFacts>(&event->facts)) {
    require(!reversal->payment_id.empty(), "what is taken back was paid");
    require(reversal->amount_cents >= 0, "nobody takes back less than nothing");
    require_text(reversal->id);
    require_text(reversal->payment_id);
    require_text(reversal->top_up_id);
  }
}

// A line with the status, then the body of an answer of Stripe's API.
void stripe_answer(std::string_view input) {
  Pieces pieces(input);
  const auto status = pieces.line();
  net::HttpResponse answer;
  answer.status = 400 + static_cast<int>(status.size()) * 7 % 200;
  answer.headers = {{"request-id", std::string(status)}};
  answer.body = std::string(pieces.rest());
  const auto error = top_ups::stripe_error(answer);
  require(!error.code.empty(), "an error has a code");
  for (const auto& text : {error.code, error.param, error.message, error.payment_id}) {
    require_text(text);
  }
  const auto document = parse_json(answer.body);
  if (!document || !document->is_object()) return;
  for (const auto& facts : {top_ups::facts_of_session(document->get_object()),
                            top_ups::facts_of_payment(document->get_object())}) {
    require_refusal_says_why(facts);
    if (facts && *facts) check_payment(**facts);
  }
}

// The header Stripe-Signature, then the body that it signs.
void stripe_signature(std::string_view input) {
  constexpr std::int64_t kNowMs = 1'700'000'000'000;
  static const std::vector<std::string> secrets = {"whsec_1", "", "whsec_2"};
  Pieces pieces(input);
  const auto header = pieces.line();
  const auto body = pieces.rest();
  const auto checked = top_ups::verify_signature(header, body, secrets, kNowMs);
  require_refusal_says_why(checked);
  if (checked) {
    bool is_signed = false;
    for (const auto* secret : {"whsec_1", "whsec_2"}) {
      for (std::int64_t t = 1'699'999'700; t <= 1'700'000'300; ++t) {
        const std::string payload = std::to_string(t) + "." + std::string(body);
        is_signed = is_signed ||
                    header.find(to_hex(hmac_sha256(secret, payload))) != std::string_view::npos;
      }
    }
    require(is_signed, "nobody forges an event");
  }
  // What is signed now verifies, however the rest of the header looks.
  const std::string signature = to_hex(hmac_sha256("whsec_2", "1700000000." + std::string(body)));
  require(
      top_ups::verify_signature("t=1700000000,v1=" + signature, body, secrets, kNowMs).has_value(),
      "a signed event verifies");
}

// Names and values, one a line, as a form that we send: whoever decodes it reads them again.
void stripe_form(std::string_view input) {
  Pieces pieces(input);
  top_ups::Form form;
  for (int i = 0; i < 20 && !pieces.rest().empty(); ++i) {
    const std::string name(pieces.line());
    const std::string value(pieces.line());
    form.emplace_back("n" + name, value);
  }
  const std::string text = top_ups::encode_form(form);
  (void)top_ups::without_customer(text);
  api::Request request;
  request.headers["content-type"] = "application/x-www-form-urlencoded";
  request.body = text;
  const auto read = oauth::read_form(request);
  if (read) require(*read == form, "a form reads back equal");
}

// ---------------------------------------------------------------------------------------- bodies

void top_up_bodies(std::string_view input) {
  const auto body = parse_json(input);
  if (!body) return;
  const auto top_up = top_ups::top_up_body(*body);
  require_refusal_says_why(top_up);
  if (top_up) {
    require(top_up->amount >= money::Money{}, "a top-up is not negative");
    if (money::check_top_up(top_up->amount, {}, "amount_usd")) {
      require(money::from_cents(money::cents(top_up->amount)) == top_up->amount, "whole cents");
    }
  }
  const auto reload = top_ups::auto_reload_body(*body);
  require_refusal_says_why(reload);
  if (reload) {
    require(reload->threshold >= money::Money{} && reload->amount >= money::Money{} &&
                reload->monthly_limit >= money::Money{},
            "settings of a reload are not negative");
  }
  const auto note = top_ups::note_body(*body);
  require_refusal_says_why(note);
  if (note) require_text(*note);
}

// Every reader on every member.
void fields(std::string_view input) {
  api::Request request;
  request.body = std::string(input);
  auto document = parse_json(input);
  if (!document) return;
  request.json = *std::move(document);
  require_refusal_says_why(api::closed_body(request, {"a", "b"}));
  const auto* body = request.json.if_object();
  if (body == nullptr) return;
  for (const auto& member : *body) {
    const std::string_view name = member.key();
    const auto text = api::optional_text(*body, name, 50);
    if (text && *text) {
      require_text(**text);
      require((*text)->size() <= 50, "a text is as long as it may be");
    }
    const auto whole = api::optional_whole(*body, name, -5, 5);
    if (whole && *whole) require(**whole >= -5 && **whole <= 5, "a number stays in its bounds");
    const auto future = api::optional_future(*body, name, 1'700'000'000'000);
    if (future && *future) require(**future > 1'700'000'000'000, "the future is not past");
    (void)api::optional_flag(*body, name);
    (void)api::required_text(*body, name);
    const auto usd = api::optional_usd(*body, name);
    if (usd && *usd) {
      require(money::parse_usd(to_text(**usd)) == **usd, "an amount reads back equal");
    }
  }
}

void check_budget(const money::Budget& budget) {
  require(budget.cap >= money::Money{}, "a cap is not negative");
  require(money::check(budget).has_value(), "what is read is checked");
  require(money::split_alerts(money::joined_alerts(budget.alerts)) == budget.alerts,
          "alerts read back equal");
}

void spending_bodies(std::string_view input) {
  const auto document = parse_json(input);
  if (!document || !document->is_object()) return;
  const auto& body = document->get_object();
  money::Budget budget;
  const auto cap = spending::read_cap(body, budget);
  require_refusal_says_why(cap);
  if (cap) check_budget(budget);
  accounts::ApiKey key;
  key.id = "key";
  const auto caps = spending::read_caps(body, key);
  require_refusal_says_why(caps);
  if (caps) {
    for (const auto& each : *caps) check_budget(each);
  }
  accounts::Principal maker;
  maker.scopes = {"videos:write"};
  const auto scopes = spending::scopes_for(maker, body);
  require_refusal_says_why(scopes);
  if (!scopes) return;
  key.scopes = *scopes;
  if (spending::check_no_more_than(maker, key)) {
    for (const auto& scope : key.scopes) require(maker.may(scope), "a key makes no stronger key");
  }
}

// A time zone and a moment in seconds.
void time_zone(std::string_view input) {
  Pieces pieces(input);
  const std::string zone(pieces.line());
  std::int64_t moment_s = 0;
  for (const char c : pieces.rest().substr(0, 12)) {
    moment_s = (moment_s * 10 + static_cast<unsigned char>(c) % 10) % 253'402'300'800;
  }
  const std::int64_t now_ms = moment_s * 1000;
  for (const auto period : {money::BudgetPeriod::daily, money::BudgetPeriod::weekly,
                            money::BudgetPeriod::monthly, money::BudgetPeriod::total}) {
    const auto window = money::window_of(period, zone, now_ms);
    if (!window) {
      require(window.error().param == "time_zone", "only the zone can be wrong");
      return;
    }
    require(window->start_ms <= now_ms && now_ms < window->end_ms, "now is within its period");
    const auto next = money::window_of(period, zone, window->end_ms);
    require(period == money::BudgetPeriod::total ||
                (next && next->start_ms == window->end_ms && next->end_ms > next->start_ms),
            "periods follow each other");
  }
}

// ----------------------------------------------------------------------------------- credentials

// Content-Type, Authorization, Cookie, X-Understudy-Max-Cost, then the body.
void oauth_request(std::string_view input) {
  Pieces pieces(input);
  api::Request request;
  for (const char* name : {"content-type", "authorization", "cookie", "x-understudy-max-cost"}) {
    request.headers[name] = std::string(pieces.line());
  }
  request.body = std::string(pieces.rest());
  const auto token = api::bearer_token(request);
  require(token.size() <= request.header("authorization").size(), "a token is a part");
  const auto limit = api::cost_limit(request);
  require_refusal_says_why(limit);
  if (limit) require(*limit >= money::Money{}, "a limit is not negative");
  (void)oauth::cookie(request, "session");
  const auto form = oauth::read_form(request);
  require_refusal_says_why(form);
  if (!form) return;
  for (const auto& [name, value] : *form) {
    require_text(name);
    require_text(value);
    require(oauth::field(*form, name) == value, "a field is there once");
  }
  require_text(oauth::client_id_of(request, *form));
}

// An authorization request's query, and what people type.
void authorization(std::string_view input) {
  const auto clients = accounts::official_clients();
  const auto query = api::parse_query(input);
  if (query) {
    const auto asked = accounts::read_authorization(*query, clients, "https://here.example");
    if (asked.request) {
      require(accounts::is_redirect_allowed(clients.front(), asked.request->redirect_uri),
              "a code goes only where the client is");
      const auto target = accounts::with_code(*asked.request, "us_ac_x", "https://here.example");
      require(target.starts_with(asked.request->redirect_uri), "a code goes to the redirect URI");
      require(target.find_first_of("\r\n") == std::string::npos, "no header is split");
      require(!accounts::redirect_origin(asked.request->redirect_uri).empty(), "it has an origin");
    } else if (!asked.refusal.redirect_to.empty()) {
      require(asked.refusal.redirect_to.find_first_of("\r\n") == std::string::npos,
              "no header is split");
    }
  }
  if (const auto scopes = accounts::parse_oauth_scopes(input)) {
    require(accounts::parse_oauth_scopes(accounts::joined_scopes(*scopes)) == scopes,
            "scopes read back equal");
  }
  const auto code = accounts::normal_user_code(input);
  require(code.empty() || accounts::normal_user_code(code) == code, "a code reads back equal");
  const auto email = oauth::normal_email(input);
  require(email.empty() || oauth::normal_email(email) == email, "an address reads back equal");
  require_text(email);
  for (const auto kind : {accounts::OAuthText::access, accounts::OAuthText::refresh,
                          accounts::OAuthText::code, accounts::OAuthText::device}) {
    require(!accounts::is_oauth_text(kind, input) || input.size() == 55, "a token has its shape");
  }
}

// -------------------------------------------------------------------------------------- webhooks

void webhook_bodies(std::string_view input) {
  const auto document = parse_json(input);
  if (!document || !document->is_object()) return;
  const auto& body = document->get_object();
  for (const auto surface : {webhooks::Surface::v3, webhooks::Surface::extension}) {
    const auto endpoint = webhooks::parse_endpoint(body, surface, false);
    require_refusal_says_why(endpoint);
    if (endpoint) {
      require_text(endpoint->url);
      require_text(endpoint->entity_id);
      require(jobs::origin_of(endpoint->url) ==
                  lower_case(endpoint->url.substr(0, jobs::origin_of(endpoint->url).size())),
              "an endpoint names no user");
    }
    require_refusal_says_why(webhooks::parse_change(body, surface, false));
  }
  const auto replay = webhooks::parse_replay(body);
  require_refusal_says_why(replay);
  if (replay) require(replay->from_ms <= replay->until_ms, "a replay goes forward");
  require_refusal_says_why(webhooks::parse_redelivery(body));
}

void webhook_url(std::string_view input) {
  const auto checked = jobs::check_webhook_url(input, false, "url");
  require_refusal_says_why(checked);
  require(jobs::origin_of(input).find('@') == std::string::npos || !checked,
          "an origin names no user");
  if (checked) require(lower_case(input.substr(0, 8)) == "https://", "only https is called");
  require_refusal_says_why(jobs::check_extension_filter(input));
}

// ---------------------------------------------------------------------------------------- prices

void price_file(std::string_view input) {
  const auto& first = money::PriceBook::version_1();
  const auto book = server::parse_price_book(2, input, first);
  require_refusal_says_why(book);
  if (!book) return;
  for (const auto& row : first.rows()) {
    const auto price = book->find(row.item);
    require(price.has_value(), "no item gets lost");
    require(price->rate >= money::Money{}, "nobody is paid for a job");
    (void)money::charge(*price, {60'000});
  }
}

// X-Understudy-Queue, X-HeyGen-Client-Source, X-HeyGen-Source.
void headers(std::string_view input) {
  Pieces pieces(input);
  api::Request request;
  for (const char* name : {"x-understudy-queue", "x-heygen-client-source", "x-heygen-source"}) {
    request.headers[name] = std::string(pieces.line());
  }
  require_refusal_says_why(api::waits_for_room(request, false));
  const std::string source = api::client_source(request);
  require(source.size() <= 64, "a program's name is short");
  for (const char c : source) require(c >= ' ' && c <= '~', "a program's name is printable");
}

void seals(std::string_view input) {
  const auto document = parse_json(input);
  if (!document || !document->is_object()) return;
  const auto known = server::known_seals(document->get_object());
  require_refusal_says_why(known);
  if (!known) return;
  json::array list;
  for (const auto& seal : *known) {
    require(seal.number > 0 && seal.hash.size() == 32, "a seal has a number and a hash");
    require(seal.number + 1 > seal.number, "there is a number behind it");
    list.push_back(server::seal_json(seal));
  }
  const auto again = server::known_seals(json::object{{"seals", std::move(list)}});
  require(again && again->size() == known->size(), "what we write is readable");
  for (std::size_t i = 0; i < known->size(); ++i) {
    require((*again)[i].hash == (*known)[i].hash, "a hash reads back equal");
  }
}

constexpr Target kTargets[] = {{"stripe_event", stripe_event},
                               {"stripe_answer", stripe_answer},
                               {"stripe_signature", stripe_signature},
                               {"stripe_form", stripe_form},
                               {"top_up_bodies", top_up_bodies},
                               {"fields", fields},
                               {"spending_bodies", spending_bodies},
                               {"time_zone", time_zone},
                               {"oauth_request", oauth_request},
                               {"authorization", authorization},
                               {"webhook_bodies", webhook_bodies},
                               {"webhook_url", webhook_url},
                               {"price_file", price_file},
                               {"seals", seals},
                               {"headers", headers}};

}  // namespace

std::span<const Target> money_targets() { return kTargets; }

}  // namespace understudy::fuzz
