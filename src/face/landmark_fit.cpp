#include "face/landmark_fit.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include "face/mean_shape.h"

namespace understudy::face {
namespace {

constexpr const char* kEyeCascade = "/usr/share/opencv4/haarcascades/haarcascade_eye.xml";
constexpr double kFaceSize = 200;  // pixels of the detector's box while fitting
constexpr double kMargin = 0.45;   // of the box, kept round it

// Where the eyes are expected in the detector's box.
constexpr Point kLeftEyePrior{0.29, 0.27};
constexpr Point kRightEyePrior{0.71, 0.27};

tl::unexpected<Error> not_found(const char* what) {
  return fail(ErrorCode::invalid_parameter,
              std::string("In this picture the face was found, but not ") + what +
                  ". Use a sharp, evenly lit picture of one person who looks into the camera.");
}

// The neighbourhood of a face at a size at which constants in pixels make sense.
class Crop {
 public:
  Crop(const media::Image& picture, const Box& face) {
    scale_ = kFaceSize / face.width;
    const double margin = kMargin * face.width;
    const cv::Rect wanted(cvRound(face.x - margin), cvRound(face.y - margin),
                          cvRound(face.width + 2 * margin), cvRound(face.height + 2 * margin));
    const cv::Rect inside = wanted & cv::Rect(0, 0, picture.width, picture.height);
    origin_ = {static_cast<double>(inside.x), static_cast<double>(inside.y)};
    const cv::Mat whole(picture.height, picture.width, CV_8UC4,
                        const_cast<std::uint8_t*>(picture.rgba.data()));
    cv::Mat rgb;
    cv::cvtColor(whole(inside), rgb, cv::COLOR_RGBA2RGB);
    cv::resize(rgb, rgb, {}, scale_, scale_, scale_ < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::cvtColor(rgb, gray_, cv::COLOR_RGB2GRAY);
    // Equal light for dark pictures: thresholds below count in gray levels.
    stretch_contrast(face);
    cv::GaussianBlur(gray_, gray_, {0, 0}, 1.2);
    cv::Mat lab;
    cv::cvtColor(rgb, lab, cv::COLOR_RGB2Lab);
    cv::extractChannel(lab, red_, 1);
    cv::GaussianBlur(red_, red_, {0, 0}, 1.2);
  }

  Point to_crop(Point p) const { return (p - origin_) * scale_; }
  Point to_picture(Point p) const { return p * (1 / scale_) + origin_; }
  const cv::Mat& gray() const { return gray_; }
  double light(Point p) const { return at(gray_, p); }
  double red(Point p) const { return at(red_, p); }

 private:
  void stretch_contrast(const Box& face) {
    const Point a = to_crop({face.x, face.y});
    const Point b = to_crop({face.x + face.width, face.y + face.height});
    const cv::Rect box =
        cv::Rect(cvRound(a.x), cvRound(a.y), cvRound(b.x - a.x), cvRound(b.y - a.y)) &
        cv::Rect(0, 0, gray_.cols, gray_.rows);
    cv::Scalar mean, deviation;
    cv::meanStdDev(gray_(box), mean, deviation);
    const double gain = std::clamp(45 / std::max(deviation[0], 1.0), 0.8, 2.5);
    gray_.convertTo(gray_, CV_8U, gain, 128 - gain * mean[0]);
  }

  static double at(const cv::Mat& image, Point p) {
    const int x = std::clamp(cvRound(p.x), 0, image.cols - 1);
    const int y = std::clamp(cvRound(p.y), 0, image.rows - 1);
    return image.at<std::uint8_t>(y, x);
  }

  double scale_ = 1;
  Point origin_;
  cv::Mat gray_;
  cv::Mat red_;  // a* of CIE Lab
};

struct Eyes {
  Point left;
  Point right;
};

// The eye nearest to where it is expected, from the cascade's candidates.
std::optional<Point> find_eye(cv::CascadeClassifier& cascade, const Crop& crop, Point expected) {
  constexpr int kReach = 45;
  const cv::Rect area =
      cv::Rect(cvRound(expected.x) - kReach, cvRound(expected.y) - kReach, 2 * kReach, 2 * kReach) &
      cv::Rect(0, 0, crop.gray().cols, crop.gray().rows);
  if (area.width < 40 || area.height < 40) return std::nullopt;
  std::vector<cv::Rect> found;
  cascade.detectMultiScale(crop.gray()(area), found, 1.05, 2, 0, {24, 24}, {70, 70});
  std::optional<Point> best;
  for (const auto& box : found) {
    const Point centre{area.x + box.x + box.width * 0.5, area.y + box.y + box.height * 0.53};
    const double distance = length(centre - expected);
    if (distance < 32 && (!best || distance < length(*best - expected))) best = centre;
  }
  return best;
}

Result<Eyes> find_eyes(const Crop& crop, const Box& face) {
  // A thread reads it once: a film is fitted many times.
  thread_local cv::CascadeClassifier cascade;
  if (cascade.empty() && !cascade.load(kEyeCascade)) {
    return fail_with_detail(ErrorCode::service_unavailable,
                            "This server cannot look for eyes: the package opencv-data is missing.",
                            kEyeCascade);
  }
  const auto expected = [&](Point share) {
    return crop.to_crop({face.x + share.x * face.width, face.y + share.y * face.height});
  };
  const auto left = find_eye(cascade, crop, expected(kLeftEyePrior));
  const auto right = find_eye(cascade, crop, expected(kRightEyePrior));
  if (!left && !right) return not_found("its eyes");
  if (!left || !right) return not_found("both of its eyes");
  const Point across = *right - *left;
  const double distance = length(across);
  if (distance < 0.26 * kFaceSize || distance > 0.60 * kFaceSize ||
      std::abs(across.y) > 0.55 * std::abs(across.x)) {
    return not_found("two eyes that belong together");
  }
  return Eyes{*left, *right};
}

// The mean shape with its eyes on the given ones.
Landmarks placed(const Eyes& eyes) {
  const Point across = eyes.right - eyes.left;
  const Point origin = middle(eyes.left, eyes.right);
  Landmarks points{};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Point p = mean_shape()[i];
    points[i] = origin + across * p.x + quarter_turn(across) * p.y;
  }
  return points;
}

struct Mouth {
  Point centre;     // on the seam
  double left = 0;  // from the centre to the corners
  double right = 0;
  double teeth_top = 0;  // rows of the teeth below (or above: negative) the centre; equal: none
  double teeth_bottom = 0;
  double corners = 0;  // row of the corners: a smile draws them up; 0 without teeth
};

// Searches the mouth along the face's own axes. Lengths are in eye distances unless said otherwise.
class MouthSearch {
 public:
  MouthSearch(const Crop& crop, const Eyes& eyes, const Landmarks& shape)
      : crop_(crop), unit_(length(eyes.right - eyes.left)) {
    along_ = (eyes.right - eyes.left) * (1 / unit_);
    down_ = quarter_turn(along_);
    expected_ = middle(shape[kLeftCorner], shape[kRightCorner]);
    half_width_ = length(shape[kRightCorner] - shape[kLeftCorner]) / 2 / unit_;
  }

