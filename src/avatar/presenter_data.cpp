#include "avatar/presenter_data.h"

namespace understudy::avatar {
namespace {

Presenter abigail() {
  Presenter p{"abigail", "Abigail", "female", "20s", 101, {}};
  Character& c = p.character;
  c.hair = Hair::long_waves;
  c.has_earrings = false;
  c.face = {.width = .97,
            .jaw = -.5,
            .chin = .92,
            .eye_size = 1.05,
            .eye_tilt = 3,
            .brow_weight = .8,
            .nose_width = .86,
            .lip_fullness = 1.05,
            .lashes = .9,
            .freckles = .5,
            .makeup = .45};
  c.build = {.shoulders = .90, .neck = .88, .waist = .92, .bust = .8};
  c.complexion = {hex(0xF3C6A5), hex(0x8A3F24), hex(0xC9743F), hex(0x6E3620),
                  hex(0x4E7F63), hex(0xC8615F), hex(0xE9786A)};
  return p;
}

Presenter daniel() {
  Presenter p{"daniel", "Daniel", "male", "30s", 202, {}};
  Character& c = p.character;
  c.hair = Hair::side_part;
  c.beard = Beard::stubble;
  c.face = {.width = 1.0,
            .jaw = .7,
            .chin = 1.1,
            .eye_size = .92,
            .eye_tilt = 0,
            .brow_weight = 1.35,
            .brow_arch = .6,
            .nose_width = 1.08,
            .lip_fullness = .78,
            .mouth_width = 1.05,
            .lashes = .12};
  c.build = {.shoulders = 1.10, .neck = 1.16, .waist = 1.12};
  c.complexion = {hex(0xEDBB95), hex(0x3B2518), hex(0x7A5233), hex(0x3A2418),
                  hex(0x4A6F94), hex(0xC27E6C), hex(0xDE7F66)};
  return p;
}

Presenter mei() {
  Presenter p{"mei", "Mei", "female", "40s", 303, {}};
  Character& c = p.character;
  c.hair = Hair::bob;
  c.has_earrings = true;
  c.face = {.width = 1.0,
            .jaw = -.2,
            .chin = .98,
            .eye_size = .95,
            .eye_tilt = 4.5,
            .lid_fold = .25,
            .brow_weight = .85,
            .brow_arch = .8,
            .nose_width = .95,
            .lip_fullness = 1,
            .lashes = .7,
            .age = .25,
            .makeup = .6};
  c.build = {.shoulders = .9, .neck = .9, .waist = .95, .bust = .6};
  c.complexion = {hex(0xF0C49B), hex(0x1C171B), hex(0x54485A), hex(0x2A2020),
                  hex(0x3F2716), hex(0xBC4A50), hex(0xE37A68)};
  return p;
}

}  // namespace

std::vector<Presenter> presenter_data() { return {abigail(), daniel(), mei()}; }

}  // namespace understudy::avatar
