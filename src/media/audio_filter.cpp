#include "media/audio_filter.h"

#include <cstring>

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

struct Graph {
  std::unique_ptr<AVFilterGraph, GraphDeleter> graph;
  AVFilterContext* source = nullptr;
  AVFilterContext* sink = nullptr;
  const char* what = nullptr;

  tl::unexpected<Error> failure(std::string_view step, int status) const {
    return av_failure(ErrorCode::engine_failed, what, step, status);
  }
};

Result<Graph> open_graph(int channels, const std::string& chain, const char* what) {
  Graph made;
  made.what = what;
  made.graph.reset(avfilter_graph_alloc());
  made.graph->nb_threads = 1;
  const std::string description = fmt::format(
      "abuffer@in=sample_rate={}:sample_fmt=flt:channel_layout={}:time_base=1/{},{},"
      "aformat=sample_fmts=flt,abuffersink@out",
      kAudioRate, channels == 1 ? "mono" : "stereo", kAudioRate, chain);
  AVFilterInOut* inputs = nullptr;
  AVFilterInOut* outputs = nullptr;
  int status = avfilter_graph_parse2(made.graph.get(), description.c_str(), &inputs, &outputs);
  avfilter_inout_free(&inputs);
  avfilter_inout_free(&outputs);
  if (status < 0) return made.failure("avfilter_graph_parse2", status);
  status = avfilter_graph_config(made.graph.get(), nullptr);
  if (status < 0) return made.failure("avfilter_graph_config", status);
  for (unsigned i = 0; i < made.graph->nb_filters; ++i) {
    AVFilterContext* filter = made.graph->filters[i];
    const std::string_view kind = filter->filter->name;
    if (kind == "abuffer") made.source = filter;
    if (kind == "abuffersink") made.sink = filter;
  }
  if (made.source == nullptr || made.sink == nullptr) return made.failure("filters", AVERROR_BUG);
  return made;
}

Result<void> drain(const Graph& graph, AVFrame& frame, int channels, std::vector<float>& out) {
  for (;;) {
    const int status = av_buffersink_get_frame(graph.sink, &frame);
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
    if (status < 0) return graph.failure("av_buffersink_get_frame", status);
    const auto* values = reinterpret_cast<const float*>(frame.data[0]);
    out.insert(out.end(), values, values + static_cast<std::size_t>(frame.nb_samples) * channels);
    av_frame_unref(&frame);
  }
}

}  // namespace

Result<std::vector<float>> filter_audio(std::span<const float> samples, int channels,
                                        const std::string& chain, const char* what) {
  const auto length = samples.size() / static_cast<std::size_t>(channels);
  std::vector<float> out;
  out.reserve(samples.size() + kBlock);
  TRY_ASSIGN(const Graph graph, open_graph(channels, chain, what));
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
      return graph.failure("av_frame_get_buffer", status);
    }
    std::memcpy(
        frame->data[0], samples.data() + at * static_cast<std::size_t>(channels),
        static_cast<std::size_t>(count) * static_cast<std::size_t>(channels) * sizeof(float));
    if (const int status = av_buffersrc_add_frame(graph.source, frame.get()); status < 0) {
      return graph.failure("av_buffersrc_add_frame", status);
    }
    av_frame_unref(frame.get());
    TRY(drain(graph, *received, channels, out));
  }
  if (const int status = av_buffersrc_add_frame(graph.source, nullptr); status < 0) {
    return graph.failure("av_buffersrc_add_frame end", status);
  }
  TRY(drain(graph, *received, channels, out));
  return out;
}

}  // namespace understudy::media
