// What makes one presenter look like nobody else: shapes, colours and clothes, as plain data.
//
// Lengths are in rig units: the face is about 236 wide, its centre is (0, 0), the chin lies at y =
// 178, the shoulders near y = 320, the waist near y = 720; y points down. Factors are 1 for the
// middle.
#pragma once

#include "avatar/drawing.h"

namespace understudy::avatar {

enum class Hair {
  long_waves,
  bob,
  afro,
  top_bun,
  ponytail,
  braids,
  hijab,
  silver_waves,  // mostly women
  side_part,
  tousled,
  curly_top,
  fade,
  bald,
  silver_short  // mostly men
};
enum class Beard { none, stubble, full, moustache };
enum class Glasses { none, round, square };

struct Face {
  double width = 1;
  double jaw = 0;   // -1 pointed .. 1 square
  double chin = 1;  // width of the chin
  double eye_size = 1;
  double eye_tilt = 0;  // outer corner up, units
  double lid_fold = 1;  // 1 a clear crease, 0 a smooth lid
  double brow_weight = 1;
  double brow_arch = 1;
  double nose_width = 1;
  double lip_fullness = 1;
  double mouth_width = 1;
  double lashes = 0.3;  // 0 none .. 1 long
  double age = 0;       // 0 smooth .. 1 lined
  double freckles = 0;  // 0..1
  double makeup = 0;    // 0..1: lip colour, lid colour
};

struct Build {
  double shoulders = 1;
  double neck = 1;
  double waist = 1;
  double bust = 0;  // 0..1
};

struct Complexion {
  Colour skin;
  Colour hair;
  Colour hair_light;  // of the strands and the shine
  Colour brow;
  Colour iris;
  Colour lips;
  Colour blush;
};

struct Character {
  Hair hair = Hair::bob;
  Beard beard = Beard::none;
  Glasses glasses = Glasses::none;
  bool has_earrings = false;
  Face face;
  Build build;
  Complexion complexion;
};

enum class Top { crew, vneck, turtleneck, shirt, blouse, polo, scrubs };
enum class Outer { none, blazer, lab_coat, cardigan };
enum class Accent { none, tie, necklace, lanyard, pocket_square, scarf, stethoscope };

struct Outfit {
  Top top = Top::crew;
  Outer outer = Outer::none;
  Accent accent = Accent::none;
  bool has_short_sleeves = false;
  Colour top_colour;
  Colour outer_colour;
  Colour accent_colour;
  Colour lower_colour;  // trousers or skirt
};

enum class Scene { studio, office, library, window, plain };

struct Backdrop {
  Scene scene = Scene::studio;
  Colour wall;   // the lightest tone
  Colour depth;  // the darkest tone
  Colour accent;
};

}  // namespace understudy::avatar
