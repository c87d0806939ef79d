// FilmMouth: footage of a person and a speech in, the person's mouth saying it out.
//
// MouthDonors is what one pass over the reference footage finds: pictures of the lower face at the
// places that a quality needs. FilmMouth plans a whole speech against it, then puts the mouth into
// frame after frame of a film of the same person:
//
//   one_donor       one mouth at rest, moved as a photograph's (mouth_mesh.h)
//   by_pose         the same, from several donors, of which the nearest by head pose is taken
//   unit_selection  real mouths of the footage: for every frame of the result the picture whose
//                   sounds and mouth shape fit what is said (target cost) and that follows well on
//                   the one before it (join cost: lips, pose, and time that goes on), by Viterbi
//                   (Hunt and Black 1996; Bregler, Covell and Slaney 1997)
//
// How a film of another length or order is made to speak (loops, idle stretches, other speeds):
//
//   auto donors = MouthDonors::gather({{film, track, heard}}, quality, progress);   // once
//   FilmMouth mouth(donors, track, speech, {.fps = 25, .shows = order});            // per result
//   for (int i = 0; i < order.size(); ++i) {
//     // canvas: picture order[i] of the film, decoded at the track's size, nothing drawn on it
//     const media::Rectangle changed = mouth.draw_on(i, canvas);
//   }
//
// `order[i]` = s(i) is the picture of `track` that frame i of the result shows; the speech is at i
// / fps seconds then. compose::TalkingFilmSource does this loop as a FrameSource and reads the
// film.
//
// Only the rectangle that draw_on() returns is touched; where the track is not trusted, or nobody
// ever moves, the picture stays as it is, with soft transitions in time.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "face/face_track.h"
#include "media/frame.h"
#include "speech/speech.h"

namespace understudy::avatar {

enum class MouthQuality { one_donor, by_pose, unit_selection };

// Footage of the person. The track and the speech are read while gathering only.
struct MouthFootage {
  std::filesystem::path film;
  const face::FaceTrack* track = nullptr;
  double start_s = 0;                     // of the film, where the track's picture 0 is
  const speech::Speech* heard = nullptr;  // what is said in it, from start_s on; null: not known
  // media::FilmFrames reads it at the track's size and rate: only what is needed is decoded.
  bool is_indexed = false;
};

class MouthDonors {
 public:
  // `progress` (0..1) may stop the work with an error. Errors: invalid_parameter (no picture of the
  // footage is trusted), those of VideoReader.
  static Result<MouthDonors> gather(std::span<const MouthFootage> footage, MouthQuality quality,
                                    const std::function<Result<void>(double)>& progress = {});
  ~MouthDonors();
  MouthDonors(MouthDonors&&) noexcept;
  MouthDonors& operator=(MouthDonors&&) noexcept;

  // What became of the wanted quality: footage in which nobody speaks has no units (by_pose).
  MouthQuality quality() const;
  std::size_t count() const;  // of pictures kept

  struct Set;
  const Set& set() const { return *set_; }

 private:
  explicit MouthDonors(std::unique_ptr<Set> set);
  std::unique_ptr<Set> set_;
};

struct FilmMouthOptions {
  double fps = 25;         // of the result
  std::vector<int> shows;  // of each frame of the result: the picture of the track it shows
  // Pictures of the first footage nearer than this to the one shown give no units; for measurements
  // of what happens when the very sentence is not there.
  double exclude_s = 0;
};

// What a mouth was made to do, for measurements.
struct PlacedMouth {
  double open = 0;   // as TrackedFace::mouth_open
  double share = 0;  // 0: the source's own mouth, 1: ours
};

class FilmMouth {
 public:
  // `donors` and `track` outlive it; `speech` is read while constructing. Requires: every entry of
  // `shows` is a frame of `track`.
  FilmMouth(const MouthDonors& donors, const face::FaceTrack& track, const speech::Speech& speech,
            FilmMouthOptions options);
  ~FilmMouth();
  FilmMouth(FilmMouth&&) noexcept;
  FilmMouth& operator=(FilmMouth&&) noexcept;

  int frame_count() const;

  // `canvas` holds the untouched picture shows[index]. Returns what changed, even numbers; empty
  // when the picture keeps its own mouth.
  media::Rectangle draw_on(int index, media::Frame& canvas);

  PlacedMouth placed(int index) const;
  // The rectangle that draw_on() will return, or one that is a little larger.
  media::Rectangle area(int index) const;
  // The rectangle and the shares (0..255, row by row) with which frame `index` is drawn over;
  // nothing outside of it changes. For tests and benchmarks.
  std::vector<std::uint8_t> mask(int index, media::Rectangle& area) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::avatar
