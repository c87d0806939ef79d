#include "face/face_track.h"

#include <cmath>
#include <cstring>
#include <fstream>

#include "base/file.h"
#include "base/json.h"

namespace understudy::face {
namespace {

constexpr std::size_t kFileMax = std::size_t{1} << 30;
constexpr int kFramesMax = 4'000'000;
constexpr std::size_t kPoints = std::tuple_size_v<Landmarks>;
constexpr std::size_t kPerFrame = 2 * kPoints + 9;

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::storage_failed, "The kept track of the face cannot be read.");
}

void append(std::vector<float>& numbers, const TrackedFace& face) {
  for (const Point& p : face.landmarks) {
    numbers.push_back(static_cast<float>(p.x));
    numbers.push_back(static_cast<float>(p.y));
  }
  for (const double value :
       {face.pose.scale, face.pose.yaw, face.pose.pitch, face.pose.roll, face.pose.shift.x,
        face.pose.shift.y, face.mouth_open, face.mouth_width, face.trust})
    numbers.push_back(static_cast<float>(value));
}

TrackedFace face_at(const float* at) {
  TrackedFace face;
  for (Point& p : face.landmarks) {
    p = {at[0], at[1]};
    at += 2;
  }
  face.pose = {at[0], at[1], at[2], at[3], {at[4], at[5]}};
  face.mouth_open = at[6];
  face.mouth_width = at[7];
  face.trust = at[8];
  return face;
}

}  // namespace

double FaceTrack::trusted_share() const {
  if (frames.empty()) return 0;
  double count = 0;
  for (const auto& face : frames) count += face.trust >= kTrusted ? 1 : 0;
  return count / static_cast<double>(frames.size());
}

Lips lips_of(const TrackedFace& face) {
  Lips lips;
  for (std::size_t i = 0; i < lips.size(); ++i)
    lips[i] = face.pose.lift(face.landmarks[48 + i], mean_face()[48 + i].z);
  return lips;
}

double distance(const Lips& a, const Lips& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::hypot(a[i].x - b[i].x, a[i].y - b[i].y);
  return sum / static_cast<double>(a.size());
}

Result<void> write_track(const std::filesystem::path& file, const FaceTrack& track) {
  const json::object head{{"width", track.width},
                          {"height", track.height},
                          {"fps", track.fps},
                          {"provider", track.provider},
                          {"frames", static_cast<std::int64_t>(track.frames.size())}};
  std::vector<float> numbers;
  numbers.reserve(3 * kPoints + track.frames.size() * kPerFrame);
  for (const FacePoint& p : track.shape) {
    for (const double value : {p.x, p.y, p.z}) numbers.push_back(static_cast<float>(value));
  }
  for (const auto& face : track.frames) append(numbers, face);
  std::ofstream out(file, std::ios::binary);
  out << to_text(head) << '\n';
  out.write(reinterpret_cast<const char*>(numbers.data()),
            static_cast<std::streamsize>(numbers.size() * sizeof(float)));
  out.close();
  if (!out) return fail(ErrorCode::storage_failed, "The track of the face could not be kept.");
  return {};
}

Result<FaceTrack> read_track(const std::filesystem::path& file) {
  TRY_ASSIGN(const std::string bytes, read_file(file, kFileMax));
  const auto line = bytes.find('\n');
  if (line == std::string::npos) return damaged();
  const auto head = parse_json(std::string_view(bytes).substr(0, line));
  if (!head || head->if_object() == nullptr) return damaged();
  const json::object& object = head->get_object();
  FaceTrack track;
  track.width = static_cast<int>(int_or(object, "width", 0));
  track.height = static_cast<int>(int_or(object, "height", 0));
  track.fps = number_or(object, "fps", 0);
  track.provider = string_or(object, "provider");
  const auto count = int_or(object, "frames", -1);
  if (count < 0 || count > kFramesMax || !(track.fps > 0)) return damaged();
  std::vector<float> numbers(3 * kPoints + static_cast<std::size_t>(count) * kPerFrame);
  if (bytes.size() - line - 1 != numbers.size() * sizeof(float)) return damaged();
  std::memcpy(numbers.data(), bytes.data() + line + 1, numbers.size() * sizeof(float));
  for (const float value : numbers) {
    if (!std::isfinite(value)) return damaged();
  }
  const float* at = numbers.data();
  for (FacePoint& p : track.shape) {
    p = {at[0], at[1], at[2]};
    at += 3;
  }
  for (std::int64_t i = 0; i < count; ++i, at += kPerFrame) track.frames.push_back(face_at(at));
  return track;
}

}  // namespace understudy::face
