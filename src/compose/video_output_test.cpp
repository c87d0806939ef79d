// One pass from pictures to files: what each file must be, and what happens when someone stops it.
#include "compose/video_output.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "base/file.h"
#include "compose/encode_floor.h"
#include "compose/frame_queue.h"
#include "media/audio.h"
#include "media/image.h"
#include "media/inspect.h"

namespace understudy::compose {
namespace {

// A white square that moves over grey; damage is the square's old and new place.
class MovingSquare final : public FrameSource {
 public:
  explicit MovingSquare(int frames) : frames_(frames) {}
  int frame_count() const override { return frames_; }

  Result<media::Rectangle> draw(int index, media::Frame& canvas) override {
    if (index == fail_at) return fail(ErrorCode::engine_failed, "The pencil broke.");
    if (index == 0) std::fill(canvas.y.begin(), canvas.y.end(), std::uint8_t{80});
    const auto old = square(index - 1);
    const auto now = square(index);
    if (index > 0) fill(canvas, old, 80);
    fill(canvas, now, 230);
    return index == 0 ? media::whole(canvas) : media::united(old, now);
  }

  static media::Rectangle square(int index) { return {index * 4 % 240, 40, 32, 32}; }
  int fail_at = -1;

 private:
  static void fill(media::Frame& canvas, const media::Rectangle& area, std::uint8_t level) {
    for (int y = area.y; y < area.y + area.height; ++y) {
      for (int x = area.x; x < area.x + area.width; ++x)
        canvas.y[static_cast<std::size_t>(y * canvas.width + x)] = level;
    }
  }
  int frames_;
};

struct Files {
  TemporaryFolder folder;
  OutputPaths paths{.video = folder.path() / "video.mp4",
                    .captioned_video = folder.path() / "captioned.mp4",
                    .thumbnail = folder.path() / "thumbnail.jpg",
                    .preview = folder.path() / "preview.gif",
                    .subtitles = folder.path() / "captions.srt"};
};

const std::vector<media::TimedWord> kWords = {
    {0.1, 0.5, "Hello"}, {0.5, 0.9, "world."}, {1.2, 1.6, "Bye."}};
const VideoOptions kSmall{.width = 320, .height = 180, .fps = 25, .metadata = {}};

TEST(VideoOutput, WritesEveryFileInOnePass) {
  const Files files;
  MovingSquare source(50);
  const std::vector<float> tone(96'000, 0.1F);
  double last = 0;
  const auto summary = write_video(source, {.samples = tone, .words = kWords}, kSmall, files.paths,
                                   [&](double fraction) -> Result<void> {
                                     EXPECT_GT(fraction, last);
                                     last = fraction;
                                     return {};
                                   });
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->frames, 50);
  EXPECT_EQ(summary->duration_ms, 2000);
  EXPECT_EQ(last, 1.0);
  for (const auto& path : {files.paths.video, files.paths.captioned_video, files.paths.preview}) {
    EXPECT_GT(std::filesystem::file_size(path), 1000U) << path;
  }
  const auto thumbnail = media::decode_image_file(files.paths.thumbnail);
  ASSERT_TRUE(thumbnail);
  EXPECT_EQ(thumbnail->width, 320);
  EXPECT_TRUE(read_file(files.paths.subtitles)->starts_with("1\n00:00:00,100 --> "));
}

TEST(VideoOutput, TransparentVideosKeepTheirAlphaAndGetAThumbnailOnWhite) {
  const TemporaryFolder folder;
  MovingSquare source(40);
  const OutputPaths paths{.video = folder.path() / "a.webm", .thumbnail = folder.path() / "t.jpg"};
  const VideoOptions options{
      .format = media::VideoFormat::webm, .width = 320, .height = 180, .has_alpha = true};
  const auto summary = write_video(source, {}, options, paths);
  ASSERT_TRUE(summary) << summary.error().detail;
  const auto info = media::inspect_file(paths.video);
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->has_alpha);
  EXPECT_EQ(info->duration_ms, 1600);
  const auto thumbnail = *media::decode_image_file(paths.thumbnail);  // the source draws no alpha
  EXPECT_GT(thumbnail.rgba[0], 250);
}

// The size of a file of still grey and one moving square: any other picture in it would show. (Not
// the bytes themselves: at small sizes x264 looks at memory that it never set.)
double size_of(const std::filesystem::path& path) {
  return static_cast<double>(std::filesystem::file_size(path));
}

// The same pictures, the same settings, whichever way they were made.
TEST(VideoOutput, TheFloorEncodesTheVerySamePictures) {
  const Files files;
  MovingSquare source(50);
  VideoOptions options = kSmall;
  options.encoder_threads = 1;
  ASSERT_TRUE(write_video(source, {}, options, {.video = files.paths.video}));
  MovingSquare again(50);
  const auto floor = measure_encode_floor(again, {}, options, files.paths.captioned_video);
  ASSERT_TRUE(floor);
  EXPECT_EQ(floor->frames, 50);
  EXPECT_NEAR(size_of(files.paths.video), size_of(files.paths.captioned_video), 40);
}

// Captions and previews share buffers with the plain video: nothing of them may stay behind.
TEST(VideoOutput, CaptionsNeverLeakIntoThePlainVideo) {
  const Files files;
  MovingSquare with(60);
  ASSERT_TRUE(write_video(with, {.words = kWords}, kSmall, files.paths));
  MovingSquare without(60);
  const auto plain = files.folder.path() / "plain.mp4";
  ASSERT_TRUE(write_video(without, {.words = kWords}, kSmall, {.video = plain}));
  EXPECT_NEAR(size_of(files.paths.video), size_of(plain), 40);
}

TEST(VideoOutput, TestJobsAreMarkedAllOverThePictureAndInTheSound) {
  const auto thumbnail = [](bool is_test, const Files& files) {
    MovingSquare source(30);
    VideoOptions options = kSmall;
    options.is_test = is_test;
    const std::vector<float> silence(57'600, 0.0F);
    EXPECT_TRUE(write_video(source, {.samples = silence}, options, files.paths));
    return media::decode_image_file(files.paths.thumbnail).value();
  };
  const Files plain_files;
  const Files marked_files;
  const auto plain = thumbnail(false, plain_files);
  const auto marked = thumbnail(true, marked_files);
  // No half of the picture is without the mark.
  for (const bool is_left : {true, false}) {
    for (const bool is_top : {true, false}) {
      int changed = 0;
      for (int y = is_top ? 0 : 90; y < (is_top ? 90 : 180); ++y) {
        for (int x = is_left ? 0 : 160; x < (is_left ? 160 : 320); ++x) {
          const auto at = static_cast<std::size_t>(y * 320 + x) * 4;
          changed += std::abs(plain.rgba[at] - marked.rgba[at]) > 12 ? 1 : 0;
        }
      }
      EXPECT_GT(changed, 160 * 90 / 20);
    }
  }
  const auto sound = media::decode_audio(marked_files.paths.video).value();
  double peak = 0;
  for (std::size_t i = 0; i < 9'600; ++i) peak = std::max<double>(peak, std::abs(sound.samples[i]));
  EXPECT_NEAR(peak, 0.1, 0.03);
}

TEST(VideoOutput, StopsWhenProgressSaysSo) {
  const Files files;
  MovingSquare source(500);
  int calls = 0;
  const auto summary = write_video(source, {}, kSmall, files.paths, [&](double) -> Result<void> {
    if (++calls == 3) return fail(ErrorCode::cancelled, "The job was cancelled.");
    return {};
  });
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::cancelled);
  EXPECT_EQ(calls, 3);
}

TEST(VideoOutput, PassesOnTheSourcesError) {
  const Files files;
  MovingSquare source(50);
  source.fail_at = 20;
  const auto summary = write_video(source, {}, kSmall, files.paths);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().message, "The pencil broke.");
}

TEST(VideoOutput, EndsWhenTheDiskIsFull) {
  const Files files;
  MovingSquare source(2000);
  OutputPaths paths{.video = "/dev/full"};
  const auto summary = write_video(source, {}, kSmall, paths);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::storage_failed);
}

