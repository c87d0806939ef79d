// The presenters that come with the server. A presenter (the API's avatar group) is one person; a
// look is that person in one outfit before one backdrop, and is what a video names as avatar_id.
// Ids are stable: they never change meaning and are never reused. The lists live as long as the
// program; they may be read from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "avatar/character.h"

namespace understudy::avatar {

struct Presenter {
  std::string id;          // "abigail"
  std::string name;        // "Abigail"
  std::string gender;      // "female" or "male"
  std::string age;         // "20s": of the person who is drawn
  std::uint32_t seed = 0;  // of the presenter's own habits of movement
  Character character;
};

struct Look {
  std::string id;        // "abigail_blazer_studio"
  std::string group_id;  // a Presenter's id
  std::string name;      // "Abigail in a blazer"
  std::vector<std::string> tags;
  Outfit outfit;
  Backdrop backdrop;
};

const std::vector<Presenter>& presenters();  // in the order of the catalogue
const std::vector<Look>& looks();            // grouped by presenter, in the same order

const Presenter* find_presenter(std::string_view id);  // null when there is none
const Look* find_look(std::string_view id);
const Presenter& presenter_of(const Look& look);  // Requires: a look of looks()

}  // namespace understudy::avatar
