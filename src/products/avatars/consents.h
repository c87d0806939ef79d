// Consents: the agreement of the person in a twin's footage. A request for it makes a page that
// shows a text to be read aloud; the film of that is looked at, kept with its SHA-256 and its time,
// and from then on the group's twins may speak. One submission per page. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/account.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/avatar_store.h"
#include "jobs/blob_store.h"
#include "jobs/input_resolver.h"

namespace understudy::avatars {

inline constexpr std::int64_t kConsentPageMs = 24 * 60 * 60 * 1000;
inline constexpr std::int64_t kConsentFilmMax = 200 << 20;  // bytes

// What is read aloud when the request brings no text of its own.
std::string default_consent_text(const std::string& group_name);

// Who submitted a film, for the record.
struct Submitter {
  std::string way;  // "page" or "api"
  std::string remote_address;
  std::string user_agent;
  std::string key_id;  // of the api
};

struct NewConsent {
  jobs::AvatarGroup group;
  std::string token;  // of the page; empty: the film came with the request
};

class Consents {
 public:
  // What a consent's film shows (inspect_consent()), found out in a sandbox.
  using Inspect = std::function<Result<json::object>(const std::filesystem::path&)>;

  // `secret` signs the pages' tokens.
  Consents(jobs::AvatarStore& store, jobs::InputResolver& inputs, jobs::BlobStore& blobs,
           Inspect inspect, std::string secret, const Clock& clock);

  // Errors: avatar_group_not_found; invalid_parameter (no twin in the group, the film shows no
  // speaking person, reroute_url); conflict (consented already); those of InputResolver.
  Result<NewConsent> begin(const accounts::Principal& principal, std::string_view group_id,
                           const json::object& body, const Submitter& submitter);

  // The consent behind a page. Errors: not_found (no such page), gone (expired or submitted).
  Result<jobs::AvatarConsent> find_page(std::string_view token);
  Result<jobs::AvatarGroup> group_of(const jobs::AvatarConsent& consent);

  // Errors: those of find_page(); invalid_parameter (what is wrong with the film).
  Result<jobs::AvatarConsent> submit(std::string_view token, const std::filesystem::path& film,
                                     const std::string& mime_type, const Submitter& submitter);

  // All consents of a group, newest first. Errors: avatar_group_not_found.
  Result<std::vector<jobs::AvatarConsent>> list(std::string_view account_id,
                                                std::string_view group_id);
  std::int64_t now_ms() const { return clock_.now_ms(); }

 private:
  std::string token_of(const jobs::AvatarConsent& consent) const;
  void accept(jobs::AvatarConsent& consent, const jobs::BlobRef& film, json::object found,
              const Submitter& submitter) const;

  jobs::AvatarStore& store_;
  jobs::InputResolver& inputs_;
  jobs::BlobStore& blobs_;
  Inspect inspect_;
  std::string secret_;
  const Clock& clock_;
};

}  // namespace understudy::avatars
