// Subjects made of looks: presenters, photographs and people in footage.
#pragma once

#include <string>

#include "avatar/photo_animator.h"
#include "avatar/presenter_catalogue.h"
#include "base/result.h"
#include "cinema/subject.h"
#include "compose/twin_film.h"
#include "face/face_finder.h"
#include "media/frame.h"

namespace understudy::cinema {

struct SubjectOptions {
  int head_px = 360;   // how high the head is on the subject's own picture, chin to crown
  double seconds = 5;  // that it acts for
  std::uint32_t seed = 0;
  std::string acting;  // words for its movement (avatar/motion_prompt.h)
};

std::unique_ptr<Subject> presenter_subject(const avatar::Presenter& presenter,
                                           const avatar::Look& look, const SubjectOptions& options);

// `cut`: the photograph with alpha (avatar/photo_matte.h).
std::unique_ptr<Subject> photo_subject(const media::Image& cut, const face::Face& face,
                                       const SubjectOptions& options);

// A twin: its footage as it idles, cut out. `film`: its files; size and cut are set here. Errors:
// invalid_parameter: why the person cannot be cut out, or the film not be read.
Result<std::unique_ptr<Subject>> film_subject(compose::TwinFilm film,
                                              const SubjectOptions& options);

}  // namespace understudy::cinema
