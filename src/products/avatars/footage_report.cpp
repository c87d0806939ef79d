#include "products/avatars/footage_report.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace understudy::avatars {
namespace {

constexpr double kFollowedMin = 0.5;  // share of the pictures
constexpr double kFollowedGood = 0.85;
constexpr double kEyesMin_px = 24;
constexpr double kEyesGood_px = 45;
constexpr double kSpeechMin_s = 6;  // of real mouths, for engine V
// As the engine asks for it (avatar/mouth_donors.cpp): nine of ten pictures have the mouth less
// open.
constexpr double kTalkingHigh = 0.07;  // widths of the mouth
constexpr double kQuiet_lufs = -38;
constexpr double kSeveralMax = 0.3;      // share of the pictures with more than one face
constexpr double kBlack = 28, kDark = 42, kDim = 70;  // luma, 16..235
constexpr double kShaky = 0.03;          // eye distances a picture

tl::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::invalid_parameter, std::move(why), "file");
}

constexpr const char* kTooDark =
    "The footage is too dark: the face can hardly be seen. Film in daylight, or with a lamp before the "
    "face.";

std::string several(const FootageView& view) {
  return fmt::format(
      "More than one person is seen in {:.0f} % of the footage. Film one person alone.",
      100 * view.several_share);
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

json::value rounded(double value, int decimals = 2) {
  const double unit = std::pow(10, decimals);
  return std::round(value * unit) / unit;
}

// From the 5th to the 95th of a hundred pictures.
template <class Measure>
json::array range_of(const face::FaceTrack& track, const Measure& measure) {
  std::vector<double> values;
  for (const auto& frame : track.frames)
    if (frame.trust >= face::kTrusted) values.push_back(measure(frame));
  return {rounded(percentile(values, 0.05)), rounded(percentile(values, 0.95))};
}

double degrees(double radians) { return radians * 180 / std::numbers::pi; }

double mouth_high(const face::FaceTrack& track) {
  std::vector<double> values;
  for (const auto& frame : track.frames)
    if (frame.trust >= face::kTrusted) values.push_back(frame.mouth_open);
  return percentile(std::move(values), 0.9);
}

double median_eye_distance(const face::FaceTrack& track) {
  std::vector<double> values;
  for (const auto& frame : track.frames)
    if (frame.trust >= face::kTrusted) values.push_back(face::eye_distance(frame.landmarks));
  return percentile(std::move(values), 0.5);
}

std::vector<std::string> problems_of(const FootageFacts& facts, double followed, double eyes_px,
                                     const std::optional<face::Face>& still) {
  std::vector<std::string> problems;
  if (followed < kFollowedGood) {
    problems.push_back(fmt::format(
        "The face can be followed in {:.0f} % of the pictures only; the others are left out.",
        100 * followed));
  }
  if (eyes_px < kEyesGood_px)
    problems.push_back("The face is small in the picture, so the mouth will be soft.");
  if (facts.view.several_share > 0)
    problems.push_back(
        "Somebody else is seen at times; the twin is made of the face that is followed.");
  if (facts.view.face_light < kDim)
    problems.push_back("The face is dark; with more light before it the mouth is clearer.");
  if (facts.view.shake > kShaky)
    problems.push_back("The camera shakes; on a stand the twin moves more calmly.");
  if (!facts.has_sound)
    problems.push_back("The footage has no sound, so engine avatar_v has nothing to choose from.");
  else if (facts.loudness_lufs < kQuiet_lufs)
    problems.push_back("The sound is very quiet.");
  if (facts.has_sound && facts.speech_s < kSpeechMin_s)
    problems.push_back(
        "Hardly anything is said in the footage, so engine avatar_v cannot be used.");
  if (facts.source_fps > 0 && facts.source_fps < 20)
    problems.push_back("The footage has few pictures a second, so movements are not smooth.");
  if (std::max(facts.source_width, facts.source_height) < 1000)
    problems.push_back("The footage has a low resolution; 1280 x 720 or more looks better.");
  if (facts.cut_count > 0) {
    problems.push_back(
        fmt::format("The footage has {} cut{}; one take without cuts gives smoother movement.",
                    facts.cut_count, facts.cut_count == 1 ? "" : "s"));
  }
  if (!still) {
    problems.push_back("The face is not seen from the front, so mouth shapes are less exact.");
    return problems;
  }
  for (const auto& problem : still->problems)
    if (problem.find("blink") == std::string::npos && problem.find("small") == std::string::npos &&
        problem.find("dark") == std::string::npos)
      problems.push_back(problem);
  return problems;
}

}  // namespace

