#include "media/video_reader.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "media/container.h"
#include "media/pixels.h"
#include "media/sniff.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

namespace understudy::media {
namespace {

// Pictures further ahead than this are not reached one by one when a key picture lies before them.
constexpr double kJump_s = 1.0;
// How long before its showing a picture may be stored: the index knows only when it is stored.
constexpr double kReordered_s = 0.5;

// How far a picture's time may lie behind the time asked for by rounding alone.
constexpr double kRounding_s = 1e-4;

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::invalid_parameter, "The video is damaged and cannot be decoded.");
}

// Quarter turns clockwise that bring the coded picture upright.
int quarter_turns(const AVStream& stream) {
  const auto* matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (matrix == nullptr) return 0;
  const double degrees = -av_display_rotation_get(matrix);  // clockwise
  if (std::isnan(degrees)) return 0;
  return (static_cast<int>(std::lround(degrees / 90)) % 4 + 4) % 4;
}

// Width of a pixel over its height; absurd values count as square.
double pixel_shape(const AVStream& stream, const AVFrame* frame) {
  AVRational shape = frame != nullptr ? frame->sample_aspect_ratio : AVRational{0, 1};
  if (shape.num <= 0 || shape.den <= 0) shape = stream.sample_aspect_ratio;
  if (shape.num <= 0 || shape.den <= 0) shape = stream.codecpar->sample_aspect_ratio;
  if (shape.num <= 0 || shape.den <= 0) return 1;
  const double ratio = av_q2d(shape);
  return ratio < 0.1 || ratio > 10 ? 1 : ratio;
}

}  // namespace

struct VideoReader::State {
  std::filesystem::path path;
  std::string mime;
  std::optional<Container> container;
  AvPtr<AVCodecContext> decoder;
  AvPtr<AVPacket> packet{av_packet_alloc()};
  AvPtr<AVFrame> current{av_frame_alloc()};  // what is shown
  AvPtr<AVFrame> next{av_frame_alloc()};     // what will be shown from next_s on
  AvPtr<AVFrame> cropped{av_frame_alloc()};
  PictureConverter converter;
  Frame upright;  // before it is turned
  Frame looked;   // what look() made, where the decoder's picture is of another form
  bool has_looked = false;
  int turns = 0;
  bool has_current = false;
  bool has_next = false;
  bool is_flushing = false;
  std::optional<double> first_s;
  double next_s = 0;
  double last_pts_s = 0;
  double asked_s = -1;
  bool is_rough = false;  // see read_roughly()
  bool keeps_colours = false;
  bool has_times = true;  // every picture so far has a time of its own
  bool may_jump = true;
  std::int64_t jumped_to = std::numeric_limits<std::int64_t>::min();
  std::int64_t read_until = 0;  // the time at which the last packet read is stored

  Result<void> start();
  PictureView view(const AVFrame& frame) const;
  bool is_plain(int width, int height) const;
  Result<bool> decode_next();
  Result<bool> show(double time_s);
  Result<void> jump(double time_s);
  Result<void> paint(const Rectangle& place, Frame& canvas);
  double frame_time_s(const AVFrame& frame) const;
};

Result<void> VideoReader::State::start() {
  decoder.reset();
  container.reset();
  has_current = has_next = is_flushing = has_looked = false;
  first_s.reset();
  jumped_to = std::numeric_limits<std::int64_t>::min();
  asked_s = -1;
  TRY_ASSIGN(auto opened, Container::open(path, mime));
  container.emplace(std::move(opened));
  if (container->video() == nullptr) {
    return fail(ErrorCode::invalid_parameter, "The file holds no pictures.");
  }
  if (container->audio() != nullptr) container->audio()->discard = AVDISCARD_ALL;
  TRY_ASSIGN(decoder, Container::open_decoder(*container->video(), 1));
  if (is_rough) decoder->skip_loop_filter = AVDISCARD_NONREF;
  turns = quarter_turns(*container->video());
  return {};
}

double VideoReader::State::frame_time_s(const AVFrame& frame) const {
  const AVStream& stream = *container->video();
  if (frame.best_effort_timestamp != AV_NOPTS_VALUE) {
    return static_cast<double>(frame.best_effort_timestamp) * av_q2d(stream.time_base);
  }
  const double rate = stream.avg_frame_rate.den > 0 ? av_q2d(stream.avg_frame_rate) : 0;
  return last_pts_s + 1 / (rate > 0 ? rate : 25);
}

