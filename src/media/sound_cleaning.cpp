#include "media/sound_cleaning.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "media/audio.h"
#include "media/audio_filter.h"

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

namespace understudy::media {
namespace {

constexpr int kWindow = 2048;
constexpr int kHop = kWindow / 2;
constexpr int kBins = kWindow / 2 + 1;
constexpr int kBands = 32;
constexpr std::size_t kAlike = 12;      // frames whose median is the bed
constexpr std::size_t kApart = 24;      // frames, half a second: nearer ones are alike anyway
constexpr std::size_t kChunk = 2000;    // frames, 43 s, that are compared with one another
constexpr double kPauseShare = 0.2;     // of the frames: the quietest of the voice's range
constexpr float kOverPause = 2.0F;      // what the bed may be louder than in the pauses
constexpr float kOverNoise = 1.6F;      // subtracted more than is there, for its peaks
constexpr float kNoiseLeft = 0.18F;     // -15 dB: silence would sound broken
constexpr double kBedLeast_dbfs = -52;  // of the pauses: below it there is no music
constexpr double kBedBelowSpeech_db = 32;

struct TransformDeleter {
  void operator()(AVTXContext* context) const { av_tx_uninit(&context); }
};
struct AvFree {
  void operator()(void* memory) const { av_free(memory); }
};

class Transform {
 public:
  explicit Transform(bool is_inverse) : in_(make()), out_(make()) {
    AVTXContext* context = nullptr;
    const float scale = 1;  // which this FFmpeg does not look at for this transform
    av_tx_init(&context, &run_, AV_TX_FLOAT_FFT, is_inverse ? 1 : 0, kWindow, &scale, 0);
    context_.reset(context);
  }
  AVComplexFloat* in() { return in_.get(); }
  AVComplexFloat* out() { return out_.get(); }
  void run() { run_(context_.get(), out_.get(), in_.get(), sizeof(AVComplexFloat)); }

