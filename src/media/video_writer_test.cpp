// What the writer promises about its files, read back through libavformat.
#include "media/video_writer.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "media/audio.h"
#include "media/av_handles.h"

namespace understudy::media {
namespace {

Frame moving_bar(int width, int height, int index, bool has_alpha = false) {
  Frame frame = Frame::make(width, height, has_alpha);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto at = static_cast<std::size_t>(y * width + x);
      const bool is_bar = (x + index * 2) % 64 < 16;
      frame.y[at] = static_cast<std::uint8_t>(is_bar ? 200 : 40 + y % 32);
      if (has_alpha) frame.alpha[at] = is_bar ? 255 : 0;
    }
  }
  return frame;
}

std::vector<float> tone(std::size_t count) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = 0.3F * std::sin(0.05F * static_cast<float>(i));
  }
  return samples;
}

struct Container {
  AVFormatContext* context = nullptr;
  explicit Container(const std::filesystem::path& path) {
    if (avformat_open_input(&context, path.c_str(), nullptr, nullptr) == 0) {
      avformat_find_stream_info(context, nullptr);
    }
  }
  ~Container() { avformat_close_input(&context); }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  std::string tag(AVDictionary* from, const char* key) const {
    const auto* entry = av_dict_get(from, key, nullptr, 0);
    return entry == nullptr ? "" : entry->value;
  }
};

struct Written {
  VideoSummary summary;
  std::filesystem::path path;
};

Written write_sample(const TemporaryFolder& folder, VideoSettings settings, int frames,
                     std::size_t samples) {
  settings.path = folder.path() / (settings.format == VideoFormat::mp4 ? "a.mp4" : "a.webm");
  auto writer = VideoWriter::open(settings);
  EXPECT_TRUE(writer) << writer.error().detail;
  for (int i = 0; i < frames; ++i) {
    const auto frame = moving_bar(settings.width, settings.height, i, settings.has_alpha);
    EXPECT_TRUE(writer->write(frame));
    if (i == 0 && settings.has_audio) {
      EXPECT_TRUE(writer->write_audio(tone(samples)));
    }
  }
  const auto summary = writer->finish();
  EXPECT_TRUE(summary) << summary.error().detail;
  return {*summary, settings.path};
}

TEST(VideoWriter, DurationIsFramesOverRateWithShortAndWithLongSound) {
  for (const std::size_t samples :
       {std::size_t{1'000}, std::size_t{96'000}, std::size_t{300'000}}) {
    const TemporaryFolder folder;
    const VideoSettings settings{.width = 320, .height = 180, .fps = 25, .has_audio = true};
    const auto written = write_sample(folder, settings, 57, samples);
    EXPECT_EQ(written.summary.frames, 57);
    EXPECT_EQ(written.summary.audio_samples, 57 * 48'000 / 25);
    const Container file(written.path);
    ASSERT_NE(file.context, nullptr);
    EXPECT_NEAR(static_cast<double>(file.context->duration) / AV_TIME_BASE, 57 / 25.0, 0.0011);
    EXPECT_EQ(file.context->nb_streams, 2U);
  }
}

TEST(VideoWriter, Mp4CarriesTheColourTagsTheIndexInFrontAndTheProvenance) {
  const TemporaryFolder folder;
  VideoSettings settings{.width = 320, .height = 180, .fps = 25};
  settings.metadata = provenance_tags("A title", "test");
  const auto written = write_sample(folder, settings, 10, 0);
  const auto bytes = *read_file(written.path);
  EXPECT_LT(bytes.find("moov"), bytes.find("mdat"));
  const Container file(written.path);
  const auto& video = *file.context->streams[0]->codecpar;
  EXPECT_EQ(video.codec_id, AV_CODEC_ID_H264);
  EXPECT_EQ(video.color_space, AVCOL_SPC_BT709);
  EXPECT_EQ(video.color_primaries, AVCOL_PRI_BT709);
  EXPECT_EQ(video.color_trc, AVCOL_TRC_BT709);
  EXPECT_EQ(video.color_range, AVCOL_RANGE_MPEG);
  EXPECT_EQ(file.tag(file.context->metadata, "title"), "A title");
  EXPECT_NE(file.tag(file.context->metadata, "comment").find("Synthetic"), std::string::npos);
}

TEST(VideoWriter, WebmKeepsTransparencyAndSound) {
  const TemporaryFolder folder;
  const VideoSettings settings{.format = VideoFormat::webm,
                               .width = 160,
                               .height = 120,
                               .fps = 30,
                               .has_audio = true,
                               .has_alpha = true};
  const auto written = write_sample(folder, settings, 30, 48'000);
  const Container file(written.path);
  ASSERT_EQ(file.context->nb_streams, 2U);
  EXPECT_EQ(file.context->streams[0]->codecpar->codec_id, AV_CODEC_ID_VP9);
  EXPECT_EQ(file.context->streams[1]->codecpar->codec_id, AV_CODEC_ID_OPUS);
  EXPECT_EQ(file.tag(file.context->streams[0]->metadata, "alpha_mode"), "1");
  EXPECT_NEAR(static_cast<double>(file.context->duration) / AV_TIME_BASE, 1.0, 0.0011);
  EXPECT_EQ(file.context->streams[0]->start_time, 0);
}

// A burst at exactly one second in the left channel only comes back there and then.
TEST(VideoWriter, SoundStaysInItsChannelAndAtItsTime) {
  for (const auto format : {VideoFormat::mp4, VideoFormat::webm}) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "a";
    auto writer = VideoWriter::open({.path = path,
                                     .format = format,
                                     .width = 64,
                                     .height = 64,
                                     .fps = 25,
                                     .has_audio = true,
                                     .audio_channels = 2});
    ASSERT_TRUE(writer);
    std::vector<float> samples(2 * 96'000);
    const auto burst = tone(4'800);
    for (std::size_t i = 0; i < burst.size(); ++i) samples[2 * (48'000 + i)] = burst[i] * 2;
    ASSERT_TRUE(writer->write_audio(samples));
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(writer->write(moving_bar(64, 64, i)));
    ASSERT_TRUE(writer->finish());
    const auto clip = decode_audio(path, 2);
    ASSERT_TRUE(clip) << clip.error().message;
    std::int64_t first = -1;
    float right = 0;
    for (std::int64_t i = 0; i < clip->frames(); ++i) {
      const auto at = static_cast<std::size_t>(2 * i);
      if (first < 0 && std::abs(clip->samples[at]) > 0.2F) first = i;
      right = std::max(right, std::abs(clip->samples[at + 1]));
    }
    EXPECT_NEAR(static_cast<double>(first), 48'000, 100);  // 2 ms
    EXPECT_LT(right, 0.05F);
  }
}

TEST(VideoWriter, RefusesWhatItCannotWrite) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.mp4";
  EXPECT_FALSE(VideoWriter::open({.path = path, .width = 321, .height = 180}));
  EXPECT_FALSE(VideoWriter::open({.path = path, .width = 320, .height = 180, .has_alpha = true}));
  EXPECT_FALSE(VideoWriter::open({.path = path, .width = 320, .height = 180, .fps = 0}));
  const auto nowhere = folder.path() / "missing" / "x.mp4";
  const auto unwritable = VideoWriter::open({.path = nowhere, .width = 320, .height = 180});
  ASSERT_FALSE(unwritable);
  EXPECT_EQ(unwritable.error().code, ErrorCode::storage_failed);
  auto empty = VideoWriter::open({.path = path, .width = 320, .height = 180});
  ASSERT_TRUE(empty);
  EXPECT_FALSE(empty->finish());
}

}  // namespace
}  // namespace understudy::media
