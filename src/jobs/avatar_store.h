// AvatarStore: the port for the avatars of an account: groups (a person) and looks (what a video
// names). A look belongs to the job that makes it; its state, what the job left and why it failed
// are the job's. A look whose job is gone does not exist. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "jobs/job.h"

namespace understudy::jobs {

struct AvatarGroup {
  std::string id = {};  // chosen by the caller: new_id()
  std::string account_id = {};
  std::string name = {};
  std::string default_voice_id = {};  // empty: none
  std::int64_t created_at_ms = 0;
  // Read only.
  int looks_count = 0;
  int twins_count = 0;        // looks made from footage, which need the person's consent
  bool is_consented = false;  // a consent was submitted
};

struct AvatarLook {
  std::string id = {};  // chosen by the caller: new_id()
  std::string account_id = {};
  std::string group_id = {};
  std::string name = {};
  std::string kind = {};  // "photo", "prompt" or "digital_twin"
  std::string job_id = {};
  json::object details = {};  // what it was made from: {"prompt": "..."}
  std::int64_t created_at_ms = 0;
  // Of its job; read only.
  JobState state = JobState::queued;
  json::object result = {};
  std::string failure_code = {};
  std::string failure_message = {};
};

// What the person in a group's footage is asked to say on a page of ours, and the film in which it
// was said.
struct AvatarConsent {
  std::string id = {};  // chosen by the caller: new_id()
  std::string account_id = {};
  std::string group_id = {};
  std::string text = {};
  std::string reroute_url = {};  // empty: none
  std::int64_t created_at_ms = 0;
  std::int64_t expires_at_ms = 0;    // of the page
  std::int64_t submitted_at_ms = 0;  // 0: not yet
  BlobRef video = {};                // of a submitted one; kept as long as the group
  json::object record = {};          // who asked, who submitted, what was found in the film
};

struct AvatarQuery {
  std::string account_id = {};
  std::string group_id = {};         // of looks; empty: any
  std::string before_id = {};        // newest first: ids smaller than this; empty = from the newest
  std::optional<bool> is_twin = {};  // of looks: made from footage, or not; empty: any
  int limit = 20;
};

class AvatarStore {
 public:
  virtual ~AvatarStore() = default;

  // `group`: a new one, or empty when the look joins one that exists. Call it before the job is
  // submitted: until then nobody sees the look. Errors: avatar_group_not_found.
  virtual Result<void> add(const std::optional<AvatarGroup>& group, const AvatarLook& look) = 0;

  // Errors: avatar_group_not_found, avatar_not_found.
  virtual Result<AvatarGroup> find_group(std::string_view account_id, std::string_view id) = 0;
  virtual Result<AvatarLook> find_look(std::string_view account_id, std::string_view id) = 0;
  virtual Result<std::vector<AvatarGroup>> list_groups(const AvatarQuery& query) = 0;
  virtual Result<std::vector<AvatarLook>> list_looks(const AvatarQuery& query) = 0;

  // Errors: avatar_group_not_found, avatar_not_found.
  virtual Result<void> set_default_voice(std::string_view account_id, std::string_view group_id,
                                         std::string_view voice_id) = 0;
  virtual Result<void> rename_look(std::string_view account_id, std::string_view look_id,
                                   std::string_view name) = 0;

  // `consent` may be submitted already. Errors: avatar_group_not_found.
  virtual Result<void> add_consent(const AvatarConsent& consent) = 0;
  // Errors: not_found.
  virtual Result<AvatarConsent> find_consent(std::string_view account_id, std::string_view id) = 0;
  // Newest first.
  virtual Result<std::vector<AvatarConsent>> list_consents(std::string_view account_id,
                                                           std::string_view group_id) = 0;
  // Once: time, video and record of `consent` are kept. Errors: conflict (submitted before),
  // not_found.
  virtual Result<void> submit_consent(const AvatarConsent& consent) = 0;

  // The last look takes its group with it, and the group its consents. The jobs are the caller's to
  // remove.
  // Errors: avatar_not_found.
  virtual Result<void> remove_look(std::string_view account_id, std::string_view look_id) = 0;
};

}  // namespace understudy::jobs
