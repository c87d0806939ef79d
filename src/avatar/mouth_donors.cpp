#include <algorithm>
#include <cmath>
#include <map>

#include "avatar/donor_set.h"
#include "avatar/mouth_style.h"
#include "media/film_frames.h"
#include "media/image.h"
#include "media/overlay.h"
#include "media/video_reader.h"

namespace understudy::avatar {
namespace {

using face::FaceTrack;
using face::kTrusted;
using face::TrackedFace;

constexpr std::size_t kUnitBytesMax = 320'000'000;  // of all pictures together
constexpr std::size_t kUnitsMax = 3000;
constexpr int kRun = 50;            // frames: long films give runs of this length
constexpr double kPoseCell = 0.10;  // radians: donors stand for cells of this size
constexpr std::size_t kDonorsMax = 9;
constexpr double kTalkingHigh = 0.07;  // an opening above it is more than noise

struct Chosen {
  std::size_t footage = 0;
  int frame = 0;
};

// The part of the picture that a donor's mesh may ask for.
media::Rectangle area_of(const TrackedFace& face, int width, int height) {
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  for (const double x : {-1.35, 0.0, 1.35}) {
    for (const double y : {0.1, 1.2, 2.5}) {
      const auto p = face.pose.project({x, y, face::face_depth(x, y)});
      x0 = std::min(x0, p.x), y0 = std::min(y0, p.y);
      x1 = std::max(x1, p.x), y1 = std::max(y1, p.y);
    }
  }
  const auto even = [](double value, int low, int high) {
    return std::clamp(static_cast<int>(std::clamp(value, -1e6, 1e6)), low, high) & ~1;
  };
  const int left = even(x0, 0, width - 8), top = even(y0, 0, height - 8);
  const int right = even(x1 + 2, left + 8, width), bottom = even(y1 + 2, top + 8, height);
  return {left, top, right - left, bottom - top};
}

media::Frame cut(const media::Frame& frame, const media::Rectangle& area) {
  media::Frame part = media::Frame::make(area.width, area.height, false);
  for (int y = 0; y < area.height; ++y) {
    std::copy_n(&frame.y[static_cast<std::size_t>(area.y + y) * frame.width + area.x], area.width,
                &part.y[static_cast<std::size_t>(y) * area.width]);
  }
  for (int y = 0; y < area.height / 2; ++y) {
    const auto from = static_cast<std::size_t>(area.y / 2 + y) * (frame.width / 2) + area.x / 2;
    const auto to = static_cast<std::size_t>(y) * (area.width / 2);
    std::copy_n(&frame.u[from], area.width / 2, &part.u[to]);
    std::copy_n(&frame.v[from], area.width / 2, &part.v[to]);
  }
  return part;
}

double speed_of(const FaceTrack& track, int frame) {
  const auto i = static_cast<std::size_t>(frame);
  if (i == 0 || i + 1 >= track.frames.size()) return 0.05;
  const auto& a = track.frames[i - 1].pose;
  const auto& b = track.frames[i + 1].pose;
  return face::length(b.shift - a.shift) / b.scale + std::abs(a.yaw - b.yaw) +
         std::abs(a.pitch - b.pitch);
}

// How well a picture serves as the mouth that is moved: at rest, still, and near a pose.
double rest_cost(const FaceTrack& track, int frame, double yaw, double pitch) {
  const auto& face = track.frames[static_cast<std::size_t>(frame)];
  return 4 * face.mouth_open + 0.6 * std::abs(face.mouth_width - 1) +
         std::hypot(face.pose.yaw - yaw, face.pose.pitch - pitch) + 2 * speed_of(track, frame);
}

std::vector<double> sorted_poses(std::span<const MouthFootage> footage, bool is_yaw) {
  std::vector<double> values;
  for (const auto& each : footage) {
    for (const auto& face : each.track->frames) {
      if (face.trust >= kTrusted) values.push_back(is_yaw ? face.pose.yaw : face.pose.pitch);
    }
  }
  std::sort(values.begin(), values.end());
  return values;
}

std::optional<Chosen> best_at_rest(std::span<const MouthFootage> footage, double yaw, double pitch,
                                   double reach) {
  std::optional<Chosen> best;
  double least = 1e9;
  for (std::size_t f = 0; f < footage.size(); ++f) {
    const FaceTrack& track = *footage[f].track;
    for (int i = 0; i < static_cast<int>(track.frames.size()); ++i) {
      const auto& face = track.frames[static_cast<std::size_t>(i)];
      if (face.trust < kTrusted ||
          std::max(std::abs(face.pose.yaw - yaw), std::abs(face.pose.pitch - pitch)) > reach)
        continue;
      const double cost = rest_cost(track, i, yaw, pitch);
      if (cost < least) least = cost, best = Chosen{f, i};
    }
  }
  return best;
}

std::vector<Chosen> choose_resting(std::span<const MouthFootage> footage, MouthQuality quality) {
  const auto yaws = sorted_poses(footage, true), pitches = sorted_poses(footage, false);
  if (yaws.empty()) return {};
  const double yaw = yaws[yaws.size() / 2], pitch = pitches[pitches.size() / 2];
  const auto middle = best_at_rest(footage, yaw, pitch, 10);
  std::vector<Chosen> chosen{*middle};
  if (quality == MouthQuality::one_donor) return chosen;
  // Cells of poses, those that are seen most first.
  std::map<std::pair<int, int>, int> cells;
  for (const auto& each : footage) {
    for (const auto& face : each.track->frames) {
      if (face.trust < kTrusted) continue;
      ++cells[{static_cast<int>(std::lround((face.pose.yaw - yaw) / kPoseCell)),
               static_cast<int>(std::lround((face.pose.pitch - pitch) / kPoseCell))}];
    }
  }
  std::vector<std::pair<int, std::pair<int, int>>> ranked;
  for (const auto& [cell, count] : cells) {
    if (cell != std::pair{0, 0} && count >= 8) ranked.emplace_back(count, cell);
  }
  std::sort(ranked.rbegin(), ranked.rend());
  for (const auto& [count, cell] : ranked) {
    if (chosen.size() >= kDonorsMax) break;
    const auto best = best_at_rest(footage, yaw + cell.first * kPoseCell,
                                   pitch + cell.second * kPoseCell, kPoseCell / 2);
    if (!best) continue;
    // A mouth that never rests there is worse than the middle one, turned.
    const auto& face = footage[best->footage].track->frames[static_cast<std::size_t>(best->frame)];
    if (face.mouth_open < 0.08) chosen.push_back(*best);
  }
  return chosen;
}

std::vector<Chosen> choose_units(std::span<const MouthFootage> footage) {
  std::vector<Chosen> all;
  double bytes = 0;
  for (std::size_t f = 0; f < footage.size(); ++f) {
    const FaceTrack& track = *footage[f].track;
    for (int i = 0; i < static_cast<int>(track.frames.size()); ++i) {
      const auto& face = track.frames[static_cast<std::size_t>(i)];
      if (face.trust < kTrusted) continue;
      all.push_back({f, i});
      const auto area = area_of(face, track.width, track.height);
      bytes = std::max(bytes, 1.5 * area.width * area.height);
    }
  }
  const auto most =
      std::min(kUnitsMax,
               static_cast<std::size_t>(static_cast<double>(kUnitBytesMax) / std::max(bytes, 1.0)));
  if (all.size() <= most) return all;
  // Runs, evenly spread: real movement is worth more than single pictures.
  const std::size_t runs = std::max<std::size_t>(1, most / kRun);
  std::vector<Chosen> chosen;
  for (std::size_t r = 0; r < runs; ++r) {
    const std::size_t from = r * (all.size() - kRun) / std::max<std::size_t>(1, runs - 1);
    for (std::size_t i = from; i < std::min(all.size(), from + kRun); ++i) chosen.push_back(all[i]);
  }
  const auto before = [](const Chosen& a, const Chosen& b) {
    return std::pair(a.footage, a.frame) < std::pair(b.footage, b.frame);
  };
  std::sort(chosen.begin(), chosen.end(), before);
  chosen.erase(std::unique(chosen.begin(), chosen.end(),
                           [](const Chosen& a, const Chosen& b) {
                             return a.footage == b.footage && a.frame == b.frame;
                           }),
               chosen.end());
  return chosen;
}

// The pictures of one footage, by number and forwards.
class PictureSource {
 public:
  static Result<PictureSource> open(const MouthFootage& footage) {
    PictureSource source(footage);
    if (footage.is_indexed) {
      TRY_ASSIGN(auto frames, media::FilmFrames::open(footage.film));
      source.frames_.emplace(std::move(frames));
    } else {
      TRY_ASSIGN(auto reader, media::VideoReader::open(footage.film));
      source.reader_.emplace(std::move(reader));
    }
    return source;
  }
  Result<void> draw(int frame, media::Frame& picture) {
    const media::Rectangle all = media::whole(picture);
    if (frames_) return frames_->draw(frame, all, all, picture);
    TRY(reader_->draw(start_s_ + frame / fps_, all, picture));
    return {};
  }

