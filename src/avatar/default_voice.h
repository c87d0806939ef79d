// Which voice a look speaks with when a request names none: a named English voice of the
// presenter's gender, each presenter with another as far as they go round.
#pragma once

#include "avatar/presenter_catalogue.h"
#include "speech/voice_catalogue.h"

namespace understudy::avatar {

const speech::Voice& default_voice_of(const Look& look);

}  // namespace understudy::avatar
