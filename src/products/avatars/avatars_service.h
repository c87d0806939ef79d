// The avatars of an account: made by jobs from a photograph, from words or from footage, found,
// changed and removed. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/quote.h"
#include "base/clock.h"
#include "jobs/avatar_store.h"
#include "jobs/input_resolver.h"
#include "jobs/job_store.h"
#include "money/price_book.h"

namespace understudy::avatars {

// What a request makes: stored, and shown in the answer.
struct NewAvatar {
  jobs::AvatarGroup group;
  jobs::AvatarLook look;
};
using AnswerFor = std::function<api::Response(const NewAvatar&)>;

class AvatarsService {
 public:
  AvatarsService(jobs::JobStore& queue, jobs::InputResolver& inputs, jobs::AvatarStore& store,
                 const money::PriceBook& prices, const Clock& clock);

  // Submits the job that makes the look; 1.00 USD is held until it is ready. Errors: those of
  // InputResolver and JobStore::submit; avatar_group_not_found, avatar_not_found.
  Result<api::Response> create(const api::Request& request, const AnswerFor& answer);
  Result<api::Quote> quote(const accounts::Principal& principal, const json::object& body);

  // Errors: avatar_group_not_found, avatar_not_found.
  Result<jobs::AvatarGroup> find_group(std::string_view account_id, std::string_view id);
  Result<jobs::AvatarLook> find_look(std::string_view account_id, std::string_view id);
  Result<std::vector<jobs::AvatarGroup>> list_groups(const jobs::AvatarQuery& query);
  Result<std::vector<jobs::AvatarLook>> list_looks(const jobs::AvatarQuery& query);

  // Errors: avatar_not_found (of set_default_voice also: no such group), avatar_group_not_found;
  // invalid_parameter (no such voice); resource_access_denied (a public group).
  Result<jobs::AvatarGroup> set_default_voice(std::string_view account_id,
                                              std::string_view group_id,
                                              const std::string& voice_id);
  Result<jobs::AvatarLook> rename_look(std::string_view account_id, std::string_view look_id,
                                       const std::string& name);
  Result<void> remove_look(std::string_view account_id, std::string_view look_id);
  Result<void> remove_group(std::string_view account_id, std::string_view group_id);

 private:
  struct Plan {
    NewAvatar avatar;
    bool is_new_group = true;
    jobs::NewJob job;
  };
  Result<Plan> plan(const accounts::Principal& principal, const json::object& body,
                    jobs::Keep keep);
  Result<json::object> described(const accounts::Principal& principal, const json::object& body,
                                 const jobs::AvatarGroup& group);
  Result<void> add_inputs(const accounts::Principal& principal, const json::object& body,
                          jobs::Keep keep, Plan& plan);
  Result<void> drop(const jobs::AvatarLook& look);

  jobs::JobStore& queue_;
  jobs::InputResolver& inputs_;
  jobs::AvatarStore& store_;
  const money::PriceBook& prices_;
  const Clock& clock_;
};

}  // namespace understudy::avatars
