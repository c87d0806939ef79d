#include "face/face_tracker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "face/lip_motion.h"
#include "face/track_smoothing.h"
#include "face/upper_face_flow.h"
#include "media/image.h"
#include "media/video_reader.h"

namespace understudy::face {
namespace {

constexpr int kDetectEvery = 10;  // frames
constexpr int kFitEvery = 25;     // frames
constexpr std::size_t kFitsMax = 12;
constexpr int kMissesMax = 4;           // detections in a row that may find nothing
constexpr double kFitTurnMax = 0.2;     // radians: turned further, the fit is not asked
constexpr std::size_t kUnseenMax = 40;  // frames, see follow_back()
constexpr int kWaitMax = 25;            // frames between two looks for a face

constexpr double kStraight = 0.08;  // radians: less is not seen in eyes and a mouth

// What the rigid head is fitted to: nose, corners of the eyes, the upper jaw.
constexpr std::size_t kRigid[] = {1, 2, 14, 15, 27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45};

cv::Mat luma_of(const media::PictureRows& rows) {
  return {rows.height, rows.width, CV_8U, const_cast<std::uint8_t*>(rows.planes[0]),
          static_cast<std::size_t>(rows.strides[0])};
}

GrayView view_of(const cv::Mat& gray) {
  return {gray.data, gray.cols, gray.rows, static_cast<int>(gray.step)};
}

// The part of a frame as a picture; `area` even.
media::Image part_of(const media::PictureRows& rows, const media::Rectangle& area) {
  media::Frame part = media::Frame::make(area.width, area.height, false);
  const std::array<std::uint8_t*, 3> planes = {part.y.data(), part.u.data(), part.v.data()};
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const int divisor = i == 0 ? 1 : 2, width = area.width / divisor;
    for (int y = 0; y < area.height / divisor; ++y) {
      const auto* from = rows.planes[i] +
                         static_cast<std::ptrdiff_t>(area.y / divisor + y) * rows.strides[i] +
                         area.x / divisor;
      std::copy_n(from, width, planes[i] + static_cast<std::ptrdiff_t>(y) * width);
    }
  }
  return media::to_image(part);
}

// Even, inside the picture.
media::Rectangle inside(double x0, double y0, double x1, double y1, int width, int height) {
  const auto even = [](double value, int low, int high) {
    return static_cast<int>(
               std::clamp(value, static_cast<double>(low), static_cast<double>(high))) &
           ~1;
  };
  const int left = even(x0, 0, width - 2), top = even(y0, 0, height - 2);
  return {left, top, std::max(2, even(x1, left + 2, width) - left),
          std::max(2, even(y1, top + 2, height) - top)};
}

// What a fit looks at round a detector's box.
media::Rectangle room_of(const Box& box, int width, int height) {
  const double room = 0.6 * box.width;
  return inside(box.x - room, box.y - room, box.x + box.width + room, box.y + box.height + room,
                width, height);
}

media::Rectangle around(const HeadPose& pose, double reach, int width, int height) {
  const Point centre = pose.project({0, 0.6, 0});
  const double half = reach * pose.scale;
  return inside(centre.x - half, centre.y - half, centre.x + half, centre.y + half, width, height);
}

PoseFit fit_to(const FaceShape& shape, const Landmarks& seen, const HeadPose& start) {
  std::vector<FacePoint> places;
  std::vector<Point> points;
  for (const auto i : kRigid) {
    places.push_back(shape[i]);
    points.push_back(seen[i]);
  }
  return fit_pose(places, points, start);
}

// The pose of a face of which eyes and mouth are known: turned, its eyes look nearer to each other.
HeadPose turned_pose(const Landmarks& points, double yaw) {
  HeadPose pose = upright_pose(points);
  if (std::abs(yaw) < kStraight) return pose;
  pose.yaw = yaw;
  pose.scale /= std::cos(yaw);
  const Point eyes = pose.shift;
  const auto& face = mean_face();
  const Point seen = middle(middle(pose.project(face[36]), pose.project(face[39])),
                            middle(pose.project(face[42]), pose.project(face[45])));
  pose.shift = pose.shift + (eyes - seen);
  return pose;
}

// A fit lays the frontal mean shape on the eyes: in a turned face only the mouth was seen.
FaceShape shape_of(const HeadPose& pose, const Landmarks& points) {
  FaceShape shape{};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] = pose.lift(points[i], mean_face()[i].z);
    if (i < kLeftCorner && std::abs(pose.yaw) >= kStraight) shape[i].x = mean_face()[i].x;
  }
  return shape;
}

}  // namespace

