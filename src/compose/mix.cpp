#include "compose/mix.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "media/loudness.h"

namespace understudy::compose {
namespace {

constexpr std::int64_t kFade = media::kAudioRate / 200;  // 5 ms
constexpr std::int64_t kPiece = media::kAudioRate * 20;  // mixed at a time
constexpr std::int64_t kBefore = media::kAudioRate;      // what the limiter sees before a piece
constexpr std::int64_t kAfter = media::kAudioRate / 10;  // and behind it
constexpr double kCentre = 0.70710678118654752;          // -3 dB: mono on each of two sides

double ceiling() { return std::pow(10.0, media::kPeakCeilingDb / 20.0); }

// 0..1 near the borders of [0, length).
float fade_at(std::int64_t at, std::int64_t length) {
  const std::int64_t edge = std::min(at, length - 1 - at);
  if (edge >= kFade) return 1;
  const double part = (static_cast<double>(edge) + 0.5) / static_cast<double>(kFade);
  return static_cast<float>(0.5 - 0.5 * std::cos(part * 3.14159265358979));
}

std::int64_t length_of(const Track& track) {
  return static_cast<std::int64_t>(track.samples.size()) / track.channels;
}

// Adds what a track sounds like from `start` of the scene on. A fade stands at every border of the
// track that the scene hears: its own, the scene's end, and where it begins again.
void add_track(const Track& track, std::int64_t scene_length, std::int64_t start,
               std::int64_t count, int channels, std::vector<float>& out) {
  const std::int64_t own = length_of(track);
  if (own == 0) return;
  const double side = track.gain * (track.channels == 1 && channels == 2 ? kCentre : 1.0);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t at = start + i;
    if (at >= own && !track.is_looped) break;
    const std::int64_t round = at / own * own;
    const std::int64_t in_track = at - round;
    const std::int64_t heard = std::min(own, scene_length - round);
    const auto gain = static_cast<float>(side) * fade_at(in_track, heard);
    const auto from = static_cast<std::size_t>(in_track) * track.channels;
    const auto to = static_cast<std::size_t>(i) * channels;
    if (channels == 1) {
      const float sample = track.channels == 1
                               ? track.samples[from]
                               : (track.samples[from] + track.samples[from + 1]) * 0.5F;
      out[to] += sample * gain;
    } else {
      out[to] += track.samples[from] * gain;
      out[to + 1] += track.samples[from + (track.channels == 2 ? 1 : 0)] * gain;
    }
  }
}

// One gain for all channels, so that nothing moves from side to side.
void limit(std::vector<float>& samples, int channels) {
  const auto loudest = std::max_element(samples.begin(), samples.end(),
                                        [](float a, float b) { return std::abs(a) < std::abs(b); });
  // Peaks between samples are at most about 3 dB higher in a sum of sounds that were below it.
  if (loudest == samples.end() || std::abs(*loudest) < ceiling() * 0.7) return;
  if (channels == 1) return media::limit_peaks(samples, media::kAudioRate, ceiling());
  const std::size_t frames = samples.size() / 2;
  std::vector<float> louder(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    louder[i] = std::max(std::abs(samples[i * 2]), std::abs(samples[i * 2 + 1]));
  }
  std::vector<float> limited = louder;
  media::limit_peaks(limited, media::kAudioRate, ceiling());
  for (std::size_t i = 0; i < frames; ++i) {
    const float gain = louder[i] > 0 ? limited[i] / louder[i] : 1.0F;
    samples[i * 2] *= gain;
    samples[i * 2 + 1] *= gain;
  }
}

}  // namespace

double gain_below_speech(std::span<const float> samples, int channels) {
  double loudness = media::kSilenceLufs;
  if (channels == 1) {
    loudness = media::integrated_loudness(samples, media::kAudioRate);
  } else {
    double power = 0;  // BS.1770 adds the channels' powers up
    std::vector<float> side(samples.size() / 2);
    for (std::size_t channel = 0; channel < 2; ++channel) {
      for (std::size_t i = 0; i < side.size(); ++i) side[i] = samples[i * 2 + channel];
      power += std::pow(10.0, media::integrated_loudness(side, media::kAudioRate) / 10);
    }
    loudness = 10 * std::log10(power);
  }
  return std::min(1.0, std::pow(10.0, (media::kSpeechLufs - loudness) / 20));
}

Result<Mix> Mix::create(const std::filesystem::path& path, int channels) {
  TRY_ASSIGN(auto writer, media::SampleWriter::create(path));
  return Mix(std::move(writer), channels);
}

Result<void> Mix::add_scene(std::int64_t samples, std::span<const Track> tracks) {
  for (std::int64_t done = 0; done < samples; done += kPiece) {
    const std::int64_t wanted = std::min(kPiece, samples - done);
    const std::int64_t from = std::max<std::int64_t>(0, done - kBefore);
    const std::int64_t to = std::min(samples, done + wanted + kAfter);
    std::vector<float> piece(static_cast<std::size_t>((to - from) * channels_));
    for (const auto& track : tracks) add_track(track, samples, from, to - from, channels_, piece);
    limit(piece, channels_);
    const auto first = static_cast<std::size_t>((done - from) * channels_);
    TRY(writer_.write(
        std::span(piece).subspan(first, static_cast<std::size_t>(wanted * channels_))));
  }
  return {};
}

}  // namespace understudy::compose