 private:
  explicit PictureSource(const MouthFootage& footage)
      : start_s_(footage.start_s), fps_(footage.track->fps) {}
  double start_s_;
  double fps_;
  std::optional<media::FilmFrames> frames_;
  std::optional<media::VideoReader> reader_;
};

std::unique_ptr<Donor> make_donor(const Chosen& chosen, const TrackedFace& face,
                                  const media::Frame& picture, bool is_moved) {
  const auto area = area_of(face, picture.width, picture.height);
  media::Frame part = cut(picture, area);
  if (is_moved) {
    part =
        media::scale(part, PhotoTexture::kScale * area.width, PhotoTexture::kScale * area.height);
  }
  auto donor = std::make_unique<Donor>(Donor{chosen.footage, chosen.frame, face, area,
                                             PhotoTexture(std::move(part)),
                                             is_moved ? 1.0F : 1.0F / PhotoTexture::kScale});
  if (!is_moved) return donor;
  face::Landmarks points = face.landmarks;
  for (auto& p : points)
    p = p + Point{0.5 - static_cast<double>(area.x), 0.5 - static_cast<double>(area.y)};
  donor->mesh = std::make_unique<MouthMesh>(points, donor->texture);
  donor->interior = std::make_unique<MouthInterior>(*donor->mesh, donor->texture);
  return donor;
}

Unit unit_of(const MouthFootage& footage, const Chosen& chosen) {
  const TrackedFace& face = footage.track->frames[static_cast<std::size_t>(chosen.frame)];
  Unit unit;
  unit.footage = chosen.footage;
  unit.frame = chosen.frame;
  unit.fps = footage.track->fps;
  unit.open = face.mouth_open;
  unit.width = face.mouth_width;
  unit.pose = face.pose;
  if (footage.heard == nullptr) return unit;
  const Heard heard = heard_at(*footage.heard, chosen.frame / footage.track->fps);
  unit.is_heard = true;
  unit.viseme = heard.viseme;
  unit.context = heard.context;
  unit.energy = heard.energy;
  return unit;
}

// The luma of the brightest and the darkest tenth of what is seen between the lips.
std::pair<double, double> between_lips(const media::Frame& picture, const face::Landmarks& points) {
  std::vector<int> lumas;
  for (double t = 0.25; t <= 0.75; t += 0.02) {
    const Point top = face::mix(points[61], points[63], t),
                bottom = face::mix(points[67], points[65], t);
    for (double s = 0.1; s <= 0.9; s += 0.05) {
      const Point p = face::mix(top, bottom, s);
      const int x = static_cast<int>(p.x), y = static_cast<int>(p.y);
      if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) continue;
      lumas.push_back(picture.y[static_cast<std::size_t>(y) * picture.width + x]);
    }
  }
  if (lumas.empty()) return {0, 0};
  std::sort(lumas.begin(), lumas.end());
  return {lumas[lumas.size() * 9 / 10], lumas[lumas.size() / 10]};
}

// What is drawn between the lips gets the light of what the footage shows there.
Result<void> match_film(std::span<const MouthFootage> footage, MouthDonors::Set& set) {
  std::pair<double, double> light(130, 34);  // where it shows nothing
  const TrackedFace* widest = nullptr;
  const MouthFootage* from = nullptr;
  for (const auto& each : footage) {
    for (const auto& face : each.track->frames) {
      if (face.trust < kTrusted || (widest != nullptr && face.mouth_open <= widest->mouth_open))
        continue;
      widest = &face, from = &each;
    }
  }
  if (set.is_talking && widest != nullptr) {
    TRY_ASSIGN(auto reader, media::VideoReader::open(from->film));
    media::Frame picture = media::Frame::make(from->track->width, from->track->height, false);
    const auto index = static_cast<double>(widest - from->track->frames.data());
    TRY(reader.draw(from->start_s + index / from->track->fps, media::whole(picture), picture));
    light = between_lips(picture, widest->landmarks);
  }
  for (const auto& donor : set.donors) donor->interior->match_film(light.first, light.second);
  return {};
}

void measure(std::span<const MouthFootage> footage, MouthDonors::Set& set) {
  std::vector<double> opened, spoken;
  for (const auto& each : footage) {
    for (std::size_t i = 0; i < each.track->frames.size(); ++i) {
      const auto& face = each.track->frames[i];
      if (face.trust < kTrusted) continue;
      opened.push_back(face.mouth_open);
      if (each.heard != nullptr &&
          heard_at(*each.heard, static_cast<double>(i) / each.track->fps).viseme != Viseme::rest)
        spoken.push_back(face.mouth_open);
    }
  }
  if (opened.empty()) return;
  for (const double value : opened) set.open_mean += value / static_cast<double>(opened.size());
  std::sort(opened.begin(), opened.end());
  set.is_talking = opened[opened.size() * 9 / 10] > kTalkingHigh;
  // Pauses say nothing about how far this mouth opens in speech.
  constexpr std::size_t kSpokenMin = 20;
  auto& reached = spoken.size() >= kSpokenMin ? spoken : opened;
  std::sort(reached.begin(), reached.end());
  set.open_high = reached[reached.size() * 9 / 10];
}

}  // namespace

