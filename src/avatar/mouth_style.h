// How a person articulates, from footage with sound, and the mouth that says something in that way.
// Private to this folder.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "avatar/film_mouth.h"
#include "avatar/mouth_track.h"

namespace understudy::avatar {

struct Articulation {
  MouthStyle style = MouthStyle::filmed;
  // How much of the opening follows the loudness of the voice in place of the sounds that were
  // recognised: jaws do, and loudness needs no recognition. The default agrees better than the
  // sounds alone with every film that was tried; it is all that helps with languages and voices
  // that the recogniser does not understand.
  double voice_share = 0.3;
  // 0..1: 1 by default, 0 where only the voice is followed.
  double sound_trust() const { return std::clamp((1 - voice_share) / 0.7, 0.0, 1.0); }
};

// What goes together best, for what is said in the footage, with the openings that are seen in it.
// Footage without sound, or in which hardly anything is said: the default.
Articulation articulation_of(std::span<const MouthFootage> footage);

// The shape of the mouth over a speech.
class SpokenMouth {
 public:
  SpokenMouth(const speech::Speech& speech, const Articulation& articulation);
  MouthShape at(double t_s) const;

 private:
  MouthTrack lips_;
  std::vector<float> voice_;  // 0..1 at kProsodyRate, as slow as a jaw; empty: not known
  double share_, trust_;
};

}  // namespace understudy::avatar