struct FaceTracker::State {
  State(FaceFinder the_finder, int the_width, int the_height, double the_fps)
      : finder(std::move(the_finder)), width(the_width), height(the_height), fps(the_fps) {}

  FaceFinder finder;
  int width, height;
  double fps;
  UpperFaceFlow flow;
  std::string provider;
  bool is_model = false;  // landmarks of every frame come from a file
  bool is_followed = false;
  HeadPose pose;
  FacePoint box_centre;  // of the detector's box, face units
  double box_size = 2.4;
  int misses = 0;
  int next_look = 0;
  int wait = kDetectEvery / 2;
  std::optional<Error> why;
  std::vector<SeenFace> seen;
  std::vector<cv::Mat> patches;
  std::vector<ShapeFit> fits;
  std::vector<cv::Mat> unseen;  // luma of the last frames that have no face yet

  Result<void> add(const media::PictureRows& frame);
  void look_for_face(const media::PictureRows& frame);
  Result<Face> find_face(const media::PictureRows& frame);
  Result<Face> fit_at(const media::PictureRows& frame, Detection found);
  bool follow(const media::PictureRows& frame, SeenFace& face);
  bool follow_model(const cv::Mat& gray, SeenFace& face);
  bool follow_flow(const cv::Mat& gray, SeenFace& face);
  cv::Mat straightened(const cv::Mat& gray, const HeadPose& of) const;
  Box expected_box() const;
  void check_place(const cv::Mat& gray);
  void fit_again(const media::PictureRows& frame);
  void remember_box(const Box& box);
  void keep_unseen(const cv::Mat& gray);
  void follow_back(const cv::Mat& gray);
};

FaceTracker::FaceTracker(std::unique_ptr<State> state) : state_(std::move(state)) {}
FaceTracker::~FaceTracker() = default;
FaceTracker::FaceTracker(FaceTracker&&) noexcept = default;
FaceTracker& FaceTracker::operator=(FaceTracker&&) noexcept = default;

Result<FaceTracker> FaceTracker::open(const Providers& providers, int width, int height,
                                      double fps) {
  TRY_ASSIGN(auto finder, FaceFinder::open(providers));
  return FaceTracker(std::make_unique<State>(std::move(finder), width, height, fps));
}

void FaceTracker::State::remember_box(const Box& box) {
  box_centre = pose.lift({box.x + box.width / 2, box.y + box.height / 2}, 0.2);
  box_size = std::clamp(box.width / pose.scale, 1.6, 3.4);
}

Box FaceTracker::State::expected_box() const {
  const Point centre = pose.project(box_centre);
  const double side = box_size * pose.scale;
  return {centre.x - side / 2, centre.y - side / 2, side, side};
}

// Only the neighbourhood of the face is asked for its colours.
Result<Face> FaceTracker::State::fit_at(const media::PictureRows& frame, Detection found) {
  const auto area = room_of(found.box, width, height);
  found.box.x -= area.x, found.box.y -= area.y;
  TRY_ASSIGN(auto face, finder.fit(part_of(frame, area), found, Turned::fitted));
  const Point corner{static_cast<double>(area.x), static_cast<double>(area.y)};
  for (Point& p : face.landmarks) p = p + corner;
  face.box.x += area.x, face.box.y += area.y;
  return face;
}

Result<Face> FaceTracker::State::find_face(const media::PictureRows& frame) {
  TRY_ASSIGN(const auto found, finder.look(view_of(luma_of(frame))));
  return fit_at(frame, found);
}

