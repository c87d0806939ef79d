// Files from outside: whole ones in odd dress are accepted, broken ones are refused with the
// reason.
#include "media/inspect.h"

#include <cmath>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "base/file.h"
#include "media/audio.h"
#include "media/gif.h"
#include "media/image.h"
#include "media/sniff.h"
#include "media/video_writer.h"

namespace understudy::media {
namespace {

namespace fs = std::filesystem;

std::vector<float> tone(double seconds, int channels = 1) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * kAudioRate) * channels);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] =
        0.3F * std::sin(0.06F * static_cast<float>(i / static_cast<std::size_t>(channels)));
  }
  return samples;
}

class Inspect : public testing::Test {
 protected:
  fs::path path(const std::string& name) const { return folder_.path() / name; }

  fs::path put(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  std::string sound(AudioFormat format, double seconds = 1.5, int channels = 1) const {
    EXPECT_TRUE(write_audio_file(path("sound"), tone(seconds, channels), format, channels));
    return *read_file(path("sound"));
  }

  std::string video(bool has_audio, VideoFormat format = VideoFormat::mp4) const {
    auto writer = *VideoWriter::open({.path = path("video"),
                                      .format = format,
                                      .width = 160,
                                      .height = 90,
                                      .has_audio = has_audio});
    for (int i = 0; i < 40; ++i) {
      Frame frame = Frame::make(160, 90, false);
      for (std::size_t at = 0; at < frame.y.size(); ++at)
        frame.y[at] =
            static_cast<std::uint8_t>(16 + (at * 7 + static_cast<std::size_t>(i) * 31) % 200);
      EXPECT_TRUE(writer.write(frame));
    }
    if (has_audio) {
      EXPECT_TRUE(writer.write_audio(tone(1.6)));
    }
    EXPECT_TRUE(writer.finish());
    return *read_file(path("video"));
  }

  // The message of the refusal; empty when the file was accepted.
  std::string refusal(const std::string& name, const std::string& bytes, MediaKind kind) const {
    const auto info = inspect_file(put(name, bytes), {kind});
    if (info) return {};
    EXPECT_EQ(info.error().code, ErrorCode::invalid_parameter) << info.error().message;
    return info.error().message;
  }

  TemporaryFolder folder_;
};

TEST_F(Inspect, DescribesSound) {
  for (const auto format : {AudioFormat::wav, AudioFormat::mp3}) {
    const auto info = inspect_file(put("a", sound(format, 1.5, 2)), {MediaKind::audio});
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->mime, format == AudioFormat::wav ? "audio/wav" : "audio/mpeg");
    EXPECT_NEAR(static_cast<double>(info->duration_ms), 1500, 30);
    EXPECT_EQ(info->sample_rate, 48'000);
    EXPECT_EQ(info->channels, 2);
    EXPECT_TRUE(info->has_audio);
  }
}

TEST_F(Inspect, DescribesVideoAndTellsWhetherItHasSound) {
  for (const bool has_audio : {false, true}) {
    for (const auto format : {VideoFormat::mp4, VideoFormat::webm}) {
      const auto info = inspect_file(put("v", video(has_audio, format)), {MediaKind::video});
      ASSERT_TRUE(info) << info.error().message << info.error().detail;
      EXPECT_EQ(info->kind, MediaKind::video);
      EXPECT_EQ(info->width, 160);
      EXPECT_EQ(info->height, 90);
      EXPECT_EQ(info->frames, 40);
      EXPECT_NEAR(info->fps, 25, 0.2);
      EXPECT_NEAR(static_cast<double>(info->duration_ms), 1600, 45);
      EXPECT_EQ(info->has_audio, has_audio);
    }
  }
}

TEST_F(Inspect, DescribesStills) {
  Image image{30, 20, std::vector<std::uint8_t>(30 * 20 * 4, 128)};
  const auto png = inspect_file(put("a", *encode_png(image)));
  ASSERT_TRUE(png);
  EXPECT_EQ(png->mime, "image/png");
  EXPECT_EQ(png->width, 30);
  EXPECT_TRUE(png->has_alpha);
  const auto jpeg =
      inspect_file(put("a", *encode_jpeg(image)), {MediaKind::image, MediaKind::video});
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(jpeg->height, 20);
}

TEST_F(Inspect, RefusesTextNamedWav) {
  const auto message =
      refusal("a.wav", "This is a text file that says it is sound.\n", MediaKind::audio);
  EXPECT_NE(message.find("not audio"), std::string::npos) << message;
}

TEST_F(Inspect, RefusesEmptyFilesAndMissingOnes) {
  EXPECT_EQ(refusal("a.mp3", "", MediaKind::audio), "The file is empty.");
  EXPECT_EQ(inspect_file(path("nowhere")).error().code, ErrorCode::storage_failed);
}

TEST_F(Inspect, RefusesAnotherKindOfFile) {
  EXPECT_NE(refusal("a", sound(AudioFormat::wav), MediaKind::image), "");
  EXPECT_NE(refusal("a", video(true), MediaKind::audio), "");
  EXPECT_NE(refusal("a", video(true), MediaKind::image), "");
}

TEST_F(Inspect, RefusesTruncatedSoundWhereverItIsCut) {
  for (const auto format : {AudioFormat::mp3, AudioFormat::wav}) {
    const auto whole = sound(format);
    ASSERT_EQ(refusal("a", whole, MediaKind::audio), "");
    for (const std::size_t missing : {std::size_t{1}, std::size_t{100}, whole.size() / 3,
                                      whole.size() / 2, whole.size() * 9 / 10, whole.size() - 3}) {
      EXPECT_NE(refusal("a", whole.substr(0, whole.size() - missing), MediaKind::audio), "")
          << missing << " of " << whole.size();
    }
  }
}

// Without the tag frame only a frame cut in two can be seen.
TEST_F(Inspect, RefusesAnMp3WithoutTagThatEndsInsideAFrame) {
  auto plain = sound(AudioFormat::mp3);
  const auto tag =
      plain.find("Info") != std::string::npos ? plain.find("Info") : plain.find("Xing");
  ASSERT_NE(tag, std::string::npos);
  plain.replace(tag, 4, std::string(4, '\0'));
  EXPECT_EQ(refusal("a", plain, MediaKind::audio), "");
  EXPECT_NE(refusal("a", plain.substr(0, plain.size() - 50), MediaKind::audio), "");
}

TEST_F(Inspect, RefusesATruncatedGif) {
  GifWriter gif(64, 10);
  for (int i = 0; i < 3; ++i) gif.add(Frame::make(64, 64, false));
  ASSERT_TRUE(gif.finish(path("gif")));
  const auto whole = *read_file(path("gif"));
  const auto info = inspect_file(path("gif"), {MediaKind::image});
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->width, 64);
  for (const std::size_t missing : {std::size_t{1}, whole.size() / 3, whole.size() - 20}) {
    EXPECT_NE(refusal("a", whole.substr(0, whole.size() - missing), MediaKind::image), "");
  }
}

