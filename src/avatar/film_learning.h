// What is learned of a film from its samples, before any frame is cut. Private to this folder.
#pragma once

#include <optional>
#include <span>

#include "avatar/film_plate.h"
#include "avatar/matte_planes.h"
#include "avatar/matte_seeds.h"
#include "avatar/matte_segmenter.h"
#include "base/result.h"
#include "face/dlib_face.h"
#include "media/frame.h"

namespace understudy::avatar {

inline constexpr int kFilmSide = 320;  // of the pictures that are cut
inline constexpr double kReach = 0.8;  // of the colours that count as near, in widths of the face
inline constexpr double kStrayMax = 0.35;  // of a mask that lies where nobody can be

struct FilmKnowledge {
  std::optional<FilmPlate> plate;  // the camera stands still
  Segmenter segmenter;             // knows the colours of the samples
  FloatPlane usual;                // the share of the samples that have somebody here
  BytePlane first;                 // the mask of the first sample
  FloatPlane figure;               // what the heads of the samples have in common; may be empty
  BytePlane face;                  // of the last head that was found; may be empty
  double reach = 30;               // of the colours, in small pixels
  double stability = 1;            // of the samples' cuts, each by itself (Segmenter::stability)
  double stray = 0;                // mean of the samples
};

// Errors: invalid_parameter: nobody was found, or nothing tells the person from what is behind.
Result<FilmKnowledge> learn_film(std::span<const media::Frame> samples,
                                 face::HogDetector& detector);

// The largest head of a frame, in pixels of its small picture.
std::optional<Head> find_head(face::HogDetector& detector, const media::Frame& frame,
                              double small_scale);

tl::unexpected<Error> cannot_remove(std::string reason);

}  // namespace understudy::avatar
