#include "media/tempo.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "media/audio_filter.h"

namespace understudy::media {
std::string tempo_chain(double factor) {
  std::string chain;
  while (factor > 2 || factor < 0.5) {
    const double step = factor > 2 ? 2 : 0.5;
    chain += fmt::format("atempo={},", step);
    factor /= step;
  }
  return chain + fmt::format("atempo={:.6f}", factor);
}

Result<std::vector<float>> change_tempo(std::span<const float> samples, int channels,
                                        double factor) {
  if (!(factor >= 0.1 && factor <= 10) || channels < 1 || channels > 2) {
    return fail(ErrorCode::invalid_parameter, "A tempo is from 0.1 to 10.");
  }
  const auto length = samples.size() / static_cast<std::size_t>(channels);
  const auto wanted = static_cast<std::size_t>(std::llround(static_cast<double>(length) / factor)) *
                      static_cast<std::size_t>(channels);
  TRY_ASSIGN(auto out, filter_audio(samples, channels, tempo_chain(factor),
                                    "The sound's tempo could not be changed."));
  out.resize(wanted, 0.0F);
  return out;
}

}  // namespace understudy::media
