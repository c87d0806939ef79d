#include "cinema/subjects.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "avatar/presenter_animator.h"
#include "speech/speech.h"

namespace understudy::cinema {
namespace {

constexpr int kFps = 25;
constexpr double kShapeMax = 1.25;     // width by height, of somebody in footage
constexpr double kHeadHeights = 2.05;  // from the chin to the crown, of the eyes to the chin

// Silence in which somebody idles, with a moment to gesture in every few seconds.
speech::Speech idle(double seconds, std::uint32_t seed) {
  speech::Speech speech;
  speech.samples.resize(static_cast<std::size_t>((seconds + 1) * speech::kSampleRate));
  const double length = speech.duration_s();
  speech.phones.push_back({0, length, "pau", false});
  const double first = 0.9 + 0.4 * (seed % 5) / 5.0;
  for (double t = first; t + 1.2 < length; t += 2.7 + 0.3 * (seed % 4))
    speech.words.push_back({t, t + 0.5, "so", true});
  return speech;
}

int picture_height(double wanted) {
  return static_cast<int>(std::lround(std::clamp(wanted, 256.0, 4096.0) / 2)) * 2;
}

// Rig units over a presenter's picture, and over the head.
constexpr double kRigHeight = 1225, kRigHead = 400;

class PresenterSubject final : public Subject {
 public:
  // The figure's picture is 0.78 times as wide as high: hands that gesture stay inside, and the rig
  // reaches from above the hair to below the hips (presenter_animator.cpp's framing: 1225 units).
  PresenterSubject(const avatar::Presenter& presenter, const avatar::Look& look,
                   const SubjectOptions& options)
      : height_(picture_height(options.head_px * kRigHeight / kRigHead)),
        width_(std::max(64, static_cast<int>(height_ * 0.39) * 2)),
        animator_(presenter, look, idle(options.seconds, options.seed),
                  {.width = width_,
                   .height = height_,
                   .fps = kFps,
                   .is_transparent = true,
                   .seed = options.seed,
                   .motion_prompt = options.acting,
                   .liveliness = 1.25}) {
    const auto mouth = animator_.mouth(0);
    const double unit = height_ / std::max(kRigHeight, 810.0 * height_ / width_);
    stature_ = {mouth.x, mouth.y - 116 * unit, kRigHead * unit};
  }
  const Stature& stature() const override { return stature_; }
  const media::Frame& at(int frame) override {
    if (frame != last_) animator_.draw_on(frame, picture_);
    last_ = frame;
    return picture_;
  }

 private:
  int height_, width_;
  avatar::PresenterAnimator animator_;
  Stature stature_;
  media::Frame picture_;
  int last_ = -1;
};

// A photograph ends where its frame cut the body: there it fades out to the sides, softly.
media::Image with_soft_sides(media::Image cut) {
  const int reach = std::max(2, cut.width / 14);
  for (int y = 0; y < cut.height; ++y)
    for (int x = 0; x < cut.width; ++x) {
      const int from_rim = std::min(x, cut.width - 1 - x);
      if (from_rim >= reach) continue;
      const double share = from_rim / static_cast<double>(reach);
      std::uint8_t& a =
          cut.rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(cut.width) +
                    static_cast<std::size_t>(x)) *
                       4 +
                   3];
      a = static_cast<std::uint8_t>(a * share * share * (3 - 2 * share));
    }
  return cut;
}

double head_of(const face::Face& face) {  // from the chin to the crown, pixels of the photograph
  const double eyes_y = face::middle(face::eye_centre(face.landmarks, face::kLeftEye),
                                     face::eye_centre(face.landmarks, face::kRightEye))
                            .y;
  return std::max(8.0, (face.landmarks[face::kChin].y - eyes_y) * kHeadHeights);
}