Heard heard_at(const speech::Speech& speech, double t_s) {
  const auto viseme_at = [&](double t) {
    const auto found = std::upper_bound(
        speech.phones.begin(), speech.phones.end(), t,
        [](double time, const speech::Phone& phone) { return time < phone.end_s; });
    return found == speech.phones.end() || t < 0 ? Viseme::rest : viseme_of(found->symbol);
  };
  Heard heard;
  for (int k = 0; k < 5; ++k)
    heard.context[static_cast<std::size_t>(k)] = viseme_at(t_s + 0.04 * (k - 2));
  heard.viseme = heard.context[2];
  const auto at = static_cast<std::ptrdiff_t>(std::lround(t_s * speech::kProsodyRate));
  if (at >= 0 && at < static_cast<std::ptrdiff_t>(speech.energy_db.size())) {
    const double energy_db = speech.energy_db[static_cast<std::size_t>(at)];
    heard.energy = std::clamp((energy_db + 55) / 45, 0.0, 1.0);
  }
  return heard;
}

MouthDonors::MouthDonors(std::unique_ptr<Set> set) : set_(std::move(set)) {}
MouthDonors::~MouthDonors() = default;
MouthDonors::MouthDonors(MouthDonors&&) noexcept = default;
MouthDonors& MouthDonors::operator=(MouthDonors&&) noexcept = default;
MouthQuality MouthDonors::quality() const { return set_->quality; }
std::size_t MouthDonors::count() const { return set_->donors.size(); }

