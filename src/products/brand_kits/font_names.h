// Which names of fonts say something about a brand. Private to this folder.
#pragma once

#include <string>

namespace understudy::brand_kits {

bool is_system_font(const std::string& name);              // also "serif", "inherit" and the like
bool is_named_font_of_systems(const std::string& family);  // one that a site may still have chosen
bool is_icon_font(const std::string& name);
int weight_from(const std::string& value);  // "bold" is 700; 0: none

}  // namespace understudy::brand_kits
