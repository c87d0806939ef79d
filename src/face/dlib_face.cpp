#include "face/dlib_face.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include <dlib/image_processing.h>

#include "face/detector_bytes.h"

namespace understudy::face {
namespace {

using DlibImage = dlib::array2d<unsigned char>;

DlibImage copy_of(const GrayView& picture) {
  DlibImage image(picture.height, picture.width);
  for (int y = 0; y < picture.height; ++y) {
    const auto* row = picture.data + static_cast<std::ptrdiff_t>(y) * picture.stride;
    std::copy(row, row + picture.width, &image[y][0]);
  }
  return image;
}

View view_of(unsigned long index) {
  constexpr View kViews[] = {View::front, View::left, View::right, View::rolled_left,
                             View::rolled_right};
  return index < std::size(kViews) ? kViews[index] : View::front;
}

using Scanner = dlib::scan_fhog_pyramid<dlib::pyramid_down<6>>;
using Detector = dlib::object_detector<Scanner>;

const Detector& whole_detector() {
  static const Detector detector = [] {
    Detector read;
    std::istringstream in{std::string(detector_bytes())};
    dlib::deserialize(read, in);
    return read;
  }();
  return detector;
}

// The same, but looking at few sizes: kSmallest and the next larger ones.
const Detector& sized_detector() {
  static const Detector detector = [] {
    constexpr unsigned long kSizes = 3;  // 80, 96 and 115 pixels
    const Detector& whole = whole_detector();
    Scanner scanner;
    scanner.copy_configuration(whole.get_scanner());
    scanner.set_max_pyramid_levels(kSizes);
    std::vector<Detector::feature_vector_type> weights;
    for (unsigned long i = 0; i < whole.num_detectors(); ++i) weights.push_back(whole.get_w(i));
    return Detector(scanner, whole.get_overlap_tester(), weights);
  }();
  return detector;
}

std::vector<Detection> detections_of(Detector& detector, const GrayView& picture) {
  std::vector<dlib::rect_detection> found;
  detector(copy_of(picture), found, 0.0);
  std::vector<Detection> detections;
  for (const auto& each : found) {
    const auto& box = each.rect;
    detections.push_back({{static_cast<double>(box.left()), static_cast<double>(box.top()),
                           static_cast<double>(box.width()), static_cast<double>(box.height())},
                          each.detection_confidence,
                          view_of(each.weight_index)});
  }
  std::sort(detections.begin(), detections.end(),
            [](const auto& a, const auto& b) { return a.score > b.score; });
  return detections;
}

}  // namespace

struct HogDetector::State {
  Detector whole = whole_detector();
  std::optional<Detector> sized;
};

HogDetector::HogDetector() : state_(std::make_unique<State>()) {}
HogDetector::~HogDetector() = default;
HogDetector::HogDetector(HogDetector&&) noexcept = default;
HogDetector& HogDetector::operator=(HogDetector&&) noexcept = default;

std::vector<Detection> HogDetector::find(const GrayView& picture) {
  return detections_of(state_->whole, picture);
}

std::vector<Detection> HogDetector::find_sized(const GrayView& picture) {
  if (!state_->sized) state_->sized = sized_detector();
  return detections_of(*state_->sized, picture);
}

struct ShapePredictor::State {
  dlib::shape_predictor predictor;
};

ShapePredictor::ShapePredictor(std::unique_ptr<State> state) : state_(std::move(state)) {}
ShapePredictor::~ShapePredictor() = default;
ShapePredictor::ShapePredictor(ShapePredictor&&) noexcept = default;
ShapePredictor& ShapePredictor::operator=(ShapePredictor&&) noexcept = default;

Result<ShapePredictor> ShapePredictor::load(const std::filesystem::path& file) {
  auto state = std::make_unique<State>();
  const auto unusable = [&](const std::string& why) {
    return fail_with_detail(ErrorCode::service_unavailable,
                            "The face landmarks file of this server cannot be used.",
                            file.string() + ": " + why);
  };
  try {
    dlib::deserialize(file.string()) >> state->predictor;
  } catch (const std::exception& error) {
    return unusable(error.what());
  }
  if (state->predictor.num_parts() != std::tuple_size_v<Landmarks>) {
    return unusable("it does not predict 68 points");
  }
  return ShapePredictor(std::move(state));
}

Landmarks ShapePredictor::predict(const GrayView& picture, const Box& box) const {
  const auto whole = [](double value) { return std::lround(value); };
  const dlib::rectangle area(whole(box.x), whole(box.y), whole(box.x + box.width) - 1,
                             whole(box.y + box.height) - 1);
  const auto shape = state_->predictor(copy_of(picture), area);
  Landmarks points{};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& part = shape.part(i);
    points[i] = {static_cast<double>(part.x()), static_cast<double>(part.y())};
  }
  return points;
}

}  // namespace understudy::face
