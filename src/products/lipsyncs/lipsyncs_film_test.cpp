// What lipsync promises of the pictures outside the mouth, over a whole film whose length changes:
// before encoding they are those of the film, and the file holds them as well as a plain encode.
#include <cmath>
#include <memory>
#include <numbers>

#include <gtest/gtest.h>

#include "avatar/film_mouth.h"
#include "avatar/testing/talking_film.h"
#include "base/file.h"
#include "compose/talking_film.h"
#include "face/face_tracker.h"
#include "media/video_reader.h"
#include "products/lipsyncs/film_plan.h"

namespace understudy::lipsyncs {
namespace {

using media::Frame;

constexpr int kFps = 25;

speech::Speech syllables(double seconds) {
  speech::Speech speech;
  double t = 0;
  for (int i = 0; t < seconds - 0.4; ++i) {
    for (const char* symbol : {i % 3 == 0 ? "m" : "t", i % 2 == 0 ? "aa" : "iy"}) {
      speech.phones.push_back({t, t + 0.14, symbol, true});
      t += 0.14;
    }
  }
  speech.phones.push_back({t, seconds, "pau", false});
  speech.samples.assign(static_cast<std::size_t>(seconds * speech::kSampleRate), 0.1F);
  return speech;
}

// Squared differences of luma where no mouth was drawn.
class Outside {
 public:
  explicit Outside(const avatar::FilmMouth& mouth) : mouth_(mouth) {}
  void compare(int index, const Frame& a, const Frame& b) {
    media::Rectangle area;
    const auto mask = mouth_.mask(index, area);
    for (int y = 0; y < a.height; ++y) {
      for (int x = 0; x < a.width; ++x) {
        const bool is_near =
            x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
        if (is_near && mask[static_cast<std::size_t>(y - area.y) * area.width + x - area.x] > 0)
          continue;
        const auto at = static_cast<std::size_t>(y) * a.width + x;
        const auto half = static_cast<std::size_t>(y / 2) * (a.width / 2) + x / 2;
        const double d = a.y[at] - b.y[at];
        squares_ += d * d;
        chroma_ += std::abs(a.u[half] - b.u[half]) + std::abs(a.v[half] - b.v[half]);
        ++count_;
      }
    }
  }
  bool is_equal() const { return squares_ == 0 && chroma_ == 0; }
  double psnr_db() const { return 10 * std::log10(255 * 255 / std::max(1e-9, squares_ / count_)); }

 private:
  const avatar::FilmMouth& mouth_;
  double squares_ = 0, chroma_ = 0, count_ = 0;
};

struct Lipsync {
  TemporaryFolder folder;
  std::filesystem::path film;
  face::FaceTrack track;
  std::vector<int> shows;
  speech::Speech speech;

  avatar::FilmMouth mouth(const avatar::MouthDonors& donors) const {
    return {donors, track, speech, {.fps = kFps, .shows = shows}};
  }
  std::unique_ptr<compose::TalkingFilmSource> source(const avatar::MouthDonors* donors) const {
    auto opened = compose::TalkingFilmSource::open(
        {.film = film, .start_s = 0.5 / kFps, .track = &track, .shows = shows},
        donors == nullptr ? nullptr : std::make_unique<avatar::FilmMouth>(mouth(*donors)));
    EXPECT_TRUE(opened);
    return *std::move(opened);
  }
  double psnr_of_file(const avatar::FilmMouth& drawn, compose::TalkingFilmSource& made) const {
    const auto file = folder.path() / "made.mp4";
    const compose::VideoOptions options{
        .width = track.width, .height = track.height, .fps = kFps, .crf = 18};
    EXPECT_TRUE(compose::write_video(made, {}, options, {.video = file}));
    auto reader = media::VideoReader::open(file);
    const auto plain = source(nullptr);
    Frame wanted = Frame::make(track.width, track.height, false), got = wanted;
    Outside outside(drawn);
    for (int i = 0; i < plain->frame_count(); ++i) {
      EXPECT_TRUE(plain->draw(i, wanted));
      EXPECT_TRUE(reader->draw((i + 0.5) / kFps, media::whole(got), got));
      outside.compare(i, wanted, got);
    }
    return outside.psnr_db();
  }
};

TEST(LipsyncOfAFilm, LeavesEverythingElseAsItIs) {
  Lipsync lipsync;
  lipsync.film = lipsync.folder.path() / "film.mp4";
  const auto said = syllables(2.4);
  ASSERT_TRUE(avatar::make_talking_film(lipsync.film, said, {}));
  auto track =
      face::track_film(lipsync.film, {.fps = kFps, .start_s = 0.5 / kFps, .frame_count = 60}, {});
  ASSERT_TRUE(track);
  lipsync.track = *std::move(track);
  // A longer sound: the film is shown slower, and back again.
  lipsync.speech = syllables(3.6);
  lipsync.shows = stretch(stillness(lipsync.track), 90);
  for (const auto quality :
       {avatar::MouthQuality::one_donor, avatar::MouthQuality::unit_selection}) {
    const avatar::MouthFootage footage{lipsync.film, &lipsync.track, 0.5 / kFps, &said};
    const auto donors = avatar::MouthDonors::gather(std::span(&footage, 1), quality);
    ASSERT_TRUE(donors);
    const auto drawn = lipsync.mouth(*donors);
    const auto made = lipsync.source(&*donors), plain = lipsync.source(nullptr);
    Frame after = Frame::make(lipsync.track.width, lipsync.track.height, false), before = after;
    Outside outside(drawn);
    int changed = 0;
    for (int i = 0; i < made->frame_count(); ++i) {
      ASSERT_TRUE(made->draw(i, after));
      ASSERT_TRUE(plain->draw(i, before));
      outside.compare(i, before, after);
      changed += before.y != after.y ? 1 : 0;
    }
    EXPECT_TRUE(outside.is_equal());
    EXPECT_GT(changed, 80);
    EXPECT_GT(lipsync.psnr_of_file(drawn, *lipsync.source(&*donors)),
              lipsync.psnr_of_file(drawn, *lipsync.source(nullptr)) - 0.5);
  }
}

}  // namespace
}  // namespace understudy::lipsyncs
