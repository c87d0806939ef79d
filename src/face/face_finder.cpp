#include "face/face_finder.h"

#include <algorithm>
#include <cstdlib>
#include <numbers>
#include <optional>

#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect/face.hpp>

#include "face/dlib_face.h"
#include "face/eyelids.h"
#include "face/landmark_fit.h"

namespace understudy::face {
namespace {

constexpr int kDetectSide = 640;   // the longer side while detecting: a face of 80 pixels is enough
constexpr int kSecondSide = 1280;  // when nothing was found
constexpr double kScoreSure = 0.25;  // of a second face that counts
constexpr double kEyesMin = 22;      // pixels between the eyes of the picture
constexpr double kSharpMin = 2;      // see Face::sharpness
constexpr double kYawMax = 27;       // degrees
constexpr double kRollMax = 32;

tl::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::invalid_parameter, std::move(why));
}

cv::Mat gray_of(const media::Image& picture) {
  const cv::Mat whole(picture.height, picture.width, CV_8UC4,
                      const_cast<std::uint8_t*>(picture.rgba.data()));
  cv::Mat gray;
  cv::cvtColor(whole, gray, cv::COLOR_RGBA2GRAY);
  return gray;
}

cv::Mat mat_of(const GrayView& gray) {
  return {gray.height, gray.width, CV_8U, const_cast<std::uint8_t*>(gray.data),
          static_cast<std::size_t>(gray.stride)};
}

GrayView view_of(const cv::Mat& gray) {
  return {gray.data, gray.cols, gray.rows, static_cast<int>(gray.step)};
}

