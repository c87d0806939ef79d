#include "products/avatars/consent_film.h"

#include <algorithm>
#include <cmath>

#include "face/dlib_face.h"
#include "media/audio.h"
#include "media/inspect.h"
#include "media/loudness.h"
#include "media/video_reader.h"

namespace understudy::avatars {
namespace {

constexpr double kLengthMin_s = 3;
constexpr double kLengthMax_s = 300;
constexpr int kLooksMax = 24;   // pictures that are looked at
constexpr int kLookSide = 640;  // the longer side of them
constexpr double kFaceShareMin = 0.5;
constexpr double kQuiet_lufs = -50;

tl::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::invalid_parameter, std::move(why));
}

// A film that a browser recorded tells no length; its sound has one.
Result<double> length_of(const media::MediaInfo& info, const media::AudioClip& sound) {
  const double length_s =
      std::max(static_cast<double>(info.duration_ms) / 1000, sound.duration_s());
  if (length_s < kLengthMin_s)
    return refused("The film is too short. Read the whole text aloud, looking into the camera.");
  if (length_s > kLengthMax_s) return refused("The film is longer than five minutes.");
  return length_s;
}

// In how many of the pictures there is a face.
Result<double> face_share(const std::filesystem::path& file, double length_s, int& looks) {
  TRY_ASSIGN(auto reader, media::VideoReader::open(file));
  const double scale =
      std::min(1.0, static_cast<double>(kLookSide) / std::max(reader.width(), reader.height()));
  const auto even = [&](int side) { return std::max(2, static_cast<int>(side * scale) / 2 * 2); };
  media::Frame picture = media::Frame::make(even(reader.width()), even(reader.height()), false);
  const media::Rectangle all{0, 0, picture.width, picture.height};
  face::HogDetector detector;
  int with_face = 0;
  looks = 0;
  for (int i = 0; i < kLooksMax; ++i) {
    const double time_s = length_s * (i + 0.5) / kLooksMax;
    TRY_ASSIGN(const bool is_new, reader.draw(time_s, all, picture));
    if (!is_new) continue;
    ++looks;
    const auto found =
        detector.find({picture.y.data(), picture.width, picture.height, picture.width});
    if (!found.empty()) ++with_face;
  }
  return looks > 0 ? static_cast<double>(with_face) / looks : 0.0;
}

}  // namespace

Result<json::object> inspect_consent(const std::filesystem::path& file) {
  TRY_ASSIGN(const auto info, media::inspect_file(file, {media::MediaKind::video}));
  if (!info.has_audio)
    return refused("The film has no sound. Allow the microphone, or film with sound.");
  TRY_ASSIGN(const auto sound, media::decode_audio(file, 1, {.duration_s_max = 2 * kLengthMax_s}));
  TRY_ASSIGN(const double length_s, length_of(info, sound));
  const double loudness = media::integrated_loudness(sound.samples, media::kAudioRate);
  if (loudness < kQuiet_lufs)
    return refused("Nothing can be heard in the film. Speak up, nearer to the microphone.");
  int looks = 0;
  TRY_ASSIGN(const double share, face_share(file, length_s, looks));
  if (share < kFaceShareMin) {
    return refused(
        "Your face cannot be seen in most of the film. Look into the camera, with light on your face.");
  }
  return json::object{
      {"mime", info.mime},
      {"duration_ms", static_cast<std::int64_t>(std::lround(length_s * 1000))},
      {"width", info.width},
      {"height", info.height},
      {"frames_seen", looks},
      {"face_share", std::round(share * 100) / 100},
      {"checked", {"a face in most of the pictures", "sound"}},
      {"not_checked", {"that the text is said", "that it is the person of the footage"}},
      {"loudness_lufs", std::round(loudness * 10) / 10}};
}

}  // namespace understudy::avatars
