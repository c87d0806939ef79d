// What a FilmLoop compares, taken from the pictures of a film and the track of its face.
#pragma once

#include <vector>

#include "avatar/film_loop.h"
#include "face/face_track.h"
#include "media/frame.h"
#include "speech/speech.h"

namespace understudy::avatar {

// `eye_distance`: of the track, pixels; the unit of places. is_talking is the caller's to set.
FilmMoment film_moment(const media::Frame& picture, const face::TrackedFace& face,
                       double eye_distance);

// Whether somebody speaks at picture i, i / fps seconds in; breaths and closures between words are
// part of speaking, and so is a little before and after it.
std::vector<bool> speaking_at(const std::vector<speech::Phone>& phones, int count, double fps);

// The same of a film without sound: where the lips move.
std::vector<bool> moving_lips(const face::FaceTrack& track);

}  // namespace understudy::avatar
