#include "avatar/hair_art.h"

#include <algorithm>
#include <cmath>

#include "avatar/hair_styles.h"

namespace understudy::avatar {

HairStyle hair_style(const Character& who) {
  switch (who.hair) {
    case Hair::long_waves: return long_waves(who);
    case Hair::bob: return bob(who);
    case Hair::afro: return afro(who);
    case Hair::top_bun: return top_bun(who);
    case Hair::ponytail: return ponytail(who);
    case Hair::braids: return braids(who);
    case Hair::hijab: return hijab(who);
    case Hair::silver_waves: return silver_waves(who);
    case Hair::side_part: return side_part(who);
    case Hair::tousled: return tousled(who);
    case Hair::curly_top: return curly_top(who);
    case Hair::fade: return fade(who);
    case Hair::silver_short: return silver_short(who);
    case Hair::bald: return {};
  }
  return {};
}

void draw_hair_back(cairo_t* c, const Character& who) {
  for (const HairMass& mass : hair_style(who).back) draw_hair_mass(c, who.complexion, mass);
}

void draw_hair_front(cairo_t* c, const Character& who) {
  for (const HairMass& mass : hair_style(who).front) draw_hair_mass(c, who.complexion, mass);
}

Path hair_front_outline(const Character& who) {
  Path result;
  for (const HairMass& mass : hair_style(who).front)
    if (mass.has_shadow) result.append(mass.outline);
  return result;
}

void draw_hair_mass(cairo_t* c, const Complexion& complexion, const HairMass& mass) {
  const Colour base = mass.tone < 0 ? darker(complexion.hair, -mass.tone)
                                    : mix(complexion.hair, complexion.hair_light, mass.tone);
  const Colour dark = darker(complexion.hair, .45), light = complexion.hair_light;
  if (mass.softness > 0) soft_fill(c, mass.outline, base, mass.softness);
  fill(c, mass.outline,
       Paint::linear(mass.light_from, mass.light_to,
                     {{0, mix(base, light, .55)}, {.35, base}, {1, darker(base, .34)}}));
  const Clip clip(c, mass.outline);
  inner_shade(c, mass.outline, {-8, -8}, dark.with_alpha(.55), 14);
  inner_shade(c, mass.outline, {5, 5}, light.with_alpha(.35), 8);
  for (const HairStrand& strand : mass.strands) {
    const Colour tone = strand.tone < 0 ? dark.with_alpha(-strand.tone)
                                        : lighter(light, .12).with_alpha(strand.tone);
    if (strand.blur > 0)
      soft_brush(c, strand.line, tone, strand.width * .2, strand.width, strand.width * .2,
                 strand.blur);
    else
      brush(c, strand.line, tone, .4, strand.width, .4);
  }
}

}  // namespace understudy::avatar
