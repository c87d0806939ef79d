#include "face/face_finder.h"

namespace understudy::face {
namespace {

json::array pair_of(double a, double b) { return {a, b}; }

double number_at(const json::array& values, std::size_t i) {
  return i < values.size() && values[i].is_number() ? values[i].to_number<double>() : 0;
}

}  // namespace

json::object to_json(const Face& face) {
  json::array points, problems;
  for (const Point& p : face.landmarks) points.push_back(pair_of(p.x, p.y));
  for (const auto& problem : face.problems) problems.push_back(json::value(problem));
  return {{"box", json::array{face.box.x, face.box.y, face.box.width, face.box.height}},
          {"landmarks", std::move(points)},
          {"provider", face.provider},
          {"detector_score", face.detector_score},
          {"eye_distance_px", face.eye_distance_px},
          {"roll_deg", face.roll_deg},
          {"yaw_deg", face.yaw_deg},
          {"mouth_gap", face.mouth_gap},
          {"brightness", face.brightness},
          {"sharpness", face.sharpness},
          {"are_lids_sure", face.are_lids_sure},
          {"problems", std::move(problems)}};
}

Result<Face> face_from(const json::object& document) {
  const auto* box = array_or_null(document, "box");
  const auto* points = array_or_null(document, "landmarks");
  Face face;
  if (box == nullptr || box->size() != 4 || points == nullptr ||
      points->size() != face.landmarks.size()) {
    return fail(ErrorCode::internal_error, "The stored face of this look cannot be read.");
  }
  face.box = {number_at(*box, 0), number_at(*box, 1), number_at(*box, 2), number_at(*box, 3)};
  for (std::size_t i = 0; i < points->size(); ++i) {
    const auto* point = (*points)[i].if_array();
    if (point == nullptr || point->size() != 2)
      return fail(ErrorCode::internal_error, "The stored face of this look cannot be read.");
    face.landmarks[i] = {number_at(*point, 0), number_at(*point, 1)};
  }
  face.provider = string_or(document, "provider");
  face.detector_score = number_or(document, "detector_score", 0);
  face.eye_distance_px = number_or(document, "eye_distance_px", 0);
  face.roll_deg = number_or(document, "roll_deg", 0);
  face.yaw_deg = number_or(document, "yaw_deg", 0);
  face.mouth_gap = number_or(document, "mouth_gap", 0);
  face.brightness = number_or(document, "brightness", 0);
  face.sharpness = number_or(document, "sharpness", 0);
  face.are_lids_sure = bool_or(document, "are_lids_sure", false);
  return face;
}

}  // namespace understudy::face
