// What a reference picture says of somebody, in words that the composer of presenters knows: the
// colour of skin and hair. A description that says it itself goes before. Pure; any thread.
#pragma once

#include <string>

#include "face/face_finder.h"
#include "media/image.h"

namespace understudy::avatars {

// Such as ". brown skin. red hair"; empty: nothing can be told, as of grey hair before a grey wall.
std::string words_of_reference(const media::Image& picture, const face::Face& face);

}  // namespace understudy::avatars
