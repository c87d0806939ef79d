#include "media/video_frames.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "media/container.h"
#include "media/pixels.h"
#include "media/sniff.h"

namespace understudy::media {
namespace {

constexpr double kSeekAheadS = 4;  // beyond this, a key frame is found sooner than by decoding

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::invalid_parameter, "The video is damaged and cannot be decoded.");
}

}  // namespace

class VideoFrames::State {
 public:
  explicit State(Container opened) : container_(std::move(opened)) {}

  Result<void> open();
  Result<const Frame*> at(double time_s);

  int width = 0;
  int height = 0;
  double duration_s = 0;
  bool has_audio = false;

 private:
  Result<void> seek(double time_s);
  Result<bool> decode_next();  // into next_; false at the end
  double time_of(const AVFrame& frame) const;
  Result<const Frame*> converted();

  Container container_;
  AvPtr<AVCodecContext> decoder_;
  AvPtr<AVPacket> packet_{av_packet_alloc()};
  AvPtr<AVFrame> shown_{av_frame_alloc()};  // at shown_s_; none before the first
  AvPtr<AVFrame> next_{av_frame_alloc()};   // decoded, later than shown_
  double shown_s_ = 0;
  double next_s_ = 0;
  bool has_shown_ = false;
  bool has_next_ = false;
  bool is_drained_ = false;
  bool is_converted_ = false;
  double start_s_ = 0;  // of the stream
  Frame frame_;
};

Result<void> VideoFrames::State::open() {
  const AVStream* stream = container_.video();
  if (stream == nullptr) {
    return fail(ErrorCode::invalid_parameter, "The file holds no video.");
  }
  TRY_ASSIGN(decoder_, Container::open_decoder(*stream, 2));
  width = stream->codecpar->width / 2 * 2;
  height = stream->codecpar->height / 2 * 2;
  if (width < 2 || height < 2 || std::int64_t{width} * height > 9'000'000) {
    return fail(ErrorCode::invalid_parameter, "The video has no size that can be used.");
  }
  has_audio = container_.audio() != nullptr;
  if (stream->start_time != AV_NOPTS_VALUE) {
    start_s_ = static_cast<double>(stream->start_time) * av_q2d(stream->time_base);
  }
  if (stream->duration != AV_NOPTS_VALUE && stream->duration > 0) {
    duration_s = static_cast<double>(stream->duration) * av_q2d(stream->time_base);
  } else if (container_.context().duration > 0) {
    duration_s = static_cast<double>(container_.context().duration) / AV_TIME_BASE;
  }
  frame_ = Frame::make(width, height, false);
  return {};
}

double VideoFrames::State::time_of(const AVFrame& frame) const {
  const std::int64_t stamp = frame.best_effort_timestamp;
  if (stamp == AV_NOPTS_VALUE) return has_shown_ ? shown_s_ + 0.04 : 0;
  return static_cast<double>(stamp) * av_q2d(container_.video()->time_base) - start_s_;
}

Result<void> VideoFrames::State::seek(double time_s) {
  const AVStream& stream = *container_.video();
  const auto stamp = static_cast<std::int64_t>((std::max(0.0, time_s) + start_s_) /
                                               av_q2d(stream.time_base));
  if (av_seek_frame(&container_.context(), stream.index, stamp, AVSEEK_FLAG_BACKWARD) < 0 &&
      av_seek_frame(&container_.context(), stream.index, 0,
                    AVSEEK_FLAG_BACKWARD | AVSEEK_FLAG_ANY) < 0) {
    return damaged();
  }
  avcodec_flush_buffers(decoder_.get());
  has_shown_ = has_next_ = is_drained_ = is_converted_ = false;
  return {};
}

Result<bool> VideoFrames::State::decode_next() {
  for (;;) {
    const int status = avcodec_receive_frame(decoder_.get(), next_.get());
    if (status >= 0) {
      next_s_ = time_of(*next_);
      has_next_ = true;
      return true;
    }
    if (status == AVERROR_EOF) return false;
    if (status != AVERROR(EAGAIN)) return damaged();
    if (is_drained_) return false;
    TRY_ASSIGN(const bool is_there, container_.read(*packet_));
    if (!is_there) {
      is_drained_ = true;
      avcodec_send_packet(decoder_.get(), nullptr);
      continue;
    }
    // A packet that cannot be decoded leaves the picture before it on show.
    if (packet_->stream_index == container_.video()->index) {
      avcodec_send_packet(decoder_.get(), packet_.get());
    }
    av_packet_unref(packet_.get());
  }
}

Result<const Frame*> VideoFrames::State::converted() {
  if (!is_converted_) {
    PictureView source = view_of(*shown_);
    source.width = std::min(source.width, width);
    source.height = std::min(source.height, height);
    TRY(convert(source, view_of(frame_)));
    is_converted_ = true;
  }
  return &frame_;
}

Result<const Frame*> VideoFrames::State::at(double time_s) {
  const bool is_back = has_shown_ && time_s < shown_s_ - 1e-6;
  const bool is_far = has_shown_ && time_s > shown_s_ + kSeekAheadS && !is_drained_;
  if (is_back || is_far) TRY(seek(time_s));
  for (;;) {
    if (!has_next_) {
      TRY_ASSIGN(const bool is_there, decode_next());
      if (!is_there) break;
    }
    if (has_shown_ && next_s_ > time_s + 1e-6) break;
    std::swap(shown_, next_);
    av_frame_unref(next_.get());
    shown_s_ = next_s_;
    has_shown_ = true;
    has_next_ = is_converted_ = false;
  }
  if (!has_shown_) return damaged();
  return converted();
}

VideoFrames::VideoFrames(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoFrames::~VideoFrames() = default;
VideoFrames::VideoFrames(VideoFrames&&) noexcept = default;
VideoFrames& VideoFrames::operator=(VideoFrames&&) noexcept = default;

Result<VideoFrames> VideoFrames::open(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string start(kSniffBytes, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  TRY_ASSIGN(auto container, Container::open(path, sniff(start)));
  auto state = std::make_unique<State>(std::move(container));
  TRY(state->open());
  return VideoFrames(std::move(state));
}

int VideoFrames::width() const { return state_->width; }
int VideoFrames::height() const { return state_->height; }
double VideoFrames::duration_s() const { return state_->duration_s; }
bool VideoFrames::has_audio() const { return state_->has_audio; }
Result<const Frame*> VideoFrames::at(double time_s) { return state_->at(time_s); }

}  // namespace understudy::media