 private:
  using Memory = std::unique_ptr<AVComplexFloat, AvFree>;
  static Memory make() {
    return Memory(static_cast<AVComplexFloat*>(av_mallocz(sizeof(AVComplexFloat) * kWindow)));
  }
  Memory in_, out_;
  av_tx_fn run_ = nullptr;
  std::unique_ptr<AVTXContext, TransformDeleter> context_;
};

const std::vector<float>& window() {  // its square sums up to 1 at half steps
  static const std::vector<float> values = [] {
    std::vector<float> made(kWindow);
    for (int i = 0; i < kWindow; ++i)
      made[static_cast<std::size_t>(i)] =
          static_cast<float>(std::sin(std::numbers::pi * (i + 0.5) / kWindow));
    return made;
  }();
  return values;
}

// Spectra of a stretch of sound, frame by frame.
struct Spectra {
  std::vector<std::vector<AVComplexFloat>> frames;
  std::vector<std::vector<float>> sizes;
};

Spectra spectra_of(std::span<const float> samples, std::size_t first, std::size_t count) {
  Transform transform(false);
  Spectra spectra;
  for (std::size_t f = first; f < first + count; ++f) {
    const auto start = static_cast<std::ptrdiff_t>(f * kHop) - kHop;
    for (int i = 0; i < kWindow; ++i) {
      const std::ptrdiff_t at = start + i;
      const bool is_there = at >= 0 && at < static_cast<std::ptrdiff_t>(samples.size());
      transform.in()[i] = {
          is_there ? samples[static_cast<std::size_t>(at)] * window()[static_cast<std::size_t>(i)]
                   : 0.0F,
          0.0F};
    }
    transform.run();
    spectra.frames.emplace_back(transform.out(), transform.out() + kBins);
    std::vector<float> sizes(kBins);
    for (std::size_t b = 0; b < kBins; ++b)
      sizes[b] = std::hypot(spectra.frames.back()[b].re, spectra.frames.back()[b].im);
    spectra.sizes.push_back(std::move(sizes));
  }
  return spectra;
}

int band_of(int bin) {  // logarithmic, 60 Hz .. 16 kHz
  const double hz = bin * static_cast<double>(kAudioRate) / kWindow;
  const double t = std::log(std::max(hz, 60.0) / 60) / std::log(16000.0 / 60);
  return std::clamp(static_cast<int>(t * kBands), 0, kBands - 1);
}

// The shape of a frame's spectrum, of length 1.
std::vector<std::vector<float>> shapes_of(const Spectra& spectra) {
  std::vector<std::vector<float>> shapes;
  for (const auto& sizes : spectra.sizes) {
    std::vector<float> shape(kBands, 0.0F);
    for (int b = 0; b < kBins; ++b)
      shape[static_cast<std::size_t>(band_of(b))] += sizes[static_cast<std::size_t>(b)];
    float length = 1e-9F;
    for (float& value : shape) value = std::sqrt(value), length += value * value;
    length = std::sqrt(length);
    for (float& value : shape) value /= length;
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

double voice_energy(const std::vector<float>& sizes) {
  constexpr int kFrom = 200 * kWindow / kAudioRate, kTo = 4000 * kWindow / kAudioRate;
  double sum = 0;
  for (int b = kFrom; b < kTo; ++b) {
    const double size = sizes[static_cast<std::size_t>(b)];
    sum += size * size;
  }
  return sum;
}

double dbfs(double energy) {
  return 10 * std::log10(energy / (kWindow * static_cast<double>(kWindow) / 16) + 1e-12);
}

// What no frequency of the bed may pass: its level in the pauses.
struct Pauses {
  std::vector<float> ceiling;
  std::vector<float> usual;  // their median
  double quiet_dbfs = -120;
  double loud_dbfs = -120;
};

Pauses pauses_of(const std::vector<std::vector<float>>& sizes) {
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t f = 0; f < sizes.size(); ++f) ranked.emplace_back(voice_energy(sizes[f]), f);
  std::sort(ranked.begin(), ranked.end());
  const auto count = std::max<std::size_t>(
      1, static_cast<std::size_t>(kPauseShare * static_cast<double>(ranked.size())));
  Pauses pauses;
  pauses.quiet_dbfs = dbfs(ranked[count / 2].first);
  pauses.loud_dbfs = dbfs(ranked[ranked.size() * 9 / 10].first);
  pauses.ceiling.resize(kBins);
  pauses.usual.resize(kBins);
  std::vector<float> levels(count);
  for (std::size_t b = 0; b < kBins; ++b) {
    for (std::size_t i = 0; i < count; ++i) levels[i] = sizes[ranked[i].second][b];
    const auto high = levels.begin() + static_cast<std::ptrdiff_t>(count * 8 / 10);
    std::nth_element(levels.begin(), high, levels.end());
    pauses.ceiling[b] = kOverPause * *high;
    const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(levels.begin(), middle, levels.end());
    pauses.usual[b] = *middle;
  }
  return pauses;
}

// The frames that are most like frame `f`, with distance in time.
std::vector<std::size_t> alike(const std::vector<std::vector<float>>& shapes, std::size_t f) {
  std::vector<std::pair<float, std::size_t>> ranked;
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    float together = 0;
    for (std::size_t b = 0; b < kBands; ++b) together += shapes[f][b] * shapes[k][b];
    ranked.emplace_back(-together, k);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::size_t> chosen;
  for (const auto& [unlike, k] : ranked) {
    const bool is_near = std::any_of(chosen.begin(), chosen.end(), [&](std::size_t other) {
      return (k > other ? k - other : other - k) < kApart;
    });
    if (!is_near) chosen.push_back(k);
    if (chosen.size() >= kAlike) break;
  }
  return chosen;
}

// Adds one frame back to the sound, each bin with its share.
void add_frame(Transform& transform, const std::vector<AVComplexFloat>& frame,
               const std::vector<float>& shares, std::size_t index, std::vector<float>& out) {
  for (std::size_t b = 0; b < kBins; ++b) {
    const AVComplexFloat value = {frame[b].re * shares[b], frame[b].im * shares[b]};
    transform.in()[b] = value;
    if (b > 0 && b < kBins - 1) transform.in()[kWindow - b] = {value.re, -value.im};
  }
  transform.run();
  const auto start = static_cast<std::ptrdiff_t>(index * kHop) - kHop;
  for (int i = 0; i < kWindow; ++i) {
    const std::ptrdiff_t at = start + i;
    if (at >= 0 && at < static_cast<std::ptrdiff_t>(out.size()))
      out[static_cast<std::size_t>(at)] +=
          transform.out()[i].re * window()[static_cast<std::size_t>(i)] / kWindow;
  }
}

// Every fourth frame says enough of the pauses.
Pauses pauses_in(std::span<const float> samples, std::size_t frames) {
  std::vector<std::vector<float>> sizes;
  for (std::size_t f = 0; f < frames; f += 4)
    sizes.push_back(std::move(spectra_of(samples, f, 1).sizes.front()));
  return pauses_of(sizes);
}

// Frames `first` .. `first + count` of the bed, added to `out`.
void add_bed(std::span<const float> samples, std::size_t first, std::size_t count,
             const Pauses& pauses, std::vector<float>& out) {
  const Spectra spectra = spectra_of(samples, first, count);
  const auto shapes = shapes_of(spectra);
  Transform transform(true);
  for (std::size_t f = 0; f < count; ++f) {
    const auto likes = alike(shapes, f);
    std::vector<float> levels(likes.size()), shares(kBins);
    for (std::size_t b = 0; b < kBins; ++b) {
      for (std::size_t i = 0; i < likes.size(); ++i) levels[i] = spectra.sizes[likes[i]][b];
      const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
      std::nth_element(levels.begin(), middle, levels.end());
      const float size = spectra.sizes[f][b];
      const float bed = std::min({size, *middle, pauses.ceiling[b]});
      shares[b] = size > 1e-9F ? bed / size : 0.0F;
    }
    add_frame(transform, spectra.frames[f], shares, first + f, out);
  }
}

}  // namespace

Result<std::vector<float>> without_noise(std::span<const float> samples) {
  TRY_ASSIGN(auto heard,
             filter_audio(samples, 1, "highpass=f=70", "The sound could not be cleaned."));
  heard.resize(samples.size(), 0.0F);
  const std::size_t frames = heard.size() / kHop + 2;
  const Pauses pauses = pauses_in(heard, frames);
  std::vector<float> out(heard.size(), 0.0F), shares(kBins, 1.0F);
  Transform transform(true);
  for (std::size_t f = 0; f < frames; ++f) {
    const Spectra one = spectra_of(heard, f, 1);
    for (std::size_t b = 0; b < kBins; ++b) {
      const float size = one.sizes.front()[b];
      const float wanted = size > 1e-9F ? 1 - kOverNoise * pauses.usual[b] / size : kNoiseLeft;
      // Falls slowly, or single bins would twinkle.
      shares[b] = std::clamp(std::max(wanted, 0.7F * shares[b]), kNoiseLeft, 1.0F);
    }
    add_frame(transform, one.frames.front(), shares, f, out);
  }
  return out;
}

std::vector<float> without_speech(std::span<const float> samples) {
  const std::size_t frames = samples.size() / kHop + 2;
  if (samples.size() < static_cast<std::size_t>(kAudioRate) / 2) return {};
  const Pauses pauses = pauses_in(samples, frames);
  if (pauses.quiet_dbfs < kBedLeast_dbfs ||
      pauses.loud_dbfs - pauses.quiet_dbfs > kBedBelowSpeech_db)
    return {};
  std::vector<float> out(samples.size(), 0.0F);
  for (std::size_t first = 0; first < frames; first += kChunk)
    add_bed(samples, first, std::min(kChunk, frames - first), pauses, out);
  return out;
}

}  // namespace understudy::media
