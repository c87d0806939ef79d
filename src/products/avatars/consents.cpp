#include "products/avatars/consents.h"

#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/text.h"

namespace understudy::avatars {
namespace {

constexpr std::size_t kUrlMax = 2048;
constexpr std::size_t kAgentMax = 300;

tl::unexpected<Error> no_page() {
  return fail(ErrorCode::not_found, "There is no such page for a consent.");
}

Result<void> check_reroute(const std::string& url) {
  if (url.empty()) return {};
  const bool is_web = url.starts_with("https://") || url.starts_with("http://");
  const bool is_plain = url.find_first_of(" \t\r\n\"<>\\") == std::string::npos &&
                        is_valid_utf8(url) && url.size() <= kUrlMax;
  if (is_web && is_plain) return {};
  return fail(ErrorCode::invalid_parameter,
              "'reroute_url' must be an http or https URL of at most 2048 characters.",
              "reroute_url");
}

jobs::InputRules film_rules() {
  return {.param = "consent_video", .kinds = {"video"}, .size_max = kConsentFilmMax};
}

}  // namespace

std::string default_consent_text(const std::string& group_name) {
  return "I allow the use of the footage of me to make a digital twin named " + group_name +
         " that shows my face and moves my lips to words that I have not said. I know that I can "
         "take this consent back at any time.";
}

Consents::Consents(jobs::AvatarStore& store, jobs::InputResolver& inputs, jobs::BlobStore& blobs,
                   Inspect inspect, std::string secret, const Clock& clock)
    : store_(store),
      inputs_(inputs),
      blobs_(blobs),
      inspect_(std::move(inspect)),
      secret_(std::move(secret)),
      clock_(clock) {}

std::string Consents::token_of(const jobs::AvatarConsent& consent) const {
  const std::string names = consent.account_id + "/" + consent.id;
  const auto mac = hmac_sha256(secret_, "consent:" + names);
  return to_base64url(std::string(reinterpret_cast<const char*>(mac.data()), 16) + names);
}

Result<jobs::AvatarConsent> Consents::find_page(std::string_view token) {
  constexpr std::size_t kMac = 16;
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() <= kMac) return no_page();
  const std::string names = bytes->substr(kMac);
  const auto mac = hmac_sha256(secret_, "consent:" + names);
  const std::string_view expected(reinterpret_cast<const char*>(mac.data()), kMac);
  const auto slash = names.find('/');
  if (slash == std::string::npos ||
      !equal_in_constant_time(expected, std::string_view(*bytes).substr(0, kMac)))
    return no_page();
  auto found = store_.find_consent(names.substr(0, slash), names.substr(slash + 1));
  if (!found && found.error().code == ErrorCode::not_found) return no_page();
  TRY_ASSIGN(auto consent, std::move(found));
  if (consent.submitted_at_ms > 0)
    return fail(ErrorCode::gone, "This consent was given before; there is nothing left to do.");
  if (clock_.now_ms() >= consent.expires_at_ms) {
    return fail(ErrorCode::gone,
                "This page was valid for 24 hours, which are over. Ask for a new link.");
  }
  return consent;
}

Result<jobs::AvatarGroup> Consents::group_of(const jobs::AvatarConsent& consent) {
  return store_.find_group(consent.account_id, consent.group_id);
}

void Consents::accept(jobs::AvatarConsent& consent, const jobs::BlobRef& film, json::object found,
                      const Submitter& submitter) const {
  consent.submitted_at_ms = clock_.now_ms();
  consent.video = film;
  consent.record["found"] = std::move(found);
  consent.record["submitted_by"] =
      json::object{{"way", submitter.way},
                   {"remote_address", string_or_null(submitter.remote_address)},
                   {"user_agent", string_or_null(printable(submitter.user_agent, kAgentMax))},
                   {"key_id", string_or_null(submitter.key_id)}};
}

Result<NewConsent> Consents::begin(const accounts::Principal& principal, std::string_view group_id,
                                   const json::object& body, const Submitter& submitter) {
  TRY_ASSIGN(const auto group, store_.find_group(principal.account_id, group_id));
  if (group.twins_count == 0) {
    return fail(ErrorCode::invalid_parameter, "This avatar needs no consent: digital twins do.",
                "group_id");
  }
  if (group.is_consented)
    return fail(ErrorCode::conflict, "The consent of this person was given before.", "group_id");
  const std::string reroute_url = string_or(body, "reroute_url");
  TRY(check_reroute(reroute_url));
  jobs::AvatarConsent consent;
  consent.created_at_ms = clock_.now_ms();
  consent.id = new_id(consent.created_at_ms);
  consent.account_id = principal.account_id;
  consent.group_id = group.id;
  consent.text = string_or(body, "consent_text");
  if (trimmed(consent.text).empty()) consent.text = default_consent_text(group.name);
  consent.reroute_url = reroute_url;
  consent.expires_at_ms = consent.created_at_ms + kConsentPageMs;
  consent.record = {{"group_name", group.name},
                    {"requested_by", json::object{{"account_id", principal.account_id},
                                                  {"key_id", string_or_null(principal.key_id)}}}};
  const auto* film = object_or_null(body, "consent_video");
  if (film != nullptr) {
    TRY_ASSIGN(const auto input,
               inputs_.from_source(principal.account_id, jobs::input_source_from(*film),
                                   film_rules(), jobs::Keep::in_blob_store));
    TRY_ASSIGN(const auto file, blobs_.local_path(input.blob.hash));
    auto found = inspect_(file);
    if (!found) {
      Error error = std::move(found).error();
      error.param = "consent_video";
      return tl::make_unexpected(std::move(error));
    }
    accept(consent, input.blob, *std::move(found), submitter);
  }
  TRY(store_.add_consent(consent));
  TRY_ASSIGN(auto now, store_.find_group(principal.account_id, group_id));
  return NewConsent{std::move(now), film == nullptr ? token_of(consent) : std::string()};
}

Result<jobs::AvatarConsent> Consents::submit(std::string_view token,
                                             const std::filesystem::path& film,
                                             const std::string& mime_type,
                                             const Submitter& submitter) {
  TRY_ASSIGN(auto consent, find_page(token));
  TRY_ASSIGN(auto found, inspect_(film));
  TRY_ASSIGN(auto blob, blobs_.put_file(film));
  const std::string mime = string_or(found, "mime", mime_type);
  blob.mime_type = mime;
  blob.name = "consent." + mime.substr(mime.find('/') + 1);
  accept(consent, blob, std::move(found), submitter);
  auto kept = store_.submit_consent(consent);
  if (!kept && kept.error().code == ErrorCode::conflict)
    return fail(ErrorCode::gone, "This consent was given before; there is nothing left to do.");
  TRY(kept);
  return consent;
}

Result<std::vector<jobs::AvatarConsent>> Consents::list(std::string_view account_id,
                                                        std::string_view group_id) {
  TRY(store_.find_group(account_id, group_id));
  return store_.list_consents(account_id, group_id);
}

}  // namespace understudy::avatars
