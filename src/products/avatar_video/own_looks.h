// The looks of an account as videos use them.
#pragma once

#include <string>

#include "jobs/avatar_store.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {

// Errors: avatar_not_found; resource_not_ready (it is still being made); invalid_parameter (it
// could not be made), each with param avatar_id.
Result<OwnLook> find_own_look(jobs::AvatarStore& avatars, const std::string& account_id,
                              const std::string& id);

}  // namespace understudy::avatar_video
