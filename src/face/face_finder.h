// FaceFinder: the one face of a picture, with its landmarks and what an animation can rely on, or
// the reason why the picture cannot be used.
//
// Landmarks come from the first provider that is there: a configured YuNet model (five points, then
// the fit), a configured file of 68 landmarks, else the fit alone. It meets bytes from outside, so
// it runs in the sandboxed render process. One thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "face/dlib_face.h"
#include "face/landmarks.h"
#include "media/frame.h"

namespace understudy::face {

struct Providers {
  std::filesystem::path yunet_file;      // ONNX, FaceDetectorYN; empty: not used
  std::filesystem::path landmarks_file;  // dlib, 68 points; empty: not used
  // From UNDERSTUDY_FACE_YUNET and UNDERSTUDY_FACE_LANDMARKS, which a worker sets for its renders.
  static Providers from_environment();
};

struct Face {
  Box box;  // brows to chin
  Landmarks landmarks{};
  std::string provider;  // "yunet", "landmarks_file" or "fit"
  double detector_score = 0;
  double eye_distance_px = 0;
  double roll_deg = 0;                // clockwise in the picture
  double yaw_deg = 0;                 // to the right of the picture
  double mouth_gap = 0;               // of the lips at rest, in mouth widths; above 0.09 teeth show
  double brightness = 0;              // mean of the face, 0..255
  double sharpness = 0;               // deviation of the Laplacian of a face 200 pixels wide
  bool are_lids_sure = false;         // both upper lids were found as edges: the eyes can blink
  std::vector<std::string> problems;  // what the result may suffer from, in sentences
};

json::object to_json(const Face& face);
Result<Face> face_from(const json::object& document);  // what to_json() made

// How the fit without a landmarks file takes a face of which the detector says that it is turned:
// a photograph's is refused, a film's is fitted when eyes and mouth still agree.
enum class Turned { refused, fitted };

class FaceFinder {
 public:
  // Errors: service_unavailable (a configured file cannot be used).
  static Result<FaceFinder> open(const Providers& providers);
  ~FaceFinder();
  FaceFinder(FaceFinder&&) noexcept;
  FaceFinder& operator=(FaceFinder&&) noexcept;

  // Errors: invalid_parameter (no face, several, too small, turned too far, a part of it not
  // found), each with a sentence for the user.
  Result<Face> find(const media::Image& picture, Turned turned = Turned::refused);

  // The two halves of find(), for films, of which most pictures are only looked at: the one face in
  // the luma of a picture, and what is found in it; `found` in pixels of `picture`, which may be a
  // part. Errors as above.
  Result<Detection> look(const GrayView& picture);
  Result<Face> fit(const media::Image& picture, const Detection& found, Turned turned);

  // The face that is expected at a place, at about its size; cheap. Empty when it is not there.
  std::optional<Detection> look_near(const GrayView& picture, const Box& expected);

  // The points of a face whose place is known (brows to chin) by the landmarks file; empty without
  // one, or when another provider comes first.
  std::optional<Landmarks> predict(const GrayView& picture, const Box& box) const;

 private:
  struct State;
  explicit FaceFinder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::face