Result<MouthDonors> MouthDonors::gather(std::span<const MouthFootage> footage, MouthQuality quality,
                                        const std::function<Result<void>(double)>& progress) {
  auto set = std::make_unique<Set>();
  set->quality = quality;
  measure(footage, *set);
  if (set->is_talking) {
    set->style = style_of(footage);
    set->own_speech = own_speech_of(footage, set->style);
  }
  // Nobody can be shown speaking from footage that never shows them speak.
  if (quality == MouthQuality::unit_selection && !set->is_talking)
    set->quality = quality = MouthQuality::by_pose;
  const bool is_moved = quality != MouthQuality::unit_selection;
  auto chosen = is_moved ? choose_resting(footage, quality) : choose_units(footage);
  if (chosen.empty()) {
    return fail(ErrorCode::invalid_parameter,
                "The face in this video can nowhere be followed well enough to move its mouth.");
  }
  std::sort(chosen.begin(), chosen.end(), [](const Chosen& a, const Chosen& b) {
    return std::pair(a.footage, a.frame) < std::pair(b.footage, b.frame);
  });
  std::optional<PictureSource> source;
  std::size_t opened = footage.size();
  media::Frame picture;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const MouthFootage& from = footage[chosen[i].footage];
    if (opened != chosen[i].footage) {
      TRY_ASSIGN(auto opened_film, PictureSource::open(from));
      source.emplace(std::move(opened_film));
      opened = chosen[i].footage;
      picture = media::Frame::make(from.track->width, from.track->height, false);
    }
    TRY(source->draw(chosen[i].frame, picture));
    const auto& face = from.track->frames[static_cast<std::size_t>(chosen[i].frame)];
    set->donors.push_back(make_donor(chosen[i], face, picture, is_moved));
    if (!is_moved) set->units.push_back(unit_of(from, chosen[i]));
    if (progress && i % 16 == 0)
      TRY(progress(static_cast<double>(i) / static_cast<double>(chosen.size())));
  }
  if (is_moved) TRY(match_film(footage, *set));
  return MouthDonors(std::move(set));
}

}  // namespace understudy::avatar
