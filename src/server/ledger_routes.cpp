#include "server/ledger_routes.h"

#include <charconv>

#include <fmt/format.h>

#include "api/body_fields.h"
#include "api/pagination.h"
#include "base/ed25519.h"
#include "base/log.h"
#include "server/seal_json.h"

namespace understudy::server {
namespace {

using api::Request;
using api::Response;
using money::Check;
using money::Seal;

constexpr api::PageBounds kPage{.limit_default = 50, .limit_max = 500};

struct Ports {
  Installation& installation;
  const Clock& clock;
};

std::string public_key_of(const Ports& ports) {
  return to_hex(ed25519_public_key(ports.installation.seal_seed()));
}

Result<std::int64_t> number_from(std::string_view text, std::string_view param) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number > 0) return number;
  return fail(ErrorCode::invalid_parameter, "A seal's number is 1 or more.", std::string(param));
}

Result<Response> list_seals(const Ports& ports, const Request& request) {
  const auto fetch = [&](const api::PageRequest& page) -> Result<std::vector<Seal>> {
    std::int64_t before = money::kNever;
    if (!page.after_id.empty()) {
      TRY_ASSIGN(before, number_from(page.after_id, "token"));
    }
    return ports.installation.seals().list(before, page.limit);
  };
  TRY_ASSIGN(auto response,
             api::list_response(
                 request, kPage, fetch, [](const Seal& seal) { return seal_json(seal); },
                 [](const Seal& seal) { return std::to_string(seal.number); }));
  response.body.as_object()["public_key"] = public_key_of(ports);
  return response;
}

Result<Response> make_seal(const Ports& ports, const Request&) {
  auto& seals = ports.installation.seals();
  TRY_ASSIGN(const auto made, seals.seal(ports.installation.seal_seed(), 0, ports.clock.now_ms()));
  if (made) return api::data_response(seal_json(*made), 201);
  TRY_ASSIGN(const auto newest, seals.list(money::kNever, 1));
  if (!newest.empty()) return api::data_response(seal_json(newest.front()));
  return fail(ErrorCode::conflict, "There is nothing to seal: no wallet has an entry.");
}

// Of the wallet that the caller's account has; ?currency=credits: of its other wallet.
Result<Response> show_proof(const Ports& ports, const Request& request) {
  TRY_ASSIGN(const auto number, number_from(request.path_param("number"), "number"));
  const std::string currency(request.query_value("currency").value_or("usd"));
  if (currency != "usd" && currency != "credits") {
    return api::invalid_field("currency", "'currency' must be usd or credits.");
  }
  const std::string& account_id = request.principal.account_id;
  const std::string wallet_id = currency == "usd" ? account_id : money::credits_wallet(account_id);
  TRY_ASSIGN(const auto proof, ports.installation.seals().prove(number, wallet_id));
  json::array path;
  for (const auto& hash : proof.path) path.emplace_back(to_hex(hash));
  return api::data_response(
      json::object{{"seal", seal_json(proof.seal)},
                   {"wallet_id", proof.wallet_id},
                   {"entry", json::object{{"seq", proof.seq}, {"hash", to_hex(proof.entry_hash)}}},
                   {"leaf", to_hex(money::seal_leaf(proof.wallet_id, proof.seq, proof.entry_hash))},
                   {"index", proof.index},
                   {"path", std::move(path)},
                   {"public_key", public_key_of(ports)}});
}

Result<Check> check_known(Installation& installation, const std::vector<Seal>& known) {
  Check check{.name = "known",
              .rule = "The seals that were kept elsewhere are those of the ledger",
              .looked_at = static_cast<std::int64_t>(known.size()),
              .broken = {}};
  for (const Seal& seal : known) {
    TRY_ASSIGN(const auto found, installation.seals().list(seal.number + 1, 1));
    const bool is_there =
        !found.empty() && found.front().number == seal.number && found.front().hash == seal.hash;
    if (is_there) continue;
    check.broken.push_back(
        fmt::format("seal {} is not the one with hash {}", seal.number, to_hex(seal.hash)));
    if (check.broken.size() == money::kBrokenMax) break;
  }
  return check;
}

Result<Response> verify(const Ports& ports, const Request& request) {
  std::vector<Seal> known;
  if (!request.body.empty()) {
    TRY_ASSIGN(const auto* body, api::closed_body(request, {"seals"}));
    TRY_ASSIGN(known, known_seals(*body));
  }
  TRY_ASSIGN(auto report, ports.installation.verify());
  if (!known.empty()) {
    TRY_ASSIGN(auto check, check_known(ports.installation, known));
    report.checks.push_back(std::move(check));
  }
  json::array checks;
  for (const auto& check : report.checks) {
    json::array broken;
    for (const auto& sentence : check.broken) broken.emplace_back(sentence);
    checks.push_back(json::object{{"name", check.name},
                                  {"rule", check.rule},
                                  {"looked_at", check.looked_at},
                                  {"broken", std::move(broken)}});
  }
  return api::data_response(json::object{
      {"is_ok", report.is_ok()}, {"text", money::to_text(report)}, {"checks", std::move(checks)}});
}

}  // namespace

Result<void> verify_at_start(Installation& installation, const std::string& mode) {
  if (mode == "off") return {};
  TRY_ASSIGN(const auto report, installation.verify());
  if (report.is_ok()) return {};
  const std::string text = money::to_text(report);
  log::error("the ledger is broken:\n{}", text);
  if (mode == "report") return {};
  return fail_with_detail(
      ErrorCode::conflict,
      "The ledger does not hold, so it is not served. Restore it from a backup, or serve it as it "
      "is with [ledger] verify_at_start = \"report\".",
      text);
}

std::vector<api::Route> ledger_routes(Installation& installation, const Clock& clock) {
  const Ports ports{installation, clock};
  constexpr const char* kSeals = "/understudy/v1/ledger/seals";
  return {api::port_route(ports, "GET", kSeals, "account:read", list_seals),
          api::port_route(ports, "POST", kSeals, "operator", make_seal),
          api::port_route(ports, "GET", "/understudy/v1/ledger/seals/{number}/proof",
                          "account:read", show_proof),
          api::port_route(ports, "POST", "/understudy/v1/verify", "operator", verify)};
}

}  // namespace understudy::server