  void expect(Point left_corner, Point right_corner) {
    expected_ = middle(left_corner, right_corner);
    half_width_ = length(right_corner - left_corner) / 2 / unit_;
    is_certain_ = true;
  }

  Result<Mouth> run() const {
    Mouth mouth;
    const auto row = best_row();
    mouth.centre = expected_ + down_ * (row.at * unit_);
    // A mouth stands out from the skin round it; a hand or a shadow does not.
    if (row.evidence < 3.0) return not_found("its mouth");
    mouth.left = corner(mouth.centre, -1);
    mouth.right = corner(mouth.centre, 1);
    const double ratio = mouth.left / mouth.right;
    if (ratio < 0.55 || ratio > 1.8)
      return not_found("its mouth as a whole; it may be turned too far");
    find_teeth(mouth);
    if (mouth.teeth_bottom > mouth.teeth_top) find_smile(mouth);
    if (mouth.teeth_bottom > mouth.teeth_top && (goes_on(mouth, -1) || goes_on(mouth, 1))) {
      return fail(ErrorCode::invalid_parameter,
                  "The mouth is opened too wide in this picture. Use one with the lips closed or "
                  "with a smile.");
    }
    return mouth;
  }

  Point along() const { return along_; }
  Point down() const { return down_; }
  double unit() const { return unit_; }

 private:
  Point at(Point centre, double x, double y) const {
    return centre + along_ * (x * unit_) + down_ * (y * unit_);
  }

  // How much darker a point is than what lies above and below it.
  double valley(Point p) const {
    const Point step = down_ * (0.07 * unit_);
    return 0.5 * (crop_.light(p - step) + crop_.light(p + step)) - crop_.light(p);
  }

  struct Row {
    double at = 0;
    double evidence = -1e9;
  };

