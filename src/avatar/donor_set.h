// What MouthDonors keeps: pictures of the lower face with where the face is in them, and the
// numbers of every trusted picture of the footage. Private to this folder.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "avatar/film_mouth.h"
#include "avatar/mouth_interior.h"
#include "avatar/mouth_mesh.h"
#include "avatar/mouth_style.h"
#include "avatar/mouth_track.h"
#include "avatar/mouth_views.h"
#include "avatar/own_speech.h"
#include "avatar/textured_mesh.h"

namespace understudy::avatar {

struct Donor {
  std::size_t footage = 0;
  int frame = 0;  // of its track
  face::TrackedFace face;
  media::Rectangle area;  // of the footage's picture, what `texture` shows
  PhotoTexture texture;
  float uv_scale = 1;  // pixels of the footage to places of the texture
  // Of a mouth that is moved like a photograph's; units move by themselves.
  std::unique_ptr<MouthMesh> mesh = {};
  std::unique_ptr<MouthInterior> interior = {};
};

// One picture of the footage as a unit: what is heard and seen in it.
struct Unit {
  std::size_t footage = 0;
  int frame = 0;
  double fps = 25;
  double open = 0;
  double width = 1;
  face::HeadPose pose;
  bool is_heard = false;  // the next three are known
  Viseme viseme = Viseme::rest;
  double energy = 0;                // 0..1 of the loudest
  std::array<Viseme, 5> context{};  // two before .. two after, 40 ms apart
};

struct MouthDonors::Set {
  MouthQuality quality = MouthQuality::one_donor;
  std::vector<std::unique_ptr<Donor>> donors;
  std::vector<Unit> units;  // of donors, in the same order; unit_selection only
  MouthViews views;         // of what is between the lips; for mouths that are moved
  double open_high = 0;     // what the mouth reaches in speech: 90 % of the pictures are below
  double open_mean = 0;
  bool is_talking = false;  // the footage shows the mouth in use
  Articulation articulation;
  OwnSpeech own_speech;
};

// Where the visemes of a speech are, for units and targets.
struct Heard {
  Viseme viseme = Viseme::rest;
  std::array<Viseme, 5> context{};
  double energy = 0;
};
Heard heard_at(const speech::Speech& speech, double t_s);

}  // namespace understudy::avatar
