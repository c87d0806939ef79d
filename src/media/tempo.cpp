#include "media/tempo.h"

#include <cmath>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "media/audio.h"
#include "media/av_handles.h"

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace understudy::media {
namespace {

constexpr int kBlock = 4096;

struct GraphDeleter {
  void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
};

tl::unexpected<Error> failure(std::string_view what, int status) {
  return av_failure(ErrorCode::engine_failed, "The sound's tempo could not be changed.", what,
                    status);
}

struct Graph {
  std::unique_ptr<AVFilterGraph, GraphDeleter> graph;
  AVFilterContext* source = nullptr;
  AVFilterContext* sink = nullptr;
};

Result<Graph> open_graph(int channels, double factor) {
  Graph made;
  made.graph.reset(avfilter_graph_alloc());
  made.graph->nb_threads = 1;
  const std::string description = fmt::format(
      "abuffer@in=sample_rate={}:sample_fmt=flt:channel_layout={}:time_base=1/{},{},"
      "aformat=sample_fmts=flt,abuffersink@out",
      kAudioRate, channels == 1 ? "mono" : "stereo", kAudioRate, tempo_chain(factor));
  AVFilterInOut* inputs = nullptr;
  AVFilterInOut* outputs = nullptr;
  int status = avfilter_graph_parse2(made.graph.get(), description.c_str(), &inputs, &outputs);
  avfilter_inout_free(&inputs);
  avfilter_inout_free(&outputs);
  if (status < 0) return failure("avfilter_graph_parse2", status);
  status = avfilter_graph_config(made.graph.get(), nullptr);
  if (status < 0) return failure("avfilter_graph_config", status);
  for (unsigned i = 0; i < made.graph->nb_filters; ++i) {
    AVFilterContext* filter = made.graph->filters[i];
    const std::string_view kind = filter->filter->name;
    if (kind == "abuffer") made.source = filter;
    if (kind == "abuffersink") made.sink = filter;
  }
  if (made.source == nullptr || made.sink == nullptr) return failure("filters", AVERROR_BUG);
  return made;
}

Result<void> drain(const Graph& graph, AVFrame& frame, int channels, std::vector<float>& out) {
  for (;;) {
    const int status = av_buffersink_get_frame(graph.sink, &frame);
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
    if (status < 0) return failure("av_buffersink_get_frame", status);
    const auto* values = reinterpret_cast<const float*>(frame.data[0]);
    out.insert(out.end(), values, values + static_cast<std::size_t>(frame.nb_samples) * channels);
    av_frame_unref(&frame);
  }
}

}  // namespace

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
  std::vector<float> out;
  out.reserve(wanted + kBlock);
  TRY_ASSIGN(const Graph graph, open_graph(channels, factor));
  const AvPtr<AVFrame> frame(av_frame_alloc());
  const AvPtr<AVFrame> received(av_frame_alloc());
  for (std::size_t at = 0; at < length; at += kBlock) {
    const auto count = static_cast<int>(std::min<std::size_t>(kBlock, length - at));
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = kAudioRate;
    frame->nb_samples = count;
    frame->pts = static_cast<std::int64_t>(at);
    av_channel_layout_default(&frame->ch_layout, channels);
    if (const int status = av_frame_get_buffer(frame.get(), 0); status < 0) {
      return failure("av_frame_get_buffer", status);
    }
    std::memcpy(
        frame->data[0], samples.data() + at * static_cast<std::size_t>(channels),
        static_cast<std::size_t>(count) * static_cast<std::size_t>(channels) * sizeof(float));
    if (const int status = av_buffersrc_add_frame(graph.source, frame.get()); status < 0) {
      return failure("av_buffersrc_add_frame", status);
    }
    av_frame_unref(frame.get());
    TRY(drain(graph, *received, channels, out));
  }
  if (const int status = av_buffersrc_add_frame(graph.source, nullptr); status < 0) {
    return failure("av_buffersrc_add_frame end", status);
  }
  TRY(drain(graph, *received, channels, out));
  out.resize(wanted, 0.0F);
  return out;
}

}  // namespace understudy::media