  Row best_row() const {
    Row best;
    double best_score = -1e9;
    const double reach = is_certain_ ? 0.12 : 0.28, sigma = is_certain_ ? 0.06 : 0.14;
    for (double y = -reach; y <= reach; y += 1 / unit_) {
      double dark = 0, red = 0;
      int count = 0;
      for (double x = -0.6 * half_width_; x <= 0.6 * half_width_; x += 2 / unit_, ++count) {
        dark += valley(at(expected_, x, y));
        const auto redness = [&](double offset) { return crop_.red(at(expected_, x, y + offset)); };
        red += 0.5 * (redness(0.09) + redness(-0.07)) - 0.5 * (redness(0.32) + redness(-0.28));
      }
      const double evidence = (dark + 1.2 * red) / count;
      const double away = y / sigma;
      const double score = evidence - 7 * away * away;
      if (score > best_score) best_score = score, best = {y, evidence};
    }
    return best;
  }

  // The distance from the centre at which the dark line ends.
  double corner(Point centre, int side) const {
    const int reach = static_cast<int>(0.66 * unit_);
    std::vector<double> dark(static_cast<std::size_t>(reach));
    for (int i = 0; i < reach; ++i) {
      double best = -1e9;
      for (double y = -0.07; y <= 0.07; y += 1 / unit_)
        best = std::max(best, valley(at(centre, side * i / unit_, y)));
      dark[static_cast<std::size_t>(i)] = best;
    }
    double best = half_width_, best_score = -1e9;
    for (int i = static_cast<int>(0.26 * unit_); i < static_cast<int>(0.58 * unit_); ++i) {
      double inside = 0, outside = 0;
      for (int j = 1; j <= 6; ++j) {
        inside += dark[static_cast<std::size_t>(std::max(0, i - j))];
        outside += dark[static_cast<std::size_t>(std::min(reach - 1, i + j))];
      }
      const double away = (i / unit_ - half_width_) / (is_certain_ ? 0.04 : 0.10);
      const double score = (inside - outside) / 6 - 5 * away * away;
      if (score > best_score) best_score = score, best = i / unit_;
    }
    return best;
  }

  struct Corner {
    double x = 0, y = 0;  // from the centre
  };

  // Where the shade beside a row of teeth ends: dark, and gone a little further out.
  std::optional<Corner> smile_corner(const Mouth& mouth, int side) const {
    const double cheek = crop_.light(at(mouth.centre, side * 0.78, -0.22));
    const auto darkest = [&](double x) {
      Corner found{x, 0};
      double least = 255;
      for (double y = mouth.teeth_top - 0.12; y <= mouth.teeth_bottom; y += 1 / unit_) {
        const double light = crop_.light(at(mouth.centre, side * x, y));
        if (light < least) least = light, found.y = y;
      }
      return std::pair{found, least};
    };
    double least = 255;
    for (double x = 0.2; x < 0.66; x += 1 / unit_) least = std::min(least, darkest(x).second);
    if (cheek - least < 50) return std::nullopt;
    std::optional<Corner> last;
    for (double x = 0.2; x < 0.66; x += 1 / unit_) {
      const auto [place, light] = darkest(x);
      if (light < cheek - 0.5 * (cheek - least)) last = place;
    }
    return last;
  }

  // A smile that shows teeth is wider than a mouth at rest, and its corners lie higher.
  void find_smile(Mouth& mouth) const {
    const auto left = smile_corner(mouth, -1), right = smile_corner(mouth, 1);
    if (!left || !right || std::min(left->x, right->x) < 0.25) return;
    mouth.left = left->x, mouth.right = right->x;
    mouth.corners = (left->y + right->y) / 2;
  }

  // Whether the dark of an open mouth is still there beyond the corner that was found.
  bool goes_on(const Mouth& mouth, int side) const {
    const double half = side < 0 ? mouth.left : mouth.right;
    double darkest = 255;
    for (double y = -0.12; y <= 0.08; y += 1 / unit_)
      darkest = std::min(darkest, crop_.light(at(mouth.centre, side * half * 1.18, y)));
    const double cheek = crop_.light(at(mouth.centre, side * 0.78, -0.22));
    return cheek - darkest > 75;
  }