TEST_F(Inspect, RefusesTruncatedVideos) {
  for (const auto format : {VideoFormat::mp4, VideoFormat::webm}) {
    const auto whole = video(true, format);
    for (const std::size_t missing : {std::size_t{1}, whole.size() / 3, whole.size() * 4 / 5}) {
      EXPECT_NE(refusal("v", whole.substr(0, whole.size() - missing), MediaKind::video), "")
          << missing;
    }
  }
}

TEST_F(Inspect, AcceptsStreamedWavWhoseSizesWereNeverFilledIn) {
  const auto whole = sound(AudioFormat::wav);
  const auto data = whole.find("data") + 4;
  for (const std::string& size : {std::string("\xFF\xFF\xFF\xFF"), std::string(4, '\0'),
                                  std::string("\x00\xF0\xFF\x7F", 4)}) {
    auto streamed = whole;
    streamed.replace(4, 4, size);
    streamed.replace(data, 4, size);
    const auto info = inspect_file(put("a", streamed), {MediaKind::audio});
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_NEAR(static_cast<double>(info->duration_ms), 1500, 1);
  }
}

TEST_F(Inspect, AcceptsMp3InEveryDress) {
  const auto plain = sound(AudioFormat::mp3);
  const auto audio = plain.substr(plain.find("\xFF\xFB"));
  const std::string id3v1 = "TAG" + std::string(125, ' ');
  const std::string id3v2 = std::string("ID3\x04\0\0\0\0\x01\x00", 10) + std::string(128, '\0');
  const std::string ape =
      std::string("APETAGEX\xD0\x07\0\0\x20\0\0\0\0\0\0\0\0\0\0\0", 24) + std::string(8, '\0');
  const std::vector<std::string> files = {audio,
                                          id3v2 + audio,
                                          id3v2 + id3v2 + audio,
                                          audio + id3v1,
                                          audio + ape + id3v1,
                                          id3v2 + audio + ape,
                                          audio + std::string(700, '\0')};
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(refusal("a", files[i], MediaKind::audio), "") << i;
  }
}