void FaceTracker::State::look_for_face(const media::PictureRows& frame) {
  const int index = static_cast<int>(seen.size());
  if (index < next_look) return;
  const auto found = find_face(frame);
  if (!found) {
    if (!why) why = found.error();
    next_look = index + wait;
    wait = std::min(kWaitMax, wait + kDetectEvery / 2);
    return;
  }
  wait = kDetectEvery / 2;
  provider = found->provider;
  is_model = provider == "landmarks_file";
  pose = is_model ? upright_pose(found->landmarks)
                  : turned_pose(found->landmarks, found->yaw_deg * std::numbers::pi / 180);
  if (is_model) {
    pose = fit_to(mean_face(), found->landmarks, pose).pose;
  } else {
    flow.start(luma_of(frame), pose);
    const ShapeFit fit{static_cast<std::size_t>(index), shape_of(pose, found->landmarks),
                       found->mouth_gap};
    if (fits.size() < kFitsMax) fits.push_back(fit);
  }
  remember_box(found->box);
  is_followed = true;
  misses = 0;
  follow_back(luma_of(frame));
}

void FaceTracker::State::keep_unseen(const cv::Mat& gray) {
  if (unseen.size() >= kUnseenMax) unseen.erase(unseen.begin());
  unseen.push_back(gray.clone());
}

// A face is often found some frames after it has come: back from there, as far as it can be
// followed.
void FaceTracker::State::follow_back(const cv::Mat& gray) {
  const HeadPose found = pose;
  for (std::size_t back = 1; back <= unseen.size() && back <= seen.size(); ++back) {
    const cv::Mat& picture = unseen[unseen.size() - back];
    SeenFace face;
    face.is_there = is_model ? follow_model(picture, face) : follow_flow(picture, face);
    if (!face.is_there) break;
    pose = face.pose;
    patches[seen.size() - back] = straightened(picture, face.pose);
    seen[seen.size() - back] = face;
  }
  unseen.clear();
  pose = found;
  if (!is_model) flow.start(gray, pose);
}

cv::Mat FaceTracker::State::straightened(const cv::Mat& gray, const HeadPose& of) const {
  return FacePatch::straighten(is_model ? crop_face(gray, of) : flow.crop(), of);
}

bool FaceTracker::State::follow_model(const cv::Mat& gray, SeenFace& face) {
  const auto area = around(pose, 2.2, width, height);
  const cv::Mat part = gray(cv::Rect(area.x, area.y, area.width, area.height));
  Box box = expected_box();
  box.x -= area.x, box.y -= area.y;
  const auto points = finder.predict(view_of(part), box);
  if (!points) return false;
  for (std::size_t i = 0; i < points->size(); ++i)
    face.points[i] = (*points)[i] + Point{static_cast<double>(area.x), static_cast<double>(area.y)};
  const PoseFit fit = fit_to(mean_face(), face.points, pose);
  face.pose = fit.pose;
  face.residual = fit.residual;
  face.has_points = true;
  const double grown = fit.pose.scale / pose.scale;
  return fit.residual < 0.25 && grown > 0.7 && grown < 1.4 &&
         length(fit.pose.shift - pose.shift) < 1.2 * pose.scale;
}

bool FaceTracker::State::follow_flow(const cv::Mat& gray, SeenFace& face) {
  const auto step = flow.follow(gray);
  if (!step) return false;
  face.pose = step->pose;
  face.residual = step->residual;
  face.flow_error = step->flow_error;
  return true;
}

// A detector near the place where the face should be.
void FaceTracker::State::check_place(const cv::Mat& gray) {
  const auto found = finder.look_near(view_of(gray), expected_box());
  misses = found ? 0 : misses + 1;
  if (found && is_model) remember_box(found->box);
}

void FaceTracker::State::fit_again(const media::PictureRows& frame) {
  const auto near = finder.look_near(view_of(luma_of(frame)), expected_box());
  if (!near) return;
  const auto found = fit_at(frame, *near);
  if (!found) return;
  const Landmarks& points = found->landmarks;
  const ShapeFit fit{seen.size(), shape_of(pose, points), found->mouth_gap};
  // Eyes somewhere else: the fit has found another thing.
  const FacePoint left = fit.shape[36], right = fit.shape[45];
  if (std::abs(left.y) > 0.35 || std::abs(right.y) > 0.35 || left.x > -0.4 || right.x < 0.4) return;
  fits.push_back(fit);
}