  // A bright band without red between the lips.
  void find_teeth(Mouth& mouth) const {
    constexpr double kReach = 0.26;
    const int rows = static_cast<int>(2 * kReach * unit_);
    std::vector<double> light(static_cast<std::size_t>(rows)), red(light.size());
    for (int i = 0; i < rows; ++i) {
      int count = 0;
      for (double x = -0.16; x <= 0.16; x += 2 / unit_, ++count) {
        const Point p = at(mouth.centre, x, i / unit_ - kReach);
        light[static_cast<std::size_t>(i)] += crop_.light(p);
        red[static_cast<std::size_t>(i)] += crop_.red(p);
      }
      light[static_cast<std::size_t>(i)] /= count;
      red[static_cast<std::size_t>(i)] /= count;
    }
    const auto [dimmest, brightest] = std::minmax_element(light.begin(), light.end());
    const auto [palest, reddest] = std::minmax_element(red.begin(), red.end());
    if (*brightest - *dimmest < 40 || *reddest - *palest < 8) return;
    const double bright = *dimmest + 0.55 * (*brightest - *dimmest);
    const double pale = *palest + 0.42 * (*reddest - *palest);
    int best_from = 0, best_to = 0;
    for (int i = 0; i < rows; ++i) {
      int to = i;
      while (to < rows && light[static_cast<std::size_t>(to)] > bright &&
             red[static_cast<std::size_t>(to)] < pale)
        ++to;
      if (to > i && to - i > best_to - best_from && i > 2 && to < rows - 2)
        best_from = i, best_to = to;
      i = std::max(i, to);
    }
    if (best_to == best_from) return;
    // Teeth end where the red of the lip is halfway reached; their shaded rims are neither bright
    // nor pale.
    const auto mean = std::accumulate(red.begin() + best_from, red.begin() + best_to, 0.0) /
                      (best_to - best_from);
    const auto edge = [&](int start, int step) {
      const int last = std::clamp(start + step * static_cast<int>(0.13 * unit_), 0, rows - 1);
      double peak = mean;
      for (int i = start; i != last; i += step)
        peak = std::max(peak, red[static_cast<std::size_t>(i)]);
      int i = start;
      while (i != last && red[static_cast<std::size_t>(i)] < mean + 0.5 * (peak - mean)) i += step;
      return i == last ? start : i;
    };
    best_from = edge(best_from, -1);
    best_to = edge(best_to - 1, 1) + 1;
    const double height = (best_to - best_from) / unit_;
    if (height < 0.06 || height > 0.36) return;
    mouth.teeth_top = best_from / unit_ - kReach;
    mouth.teeth_bottom = best_to / unit_ - kReach;
  }

  const Crop& crop_;
  double unit_;
  Point along_;
  Point down_;
  Point expected_;
  double half_width_ = 0.385;
  bool is_certain_ = false;
};

// Moves the mean shape's lips, chin and jaw to the mouth that was found.
void move_mouth(Landmarks& points, const Mouth& mouth, const MouthSearch& search) {
  const double unit = search.unit();
  const Point old_centre = middle(points[kLeftCorner], points[kRightCorner]);
  const double old_half = length(points[kRightCorner] - points[kLeftCorner]) / 2 / unit;
  const double half = (mouth.left + mouth.right) / 2;
  const Point centre = mouth.centre + search.along() * ((mouth.right - mouth.left) / 2 * unit);
  const double wide = half / old_half;
  for (std::size_t i = kLeftCorner; i < points.size(); ++i) {
    const Point from = points[i] - old_centre;
    const double x = dot(from, search.along()), y = dot(from, search.down());
    const double out = std::min(1.0, std::abs(x) / (old_half * unit));
    const double rise = mouth.corners * out * out * out * unit;
    points[i] = centre + search.along() * (x * wide) + search.down() * (y + rise);
  }
  if (mouth.teeth_bottom > mouth.teeth_top) {
    const auto lip = [&](std::initializer_list<std::size_t> parts, double by) {
      for (const auto i : parts) points[i] = points[i] + search.down() * (by * unit);
    };
    lip({50, 51, 52, 61, 62, 63}, mouth.teeth_top);
    lip({49, 53}, mouth.teeth_top * (mouth.corners < 0 ? 0.35 : 0.6));
    lip({56, 57, 58, 65, 66, 67}, mouth.teeth_bottom);
    lip({55, 59}, mouth.teeth_bottom * 0.6);
  }
  // A mouth that lies lower belongs to a longer face.
  const double shift = dot(centre - old_centre, search.down());
  for (std::size_t i = 2; i <= 14; ++i) {
    const double share = 1 - std::abs(static_cast<double>(i) - kChin) / 7;
    points[i] = points[i] + search.down() * (shift * std::max(0.0, share));
  }
}

}  // namespace

Result<Landmarks> fit_landmarks(const media::Image& picture, const Detection& face,
                                const std::optional<FivePoints>& given) {
  const Crop crop(picture, face.box);
  Eyes eyes;
  if (given) {
    eyes = {crop.to_crop(given->left_eye), crop.to_crop(given->right_eye)};
  } else {
    TRY_ASSIGN(eyes, find_eyes(crop, face.box));
  }
  Landmarks points = placed(eyes);
  MouthSearch search(crop, eyes, points);
  if (given) search.expect(crop.to_crop(given->left_corner), crop.to_crop(given->right_corner));
  TRY_ASSIGN(const auto mouth, search.run());
  move_mouth(points, mouth, search);
  for (Point& p : points) p = crop.to_picture(p);
  return points;
}

}  // namespace understudy::face
