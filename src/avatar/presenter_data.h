// The table of presenters and looks. A new presenter is one entry in presenter_data.cpp and two or
// more in look_data.cpp; both in the order of the catalogue.
#pragma once

#include "avatar/presenter_catalogue.h"

namespace understudy::avatar {

std::vector<Presenter> presenter_data();
std::vector<Look> look_data();

}  // namespace understudy::avatar
