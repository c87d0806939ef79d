#include "media/audio.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "media/container.h"
#include "media/sniff.h"
#include "media/tempo.h"

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
}

namespace understudy::media {
namespace {

using TakeFrame = std::function<Result<void>(const AVFrame&)>;

struct Track {
  Container container;
  AvPtr<AVCodecContext> decoder;
};

Result<Track> open_track(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string start(kSniffBytes, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  TRY_ASSIGN(auto container, Container::open(path, sniff(start)));
  if (container.audio() == nullptr) {
    return fail(ErrorCode::no_audio_track, "The file has no sound track.");
  }
  TRY_ASSIGN(auto decoder, Container::open_decoder(*container.audio(), 1));
  return Track{std::move(container), std::move(decoder)};
}

// Decodes the whole track. Stops with an error when it is longer than the limit.
Result<AudioScan> decode_all(const Track& track, const AudioLimits& limits, const TakeFrame& take) {
  AudioScan scan;
  const AvPtr<AVPacket> packet(av_packet_alloc());
  const AvPtr<AVFrame> frame(av_frame_alloc());
  const TakeFrame count = [&](const AVFrame& decoded) -> Result<void> {
    scan.sample_rate = decoded.sample_rate;
    scan.channels = decoded.ch_layout.nb_channels;
    scan.samples += decoded.nb_samples;
    if (static_cast<double>(scan.samples) > limits.duration_s_max * scan.sample_rate) {
      return fail(ErrorCode::invalid_parameter,
                  "The sound is longer than " +
                      std::to_string(static_cast<int>(limits.duration_s_max)) + " seconds.");
    }
    return take(decoded);
  };
  for (;;) {
    TRY_ASSIGN(const bool is_there, track.container.read(*packet));
    if (!is_there) break;
    const bool is_ours = packet->stream_index == track.container.audio()->index;
    if (is_ours) {
      ++scan.packets;
      TRY(decode_packet(*track.decoder, packet.get(), *frame, scan.broken_packets, count));
    }
    av_packet_unref(packet.get());
  }
  int ignored = 0;
  TRY(decode_packet(*track.decoder, nullptr, *frame, ignored, count));
  return scan;
}

// A broken packet here and there is what a cut at a stream's start leaves; more is damage.
Result<void> check_scan(const AudioScan& scan) {
  if (scan.samples == 0 || scan.broken_packets > 2 + scan.packets / 50) {
    return fail(ErrorCode::invalid_parameter,
                "The sound in the file is damaged and cannot be decoded.");
  }
  return {};
}

// Converts decoded frames to float at 48 kHz with a fixed number of channels.
class Converter {
 public:
  Converter(int channels, std::vector<float>& out) : channels_(channels), out_(out) {}

  Result<void> take(const AVFrame& frame) {
    const bool is_new = context_ == nullptr || frame.sample_rate != rate_ ||
                        frame.format != format_ || frame.ch_layout.nb_channels != source_channels_;
    if (is_new) {
      if (context_) TRY(convert(nullptr, 0));
      TRY(open(frame));
    }
    return convert(const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
  }

  Result<void> finish() { return context_ ? convert(nullptr, 0) : Result<void>(); }

 private:
  Result<void> open(const AVFrame& frame) {
    AVChannelLayout target;
    av_channel_layout_default(&target, channels_);
    AVChannelLayout source;
    av_channel_layout_copy(&source, &frame.ch_layout);
    if (source.order == AV_CHANNEL_ORDER_UNSPEC) {
      av_channel_layout_default(&source, frame.ch_layout.nb_channels);
    }
    SwrContext* context = nullptr;
    int status = swr_alloc_set_opts2(&context, &target, AV_SAMPLE_FMT_FLT, kAudioRate, &source,
                                     static_cast<AVSampleFormat>(frame.format), frame.sample_rate,
                                     0, nullptr);
    context_.reset(context);
    if (status >= 0) status = swr_init(context);
    if (status < 0) {
      return av_failure(ErrorCode::invalid_parameter, "The sound in the file cannot be converted.",
                        "swr_init", status);
    }
    rate_ = frame.sample_rate;
    format_ = frame.format;
    source_channels_ = frame.ch_layout.nb_channels;
    return {};
  }

  Result<void> convert(const std::uint8_t** data, int count) {
    const int room = swr_get_out_samples(context_.get(), count);
    if (room <= 0) return {};
    const auto before = out_.size();
    out_.resize(before + static_cast<std::size_t>(room) * channels_);
    auto* target = reinterpret_cast<std::uint8_t*>(out_.data() + before);
    const int made = swr_convert(context_.get(), &target, room, data, count);
    if (made < 0) {
      return av_failure(ErrorCode::invalid_parameter, "The sound in the file cannot be converted.",
                        "swr_convert", made);
    }
    out_.resize(before + static_cast<std::size_t>(made) * channels_);
    return {};
  }

  int channels_;
  std::vector<float>& out_;
  AvPtr<SwrContext> context_;
  int rate_ = 0;
  int format_ = -1;
  int source_channels_ = 0;
};

// A chain of filters from decoded frames to stereo of 16 bits at 48 kHz.
class CutFilter {
 public:
  CutFilter(const AudioCut& cut, std::vector<float>& out) : cut_(cut), out_(out) {}

  Result<void> take(const AVFrame& frame) {
    if (graph_ == nullptr) TRY(open(frame));
    const AvPtr<AVFrame> copy(av_frame_clone(&frame));
    if (copy == nullptr) return failure("av_frame_clone", AVERROR(ENOMEM));
    copy->pts = at_;  // samples follow one another, whatever the container says
    at_ += copy->nb_samples;
    const int status = av_buffersrc_write_frame(source_, copy.get());
    if (status < 0) return failure("av_buffersrc_write_frame", status);
    return drain();
  }

  Result<void> finish() {
    if (graph_ == nullptr) return {};
    const int status = av_buffersrc_write_frame(source_, nullptr);
    if (status < 0) return failure("av_buffersrc_write_frame", status);
    return drain();
  }

 private:
  struct GraphDeleter {
    void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
  };

  static tl::unexpected<Error> failure(std::string_view what, int status) {
    return av_failure(ErrorCode::invalid_parameter, "The sound in the file cannot be converted.",
                      what, status);
  }

  Result<void> open(const AVFrame& frame) {
    graph_.reset(avfilter_graph_alloc());
    graph_->nb_threads = 1;
    const int channels = frame.ch_layout.nb_channels;
    AVChannelLayout layout;
    av_channel_layout_copy(&layout, &frame.ch_layout);
    if (layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&layout, channels);
    std::array<char, 128> layout_name{};
    av_channel_layout_describe(&layout, layout_name.data(), layout_name.size());
    const auto* format = av_get_sample_fmt_name(static_cast<AVSampleFormat>(frame.format));
    std::string chain = fmt::format(
        "abuffer@in=sample_rate={0}:sample_fmt={1}:channel_layout={2}:time_base=1/{0},"
        "atrim=start={3:.6f}:duration={4:.6f},asetpts=PTS-STARTPTS",
        frame.sample_rate, format == nullptr ? "" : format, layout_name.data(), cut_.start_s,
        cut_.length_s * cut_.factor);
    if (channels == 1) chain += ",pan=stereo|FL=FL+FC|FR=FR+FC";
    if (std::abs(cut_.factor - 1) > 1e-9) chain += "," + tempo_chain(cut_.factor);
    chain += fmt::format(
        ",aresample={},aformat=sample_fmts=s16:channel_layouts=stereo,abuffersink@out", kAudioRate);
    AVFilterInOut* inputs = nullptr;
    AVFilterInOut* outputs = nullptr;
    int status = avfilter_graph_parse2(graph_.get(), chain.c_str(), &inputs, &outputs);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (status >= 0) status = avfilter_graph_config(graph_.get(), nullptr);
    if (status < 0) return failure("avfilter_graph", status);
    for (unsigned i = 0; i < graph_->nb_filters; ++i) {
      const std::string_view kind = graph_->filters[i]->filter->name;
      if (kind == "abuffer") source_ = graph_->filters[i];
      if (kind == "abuffersink") sink_ = graph_->filters[i];
    }
    return {};
  }

  Result<void> drain() {
    const AvPtr<AVFrame> frame(av_frame_alloc());
    for (;;) {
      const int status = av_buffersink_get_frame(sink_, frame.get());
      if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
      if (status < 0) return failure("av_buffersink_get_frame", status);
      const auto* values = reinterpret_cast<const std::int16_t*>(frame->data[0]);
      for (int i = 0; i < frame->nb_samples * 2; ++i) {
        out_.push_back(static_cast<float>(values[i]) / 32768.0F);
      }
      av_frame_unref(frame.get());
    }
  }

  AudioCut cut_;
  std::int64_t at_ = 0;
  std::vector<float>& out_;
  std::unique_ptr<AVFilterGraph, GraphDeleter> graph_;
  AVFilterContext* source_ = nullptr;
  AVFilterContext* sink_ = nullptr;
};

}  // namespace

Result<AudioClip> decode_audio(const std::filesystem::path& path, int channels,
                               const AudioLimits& limits) {
  assert(channels == 1 || channels == 2);
  TRY_ASSIGN(const auto track, open_track(path));
  AudioClip clip{channels, {}};
  Converter converter(channels, clip.samples);
  TRY_ASSIGN(const auto scan, decode_all(track, limits, [&](const AVFrame& frame) {
               return converter.take(frame);
             }));
  TRY(converter.finish());
  TRY(check_scan(scan));
  for (float& sample : clip.samples) {
    if (!std::isfinite(sample)) sample = 0;  // float files can hold anything
    sample = std::clamp(sample, -1.0F, 1.0F);
  }
  return clip;
}

Result<AudioClip> decode_cut(const std::filesystem::path& path, const AudioCut& cut,
                             const AudioLimits& limits) {
  TRY_ASSIGN(const auto track, open_track(path));
  AudioClip clip{2, {}};
  CutFilter filter(cut, clip.samples);
  TRY_ASSIGN(const auto scan,
             decode_all(track, limits, [&](const AVFrame& frame) { return filter.take(frame); }));
  TRY(filter.finish());
  TRY(check_scan(scan));
  const auto most = static_cast<std::size_t>(std::llround(cut.length_s * kAudioRate)) * 2;
  if (clip.samples.size() > most) clip.samples.resize(most);
  return clip;
}

Result<AudioScan> scan_audio(const std::filesystem::path& path, const AudioLimits& limits) {
  TRY_ASSIGN(const auto track, open_track(path));
  TRY_ASSIGN(const auto scan,
             decode_all(track, limits, [](const AVFrame&) { return Result<void>(); }));
  TRY(check_scan(scan));
  return scan;
}

}  // namespace understudy::media