bool FaceTracker::State::follow(const media::PictureRows& frame, SeenFace& face) {
  const cv::Mat gray = luma_of(frame);
  const bool is_there = is_model ? follow_model(gray, face) : follow_flow(gray, face);
  const Point nose = is_there ? face.pose.project({0, 0.55, 0.5}) : Point{-1, -1};
  if (!is_there || nose.x < 0 || nose.y < 0 || nose.x > width || nose.y > height) return false;
  pose = face.pose;
  const auto index = static_cast<int>(seen.size());
  if (index % kDetectEvery == 0) check_place(gray);
  if (misses >= kMissesMax) return false;
  if (!is_model && index % kFitEvery == kFitEvery / 2 && fits.size() < kFitsMax &&
      pose.turned() < kFitTurnMax)
    fit_again(frame);
  return true;
}

Result<void> FaceTracker::State::add(const media::PictureRows& frame) {
  SeenFace face;
  if (!is_followed) look_for_face(frame);
  if (is_followed) {
    face.is_there = follow(frame, face);
    if (!face.is_there) {
      is_followed = false;
      next_look = static_cast<int>(seen.size()) + 2;
    }
  }
  if (!face.is_there) keep_unseen(luma_of(frame));
  face.misses = misses;
  patches.push_back(face.is_there ? straightened(luma_of(frame), face.pose) : cv::Mat());
  seen.push_back(face);
  return {};
}

Result<void> FaceTracker::add(const media::Frame& frame) { return add(media::rows_of(frame)); }

Result<void> FaceTracker::add(const media::PictureRows& frame) {
  if (frame.width != state_->width || frame.height != state_->height)
    return fail(ErrorCode::internal_error, "A frame of another size came to the face tracker.");
  try {
    return state_->add(frame);
  } catch (const cv::Exception& error) {
    return fail_with_detail(ErrorCode::engine_failed, "The film could not be looked at.",
                            error.what());
  }
}

Result<FaceTrack> FaceTracker::finish() {
  State& state = *state_;
  FaceTrack track;
  track.width = state.width;
  track.height = state.height;
  track.fps = state.fps;
  track.provider = state.provider;
  try {
    const bool is_there =
        std::any_of(state.seen.begin(), state.seen.end(), [](const auto& f) { return f.is_there; });
    if (is_there) {
      track.frames = state.is_model
                         ? settle_points(state.seen, state.patches, track.shape)
                         : settle_lips(state.seen, state.patches, state.fits, track.shape);
    }
  } catch (const cv::Exception& error) {
    return fail_with_detail(ErrorCode::engine_failed, "The film could not be looked at.",
                            error.what());
  }
  if (track.trusted_share() > 0) return track;
  const std::string reason = state.why ? " In its pictures: " + state.why->message : std::string();
  return fail(ErrorCode::invalid_parameter,
              "There is no face in this video whose mouth could be followed." + reason);
}

Result<FaceTrack> track_film(const std::filesystem::path& film, const FilmSpan& span,
                             const Providers& providers,
                             const std::function<Result<void>(double)>& progress) {
  TRY_ASSIGN(auto reader, media::VideoReader::open(film));
  reader.read_roughly();
  const int width = std::max(2, reader.width() & ~1), height = std::max(2, reader.height() & ~1);
  TRY_ASSIGN(auto tracker, FaceTracker::open(providers, width, height, span.fps));
  for (int i = 0; i < span.frame_count; ++i) {
    TRY_ASSIGN(const auto shown, reader.look(span.start_s + i / span.fps, width, height));
    TRY(tracker.add(shown.rows));
    if (progress && i % 8 == 0) TRY(progress(static_cast<double>(i) / span.frame_count));
  }
  return tracker.finish();
}

}  // namespace understudy::face
