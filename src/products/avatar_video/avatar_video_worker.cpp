#include "products/avatar_video/avatar_video_worker.h"

#include <algorithm>
#include <filesystem>

#include "compose/video_output.h"
#include "media/audio.h"
#include "media/image.h"
#include "media/overlay.h"
#include "products/avatar_video/presenter_source.h"
#include "speech/alignment.h"
#include "speech/speech_file.h"

namespace understudy::avatar_video {
namespace fs = std::filesystem;
namespace {

constexpr double kSpeechShare = 0.1;  // of the progress bar

// The sound of the video with its phones: spoken from the script, or listened to.
Result<speech::Speech> sound_of(jobs::RenderContext& context, const Request& request) {
  if (!request.script.empty()) {
    const auto progress = [&](double fraction) {
      return context.progress(kSpeechShare * fraction, "speaking").has_value();
    };
    return speech::synthesize(speech_request(request), progress);
  }
  TRY(context.progress(0, "listening"));
  TRY_ASSIGN(auto sound, media::decode_audio(context.input("audio")));
  TRY_ASSIGN(auto mono, media::to_mono(std::move(sound)));
  return speech::track_of_sound(std::move(mono));
}

Result<speech::Speech> kept_sound(jobs::RenderContext& context, const Request& request) {
  const auto step = [&](const fs::path& file) -> Result<void> {
    TRY_ASSIGN(const auto speech, sound_of(context, request));
    return speech::write_speech_file(file, speech);
  };
  TRY_ASSIGN(const fs::path file, context.once("speech", step));
  return speech::read_speech_file(file);
}

Result<std::optional<media::Image>> picture(jobs::RenderContext& context, const char* name) {
  std::optional<media::Image> image;
  if (!context.has_input(name)) return image;
  TRY_ASSIGN(image, media::decode_image_file(context.input(name)));
  return image;
}

// scale 1 gives the mark an eighth of the canvas' longer side; offsets are shares of the canvas.
media::Overlay watermark_overlay(const media::Image& image, const Watermark& watermark, int width, int height) {
  const double target = std::max(width, height) * 0.125 * watermark.scale;
  const double factor = target / std::max(image.width, image.height);
  const int mark_width = std::max(1, static_cast<int>(image.width * factor));
  const int mark_height = std::max(1, static_cast<int>(image.height * factor));
  const int margin = std::min(width, height) * 3 / 100;
  const bool is_left = watermark.position.ends_with("left");
  const bool is_top = watermark.position.starts_with("top");
  const int x = (is_left ? margin : width - margin - mark_width) +
                static_cast<int>(watermark.offset_x.value_or(0) * width);
  const int y = (is_top ? margin : height - margin - mark_height) +
                static_cast<int>(watermark.offset_y.value_or(0) * height);
  return media::make_overlay(media::scale(image, mark_width, mark_height), x, y, width, height,
                             watermark.opacity);
}

std::vector<media::TimedWord> timed_words(const speech::Speech& speech) {
  std::vector<media::TimedWord> words;
  for (const auto& word : speech.words) {
    words.push_back({.start_s = word.start_s, .end_s = word.end_s, .text = word.text});
  }
  return words;
}

Result<compose::VideoOptions> video_options(jobs::RenderContext& context, const Request& request) {
  const auto settings = writer_settings(request);
  compose::VideoOptions options;
  options.format = settings.format;
  options.width = settings.width;
  options.height = settings.height;
  options.fps = settings.fps;
  options.has_alpha = settings.has_alpha;
  options.encoder_threads = settings.threads;
  options.metadata = media::provenance_tags(request.title, to_string(request.engine));
  TRY_ASSIGN(const auto mark, picture(context, "watermark"));
  if (mark && request.watermark) {
    options.watermark = watermark_overlay(*mark, *request.watermark, request.width, request.height);
  }
  return options;
}

Result<void> draw_and_encode(jobs::RenderContext& context, const Request& request,
                             const speech::Speech& speech) {
  TRY_ASSIGN(const auto background, picture(context, "background"));
  TRY_ASSIGN(auto source, PresenterSource::make(request, speech, background ? &*background : nullptr));
  TRY_ASSIGN(const auto options, video_options(context, request));
  const std::string extension = "." + request.output_format;
  const bool is_mp4 = request.output_format == "mp4";
  compose::OutputPaths paths;
  paths.video = context.output("video" + extension);
  if (request.are_captions_burned_in) paths.captioned_video = context.output("captioned" + extension);
  paths.thumbnail = context.output("thumbnail.jpg");
  paths.preview = context.output("preview.gif");
  paths.subtitles = context.output("captions.srt");
  const auto words = timed_words(speech);
  const compose::Soundtrack sound{.samples = speech.samples, .channels = 1, .words = words};
  TRY_ASSIGN(const auto summary,
             compose::write_video(*source, sound, options, paths, [&](double fraction) {
               return context.progress(kSpeechShare + (1 - kSpeechShare) * fraction, "rendering");
             }));
  const std::string name = request.title.empty() ? "video" : request.title;
  const std::string type = is_mp4 ? "video/mp4" : "video/webm";
  context.add_output("video", {"video" + extension, type, name + extension});
  if (request.are_captions_burned_in) {
    context.add_output("captioned_video", {"captioned" + extension, type, name + "-captioned" + extension});
  }
  context.add_output("thumbnail", {"thumbnail.jpg", "image/jpeg", name + ".jpg"});
  context.add_output("gif", {"preview.gif", "image/gif", name + ".gif"});
  context.add_output("subtitle", {"captions.srt", "application/x-subrip", name + ".srt"});
  context.set_fact("frames", summary.frames);
  context.set_fact("drawing_s", summary.drawing_s);
  context.set_fact("encoding_s", summary.encoding_s);
  return context.finish(summary.duration_ms);
}

}  // namespace

Result<void> render(jobs::RenderContext& context) {
  TRY_ASSIGN(const Request request, from_json(context.request()));
  TRY_ASSIGN(const auto speech, kept_sound(context, request));
  const std::int64_t length_ms = billable_ms(frame_count(speech.duration_s()));
  if (length_ms > kDurationMaxMs) {
    return fail(ErrorCode::video_too_long, "The script takes longer than the 30 minutes a video may have.");
  }
  TRY(context.confirm_exact(length_ms));
  return draw_and_encode(context, request, speech);
}

}  // namespace understudy::avatar_video
