#include "compose/video_output.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <fstream>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "compose/burned_captions.h"
#include "compose/frame_queue.h"
#include "compose/previews.h"
#include "media/test_tone.h"
#include "media/text_overlay.h"

namespace understudy::compose {
namespace {

// One is drawn, one is encoded, two wait: enough to even out frames of different cost.
constexpr int kSlots = 4;

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// The encoding side: everything that looks at finished pictures.
class Sink {
 public:
  static Result<Sink> open(const FrameSource& source, const Soundtrack& sound,
                           const VideoOptions& options, const OutputPaths& paths);
  Result<void> take(FrameSlot& slot);
  Result<std::int64_t> finish();  // bytes of the video

 private:
  Sink(media::VideoWriter video, Previews previews)
      : video_(std::move(video)), previews_(std::move(previews)) {}
  media::VideoWriter video_;
  std::optional<media::VideoWriter> captioned_;
  std::optional<BurnedCaptions> captions_;
  std::vector<media::Overlay> marks_;  // on every picture
  Previews previews_;
  double fps_ = 25;
  int last_ = 0;  // index of the last picture
  bool keeps_picture_times_ = false;
};

Result<media::VideoWriter> open_writer(const std::filesystem::path& path, const Soundtrack& sound,
                                       const VideoOptions& options) {
  TRY_ASSIGN(auto writer, media::VideoWriter::open(writer_settings(path, sound, options)));
  if (sound.samples.empty()) return writer;
  if (!options.is_test) {
    TRY(writer.write_audio(sound.samples));
    return writer;
  }
  std::vector<float> marked(sound.samples.begin(), sound.samples.end());
  media::mix_test_tone(marked, sound.channels);
  TRY(writer.write_audio(marked));
  return writer;
}

Result<Sink> Sink::open(const FrameSource& source, const Soundtrack& sound,
                        const VideoOptions& options, const OutputPaths& paths) {
  TRY_ASSIGN(auto video, open_writer(paths.video, sound, options));
  const int preview_rate = std::max(1, static_cast<int>(std::lround(options.fps.per_s())));
  Sink sink(std::move(video), Previews(source.frame_count(), preview_rate, source.poster_index(),
                                       paths.thumbnail, paths.preview, options.colours));
  sink.fps_ = options.fps.per_s();
  sink.last_ = source.frame_count() - 1;
  sink.keeps_picture_times_ = options.keeps_picture_times;
  if (options.watermark) sink.marks_.push_back(*options.watermark);
  if (options.is_test) {
    TRY_ASSIGN(auto mark, media::make_test_mark(options.width, options.height));
    sink.marks_.push_back(std::move(mark));
  }
  if (!paths.captioned_video.empty()) {
    TRY_ASSIGN(auto captioned, open_writer(paths.captioned_video, sound, options));
    sink.captioned_ = std::move(captioned);
    sink.captions_.emplace(sound.words, options.width, options.height);
  }
  return sink;
}

Result<void> Sink::take(FrameSlot& slot) {
  for (const auto& mark : marks_) {
    media::blend(slot.frame, mark);
    slot.touched.add(mark.area);
  }
  // The last one is written anyway: it says how long the film is.
  if (keeps_picture_times_ && !slot.is_changed && slot.index < last_) {
    TRY(video_.hold());
  } else {
    TRY(video_.write(slot.frame));
  }
  previews_.see(slot.index, slot.frame);
  if (!captioned_) return {};
  // Both encoders have copied what they need of the plain picture: it can be drawn over.
  const double middle_s = (slot.index + 0.5) / fps_;
  TRY_ASSIGN(const media::Overlay* cue, captions_->at(middle_s));
  if (cue != nullptr) {
    media::blend(slot.frame, *cue);
    slot.touched.add(cue->area);
  }
  return captioned_->write(slot.frame);
}

Result<std::int64_t> Sink::finish() {
  TRY(previews_.write());
  TRY_ASSIGN(const auto summary, video_.finish());
  if (captioned_) TRY(captioned_->finish());
  return summary.bytes;
}

// What the encoding thread leaves behind.
struct Encoded {
  Result<void> status;
  std::int64_t bytes = 0;
  double seconds = 0;
};

void encode_all(FrameQueue& queue, Sink& sink, int frame_count, Encoded& out) {
  int taken = 0;
  while (FrameSlot* slot = queue.take_ready()) {
    const auto start = SteadyClock::now();
    out.status = sink.take(*slot);
    out.seconds += seconds_since(start);
    if (!out.status) return queue.close();
    ++taken;
    queue.give_back(slot);
  }
  if (taken < frame_count) return;  // the drawing side stopped early and knows why
  const auto start = SteadyClock::now();
  auto bytes = sink.finish();
  out.seconds += seconds_since(start);
  if (bytes) {
    out.bytes = *bytes;
  } else {
    out.status = tl::make_unexpected(std::move(bytes).error());
  }
}

// Draws every picture into the canvas and hands copies to the queue. Stops without an error when
// the encoding side closed the queue.
Result<void> draw_all(FrameSource& source, FrameQueue& queue, media::Frame& canvas,
                      const Progress& progress, double& seconds) {
  const int count = source.frame_count();
  for (int index = 0; index < count; ++index) {
    const auto start = SteadyClock::now();
    TRY_ASSIGN(const auto changed, source.draw(index, canvas));
    seconds += seconds_since(start);
    FrameSlot* slot = queue.take_free();
    if (slot == nullptr) return {};
    const auto copying = SteadyClock::now();
    queue.mark_stale(changed);
    refresh(*slot, canvas);
    slot->index = index;
    slot->is_changed = index == 0 || changed.width > 0;
    queue.push(slot);
    seconds += seconds_since(copying);
    if (progress) TRY(progress(static_cast<double>(index + 1) / count));
  }
  queue.finish();
  return {};
}

Result<int> write_subtitles(const std::filesystem::path& path, const Soundtrack& sound) {
  const auto captions = media::captions_from_words(sound.words);
  if (path.empty()) return static_cast<int>(captions.size());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << media::to_srt(captions);
  out.close();
  if (!out) return fail(ErrorCode::storage_failed, "The subtitles could not be written.");
  return static_cast<int>(captions.size());
}

}  // namespace

media::VideoSettings writer_settings(const std::filesystem::path& path, const Soundtrack& sound,
                                     const VideoOptions& options) {
  const std::string preset =
      options.preset.empty() ? media::VideoSettings().preset : options.preset;
  return {.path = path,
          .format = options.format,
          .width = options.width,
          .height = options.height,
          .fps = options.fps,
          .colours = options.colours,
          .threads = options.encoder_threads,
          .has_audio = !sound.samples.empty(),
          .audio_channels = sound.channels,
          .has_alpha = options.has_alpha,
          .crf = options.crf,
          .preset = preset,
          .x264_options = options.x264_options,
          .vp9_speed = options.vp9_speed,
          .audio_bit_rate = options.audio_bit_rate,
          .metadata = options.metadata};
}

Result<OutputSummary> write_video(FrameSource& source, const Soundtrack& sound,
                                  const VideoOptions& options, const OutputPaths& paths,
                                  const Progress& progress) {
  const auto start = SteadyClock::now();
  OutputSummary summary;
  summary.frames = source.frame_count();
  assert(summary.frames > 0);
  summary.duration_ms = options.fps.ms_of(summary.frames);
  TRY_ASSIGN(summary.caption_count, write_subtitles(paths.subtitles, sound));
  TRY_ASSIGN(auto sink, Sink::open(source, sound, options, paths));

  media::Frame canvas = media::Frame::make(options.width, options.height, options.has_alpha);
  FrameQueue queue(kSlots, options.width, options.height, options.has_alpha);
  Encoded encoded;
  Result<void> drawn;
  {
    const std::jthread encoder([&] { encode_all(queue, sink, summary.frames, encoded); });
    drawn = draw_all(source, queue, canvas, progress, summary.drawing_s);
    if (!drawn) queue.close();
  }
  TRY(std::move(encoded.status));
  TRY(std::move(drawn));
  summary.video_bytes = encoded.bytes;
  summary.encoding_s = encoded.seconds;
  summary.total_s = seconds_since(start);
  return summary;
}

}  // namespace understudy::compose
