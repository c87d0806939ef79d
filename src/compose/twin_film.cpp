#include "compose/twin_film.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "avatar/film_join.h"
#include "avatar/film_moments.h"
#include "avatar/motion_prompt.h"
#include "avatar/photo_framing.h"
#include "base/file.h"
#include "media/image.h"

namespace understudy::compose {
namespace {

constexpr int kFilmFps = 25;
constexpr std::size_t kLoopFileMax = 64U << 20;

face::TrackedFace mixed_face(const face::TrackedFace& a, const face::TrackedFace& b, double share) {
  face::TrackedFace mixed = a;
  const auto between = [&](double x, double y) { return x + (y - x) * share; };
  for (std::size_t i = 0; i < mixed.landmarks.size(); ++i)
    mixed.landmarks[i] = face::mix(a.landmarks[i], b.landmarks[i], share);
  mixed.pose.scale = between(a.pose.scale, b.pose.scale);
  mixed.pose.yaw = between(a.pose.yaw, b.pose.yaw);
  mixed.pose.pitch = between(a.pose.pitch, b.pose.pitch);
  mixed.pose.roll = between(a.pose.roll, b.pose.roll);
  mixed.pose.shift = face::mix(a.pose.shift, b.pose.shift, share);
  mixed.mouth_open = between(a.mouth_open, b.mouth_open);
  mixed.mouth_width = between(a.mouth_width, b.mouth_width);
  mixed.trust = std::min(a.trust, b.trust);
  return mixed;
}

// What a film can be chosen by; it cannot be made to smile.
bool is_turn(const std::string& name) {
  constexpr std::array<std::string_view, 5> kTurns = {"nod", "shake", "tilt", "turn", "look"};
  return std::any_of(kTurns.begin(), kTurns.end(),
                     [&](std::string_view turn) { return name.find(turn) != std::string::npos; });
}

avatar::HeadWish wish_at(const avatar::MotionPrompt& prompt, double t_s) {
  constexpr double kWholeRoll = 0.1;  // radians, of the prompt's tilts
  avatar::Pose pose;
  prompt.apply(t_s, pose);
  const auto share = [](double value) { return static_cast<float>(std::clamp(value, -1.0, 1.0)); };
  avatar::HeadWish wish;
  // A glance of somebody who cannot be made to glance is a turn of the head.
  wish.turn = {share(pose.yaw + 0.6 * pose.gaze_x), share(pose.pitch + 0.6 * pose.gaze_y),
               share(pose.head_roll / kWholeRoll)};
  wish.is_wished = wish.turn != std::array<float, 3>{};
  return wish;
}

// `part` into the middle of `canvas`.
void paste(const media::Frame& part, const media::Rectangle& place, media::Frame& canvas) {
  const auto rows = [](const std::vector<std::uint8_t>& from, int width, int height,
                       std::vector<std::uint8_t>& to, int to_width, int x, int y) {
    for (int row = 0; row < height; ++row) {
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(row) * width, width,
                  to.begin() + static_cast<std::ptrdiff_t>(y + row) * to_width + x);
    }
  };
  rows(part.y, part.width, part.height, canvas.y, canvas.width, place.x, place.y);
  rows(part.u, part.width / 2, part.height / 2, canvas.u, canvas.width / 2, place.x / 2,
       place.y / 2);
  rows(part.v, part.width / 2, part.height / 2, canvas.v, canvas.width / 2, place.x / 2,
       place.y / 2);
}

}  // namespace

Result<avatar::FilmLoop> read_loop(const std::filesystem::path& file) {
  TRY_ASSIGN(const std::string text, read_file(file, kLoopFileMax));
  TRY_ASSIGN(const auto value, parse_json(text));
  if (!value.is_object())
    return fail(ErrorCode::storage_failed, "The loop kept of the footage is damaged.");
  return avatar::FilmLoop::from_json(value.get_object());
}

TwinFilmSource::TwinFilmSource(TwinFilm film, media::FilmFrames frames)
    : film_(std::move(film)),
      frames_(std::move(frames)),
      framing_(Framing::of_track(*film_.track, {film_.width, film_.height}, film_.fit)) {}

Result<std::unique_ptr<TwinFilmSource>> TwinFilmSource::open(const TwinFilm& film,
                                                             const speech::Speech& speech,
                                                             int frame_count,
                                                             const avatar::MouthDonors* donors) {
  TRY_ASSIGN(auto frames, media::FilmFrames::open(film.film));
  const int usable = std::min(
      {frames.count(), film.loop->picture_count(), static_cast<int>(film.track->frames.size())});
  if (usable < film.loop->picture_count())
    return fail(ErrorCode::storage_failed, "The twin's film is shorter than its loop.");
  std::unique_ptr<TwinFilmSource> source(new TwinFilmSource(film, std::move(frames)));
  if (film.is_cut) TRY(source->learn_to_cut());
  const media::Rectangle place = source->cutter_ ? source->cutter_->picture() : source->framing_.to;
  for (media::Frame* frame : {&source->one_, &source->other_, &source->mixed_})
    *frame = media::Frame::make(place.width, place.height, false);
  source->plan(speech, frame_count);
  source->place_faces();
  if (donors != nullptr && !speech.phones.empty()) {
    avatar::FilmMouthOptions options;
    options.fps = film.fps;
    options.shows.resize(static_cast<std::size_t>(frame_count));
    std::iota(options.shows.begin(), options.shows.end(), 0);
    source->mouth_ =
        std::make_unique<avatar::FilmMouth>(*donors, source->base_, speech, std::move(options));
  }
  return source;
}

