// Script: a prompt taken apart: what is quoted becomes titles, the rest clauses of words, one for
// each shot. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::cinema {

struct Quoted {
  std::string text;
  bool is_lower_third = false;
};

struct Script {
  std::string plain;  // without what is quoted
  std::vector<Quoted> titles;
};

// What stands in quotation marks becomes titles, at most two of 80 bytes.
Script parted(std::string_view prompt);

// The words of each shot, at least one and at most kShotsMax: sentences, "then" and "cut to" begin
// one when they name a camera, a shot size, a setting or a transition.
std::vector<std::vector<std::string>> shot_clauses(std::string_view plain);

}  // namespace understudy::cinema
