#include "products/avatar_video/avatar_video_worker.h"

#include <algorithm>
#include <filesystem>

#include "compose/video_output.h"
#include "media/audio.h"
#include "media/image.h"
#include "media/overlay.h"
#include "products/avatar_video/photo_source.h"
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
      context.progress(kSpeechShare * fraction, "speaking");
      return true;
    };
    return speech::synthesize(speech_request(request), progress);
  }
  context.progress(0, "listening");
  TRY_ASSIGN(const auto audio, context.input("audio"));
  TRY_ASSIGN(auto sound, media::decode_audio(audio.file));
  const auto progress = [&](double fraction) {
    context.progress(kSpeechShare * fraction, "listening");
    return true;
  };
  return speech::read_audio(std::move(sound.samples), {}, progress);
}

Result<speech::Speech> kept_sound(jobs::RenderContext& context, const Request& request) {
  const auto step = [&](const fs::path& file) -> Result<void> {
    TRY_ASSIGN(const auto speech, sound_of(context, request));
    return speech::write_speech_file(file, speech);
  };
  const fs::path file = context.work_file("speech");
  TRY(context.once(file, step));
  return speech::read_speech_file(file);
}

Result<std::optional<media::Image>> picture(jobs::RenderContext& context, const char* name) {
  std::optional<media::Image> image;
  if (!context.has_input(name)) return image;
  TRY_ASSIGN(const auto input, context.input(name));
  TRY_ASSIGN(image, media::decode_image_file(input.file));
  return image;
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

std::vector<media::TimedWord> timed_words(const speech::Speech& speech) {
  std::vector<media::TimedWord> words;
  for (const auto& word : speech.words) {
    words.push_back({.start_s = word.start_s, .end_s = word.end_s, .text = word.text});
  }
  return words;
}

// Which engine spoke, for the record.
std::string provider_of(const Request& request) {
  const auto* voice = speech::find_voice(request.voice_id);
  if (voice == nullptr) return "none";
  return voice->provider == speech::VoiceProvider::flite ? "flite" : "espeak-ng";
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
  options.is_test = bool_or(context.request(), "is_test", false);
  TRY_ASSIGN(const auto mark, picture(context, "watermark"));
  if (mark && request.watermark) {
    options.watermark = watermark_overlay(*mark, *request.watermark, request.width, request.height);
  }
  return options;
}

// The files of a video, as the client will see them.
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

Result<std::unique_ptr<compose::FrameSource>> source_of(jobs::RenderContext& context,
                                                        const Request& request,
                                                        const speech::Speech& speech) {
  TRY_ASSIGN(const auto background, picture(context, "background"));
  std::unique_ptr<compose::FrameSource> source;
  if (request.is_of_photo()) {
    TRY_ASSIGN(source, PhotoSource::make(context, request, speech));
  } else {
    TRY_ASSIGN(source,
               PresenterSource::make(request, speech, background ? &*background : nullptr));
  }
  return source;
}

Result<jobs::RenderOutcome> draw_and_encode(jobs::RenderContext& context, const Request& request,
                                            const speech::Speech& speech) {
  TRY_ASSIGN(auto source, source_of(context, request, speech));
  TRY_ASSIGN(const auto options, video_options(context, request));
  jobs::RenderOutcome outcome;
  outcome.outputs = outputs_of(request);
  const auto words = timed_words(speech);
  const compose::Soundtrack sound{.samples = speech.samples, .channels = 1, .words = words};
  const auto progress = [&](double fraction) -> Result<void> {
    context.progress(kSpeechShare + (1 - kSpeechShare) * fraction, "rendering");
    return {};
  };
  TRY_ASSIGN(const auto summary,
             compose::write_video(*source, sound, options, paths_of(context, outcome), progress));
  outcome.quantity = summary.duration_ms;
  json::object providers{{"speech", request.script.empty() ? "given" : provider_of(request)}};
  outcome.facts = {{"duration_ms", summary.duration_ms}, {"frames", summary.frames}};
  if (request.is_of_photo()) {
    providers["photo"] = "mesh";
    TRY_ASSIGN(outcome.facts["photo"], photo_report(context));
  } else {
    providers["presenter"] = "vector rig";
  }
  outcome.facts["providers"] = std::move(providers);
  return outcome;
}

}  // namespace

Result<jobs::RenderOutcome> render(jobs::RenderContext& context) {
  TRY_ASSIGN(const Request request, from_json(context.request()));
  // A picture without a face ends the job before anything is spoken.
  if (request.is_of_photo()) TRY(find_face_once(context));
  TRY_ASSIGN(const auto speech, kept_sound(context, request));
  const std::int64_t length_ms = billable_ms(frame_count(speech.duration_s()));
  if (length_ms > kDurationMaxMs) {
    return fail(ErrorCode::video_too_long,
                "The script takes longer than the 30 minutes a video may have.");
  }
  TRY(context.confirm_exact(length_ms));
  return draw_and_encode(context, request, speech);
}

}  // namespace understudy::avatar_video