Result<void> TwinFilmSource::learn_to_cut() {
  const CanvasSize canvas{film_.width, film_.height};
  TRY_ASSIGN(cutter_, FilmCutter::learn(frames_, framing_, canvas,
                                        {.has_soft_sides = film_.has_soft_sides}));
  whole_ = media::Frame::make(cutter_->picture().width, cutter_->picture().height, false);
  figure_ = media::Frame::make(film_.width, film_.height, true);
  return {};
}

// Planned at the film's own rate; a faster result shows pictures more than once.
void TwinFilmSource::plan(const speech::Speech& speech, int frame_count) {
  const auto wanted =
      static_cast<int>((std::int64_t{frame_count} * kFilmFps + film_.fps - 1) / film_.fps);
  const int count = std::max(1, wanted);
  const avatar::MotionPrompt prompt(film_.motion_prompt, speech.duration_s());
  for (const auto& name : prompt.understood())
    if (is_turn(name)) understood_.push_back(name);
  std::vector<avatar::HeadWish> wishes;
  for (int i = 0; !understood_.empty() && i < count; ++i)
    wishes.push_back(wish_at(prompt, static_cast<double>(i) / kFilmFps));
  const auto plan = film_.loop->plan(avatar::speaking_at(speech.phones, count, kFilmFps), wishes);
  for (int i = 0; i < frame_count; ++i) {
    const auto at = static_cast<std::size_t>(std::int64_t{i} * kFilmFps / film_.fps);
    shown_.push_back(plan[std::min(at, plan.size() - 1)]);
  }
}

// The track of what is shown: one face a frame, on the canvas.
void TwinFilmSource::place_faces() {
  const auto& track = *film_.track;
  base_.width = film_.width;
  base_.height = film_.height;
  base_.fps = film_.fps;
  base_.provider = track.provider;
  base_.shape = track.shape;
  for (const auto& shown : shown_) {
    face::TrackedFace face = track.frames[static_cast<std::size_t>(shown.picture)];
    if (shown.fading_in >= 0) {
      face = mixed_face(face, track.frames[static_cast<std::size_t>(shown.fading_in)], shown.share);
    }
    base_.frames.push_back(cutter_ ? cutter_->placed(face) : framing_.placed(face));
  }
}

// Beside a film that does not fill the canvas its first picture goes on, blurred.
Result<void> TwinFilmSource::draw_rims(media::Frame& canvas) {
  const int width = frames_.width(), height = frames_.height();
  media::Frame first = media::Frame::make(width, height, false);
  const media::Rectangle all{0, 0, width, height};
  TRY(frames_.draw(shown_.front().picture, all, all, first));
  const auto& place = framing_.to;
  const avatar::PhotoPlacement placement{static_cast<double>(place.width) / width,
                                         static_cast<double>(place.x),
                                         static_cast<double>(place.y)};
  canvas = media::to_frame(
      avatar::photo_on_canvas(media::to_image(first), placement, film_.width, film_.height, 1));
  return {};
}

// The part `from` of what the loop shows, without a mouth of its own.
Result<void> TwinFilmSource::draw_film(const avatar::ShownPicture& shown,
                                       const media::Rectangle& from, const media::Rectangle& to,
                                       media::Frame& canvas) {
  if (shown.fading_in < 0) return frames_.draw(shown.picture, from, to, canvas);
  const media::Rectangle place{0, 0, one_.width, one_.height};
  TRY(frames_.draw(shown.picture, from, place, one_));
  TRY(frames_.draw(shown.fading_in, from, place, other_));
  avatar::mix_pictures(one_, other_, shown.share, mixed_);
  paste(mixed_, to, canvas);
  return {};
}

// What is mixed at a join is cut as one picture: what the viewer would have seen of it.
Result<media::Rectangle> TwinFilmSource::draw_cut(int index, media::Frame& canvas) {
  const media::Rectangle film{0, 0, frames_.width() & ~1, frames_.height() & ~1};
  TRY(draw_film(shown_[static_cast<std::size_t>(index)], film, cutter_->picture(), whole_));
  const media::Rectangle all{0, 0, film_.width, film_.height};
  media::Frame& figure = film_.background ? figure_ : canvas;
  cutter_->cut_on(whole_, figure);
  if (mouth_) mouth_->draw_on(index, figure);
  if (film_.background) lay_over(figure_, *film_.background, index == 0 ? all : place(), canvas);
  return index == 0 ? all : place();
}

Result<media::Rectangle> TwinFilmSource::draw(int index, media::Frame& canvas) {
  if (cutter_) return draw_cut(index, canvas);
  if (index == 0 && !framing_.fills({film_.width, film_.height})) TRY(draw_rims(canvas));
  const auto& shown = shown_[static_cast<std::size_t>(index)];
  TRY(draw_film(shown, framing_.from, framing_.to, canvas));
  if (mouth_) mouth_->draw_on(index, canvas);
  if (index == 0) return media::Rectangle{0, 0, film_.width, film_.height};
  return framing_.to;
}

}  // namespace understudy::compose
