#include "media/resample.h"

#include <cassert>
#include <cstdint>

#include "media/av_handles.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

namespace understudy::media {
namespace {

AvPtr<SwrContext> open_resampler(int from_rate, int to_rate) {
  SwrContext* context = nullptr;
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  if (swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_FLT, to_rate, &mono, AV_SAMPLE_FMT_FLT,
                          from_rate, 0, nullptr) < 0) {
    return nullptr;
  }
  // 64 taps with a steep edge: speech at 16 kHz keeps its top octave and gets no images above it.
  av_opt_set_int(context, "filter_size", 64, 0);
  av_opt_set_double(context, "cutoff", 0.97, 0);
  AvPtr<SwrContext> owned(context);
  if (swr_init(context) < 0) return nullptr;
  return owned;
}

}  // namespace

std::vector<float> resample(std::span<const float> mono, int from_rate, int to_rate) {
  assert(from_rate >= 1000 && from_rate <= 384'000 && to_rate >= 1000 && to_rate <= 384'000);
  if (from_rate == to_rate || mono.empty()) return {mono.begin(), mono.end()};
  const auto count = static_cast<std::int64_t>(mono.size());
  const auto wanted = static_cast<std::size_t>((count * to_rate + from_rate / 2) / from_rate);
  std::vector<float> out(wanted, 0.0F);
  const auto context = open_resampler(from_rate, to_rate);
  assert(context != nullptr);  // fails only when memory is out

  // In blocks, because the library counts samples in an int.
  constexpr std::int64_t kBlock = 1 << 20;
  std::size_t filled = 0;
  for (std::int64_t at = 0; filled < wanted;) {
    const auto block = std::min(kBlock, count - at);
    const auto* source = reinterpret_cast<const std::uint8_t*>(mono.data() + at);
    auto* target = reinterpret_cast<std::uint8_t*>(out.data() + filled);
    const auto room = static_cast<int>(std::min<std::size_t>(wanted - filled, 1U << 30));
    const int made = swr_convert(context.get(), &target, room, block > 0 ? &source : nullptr,
                                 static_cast<int>(block));
    if (made < 0 || (made == 0 && block == 0)) break;  // the tail past the last sample stays silent
    filled += static_cast<std::size_t>(made);
    at += block;
  }
  return out;
}

}  // namespace understudy::media