// The next decodable picture into `next`; false at the end.
Result<bool> VideoReader::State::decode_next() {
  for (;;) {
    const int status = avcodec_receive_frame(decoder.get(), next.get());
    if (status >= 0) {
      last_pts_s = frame_time_s(*next);
      has_times = has_times && next->best_effort_timestamp != AV_NOPTS_VALUE;
      if (!first_s) first_s = last_pts_s;
      next_s = last_pts_s - *first_s;
      return true;
    }
    if (status == AVERROR_EOF || is_flushing) return false;
    // A picture that cannot be decoded is left out: the one before it stays.
    bool is_sent = false;
    while (!is_sent) {
      TRY_ASSIGN(const bool is_there, container->read(*packet));
      if (!is_there) {
        avcodec_send_packet(decoder.get(), nullptr);
        is_flushing = true;
        break;
      }
      if (packet->stream_index == container->video()->index) {
        is_sent = avcodec_send_packet(decoder.get(), packet.get()) >= 0;
        read_until = packet->dts;
      }
      av_packet_unref(packet.get());
    }
  }
}

// Goes on from the last key picture before a time that lies far ahead, when there is one behind
// what is read. A file whose index is wrong is read from its start again, picture by picture.
Result<void> VideoReader::State::jump(double time_s) {
  AVStream* stream = container->video();
  if (!may_jump || !has_times || is_flushing || !first_s || read_until == AV_NOPTS_VALUE) return {};
  const double wanted = (*first_s + time_s - kReordered_s) / av_q2d(stream->time_base);
  const auto* key = avformat_index_get_entry_from_timestamp(
      stream, static_cast<std::int64_t>(wanted), AVSEEK_FLAG_BACKWARD);
  if (key == nullptr || key->timestamp <= read_until || key->timestamp <= jumped_to) return {};
  jumped_to = key->timestamp;
  const bool is_there = av_seek_frame(&container->context(), stream->index, key->timestamp,
                                      AVSEEK_FLAG_BACKWARD) >= 0;
  if (is_there) {
    avcodec_flush_buffers(decoder.get());
    TRY_ASSIGN(has_next, decode_next());
    if (has_next && has_times && next_s <= time_s) return {};
  }
  may_jump = false;
  return start();
}

// Makes `current` the picture of a time; false when it was already.
Result<bool> VideoReader::State::show(double time_s) {
  if (time_s < asked_s) TRY(start());
  asked_s = time_s;
  bool is_new = false;
  for (;;) {
    if (!has_next) {
      TRY_ASSIGN(has_next, decode_next());
      if (!has_next) break;
    }
    if (has_current && next_s > time_s + kRounding_s) break;
    av_frame_unref(current.get());
    av_frame_move_ref(current.get(), next.get());
    has_current = is_new = true;
    has_next = false;
    if (time_s - next_s > kJump_s) {
      TRY(jump(time_s));
      asked_s = time_s;
    }
  }
  if (!has_current) return damaged();
  return is_new;
}

// Whether the decoder's picture is, byte for byte, what paint() would make of it at this size.
bool VideoReader::State::is_plain(int width, int height) const {
  const AVFrame& frame = *current;
  const bool is_format =
      frame.format == AV_PIX_FMT_YUV420P || (is_rough && frame.format == AV_PIX_FMT_YUVJ420P);
  if (turns != 0 || !is_format || frame.width != width || frame.height != height ||
      pixel_shape(*container->video(), &frame) != 1)
    return false;
  if (is_rough) return true;
  const PictureView shown = view(frame);
  return !shown.is_full_range && shown.colour_matrix == SWS_CS_ITU709;
}

// A film that keeps its colours is taken for what it is drawn on.
PictureView VideoReader::State::view(const AVFrame& frame) const {
  PictureView shown = view_of(frame);
  if (keeps_colours) shown.colour_matrix = SWS_CS_ITU709;
  return shown;
}