TEST_F(Inspect, RefusesSoundThatCannotBeDecoded) {
  auto noise = sound(AudioFormat::mp3, 3);
  const auto start = noise.find("\xFF\xFB");
  for (std::size_t i = start + 600; i + 4 < noise.size(); ++i) {
    noise[i] = static_cast<char>(i * 2654435761U >> 13);
    if (noise[i] == '\xFF') noise[i] = 0;
  }
  EXPECT_NE(refusal("a", noise, MediaKind::audio), "");
}

TEST_F(Inspect, NeverFollowsAPlaylist) {
  EXPECT_NE(
      refusal("a.mp4",
              "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
              MediaKind::video),
      "");
  EXPECT_NE(refusal("a.mp4", "ffconcat version 1.0\nfile /etc/passwd\n", MediaKind::video), "");
}

TEST_F(Inspect, EnforcesTheLimits) {
  const auto file = put("v", video(true));
  const auto too_long = inspect_file(file, {}, {.duration_s_max = 1});
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, ErrorCode::video_too_long);
  EXPECT_FALSE(inspect_file(file, {}, {.video_pixels_max = 1000}));
  EXPECT_FALSE(inspect_file(put("a", sound(AudioFormat::wav)), {}, {.duration_s_max = 1}));
}

TEST_F(Inspect, ComesBackFromJson) {
  const auto info = *inspect_file(put("v", video(true)));
  const auto back = media_info_from(to_json(info));
  ASSERT_TRUE(back);
  EXPECT_EQ(to_text(to_json(*back)), to_text(to_json(info)));
  EXPECT_FALSE(media_info_from({{"kind", "film"}, {"mime", "video/mp4"}}));
}

TEST(Sniff, KnowsFilesByTheirFirstBytes) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"1\n00:00:01,000 --> 00:00:02,000\nHi\n", "application/x-subrip"},
      {"WEBVTT\n\n", "text/vtt"},
      {"%PDF-1.7\n", "application/pdf"},
      {"PK\x03\x04rest", "application/zip"},
      {"<?xml version=\"1.0\"?><svg xmlns=\"x\"/>", "image/svg+xml"},
      {std::string("\0\0\0\x20"
                   "ftypM4A ",
                   12),
       "audio/mp4"},
      {std::string("\0\0\0\x20"
                   "ftypisom",
                   12),
       "video/mp4"},
      {std::string("\0\0\0\x20"
                   "ftypqt  ",
                   12),
       "video/quicktime"},
      {std::string("\0\0\0\x20"
                   "ftypheic",
                   12),
       ""},
      {"OggS", "audio/ogg"},
      {"GIF89a", "image/gif"},
      {"#!/bin/sh\n", ""},
      {"", ""},
      {"\xFF", ""},
      {"RIFFxxxxAVI LIST", ""},
  };
  for (const auto& [bytes, mime] : cases) EXPECT_EQ(sniff(bytes), mime) << bytes;
}

TEST_F(Inspect, DecodedSoundComesBackInTimeAndLevel) {
  const auto original = tone(1.5);
  for (const auto format : {AudioFormat::wav, AudioFormat::mp3}) {
    const auto clip = decode_audio(put("a", sound(format)), 1);
    ASSERT_TRUE(clip) << clip.error().message;
    EXPECT_NEAR(clip->duration_s(), 1.5, 0.03);
    double error = 0;
    for (std::size_t i = 5'000; i < 60'000; ++i)
      error = std::max(error, std::abs(static_cast<double>(clip->samples[i] - original[i])));
    EXPECT_LT(error, format == AudioFormat::wav ? 0.0001 : 0.03);
  }
  const auto stereo = decode_audio(put("a", sound(AudioFormat::wav)), 2);
  ASSERT_TRUE(stereo);
  EXPECT_EQ(stereo->frames(), 72'000);
  const auto silent_film = decode_audio(put("v", video(false)));
  ASSERT_FALSE(silent_film);
  EXPECT_EQ(silent_film.error().code, ErrorCode::no_audio_track);
}

}  // namespace
}  // namespace understudy::media
