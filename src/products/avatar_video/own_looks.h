// The looks of an account as videos use them.
#pragma once

#include <string>
#include <vector>

#include "jobs/avatar_store.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {

// Errors: avatar_not_found; resource_not_ready (it is still being made); avatar_consent_required;
// invalid_parameter (it could not be made), each with param avatar_id.
Result<OwnLook> find_own_look(jobs::AvatarStore& avatars, const std::string& account_id,
                              const std::string& id);

// Before the names of the reference look's inputs.
inline constexpr const char* kReferencePrefix = "reference_";

// The files of the request's looks among its job's inputs.
void add_look_files(const Request& request, json::object& refs, std::vector<std::string>& hashes);

}  // namespace understudy::avatar_video
