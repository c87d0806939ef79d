// Container: a media file from outside, opened for reading under guard. Private to this folder.
// The demuxer is the one that the bytes call for, never one that FFmpeg would guess (playlists and
// scripts that open other files are guessed too); only local files, only decoders of a short list.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "media/av_handles.h"

namespace understudy::media {

struct InputDeleter {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};

class Container {
 public:
  // `mime` as sniff() gives it. Errors: invalid_parameter (cannot be read, too many streams).
  static Result<Container> open(const std::filesystem::path& path, std::string_view mime);

  AVFormatContext& context() const { return *context_; }
  AVStream* video() const { return video_; }  // the first that is no cover picture; may be null
  AVStream* audio() const { return audio_; }  // the first; may be null

  // The next packet of any stream; false at the end. Errors: invalid_parameter (damaged).
  Result<bool> read(AVPacket& packet) const;

  // A decoder for one of the streams. Errors: invalid_parameter (a codec that is not on the list).
  static Result<AvPtr<AVCodecContext>> open_decoder(const AVStream& stream, int threads);

 private:
  std::unique_ptr<AVFormatContext, InputDeleter> context_;
  AVStream* video_ = nullptr;
  AVStream* audio_ = nullptr;
};

// Sends one packet (null: the end) and hands every frame that is ready to `take`. A packet that
// cannot be decoded adds to `broken` and is skipped.
Result<void> decode_packet(AVCodecContext& decoder, const AVPacket* packet, AVFrame& frame,
                           int& broken, const std::function<Result<void>(const AVFrame&)>& take);

}  // namespace understudy::media