class PhotoSubject final : public Subject {
 public:
  PhotoSubject(const media::Image& cut, const face::Face& face, const SubjectOptions& options)
      : height_(picture_height(options.head_px * cut.height / head_of(face))),
        width_(std::max(64, static_cast<int>(std::lround(static_cast<double>(cut.width) * height_ /
                                                         cut.height / 2)) *
                                2)),
        animator_(with_soft_sides(cut), face, idle(options.seconds, options.seed),
                  {.width = width_,
                   .height = height_,
                   .fps = kFps,
                   .fit = avatar::PhotoFit::contain,
                   .expressiveness = avatar::Expressiveness::medium,
                   .motion_prompt = options.acting,
                   .seed = options.seed,
                   .is_transparent = true}),
        picture_(media::Frame::make(width_, height_, true)) {
    const double k = static_cast<double>(height_) / cut.height;
    const face::Point eyes = face::middle(face::eye_centre(face.landmarks, face::kLeftEye),
                                          face::eye_centre(face.landmarks, face::kRightEye));
    stature_ = {eyes.x * k, eyes.y * k, head_of(face) * k};
  }
  const Stature& stature() const override { return stature_; }
  const media::Frame& at(int frame) override {
    if (frame != last_) animator_.draw_on(frame, picture_);
    last_ = frame;
    return picture_;
  }

 private:
  int height_, width_;
  avatar::PhotoAnimator animator_;
  Stature stature_;
  media::Frame picture_;
  int last_ = -1;
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Where the head usually is on the subject's picture.
Stature stature_of(const face::FaceTrack& base) {
  std::vector<double> x, y, head;
  for (const auto& face : base.frames) {
    const face::Point eyes = face::middle(face::eye_centre(face.landmarks, face::kLeftEye),
                                          face::eye_centre(face.landmarks, face::kRightEye));
    x.push_back(eyes.x), y.push_back(eyes.y);
    head.push_back((face.landmarks[face::kChin].y - eyes.y) * kHeadHeights);
  }
  return {median(std::move(x)), median(std::move(y)), std::max(1.0, median(std::move(head)))};
}

class FilmSubject final : public Subject {
 public:
  explicit FilmSubject(std::unique_ptr<compose::TwinFilmSource> source, int width, int height)
      : source_(std::move(source)),
        stature_(stature_of(source_->base())),
        picture_(media::Frame::make(width, height, true)) {}
  const Stature& stature() const override { return stature_; }
  const media::Frame& at(int frame) override {
    const int shown = std::clamp(frame, 0, source_->frame_count() - 1);
    if (shown == last_ || failure_) return picture_;
    auto drawn = source_->draw(shown, picture_);
    if (!drawn) failure_ = std::move(drawn).error();
    last_ = shown;
    return picture_;
  }
  Result<void> problem() const override {
    if (failure_) return tl::make_unexpected(*failure_);
    return {};
  }

 private:
  std::unique_ptr<compose::TwinFilmSource> source_;
  Stature stature_;
  media::Frame picture_;
  int last_ = -1;
  std::optional<Error> failure_;
};

}  // namespace

Result<std::unique_ptr<Subject>> film_subject(compose::TwinFilm film,
                                              const SubjectOptions& options) {
  // Of a wide film the part round the person, at most as large as it is.
  const double shape =
      std::min(kShapeMax, static_cast<double>(film.track->width) / film.track->height);
  const double wanted = options.head_px * film.track->height / stature_of(*film.track).head;
  film.height = std::min(picture_height(wanted), film.track->height) & ~1;
  film.width = std::max(64, static_cast<int>(std::lround(film.height * shape / 2)) * 2);
  film.fps = kFps;
  film.fit = compose::Fit::cover;
  film.motion_prompt = options.acting;
  film.is_cut = true;
  film.has_soft_sides = true;
  const int frames = static_cast<int>(std::ceil(options.seconds * kFps)) + 1;
  TRY_ASSIGN(auto source, compose::TwinFilmSource::open(film, {}, frames, nullptr));
  std::unique_ptr<Subject> subject =
      std::make_unique<FilmSubject>(std::move(source), film.width, film.height);
  return subject;
}

std::unique_ptr<Subject> presenter_subject(const avatar::Presenter& presenter,
                                           const avatar::Look& look,
                                           const SubjectOptions& options) {
  return std::make_unique<PresenterSubject>(presenter, look, options);
}

std::unique_ptr<Subject> photo_subject(const media::Image& cut, const face::Face& face,
                                       const SubjectOptions& options) {
  return std::make_unique<PhotoSubject>(cut, face, options);
}

}  // namespace understudy::cinema
