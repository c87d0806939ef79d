#include "avatar/film_moments.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace understudy::avatar {
namespace {

constexpr double kPause_s = 0.35;  // a shorter silence is inside a sentence
constexpr double kRoom_s = 0.12;   // lips part before the sound and close after it
constexpr double kTalkMin_s = 0.3;
constexpr double kLipsMove = 0.035;  // deviation of the opening, in mouth widths
constexpr int kLipsWindow = 10;      // pictures to each side

std::vector<std::uint8_t> shrunk(const cv::Mat& picture, int width, int height) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(width) * height);
  cv::Mat small(height, width, CV_8UC1, bytes.data());
  cv::resize(picture, small, small.size(), 0, 0, cv::INTER_AREA);
  return bytes;
}

// Both eyes and a little round them.
cv::Rect eyes_of(const face::Landmarks& points, const cv::Size& whole) {
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  for (std::size_t i = face::kLeftEye; i < face::kRightEye + 6; ++i) {
    left = std::min(left, points[i].x), right = std::max(right, points[i].x);
    top = std::min(top, points[i].y), bottom = std::max(bottom, points[i].y);
  }
  const double room = 0.12 * (right - left);
  const cv::Rect box(cvRound(left - room), cvRound(top - room), cvRound(right - left + 2 * room),
                     cvRound(bottom - top + 2 * room));
  return box & cv::Rect({0, 0}, whole);
}

void fill_between(std::vector<bool>& flags, double from_s, double to_s, double fps) {
  const int count = static_cast<int>(flags.size());
  const int first = std::clamp(static_cast<int>(std::floor(from_s * fps)), 0, count);
  const int last = std::clamp(static_cast<int>(std::ceil(to_s * fps)), 0, count);
  std::fill(flags.begin() + first, flags.begin() + std::max(first, last), true);
}

}  // namespace

FilmMoment film_moment(const media::Frame& picture, const face::TrackedFace& face,
                       double eye_distance) {
  const cv::Mat luma(picture.height, picture.width, CV_8UC1,
                     const_cast<std::uint8_t*>(picture.y.data()));
  FilmMoment moment;
  moment.look = shrunk(luma, FilmMoment::kLookWidth, FilmMoment::kLookHeight);
  moment.is_trusted = face.trust >= face::kTrusted;
  const cv::Rect eyes = eyes_of(face.landmarks, luma.size());
  if (eyes.width > 4 && eyes.height > 2)
    moment.eyes = shrunk(luma(eyes), FilmMoment::kEyesWidth, FilmMoment::kEyesHeight);
  const double unit = std::max(eye_distance, 1.0);
  const auto& pose = face.pose;
  moment.head = {static_cast<float>(pose.shift.x / unit),
                 static_cast<float>(pose.shift.y / unit),
                 static_cast<float>(std::log(std::max(pose.scale, 1e-3))),
                 static_cast<float>(pose.yaw),
                 static_cast<float>(pose.pitch),
                 static_cast<float>(pose.roll)};
  return moment;
}

std::vector<bool> speaking_at(const std::vector<speech::Phone>& phones, int count, double fps) {
  std::vector<bool> speaking(static_cast<std::size_t>(std::max(count, 0)), false);
  double start_s = -1, end_s = -1;
  const auto close = [&] {
    if (start_s >= 0 && end_s - start_s >= kTalkMin_s)
      fill_between(speaking, start_s - kRoom_s, end_s + kRoom_s, fps);
  };
  for (const auto& phone : phones) {
    if (phone.symbol == "pau") continue;
    if (start_s < 0 || phone.start_s - end_s > kPause_s) {
      close();
      start_s = phone.start_s;
    }
    end_s = phone.end_s;
  }
  close();
  return speaking;
}

std::vector<bool> moving_lips(const face::FaceTrack& track) {
  const int count = static_cast<int>(track.frames.size());
  std::vector<bool> moving(track.frames.size(), false);
  for (int i = 0; i < count; ++i) {
    double sum = 0, squares = 0;
    int seen = 0;
    for (int k = std::max(0, i - kLipsWindow); k <= std::min(count - 1, i + kLipsWindow);
         ++k, ++seen) {
      const double open = track.frames[static_cast<std::size_t>(k)].mouth_open;
      sum += open;
      squares += open * open;
    }
    const double mean = sum / seen;
    moving[static_cast<std::size_t>(i)] =
        std::sqrt(std::max(0.0, squares / seen - mean * mean)) > kLipsMove;
  }
  return moving;
}

}  // namespace understudy::avatar
