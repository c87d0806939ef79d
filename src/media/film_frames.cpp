#include "media/film_frames.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

#include "media/container.h"
#include "media/pixels.h"

namespace understudy::media {
namespace {

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::invalid_parameter, "The film is damaged and cannot be decoded.");
}

struct Picture {
  int index = 0;
  AvPtr<AVFrame> frame;
};

}  // namespace

struct FilmFrames::State {
  std::filesystem::path path;
  std::optional<Container> container;
  AvPtr<AVCodecContext> decoder;
  AvPtr<AVPacket> packet{av_packet_alloc()};
  PictureConverter converter;
  std::deque<Picture> kept;  // in order, without gaps, ends with the last one decoded
  double ticks = 1;          // of the stream's time base, per picture
  std::int64_t first = 0;    // time of picture 0
  int count = 0;
  bool is_flushing = false;

  Result<void> open_stream();
  Result<void> seek(int index);
  Result<bool> decode_next();
  Result<const AVFrame*> picture(int index);
};

Result<void> FilmFrames::State::open_stream() {
  TRY_ASSIGN(auto opened, Container::open(path, "video/mp4"));
  container.emplace(std::move(opened));
  AVStream* stream = container->video();
  if (stream == nullptr) return fail(ErrorCode::invalid_parameter, "The file holds no pictures.");
  if (container->audio() != nullptr) container->audio()->discard = AVDISCARD_ALL;
  if (stream->avg_frame_rate.num <= 0 || stream->nb_frames <= 0) return damaged();
  ticks = 1 / (av_q2d(stream->avg_frame_rate) * av_q2d(stream->time_base));
  first = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  count = static_cast<int>(stream->nb_frames);
  TRY_ASSIGN(decoder, Container::open_decoder(*stream, 1));
  return {};
}

Result<void> FilmFrames::State::seek(int index) {
  kept.clear();
  is_flushing = false;
  const auto time = first + static_cast<std::int64_t>(std::llround(index * ticks));
  if (av_seek_frame(&container->context(), container->video()->index, time, AVSEEK_FLAG_BACKWARD) <
      0)
    return damaged();
  avcodec_flush_buffers(decoder.get());
  return {};
}

// The next picture in the order of showing, onto the end of `kept`; false at the end.
Result<bool> FilmFrames::State::decode_next() {
  AvPtr<AVFrame> frame(av_frame_alloc());
  for (;;) {
    if (avcodec_receive_frame(decoder.get(), frame.get()) >= 0) {
      const std::int64_t time = frame->best_effort_timestamp;
      const int index = static_cast<int>(std::lround(static_cast<double>(time - first) / ticks));
      if (!kept.empty() && kept.back().index + 1 != index) kept.clear();
      kept.push_back({index, std::move(frame)});
      if (kept.size() > kKeptPictures) kept.pop_front();
      return true;
    }
    if (is_flushing) return false;
    TRY_ASSIGN(const bool is_there, container->read(*packet));
    if (!is_there) {
      avcodec_send_packet(decoder.get(), nullptr);
      is_flushing = true;
      continue;
    }
    if (packet->stream_index == container->video()->index)
      avcodec_send_packet(decoder.get(), packet.get());
    av_packet_unref(packet.get());
  }
}

Result<const AVFrame*> FilmFrames::State::picture(int index) {
  const auto at = [&]() -> const AVFrame* {
    if (kept.empty() || index < kept.front().index || index > kept.back().index) return nullptr;
    return kept[static_cast<std::size_t>(index - kept.front().index)].frame.get();
  };
  if (const auto* found = at()) return found;
  const bool is_ahead =
      !kept.empty() && index > kept.back().index && index <= kept.back().index + kKeptPictures;
  if (!is_ahead) TRY(seek(index));
  for (;;) {
    TRY_ASSIGN(const bool is_there, decode_next());
    if (!is_there) return damaged();
    if (const auto* found = at()) return found;
    if (kept.back().index > index) return damaged();
  }
}

FilmFrames::FilmFrames(std::unique_ptr<State> state) : state_(std::move(state)) {}
FilmFrames::FilmFrames(FilmFrames&&) noexcept = default;
FilmFrames& FilmFrames::operator=(FilmFrames&&) noexcept = default;
FilmFrames::~FilmFrames() = default;

Result<FilmFrames> FilmFrames::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  TRY(state->open_stream());
  return FilmFrames(std::move(state));
}

int FilmFrames::width() const { return state_->container->video()->codecpar->width; }
int FilmFrames::height() const { return state_->container->video()->codecpar->height; }
int FilmFrames::count() const { return state_->count; }

Result<void> FilmFrames::draw(int index, const Rectangle& from, const Rectangle& to,
                              Frame& canvas) {
  if (index < 0 || index >= count()) return damaged();
  TRY_ASSIGN(const AVFrame* picture, state_->picture(index));
  const auto filter = filter_for(from.width, from.height, to.width, to.height);
  return state_->converter.convert(part_of(view_of(*picture), from), part_of(view_of(canvas), to),
                                   filter);
}

}  // namespace understudy::media