Result<void> VideoReader::State::paint(const Rectangle& place, Frame& canvas) {
  const bool is_turned = turns % 2 == 1;
  const int target_width = is_turned ? place.height : place.width;
  const int target_height = is_turned ? place.width : place.height;
  const double shape = pixel_shape(*container->video(), current.get());
  const double wanted = static_cast<double>(target_width) / target_height / shape;
  const int width = current->width;
  const int height = current->height;
  int crop_width = width;
  int crop_height = height;
  if (width > height * wanted) {
    crop_width = std::clamp(static_cast<int>(std::lround(height * wanted)), 2, width);
  } else {
    crop_height = std::clamp(static_cast<int>(std::lround(width / wanted)), 2, height);
  }
  av_frame_unref(cropped.get());
  if (av_frame_ref(cropped.get(), current.get()) < 0) return damaged();
  cropped->crop_left = static_cast<std::size_t>((width - crop_width) / 2 & ~1);
  cropped->crop_top = static_cast<std::size_t>((height - crop_height) / 2 & ~1);
  cropped->crop_right = static_cast<std::size_t>(width - crop_width) - cropped->crop_left;
  cropped->crop_bottom = static_cast<std::size_t>(height - crop_height) - cropped->crop_top;
  if (av_frame_apply_cropping(cropped.get(), AV_FRAME_CROP_UNALIGNED) < 0) return damaged();
  const auto filter = filter_for(crop_width, crop_height, target_width, target_height);
  if (turns == 0) return converter.convert(view(*cropped), part_of(view_of(canvas), place), filter);
  PictureView flat = view(*cropped);
  const bool is_frame = flat.format == AV_PIX_FMT_YUV420P && crop_width == target_width &&
                        crop_height == target_height && !flat.is_full_range &&
                        flat.colour_matrix == SWS_CS_ITU709;
  if (!is_frame) {
    if (upright.width != target_width || upright.height != target_height) {
      upright = Frame::make(target_width, target_height, false);
    }
    TRY(converter.convert(flat, view_of(upright), filter));
    flat = view_of(upright);
  }
  const PictureView to = part_of(view_of(canvas), place);
  for (std::size_t i = 0; i < 3; ++i) {
    const int divisor = i == 0 ? 1 : 2;
    turn_plane(flat.data[i], flat.stride[i], target_width / divisor, target_height / divisor, turns,
               to.data[i], to.stride[i]);
  }
  return {};
}

VideoReader::VideoReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader::~VideoReader() = default;

Result<VideoReader> VideoReader::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  std::ifstream in(path, std::ios::binary);
  std::string start(kSniffBytes, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  state->mime = sniff(start);
  TRY(state->start());
  return VideoReader(std::move(state));
}

int VideoReader::width() const {
  const auto& stream = *state_->container->video();
  const bool is_turned = state_->turns % 2 == 1;
  const double wide = stream.codecpar->width * pixel_shape(stream, nullptr);
  return is_turned ? stream.codecpar->height : std::max(1, static_cast<int>(std::lround(wide)));
}

int VideoReader::height() const {
  const auto& stream = *state_->container->video();
  const bool is_turned = state_->turns % 2 == 1;
  const double wide = stream.codecpar->width * pixel_shape(stream, nullptr);
  return is_turned ? std::max(1, static_cast<int>(std::lround(wide))) : stream.codecpar->height;
}

Result<bool> VideoReader::draw(double time_s, const Rectangle& place, Frame& canvas) {
  TRY_ASSIGN(const bool is_new, state_->show(time_s));
  if (!is_new) return false;
  TRY(state_->paint(place, canvas));
  return true;
}

Result<ShownPicture> VideoReader::look(double time_s, int width, int height) {
  State& state = *state_;
  TRY_ASSIGN(const bool is_new, state.show(time_s));
  if (state.is_plain(width, height)) {
    const AVFrame& frame = *state.current;
    state.has_looked = false;
    return ShownPicture{{width,
                         height,
                         {frame.data[0], frame.data[1], frame.data[2]},
                         {frame.linesize[0], frame.linesize[1], frame.linesize[2]}},
                        is_new};
  }
  if (state.looked.width != width || state.looked.height != height) {
    state.looked = Frame::make(width, height, false);
    state.has_looked = false;
  }
  if (is_new || !state.has_looked) TRY(state.paint({0, 0, width, height}, state.looked));
  state.has_looked = true;
  return ShownPicture{rows_of(state.looked), is_new};
}

void VideoReader::read_roughly() {
  state_->is_rough = true;
  state_->decoder->skip_loop_filter = AVDISCARD_NONREF;
}

ColourCoding VideoReader::keep_colours() {
  const AVCodecParameters& film = *state_->container->video()->codecpar;
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(film.format));
  const bool is_coded = format != nullptr && (format->flags & AV_PIX_FMT_FLAG_RGB) == 0 &&
                        (format->flags & AV_PIX_FMT_FLAG_PAL) == 0 &&
                        film.color_space != AVCOL_SPC_RGB;
  if (!is_coded) return kBt709;
  state_->keeps_colours = true;
  return {film.color_primaries, film.color_trc, film.color_space};
}

Result<bool> VideoReader::draw_image(double time_s, Image& image) {
  TRY_ASSIGN(const bool is_new, state_->show(time_s));
  if (!is_new) return false;
  const AVFrame& frame = *state_->current;
  image.width = frame.width;
  image.height = frame.height;
  image.rgba.resize(static_cast<std::size_t>(frame.width) * frame.height * 4);
  const auto filter = filter_for(frame.width, frame.height, frame.width, frame.height);
  TRY(state_->converter.convert(view_of(frame), view_of(image), filter));
  return true;
}

}  // namespace understudy::media