Error nobody_followed(const FootageView& view) {
  std::string why;
  if (view.several_share > kSeveralMax) {
    why = several(view);
  } else if (view.picture_light < kDark) {
    why = kTooDark;
  } else {
    why =
        "No face could be followed in the footage. Film one person from the front, in focus, with "
        "nothing before the face, and near enough that the head fills a quarter of the picture's "
        "height.";
  }
  return refused(std::move(why)).value();
}

Result<FootageReport> report_on(const FootageFacts& facts, const face::FaceTrack& track,
                                const std::optional<face::Face>& still) {
  const double followed = track.trusted_share();
  if (facts.view.several_share > kSeveralMax) return refused(several(facts.view));
  // Nobody is seen in such footage, whatever can be followed in it.
  if (facts.view.face_light < kBlack) return refused(kTooDark);
  const double light = std::min(facts.view.picture_light, facts.view.face_light);
  if (followed < kFollowedMin && light < kDark) return refused(kTooDark);
  if (followed < kFollowedMin && facts.view.shake > kShaky) {
    return refused(
        "The camera shakes so much that the face cannot be followed. Put the camera on a stand.");
  }
  if (followed < kFollowedMin) {
    return refused(fmt::format(
        "The face can be followed in only {:.0f} % of the footage, and {:.0f} % are needed. Film one "
        "person from the front, with nothing before the face.",
        100 * followed, 100 * kFollowedMin));
  }
  const double eyes_px = median_eye_distance(track);
  if (eyes_px < kEyesMin_px) {
    return refused(fmt::format(
        "The face is too small: its eyes are {:.0f} pixels apart, and {:.0f} are needed. Film closer, "
        "or with a higher resolution.",
        eyes_px, kEyesMin_px));
  }
  FootageReport report;
  report.engines = {"avatar_iv", "avatar_iii"};
  const bool is_talking = mouth_high(track) > kTalkingHigh;
  const bool can_choose = facts.has_sound && facts.speech_s >= kSpeechMin_s && is_talking;
  if (can_choose) report.engines.insert(report.engines.begin(), "avatar_v");
  json::array problems;
  for (const auto& problem : problems_of(facts, followed, eyes_px, still))
    problems.push_back(json::value(problem));
  if (facts.has_sound && facts.speech_s >= kSpeechMin_s && !is_talking) {
    problems.push_back(
        "Something is heard, but the mouth never moves with it, so engine avatar_v cannot be used.");
  }
  json::object pose{
      {"yaw_deg", range_of(track, [](const auto& f) { return degrees(f.pose.yaw); })},
      {"pitch_deg", range_of(track, [](const auto& f) { return degrees(f.pose.pitch); })},
      {"roll_deg", range_of(track, [](const auto& f) { return degrees(f.pose.roll); })}};
  report.found = {
      {"provider", track.provider},
      {"duration_s", rounded(facts.duration_s)},
      {"frame_rate", rounded(facts.source_fps)},
      {"width", facts.source_width},
      {"height", facts.source_height},
      {"frames", track.frames.size()},
      {"face_share", rounded(followed)},
      {"eye_distance_px", rounded(eyes_px, 1)},
      {"are_eyelids_clear", still && still->are_lids_sure},
      {"mouth_open", range_of(track, [](const auto& f) { return f.mouth_open; })},
      {"pose", std::move(pose)},
      {"brightness", still ? rounded(still->brightness, 0) : json::value(nullptr)},
      {"sharpness", still ? rounded(still->sharpness, 1) : json::value(nullptr)},
      {"has_sound", facts.has_sound},
      {"loudness_lufs", facts.has_sound ? rounded(facts.loudness_lufs, 1) : json::value(nullptr)},
      {"speech_s", rounded(facts.speech_s, 1)},
      {"cuts", facts.cut_count},
      {"several_faces_share", rounded(facts.view.several_share)},
      {"shake", rounded(facts.view.shake, 3)},
      {"problems", std::move(problems)}};
  return report;
}

}  // namespace understudy::avatars
