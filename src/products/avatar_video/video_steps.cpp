#include "products/avatar_video/video_steps.h"

#include <algorithm>

#include "media/audio.h"
#include "media/image.h"
#include "media/overlay.h"
#include "products/avatar_video/presenter_source.h"
#include "speech/alignment.h"
#include "speech/speech_file.h"

namespace understudy::avatar_video {
namespace fs = std::filesystem;
namespace {

Result<speech::Speech> sound_of(jobs::RenderContext& context, const Request& request,
                                const SpeechStep& step) {
  const bool is_spoken = !request.script.empty();
  const char* stage = is_spoken ? "speaking" : "listening";
  const auto progress = [&](double fraction) {
    context.progress(step.from + step.share * fraction, stage);
    return true;
  };
  progress(0);
  if (is_spoken) return speech::synthesize(speech_request(request), progress);
  TRY_ASSIGN(const auto audio, context.input(step.input));
  TRY_ASSIGN(auto sound, media::decode_audio(audio.file));
  return speech::read_audio(std::move(sound.samples), {}, progress);
}

// scale 1 gives the mark an eighth of the canvas' longer side; offsets are shares of the canvas.
media::Overlay watermark_overlay(const media::Image& image, const Watermark& watermark, int width,
                                 int height) {
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

}  // namespace

Result<std::optional<media::Image>> picture(jobs::RenderContext& context, std::string_view name) {
  std::optional<media::Image> image;
  if (!context.has_input(name)) return image;
  TRY_ASSIGN(const auto input, context.input(name));
  TRY_ASSIGN(image, media::decode_image_file(input.file));
  return image;
}

Result<speech::Speech> kept_speech(jobs::RenderContext& context, const Request& request,
                                   const SpeechStep& step) {
  const auto make = [&](const fs::path& file) -> Result<void> {
    TRY_ASSIGN(const auto speech, sound_of(context, request, step));
    return speech::write_speech_file(file, speech);
  };
  const fs::path file = context.work_file(step.file);
  TRY(context.once(file, make));
  return speech::read_speech_file(file);
}

std::vector<media::TimedWord> timed_words(const speech::Speech& speech, double from_s) {
  std::vector<media::TimedWord> words;
  for (const auto& word : speech.words) {
    words.push_back(
        {.start_s = from_s + word.start_s, .end_s = from_s + word.end_s, .text = word.text});
  }
  return words;
}

std::string provider_of(const Request& request) {
  const auto* voice = speech::find_voice(request.voice_id);
  if (voice == nullptr) return "none";
  return voice->provider == speech::VoiceProvider::flite ? "flite" : "espeak-ng";
}

Result<compose::VideoOptions> video_options(jobs::RenderContext& context, const Request& request,
                                            std::string_view engine) {
  const auto settings = writer_settings(request);
  compose::VideoOptions options;
  options.format = settings.format;
  options.width = settings.width;
  options.height = settings.height;
  options.fps = settings.fps;
  options.has_alpha = settings.has_alpha;
  options.encoder_threads = settings.threads;
  options.metadata = media::provenance_tags(request.title, engine);
  options.is_test = bool_or(context.request(), "is_test", false);
  TRY_ASSIGN(const auto mark, picture(context, "watermark"));
  if (mark && request.watermark) {
    options.watermark = watermark_overlay(*mark, *request.watermark, request.width, request.height);
  }
  return options;
}

std::map<std::string, jobs::RenderOutput, std::less<>> outputs_of(const Request& request) {
  const std::string name = request.title.empty() ? "video" : request.title;
  const std::string extension = "." + request.output_format;
  const std::string type = "video/" + request.output_format;
  std::map<std::string, jobs::RenderOutput, std::less<>> outputs{
      {"video", {"video" + extension, type, name + extension}},
      {"thumbnail", {"thumbnail.jpg", "image/jpeg", name + ".jpg"}},
      {"gif", {"preview.gif", "image/gif", name + ".gif"}},
      {"subtitle", {"captions.srt", "application/x-subrip", name + ".srt"}}};
  if (request.are_captions_burned_in) {
    outputs["captioned_video"] = {"captioned" + extension, type, name + "-captioned" + extension};
  }
  return outputs;
}

compose::OutputPaths paths_of(const jobs::RenderContext& context,
                              const jobs::RenderOutcome& outcome) {
  const auto path = [&](const char* output) {
    const auto found = outcome.outputs.find(output);
    return found == outcome.outputs.end() ? fs::path() : context.output(found->second.file);
  };
  return {.video = path("video"),
          .captioned_video = path("captioned_video"),
          .thumbnail = path("thumbnail"),
          .preview = path("gif"),
          .subtitles = path("subtitle")};
}

}  // namespace understudy::avatar_video
