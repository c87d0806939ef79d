#include "avatar/hair_styles.h"

namespace understudy::avatar {

namespace {

// The cloth round the face, with its opening; `w` is the width of the face.
HairMass hijab_frame(double w) {
  HairMass frame;
  frame.has_shadow = true;
  frame.light_from = {-120, -220};
  frame.light_to = {130, 170};
  frame.outline = Path::through({{0, -242},
                                 {84, -217},
                                 {138, -150},
                                 {154, -40},
                                 {146, 60},
                                 {124, 140},
                                 {70, 196},
                                 {0, 212},
                                 {-70, 196},
                                 {-124, 140},
                                 {-146, 60},
                                 {-154, -40},
                                 {-138, -150},
                                 {-84, -217}},
                                true);
  // The opening runs the other way round, so that it stays open.
  frame.outline.append(Path::through({{0, -150},
                                      {-66, -138},
                                      {-104 * w, -86},
                                      {-112 * w, -10},
                                      {-104 * w, 66},
                                      {-82 * w, 122},
                                      {-46 * w, 162},
                                      {0, 172},
                                      {46 * w, 162},
                                      {82 * w, 122},
                                      {104 * w, 66},
                                      {112 * w, -10},
                                      {104 * w, -86},
                                      {66, -138}},
                                     true));
  for (const double s : {-1.0, 1.0})
    for (int i = 0; i < 4; ++i)
      frame.strands.push_back({{{s * (4 + 10.0 * i), -216.0 + 14 * i},
                                {s * (84 + 10.0 * i), -180.0 + 8 * i},
                                {s * (120 + 6.0 * i), -60},
                                {s * (112 + 6.0 * i), 60},
                                {s * (70 + 8.0 * i), 160}},
                               8,
                               i % 2 ? .30 : -.32,
                               4});
  frame.strands.push_back(shine({{-130, -110}, {-96, -170}, {-30, -200}}, 26, .5));
  return frame;
}

}  // namespace

// A scarf round head and neck. Its colour stands in place of the hair's.
HairStyle hijab(const Character& who) {
  const double w = who.face.width * 1.04;
  HairStyle style;
  HairMass back;
  back.tone = -.3;
  back.outline = Path::through({{0, -232},
                                {100, -210},
                                {150, -130},
                                {156, -20},
                                {146, 90},
                                {150, 190},
                                {186, 280},
                                {120, 330},
                                {-120, 330},
                                {-186, 280},
                                {-150, 190},
                                {-146, 90},
                                {-156, -20},
                                {-150, -130},
                                {-100, -210}},
                               true);
  style.back.push_back(back);
  // The cloth over the chest, then the frame of the face.
  HairMass drape;
  drape.light_from = {-140, 140};
  drape.light_to = {150, 420};
  drape.outline = Path::through({{-132, 90},
                                 {-90, 150},
                                 {-40, 180},
                                 {0, 188},
                                 {40, 180},
                                 {90, 150},
                                 {132, 90},
                                 {140, 170},
                                 {150, 240},
                                 {156, 292},
                                 {120, 338},
                                 {40, 384},
                                 {-50, 372},
                                 {-124, 330},
                                 {-156, 288},
                                 {-148, 240},
                                 {-140, 170}},
                                true);
  for (int i = 0; i < 6; ++i)
    drape.strands.push_back({{{-150.0 + 6 * i, 190.0 + 20 * i},
                              {-60, 226.0 + 30 * i},
                              {60, 224.0 + 30 * i},
                              {160.0 - 4 * i, 170.0 + 26 * i}},
                             11,
                             i % 2 ? .34 : -.42,
                             5});
  drape.strands.push_back({{{120, 130}, {60, 260}, {-70, 372}}, 16, -.4, 8});
  drape.strands.push_back({{{104, 130}, {44, 250}, {-84, 356}}, 10, .4, 5});
  style.front.push_back(drape);
  style.front.push_back(hijab_frame(w));
  return style;
}

}  // namespace understudy::avatar
