#include <utility>

#include "avatar/presenter_data.h"

namespace understudy::avatar {
namespace {

constexpr Colour kNone{};

Backdrop sky_studio() { return {Scene::studio, hex(0xDCE8F7), hex(0xB9CDE8), hex(0x5B86D6)}; }
Backdrop mint_studio() { return {Scene::studio, hex(0xDCEFEA), hex(0xAFD3C9), hex(0x3FA78F)}; }
Backdrop peach_studio() { return {Scene::studio, hex(0xF7E6DA), hex(0xE3BFA8), hex(0xE08A5C)}; }
Backdrop lilac_studio() { return {Scene::studio, hex(0xE8E3F5), hex(0xC3B9E0), hex(0x8069C9)}; }
Backdrop slate_studio() { return {Scene::studio, hex(0xD9DEE6), hex(0xA3AEBF), hex(0x46618C)}; }
Backdrop grey_office() { return {Scene::office, hex(0xE2E6EC), hex(0xB4BECB), hex(0x4F7FB5)}; }
Backdrop warm_office() { return {Scene::office, hex(0xEEE6DC), hex(0xC9B8A4), hex(0xC07F4E)}; }
Backdrop oak_library() { return {Scene::library, hex(0xE2D3C0), hex(0x9C7F66), hex(0xA85B3F)}; }
Backdrop blue_library() { return {Scene::library, hex(0xD5DCE6), hex(0x7F8FA6), hex(0x4C6FA0)}; }
Backdrop sand_window() { return {Scene::window, hex(0xEBDDCB), hex(0xCDB49A), hex(0xC97B4A)}; }
Backdrop sage_window() { return {Scene::window, hex(0xDDE6D8), hex(0xA9BDA3), hex(0x8A9A5B)}; }

constexpr auto kNoOuter = Outer::none, kBlazer = Outer::blazer, kLabCoat = Outer::lab_coat,
               kCardigan = Outer::cardigan;
constexpr auto kNoAccent = Accent::none, kTie = Accent::tie, kNecklace = Accent::necklace,
               kLanyard = Accent::lanyard, kPocketSquare = Accent::pocket_square,
               kScarf = Accent::scarf, kStethoscope = Accent::stethoscope;

std::vector<Look> first_looks() {
  return {
      {"abigail_blazer_studio",
       "abigail",
       "Abigail in a navy blazer",
       {"business", "studio"},
       {Top::blouse, kBlazer, kNoAccent, false, hex(0xFBF7F1), hex(0x2F4A7D), kNone, hex(0x22304C)},
       sky_studio()},
      {"abigail_turtleneck_window",
       "abigail",
       "Abigail in a turtleneck",
       {"casual", "home"},
       {Top::turtleneck, kNoOuter, kNoAccent, false, hex(0xE3D3BA), kNone, kNone, hex(0x394056)},
       sand_window()},
      {"abigail_tee_office",
       "abigail",
       "Abigail in a T-shirt",
       {"casual", "office"},
       {Top::crew, kNoOuter, kLanyard, true, hex(0x3F7F74), kNone, hex(0x2E6FB0), hex(0x2E3A56)},
       warm_office()},

      {"daniel_shirt_office",
       "daniel",
       "Daniel in a blue shirt",
       {"business", "office"},
       {Top::shirt, kNoOuter, kNoAccent, false, hex(0x9DBEE6), kNone, kNone, hex(0x27303F)},
       grey_office()},
      {"daniel_blazer_studio",
       "daniel",
       "Daniel in a charcoal blazer",
       {"business", "studio"},
       {Top::shirt, kBlazer, kPocketSquare, false, hex(0xFBFBFC), hex(0x3B4454), hex(0x8DB4D9),
        hex(0x2A303C)},
       mint_studio()},

      {"amara_blazer_studio",
       "amara",
       "Amara in a mustard blazer",
       {"business", "studio"},
       {Top::crew, kBlazer, kNecklace, false, hex(0xFBF6EE), hex(0xD29A34), hex(0xE2BD62),
        hex(0x33302E)},
       lilac_studio()},
      {"amara_blouse_office",
       "amara",
       "Amara in a teal blouse",
       {"business", "office"},
       {Top::blouse, kNoOuter, kNoAccent, false, hex(0x1F7A78), kNone, kNone, hex(0x26303A)},
       warm_office()},

      {"kenji_tee_studio",
       "kenji",
       "Kenji in a T-shirt",
       {"casual", "studio"},
       {Top::crew, kNoOuter, kNoAccent, true, hex(0x2F3642), kNone, kNone, hex(0x4A5B78)},
       peach_studio()},
      {"kenji_cardigan_library",
       "kenji",
       "Kenji in a cardigan",
       {"education"},
       {Top::crew, kCardigan, kNoAccent, false, hex(0xF2EFEA), hex(0x5C7A63), kNone, hex(0x343A42)},
       oak_library()},

      {"ingrid_cardigan_library",
       "ingrid",
       "Ingrid in a cardigan",
       {"education"},
       {Top::blouse, kCardigan, kNecklace, false, hex(0xF8F3EC), hex(0x6C5B8C), hex(0xD8D2E6),
        hex(0x3B3844)},
       blue_library()},
      {"ingrid_blazer_studio",
       "ingrid",
       "Ingrid in a burgundy blazer",
       {"business", "studio"},
       {Top::turtleneck, kBlazer, kNoAccent, false, hex(0xF4EFEA), hex(0x7E2E42), kNone,
        hex(0x332630)},
       slate_studio()},

      {"marcus_blazer_office",
       "marcus",
       "Marcus in a blue suit",
       {"business", "office"},
       {Top::shirt, kBlazer, kTie, false, hex(0xF8FAFC), hex(0x2C4F86), hex(0xA8323E),
        hex(0x24406C)},
       grey_office()},
      {"marcus_turtleneck_studio",
       "marcus",
       "Marcus in a black turtleneck",
       {"casual", "studio"},
       {Top::turtleneck, kNoOuter, kNoAccent, false, hex(0x2B2D33), kNone, kNone, hex(0x3A3F4A)},
       peach_studio()},
  };
}

std::vector<Look> more_looks() {
  return {
      {"layla_blouse_window",
       "layla",
       "Layla in a cream blouse",
       {"business", "home"},
       {Top::blouse, kNoOuter, kNoAccent, false, hex(0xF3E8D8), kNone, kNone, hex(0x3A4650)},
       sage_window()},
      {"layla_blazer_studio",
       "layla",
       "Layla in a plum blazer",
       {"business", "studio"},
       {Top::crew, kBlazer, kNoAccent, false, hex(0xF6F1EC), hex(0x6A4468), kNone, hex(0x33283A)},
       mint_studio()},

      {"rafael_polo_office",
       "rafael",
       "Rafael in a polo shirt",
       {"casual", "office"},
       {Top::polo, kNoOuter, kLanyard, true, hex(0xC7583F), kNone, hex(0x2D5C8A), hex(0x2F3A4C)},
       warm_office()},
      {"rafael_blazer_studio",
       "rafael",
       "Rafael in an olive blazer",
       {"business", "studio"},
       {Top::crew, kBlazer, kNoAccent, false, hex(0xF4F1EA), hex(0x5F6B4A), kNone, hex(0x343A30)},
       sky_studio()},

      {"mei_cardigan_library",
       "mei",
       "Mei in a cardigan",
       {"education"},
       {Top::crew, kCardigan, kNecklace, false, hex(0xF6F1EA), hex(0x9C4A55), hex(0xD7B25E),
        hex(0x3B3440)},
       oak_library()},
      {"mei_lab_coat_studio",
       "mei",
       "Mei in a lab coat",
       {"medical"},
       {Top::blouse, kLabCoat, kStethoscope, false, hex(0x5FA3B4), hex(0xFAFBFD), hex(0x2C3A4A),
        hex(0x2D3B50)},
       mint_studio()},

      {"arthur_cardigan_library",
       "arthur",
       "Arthur in a cardigan",
       {"education"},
       {Top::shirt, kCardigan, kNoAccent, false, hex(0xDDE6F0), hex(0x6E5542), kNone,
        hex(0x3A3632)},
       blue_library()},
      {"arthur_blazer_studio",
       "arthur",
       "Arthur in a tweed blazer",
       {"business", "studio"},
       {Top::shirt, kBlazer, kTie, false, hex(0xF7F5F0), hex(0x6F6A5E), hex(0x3F5E4B),
        hex(0x44423C)},
       slate_studio()},

      {"priya_scrubs_studio",
       "priya",
       "Priya in scrubs",
       {"medical"},
       {Top::scrubs, kNoOuter, kStethoscope, true, hex(0x2E8C9E), kNone, hex(0x26323E),
        hex(0x24707F)},
       sky_studio()},
      {"priya_blazer_office",
       "priya",
       "Priya in a white blazer",
       {"business", "office"},
       {Top::vneck, kBlazer, kNecklace, false, hex(0xC04E5E), hex(0xF4F1EC), hex(0xE0B85E),
        hex(0x3A3440)},
       grey_office()},

      {"jamal_sweater_window",
       "jamal",
       "Jamal in a sweater",
       {"casual", "home"},
       {Top::crew, kNoOuter, kNoAccent, false, hex(0xE0A63C), kNone, kNone, hex(0x2E3A50)},
       sage_window()},
      {"jamal_shirt_studio",
       "jamal",
       "Jamal in a white shirt",
       {"business", "studio"},
       {Top::shirt, kNoOuter, kNoAccent, false, hex(0xF5F6F8), kNone, kNone, hex(0x2B3342)},
       lilac_studio()},

      {"zuri_dress_studio",
       "zuri",
       "Zuri in a coral dress",
       {"casual", "studio"},
       {Top::vneck, kNoOuter, kNecklace, true, hex(0xE5674F), kNone, hex(0xE8C467), hex(0xD8593F)},
       sky_studio()},
      {"zuri_blazer_office",
       "zuri",
       "Zuri in a green blazer",
       {"business", "office"},
       {Top::crew, kBlazer, kNoAccent, false, hex(0x1F2A2A), hex(0x2E7A5C), kNone, hex(0x22302C)},
       warm_office()},

      {"sofia_scarf_window",
       "sofia",
       "Sofia with a scarf",
       {"casual", "home"},
       {Top::crew, kNoOuter, kScarf, false, hex(0xF2E9DE), kNone, hex(0x3F6FA8), hex(0x34405A)},
       sand_window()},
      {"sofia_blazer_studio",
       "sofia",
       "Sofia in a grey blazer",
       {"business", "studio"},
       {Top::vneck, kBlazer, kNecklace, false, hex(0xF7D9D3), hex(0x7B8494), hex(0xE0BE6A),
        hex(0x40485A)},
       lilac_studio()},
  };
}

}  // namespace

std::vector<Look> look_data() {
  std::vector<Look> all = first_looks();
  std::vector<Look> more = more_looks();
  for (Look& look : more) all.push_back(std::move(look));
  return all;
}

}  // namespace understudy::avatar
