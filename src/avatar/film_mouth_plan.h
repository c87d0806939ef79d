// What is planned of a mouth before anything is drawn: for each frame of the result how much of the
// mouth is ours, the shape that is said, and which donors it is drawn from. Pure numbers. Private
// to this folder.
#pragma once

#include <vector>

#include "avatar/donor_set.h"
#include "avatar/mouth_mesh.h"
#include "face/face_track.h"
#include "speech/speech.h"

namespace understudy::avatar {

struct DonorMix {  // one donor, or two while one goes over into the other
  int first = 0;
  int second = -1;
  double share = 0;  // of the second
};

struct MouthPlan {
  std::vector<double> shares;      // 0: the source's own mouth, 1: ours; soft in time
  std::vector<MouthShape> shapes;  // what is said
  std::vector<DonorMix> mixes;     // what it is drawn from
  double strength = 0.85;  // of the mouth's movement; a film's people speak less than photographs
};

// One entry of each for every frame of `options.shows`. Requires: the set has donors.
MouthPlan plan_mouth(const MouthDonors::Set& set, const face::FaceTrack& track,
                     const speech::Speech& speech, const FilmMouthOptions& options);

// How far a drawn line of lips is open, in mouth widths.
double gap_of(const MouthMesh& mesh, const std::vector<Point>& line);

}  // namespace understudy::avatar
