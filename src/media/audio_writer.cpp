// Sound files out: WAV by hand (44 bytes of header), MP3 through libmp3lame.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <fstream>

#include "media/audio.h"
#include "media/av_handles.h"

extern "C" {
#include <libavutil/channel_layout.h>
}

namespace understudy::media {
namespace {

constexpr std::int64_t kMp3BitRate = 128'000;

struct OutputDeleter {
  void operator()(AVFormatContext* context) const {
    if (context->pb != nullptr) avio_closep(&context->pb);
    avformat_free_context(context);
  }
};

tl::unexpected<Error> writing_failed(std::string_view what, int status) {
  return av_failure(ErrorCode::storage_failed, "The sound file could not be written.", what,
                    status);
}

void append_little(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 255);
}

Result<void> write_wav(const std::filesystem::path& path, std::span<const float> samples,
                       int channels) {
  if (samples.size() > 2'000'000'000) {
    return fail(ErrorCode::invalid_parameter, "The sound is too long for a WAV file.");
  }
  const auto data_size = static_cast<std::uint32_t>(samples.size() * 2);
  std::string bytes = "RIFF";
  append_little(bytes, 36 + data_size, 4);
  bytes += "WAVEfmt ";
  append_little(bytes, 16, 4);
  append_little(bytes, 1, 2);  // PCM
  append_little(bytes, static_cast<std::uint32_t>(channels), 2);
  append_little(bytes, kAudioRate, 4);
  append_little(bytes, static_cast<std::uint32_t>(kAudioRate * channels * 2), 4);
  append_little(bytes, static_cast<std::uint32_t>(channels * 2), 2);
  append_little(bytes, 16, 2);
  bytes += "data";
  append_little(bytes, data_size, 4);
  for (const float sample : samples) {
    const long level = std::lround(std::clamp(sample, -1.0F, 1.0F) * 32767.0F);
    append_little(bytes, static_cast<std::uint32_t>(level), 2);
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return writing_failed("ofstream", AVERROR(EIO));
  return {};
}

class Mp3Writer {
 public:
  Result<void> open(const std::filesystem::path& path, int channels,
                    const std::map<std::string, std::string>& metadata) {
    use_own_av_log();
    const AVCodec* codec = avcodec_find_encoder_by_name("libmp3lame");
    if (codec == nullptr) {
      return fail(ErrorCode::engine_failed,
                  "This system's FFmpeg has no encoder libmp3lame; ask for wav.");
    }
    encoder_.reset(avcodec_alloc_context3(codec));
    encoder_->sample_rate = kAudioRate;
    encoder_->sample_fmt = AV_SAMPLE_FMT_FLTP;
    encoder_->bit_rate = kMp3BitRate;
    encoder_->time_base = {1, kAudioRate};
    av_channel_layout_default(&encoder_->ch_layout, channels);
    int status = avcodec_open2(encoder_.get(), codec, nullptr);
    if (status < 0) return writing_failed("avcodec_open2 libmp3lame", status);
    AVFormatContext* context = nullptr;
    status = avformat_alloc_output_context2(&context, nullptr, "mp3", path.c_str());
    if (status < 0) return writing_failed("avformat_alloc_output_context2", status);
    output_.reset(context);
    for (const auto& [key, value] : metadata)
      av_dict_set(&context->metadata, key.c_str(), value.c_str(), 0);
    AVStream* stream = avformat_new_stream(context, nullptr);
    stream->time_base = encoder_->time_base;
    avcodec_parameters_from_context(stream->codecpar, encoder_.get());
    status = avio_open(&context->pb, path.c_str(), AVIO_FLAG_WRITE);
    if (status >= 0) status = avformat_write_header(context, nullptr);
    if (status < 0) return writing_failed("avformat_write_header", status);
    return {};
  }

  Result<void> write(std::span<const float> samples) {
    const auto channels = static_cast<std::size_t>(encoder_->ch_layout.nb_channels);
    const auto block = static_cast<std::size_t>(encoder_->frame_size) * channels;
    for (std::size_t at = 0; at < samples.size(); at += block) {
      TRY(write_block(samples.subspan(at, std::min(block, samples.size() - at)), channels));
    }
    return {};
  }

  Result<void> finish() {
    avcodec_send_frame(encoder_.get(), nullptr);
    TRY(drain());
    int status = av_write_trailer(output_.get());
    if (status >= 0) status = avio_closep(&output_->pb);
    if (status < 0) return writing_failed("av_write_trailer", status);
    return {};
  }

 private:
  Result<void> write_block(std::span<const float> samples, std::size_t channels) {
    const AvPtr<AVFrame> frame(av_frame_alloc());
    frame->nb_samples = static_cast<int>(samples.size() / channels);
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->sample_rate = kAudioRate;
    av_channel_layout_copy(&frame->ch_layout, &encoder_->ch_layout);
    int status = av_frame_get_buffer(frame.get(), 0);
    if (status < 0) return writing_failed("av_frame_get_buffer", status);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      auto* plane = reinterpret_cast<float*>(frame->extended_data[channel]);
      for (std::size_t i = 0; i * channels < samples.size(); ++i)
        plane[i] = samples[i * channels + channel];
    }
    frame->pts = position_;
    position_ += frame->nb_samples;
    status = avcodec_send_frame(encoder_.get(), frame.get());
    if (status < 0) return writing_failed("avcodec_send_frame", status);
    return drain();
  }

  Result<void> drain() {
    const AvPtr<AVPacket> packet(av_packet_alloc());
    for (;;) {
      int status = avcodec_receive_packet(encoder_.get(), packet.get());
      if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return {};
      if (status < 0) return writing_failed("avcodec_receive_packet", status);
      av_packet_rescale_ts(packet.get(), encoder_->time_base, output_->streams[0]->time_base);
      status = av_interleaved_write_frame(output_.get(), packet.get());
      if (status < 0) return writing_failed("av_interleaved_write_frame", status);
    }
  }

  AvPtr<AVCodecContext> encoder_;
  std::unique_ptr<AVFormatContext, OutputDeleter> output_;
  std::int64_t position_ = 0;
};

}  // namespace

Result<void> write_audio_file(const std::filesystem::path& path, std::span<const float> samples,
                              AudioFormat format, int channels,
                              const std::map<std::string, std::string>& metadata) {
  assert((channels == 1 || channels == 2) &&
         samples.size() % static_cast<std::size_t>(channels) == 0);
  if (format == AudioFormat::wav) return write_wav(path, samples, channels);
  Mp3Writer writer;
  TRY(writer.open(path, channels, metadata));
  TRY(writer.write(samples));
  return writer.finish();
}

}  // namespace understudy::media