std::vector<Detection> detect(HogDetector& detector, const cv::Mat& gray, int side) {
  const double scale = std::min(2.0, static_cast<double>(side) / std::max(gray.cols, gray.rows));
  const cv::Size size(std::max(1, cvRound(gray.cols * scale)),
                      std::max(1, cvRound(gray.rows * scale)));
  cv::Mat small;
  cv::resize(gray, small, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  auto found = detector.find(view_of(small));
  for (auto& each : found) {
    each.box = {each.box.x / scale, each.box.y / scale, each.box.width / scale,
                each.box.height / scale};
  }
  return found;
}

// The one face the picture is of.
Result<Detection> choose(const std::vector<Detection>& found) {
  if (found.empty()) {
    return refused(
        "There is no face in this picture that could be animated. Use a picture of one person who "
        "looks into the camera.");
  }
  const auto larger = [](const Detection& a, const Detection& b) {
    return a.box.width < b.box.width;
  };
  const Detection main = *std::max_element(found.begin(), found.end(), larger);
  int others = 0;
  for (const auto& each : found) {
    const Point a{each.box.x + each.box.width / 2, each.box.y + each.box.height / 2};
    const Point b{main.box.x + main.box.width / 2, main.box.y + main.box.height / 2};
    if (length(a - b) > 0.5 * main.box.width && each.box.width > 0.45 * main.box.width &&
        each.score > kScoreSure)
      ++others;
  }
  if (others > 0) {
    return refused("There are " + std::to_string(others + 1) +
                   " faces in this picture; it must show one person.");
  }
  return main;
}

// Small, dark or blurred faces still work, but not as well as they could.
void judge(const cv::Mat& gray, Face& face) {
  const cv::Rect box = cv::Rect(cvRound(face.box.x), cvRound(face.box.y), cvRound(face.box.width),
                                cvRound(face.box.height)) &
                       cv::Rect(0, 0, gray.cols, gray.rows);
  cv::Mat part, edges;
  const double scale = 200 / face.box.width;
  cv::resize(gray(box), part, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  cv::Laplacian(part, edges, CV_32F);
  cv::Scalar mean, deviation;
  cv::meanStdDev(edges, mean, deviation);
  face.sharpness = deviation[0];
  face.brightness = cv::mean(part)[0];
  if (face.eye_distance_px < 45)
    face.problems.push_back("The face is small, so details will be soft.");
  if (face.sharpness < 3.5) face.problems.push_back("The face is blurred.");
  if (face.brightness < 55) face.problems.push_back("The face is dark.");
  if (face.brightness > 215) face.problems.push_back("The face is overexposed.");
  if (std::abs(face.yaw_deg) > 15)
    face.problems.push_back("The face is turned aside, so mouth shapes are less exact.");
  if (!face.are_lids_sure)
    face.problems.push_back("The eyelids are not clear enough, so the eyes will not blink.");
}

// How far the nose (or, without it, the mouth) lies off the line that halves the eyes.
double yaw_of(const Landmarks& points, bool has_nose) {
  const Point left = eye_centre(points, kLeftEye), right = eye_centre(points, kRightEye);
  const double unit = length(right - left);
  const Point along = (right - left) * (1 / unit);
  const Point feature =
      has_nose ? points[kNoseTip] : middle(points[kLeftCorner], points[kRightCorner]);
  const double offset = dot(feature - middle(left, right), along) / unit;
  const double depth = has_nose ? 0.55 : 0.30;  // in front of the eyes, in eye distances
  return std::asin(std::clamp(offset / depth, -1.0, 1.0)) * 180 / std::numbers::pi;
}

// A mouth alone says little of a small turn, because an error of the eyes' level moves it as far;
// the detector's own views of turned faces say at least the side.
double yaw_of(View view) {
  constexpr double kViewYaw = 14;  // degrees
  return view == View::right ? kViewYaw : view == View::left ? -kViewYaw : 0;
}

void measure(Face& face, bool has_nose) {
  const Landmarks& points = face.landmarks;
  const Point across = eye_centre(points, kRightEye) - eye_centre(points, kLeftEye);
  face.eye_distance_px = length(across);
  face.roll_deg = std::atan2(across.y, across.x) * 180 / std::numbers::pi;
  face.yaw_deg = yaw_of(points, has_nose);
  double gap = 0;
  for (const auto& [upper, lower] : {std::pair{61, 67}, std::pair{62, 66}, std::pair{63, 65}})
    gap +=
        length(points[static_cast<std::size_t>(lower)] - points[static_cast<std::size_t>(upper)]);
  face.mouth_gap = gap / 3 / mouth_width(points);
}

Result<void> check(const Face& face) {
  if (face.eye_distance_px < kEyesMin) {
    return refused("The face is too small: its eyes are " +
                   std::to_string(static_cast<int>(face.eye_distance_px)) + " pixels apart, and " +
                   std::to_string(static_cast<int>(kEyesMin)) +
                   " are needed. Use a larger or closer picture.");
  }
  if (std::abs(face.yaw_deg) > kYawMax)
    return refused("The face is turned too far to the side. Use a picture from the front.");
  if (std::abs(face.roll_deg) > kRollMax)
    return refused("The head is tilted too far. Turn the picture so that the eyes are level.");
  return {};
}

}  // namespace

Providers Providers::from_environment() {
  const auto path = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  return {path("UNDERSTUDY_FACE_YUNET"), path("UNDERSTUDY_FACE_LANDMARKS")};
}

struct FaceFinder::State {
  HogDetector detector;
  std::optional<ShapePredictor> predictor;
  cv::Ptr<cv::FaceDetectorYN> yunet;

  Result<Detection> look(const GrayView& picture);
  Result<Face> fit(const media::Image& picture, const Detection& found, Turned turned);
  std::optional<FivePoints> five_points(const media::Image& picture, const Box& box) const;
  Result<Landmarks> landmarks(const media::Image& picture, const cv::Mat& gray,
                              const Detection& found, Turned turned, std::string& provider) const;
};

FaceFinder::FaceFinder(std::unique_ptr<State> state) : state_(std::move(state)) {}
FaceFinder::~FaceFinder() = default;
FaceFinder::FaceFinder(FaceFinder&&) noexcept = default;
FaceFinder& FaceFinder::operator=(FaceFinder&&) noexcept = default;

Result<FaceFinder> FaceFinder::open(const Providers& providers) {
  cv::setNumThreads(1);  // a machine runs a worker per core
  auto state = std::make_unique<State>();
  if (!providers.yunet_file.empty()) {
    try {
      state->yunet =
          cv::FaceDetectorYN::create(providers.yunet_file.string(), "", {320, 320}, 0.7F);
    } catch (const cv::Exception& error) {
      return fail_with_detail(ErrorCode::service_unavailable,
                              "The face model of this server cannot be used.", error.what());
    }
  }
  if (!providers.landmarks_file.empty()) {
    TRY_ASSIGN(state->predictor, ShapePredictor::load(providers.landmarks_file));
  }
  return FaceFinder(std::move(state));
}

std::optional<Landmarks> FaceFinder::predict(const GrayView& picture, const Box& box) const {
  if (state_->yunet || !state_->predictor) return std::nullopt;
  return state_->predictor->predict(picture, box);
}

std::optional<FivePoints> FaceFinder::State::five_points(const media::Image& picture,
                                                         const Box& box) const {
  const cv::Rect near =
      cv::Rect(cvRound(box.x - 0.5 * box.width), cvRound(box.y - 0.6 * box.height),
               cvRound(2 * box.width), cvRound(2 * box.height)) &
      cv::Rect(0, 0, picture.width, picture.height);
  const cv::Mat whole(picture.height, picture.width, CV_8UC4,
                      const_cast<std::uint8_t*>(picture.rgba.data()));
  cv::Mat bgr, found;
  cv::cvtColor(whole(near), bgr, cv::COLOR_RGBA2BGR);
  const double scale = 320.0 / std::max(bgr.cols, bgr.rows);
  cv::resize(bgr, bgr, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  yunet->setInputSize(bgr.size());
  yunet->detect(bgr, found);
  if (found.empty()) return std::nullopt;
  const float* row = found.ptr<float>(0);
  const auto point = [&](int i) {
    return Point{row[4 + 2 * i] / scale + near.x, row[5 + 2 * i] / scale + near.y};
  };
  // YuNet names sides by the person: its right eye is the picture's left one.
  return FivePoints{point(0), point(1), point(2), point(3), point(4)};
}

Result<Landmarks> FaceFinder::State::landmarks(const media::Image& picture, const cv::Mat& gray,
                                               const Detection& found, Turned turned,
                                               std::string& provider) const {
  if (yunet) {
    if (const auto points = five_points(picture, found.box)) {
      provider = "yunet";
      return fit_landmarks(picture, found, points);
    }
  }
  if (predictor) {
    provider = "landmarks_file";
    return predictor->predict(view_of(gray), found.box);
  }
  provider = "fit";
  // Without points of the nose the detector's own view tells that a face is turned.
  if (turned == Turned::refused && (found.view == View::left || found.view == View::right))
    return refused("The face is turned to the side. Use a picture from the front.");
  return fit_landmarks(picture, found);
}

// What OpenCV throws as an error.
template <typename Work>
auto guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const cv::Exception& error) {
    return fail_with_detail(ErrorCode::engine_failed, "The picture could not be looked at.",
                            error.what());
  }
}

