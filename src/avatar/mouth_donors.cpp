#include <algorithm>
#include <cmath>

#include "avatar/donor_choice.h"
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

constexpr double kTalkingHigh = 0.07;  // an opening above it is more than noise

struct Wanted {
  Chosen picture;
  bool is_view = false;  // of what is between the lips; else a donor
};

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
      reader.keep_colours();  // as the film that they are laid over
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
  media::Frame part = media::cut(picture, area);
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

// How the person speaks. Where several mouths are shown, the habits of this person tell how far
// each sound opens it; whether loudness still helps beside them, the footage decides.
void learn_speech(std::span<const MouthFootage> footage, MouthDonors::Set& set) {
  set.articulation = articulation_of(footage);
  set.own_speech = own_speech_of(footage, set.articulation);
  if (set.quality == MouthQuality::one_donor || !set.own_speech.is_enough()) return;
  Articulation by_sounds = set.articulation;
  by_sounds.voice_share = 0;
  auto spoken = own_speech_of(footage, by_sounds);
  if (understood(spoken, set.open_high) < understood(set.own_speech, set.open_high)) return;
  set.articulation = by_sounds;
  set.own_speech = std::move(spoken);
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
    learn_speech(footage, *set);
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
  std::vector<Wanted> wanted;
  for (const Chosen& each : chosen) wanted.push_back({each, false});
  if (is_moved && set->is_talking) {
    for (const Chosen& each : choose_views(footage)) wanted.push_back({each, true});
  }
  std::sort(wanted.begin(), wanted.end(), [](const Wanted& a, const Wanted& b) {
    return std::pair(a.picture.footage, a.picture.frame) <
           std::pair(b.picture.footage, b.picture.frame);
  });
  std::optional<PictureSource> source;
  std::size_t opened = footage.size();
  media::Frame picture;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Chosen& now = wanted[i].picture;
    const MouthFootage& from = footage[now.footage];
    if (opened != now.footage) {
      TRY_ASSIGN(auto opened_film, PictureSource::open(from));
      source.emplace(std::move(opened_film));
      opened = now.footage;
      picture = media::Frame::make(from.track->width, from.track->height, false);
    }
    TRY(source->draw(now.frame, picture));
    const auto& face = from.track->frames[static_cast<std::size_t>(now.frame)];
    if (wanted[i].is_view) {
      set->views.add(picture, face);
    } else {
      set->donors.push_back(make_donor(now, face, picture, is_moved));
      if (!is_moved) set->units.push_back(unit_of(from, now));
    }
    if (progress && i % 16 == 0)
      TRY(progress(static_cast<double>(i) / static_cast<double>(wanted.size())));
  }
  if (is_moved) {
    for (const auto& donor : set->donors) donor->interior->match_film(set->views);
  }
  return MouthDonors(std::move(set));
}

}  // namespace understudy::avatar
