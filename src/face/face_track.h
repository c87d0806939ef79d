// FaceTrack: the one face of a film over time, computed once per footage and kept as a file.
//
// The film is looked at on a grid: picture k is the one that is shown k / fps seconds after the
// first, as media::VideoReader draws it at the film's own size (as shown: turned upright, square
// pixels, made even). Everything is in pixels of that size.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "face/head_pose.h"
#include "face/landmarks.h"

namespace understudy::face {

struct TrackedFace {
  Landmarks landmarks{};   // smoothed over time
  HeadPose pose;           // smoothed over time
  double mouth_open = 0;   // gap between the inner lips, in widths of the mouth at rest
  double mouth_width = 1;  // between the corners, of the width at rest
  // 0..1: below kTrusted the face is lost, covered or turned too far, and a mouth that is put
  // there would be a smear.
  double trust = 0;
};

inline constexpr double kTrusted = 0.5;

struct FaceTrack {
  int width = 0;
  int height = 0;
  double fps = 25;
  std::string provider;           // "landmarks_file", "yunet" or "fit"
  FaceShape shape = mean_face();  // of this person, the mouth at rest
  std::vector<TrackedFace> frames;

  double trusted_share() const;  // of the frames
};

// Where the lips are on the face, whatever the head does: points 48 to 67 in face coordinates.
using Lips = std::array<FacePoint, 20>;
Lips lips_of(const TrackedFace& face);
double distance(const Lips& a, const Lips& b);  // the mean of the points', eye distances

// One line of JSON, then numbers as 32-bit floats. Errors: storage_failed (also: damaged).
Result<void> write_track(const std::filesystem::path& file, const FaceTrack& track);
Result<FaceTrack> read_track(const std::filesystem::path& file);

}  // namespace understudy::face