Result<Face> FaceFinder::find(const media::Image& picture, Turned turned) {
  return guarded([&]() -> Result<Face> {
    TRY_ASSIGN(const auto found, state_->look(view_of(gray_of(picture))));
    return state_->fit(picture, found, turned);
  });
}

Result<Detection> FaceFinder::look(const GrayView& picture) {
  return guarded([&] { return state_->look(picture); });
}

Result<Face> FaceFinder::fit(const media::Image& picture, const Detection& found, Turned turned) {
  return guarded([&] { return state_->fit(picture, found, turned); });
}

Result<Detection> FaceFinder::State::look(const GrayView& picture) {
  const cv::Mat gray = mat_of(picture);
  auto found = detect(detector, gray, kDetectSide);
  if (found.empty()) found = detect(detector, gray, kSecondSide);
  return choose(found);
}

std::optional<Detection> FaceFinder::look_near(const GrayView& picture, const Box& expected) {
  const cv::Mat gray = mat_of(picture);
  constexpr double kReach = 0.38;  // of the box, round it
  const double room = kReach * expected.width;
  const cv::Rect area =
      cv::Rect(cvRound(expected.x - room), cvRound(expected.y - room),
               cvRound(expected.width + 2 * room), cvRound(expected.height + 2 * room)) &
      cv::Rect(0, 0, gray.cols, gray.rows);
  if (area.width < 8 || area.height < 8) return std::nullopt;
  const double scale = HogDetector::kExpected / std::max(8.0, expected.width);
  cv::Mat small;
  cv::resize(gray(area), small, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  const Point middle_expected{expected.x + expected.width / 2, expected.y + expected.height / 2};
  for (auto each : state_->detector.find_sized(view_of(small))) {
    each.box = {each.box.x / scale + area.x, each.box.y / scale + area.y, each.box.width / scale,
                each.box.height / scale};
    const Point centre{each.box.x + each.box.width / 2, each.box.y + each.box.height / 2};
    if (length(centre - middle_expected) < 0.3 * expected.width) return each;
  }
  return std::nullopt;
}

Result<Face> FaceFinder::State::fit(const media::Image& picture, const Detection& chosen,
                                    Turned turned) {
  const cv::Mat gray = gray_of(picture);
  Face face;
  face.box = chosen.box;
  face.detector_score = chosen.score;
  TRY_ASSIGN(face.landmarks, landmarks(picture, gray, chosen, turned, face.provider));
  measure(face, face.provider == "landmarks_file");
  if (face.provider == "fit" && turned == Turned::fitted) face.yaw_deg = yaw_of(chosen.view);
  TRY(check(face));
  face.are_lids_sure = settle_eyelids(picture, face.landmarks);
  judge(gray, face);
  // What the fit looks for is gone in a blur; a trained model still knows where it was.
  if (face.provider == "fit" && face.sharpness < kSharpMin)
    return refused("The face is too blurred to find its mouth. Use a sharper picture.");
  return face;
}

}  // namespace understudy::face