// Whatever the encoding side draws over a buffer, the next picture in it is the canvas.
TEST(FrameQueue, ARefreshedSlotEqualsTheCanvas) {
  MovingSquare source(60);
  media::Frame canvas = media::Frame::make(320, 180, false);
  FrameQueue queue(3, 320, 180, false);
  for (int index = 0; index < 60; ++index) {
    queue.mark_stale(*source.draw(index, canvas));
    FrameSlot* slot = queue.take_free();
    refresh(*slot, canvas);
    ASSERT_TRUE(slot->frame.y == canvas.y && slot->frame.u == canvas.u) << index;
    queue.push(slot);
    slot = queue.take_ready();
    const media::Rectangle scribble{index * 6 % 280, index * 14 % 140, 40, 40};
    for (int y = scribble.y; y < scribble.y + 40; ++y) {
      std::fill_n(slot->frame.y.begin() + y * 320 + scribble.x, 40, std::uint8_t{255});
    }
    slot->touched.add(scribble);
    queue.give_back(slot);
  }
}

TEST(Damage, CoversWhatWasAddedWithFewRectangles) {
  Damage damage;
  for (int i = 0; i < 40; ++i) damage.add({i * 37 % 300 & ~1, i * 53 % 160 & ~1, 8, 8});
  EXPECT_LE(damage.areas().size(), 6U);
  for (int i = 0; i < 40; ++i) {
    const int x = i * 37 % 300 & ~1;
    const int y = i * 53 % 160 & ~1;
    bool is_covered = false;
    for (const auto& area : damage.areas()) {
      is_covered |= x >= area.x && y >= area.y && x + 8 <= area.x + area.width &&
                    y + 8 <= area.y + area.height;
    }
    EXPECT_TRUE(is_covered) << i;
  }
}

}  // namespace
}  // namespace understudy::compose
