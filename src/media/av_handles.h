// Owners for FFmpeg's handles, and the one place where its error numbers become an Error.
// Private to this folder: no header that others include may include it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include "base/result.h"

namespace understudy::media {

struct AvDeleter {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(SwrContext* context) const { swr_free(&context); }
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};
template <class T>
using AvPtr = std::unique_ptr<T, AvDeleter>;

// Sends FFmpeg's messages to our log; every function that opens something calls it. Any thread.
void use_own_av_log();

inline std::string av_text(int status) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(status, text, sizeof text);
  return text;
}

// `what` names the call for the log: "avcodec_open2 libx264".
inline tl::unexpected<Error> av_failure(ErrorCode code, std::string message, std::string_view what,
                                        int status) {
  return fail_with_detail(code, std::move(message), std::string(what) + ": " + av_text(status));
}

}  // namespace understudy::media
