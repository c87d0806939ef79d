// Films shown in another order than they were taken, and pictures that keep their times.
#include "compose/talking_film.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "media/inspect.h"
#include "media/overlay.h"

namespace understudy::compose {
namespace {

constexpr int kFrames = 60;

// A film whose pictures differ: each is as bright as its number says.
face::FaceTrack make_film(const std::filesystem::path& file) {
  auto writer = media::VideoWriter::open({.path = file, .width = 64, .height = 48, .fps = 25});
  EXPECT_TRUE(writer);
  media::Frame frame = media::Frame::make(64, 48, false);
  for (int i = 0; i < kFrames; ++i) {
    std::fill(frame.y.begin(), frame.y.end(), static_cast<std::uint8_t>(20 + 3 * i));
    EXPECT_TRUE(writer->write(frame));
  }
  EXPECT_TRUE(writer->finish());
  face::FaceTrack track;
  track.width = 64, track.height = 48, track.fps = 25;
  track.frames.resize(kFrames);
  return track;
}

TEST(TalkingFilm, RunsForwardsBackwardsAndForwardsAgain) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "film.mp4";
  const auto track = make_film(file);
  std::vector<int> shows;
  for (int i = 0; i < kFrames; ++i) shows.push_back(i);
  for (int i = kFrames - 2; i >= 0; --i) shows.push_back(i);
  for (const int i : {0, 1, 1, 2, 30, 29, 31, 5, 6, 7, 40, 38, 39, 40, 41, 41, 37})
    shows.push_back(i);
  auto source = TalkingFilmSource::open(
      {.film = file, .start_s = 0, .track = &track, .shows = shows}, nullptr);
  ASSERT_TRUE(source);
  media::Frame canvas = media::Frame::make(64, 48, false);
  for (int i = 0; i < (*source)->frame_count(); ++i) {
    ASSERT_TRUE((*source)->draw(i, canvas));
    ASSERT_NEAR(canvas.y[64 * 20 + 30], 20 + 3 * shows[static_cast<std::size_t>(i)], 2) << i;
  }
}

TEST(TalkingFilm, APictureThatStaysIsNotEncodedAgain) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "film.mp4";
  const auto track = make_film(file);
  std::vector<int> shows;
  for (int i = 0; i < 40; ++i) shows.push_back(i / 4);
  auto source = TalkingFilmSource::open(
      {.film = file, .start_s = 0, .track = &track, .shows = shows, .keeps_picture_times = true},
      nullptr);
  ASSERT_TRUE(source);
  VideoOptions options;
  options.width = 64, options.height = 48, options.fps = 25;
  options.keeps_picture_times = true;
  const auto made = folder.path() / "made.mp4";
  const auto summary = write_video(**source, {}, options, {.video = made});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->duration_ms, 1600);
  const auto info = media::inspect_file(made);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->frames, 11);  // ten pictures, and the last again for its length
  EXPECT_NEAR(static_cast<double>(info->duration_ms), 1600, 5);
}

}  // namespace
}  // namespace understudy::compose
