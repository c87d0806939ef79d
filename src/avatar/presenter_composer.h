// A presenter from a description: "a young woman with curly red hair and round glasses in a green
// sweater, in an office". Understood are English words for gender, age, skin, hair (style, length,
// colour), beard, glasses, eyes, clothes with colours, jewellery and place; what a description
// leaves open comes from chance with `seed`. The same description and seed give the same person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "avatar/presenter_catalogue.h"

namespace understudy::avatar {

struct ComposedPresenter {
  Presenter presenter;
  Look look;
  std::vector<std::string> understood;  // "hair: curly red", ...
};

ComposedPresenter compose_presenter(std::string_view description, std::uint32_t seed);

}  // namespace understudy::avatar
