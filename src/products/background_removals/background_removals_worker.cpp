#include "products/background_removals/background_removals_worker.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "avatar/film_matter.h"
#include "media/audio.h"
#include "media/text_overlay.h"
#include "media/video_reader.h"
#include "media/video_writer.h"
#include "products/background_removals/background_removals.h"

namespace understudy::background_removals {
namespace {

constexpr int kSamples = 16;
constexpr double kLearnShare = 0.1;  // of the progress bar

struct Layers {
  std::optional<media::VideoWriter> foreground, mask, background;
};

bool is_wanted(const json::object& request, std::string_view name) {
  const auto* layers = array_or_null(request, "layers");
  return layers != nullptr &&
         std::any_of(layers->begin(), layers->end(), [&](const json::value& layer) {
           return layer.is_string() && std::string_view(layer.get_string()) == name;
         });
}

Result<std::vector<media::Frame>> samples_of(media::VideoReader& reader, const Film& film) {
  const int count = std::min(kSamples, film.frames);
  std::vector<media::Frame> samples;
  for (int i = 0; i < count; ++i) {
    media::Frame frame = media::Frame::make(film.width, film.height, false);
    const double time_s = (i + 0.5) * film.frames / count / film.fps;
    TRY(reader.draw(time_s, {0, 0, film.width, film.height}, frame));
    samples.push_back(std::move(frame));
  }
  return samples;
}

Result<media::VideoWriter> writer_of(const jobs::RenderContext& context, const Film& film,
                                     const std::string& file, bool is_foreground) {
  media::VideoSettings settings;
  settings.path = context.output(file);
  settings.format = is_foreground ? media::VideoFormat::webm : media::VideoFormat::mp4;
  settings.width = film.width;
  settings.height = film.height;
  settings.fps = film.fps;
  settings.threads = 1;
  settings.has_alpha = is_foreground;
  settings.has_audio = is_foreground && film.has_audio;
  settings.metadata =
      media::provenance_tags(string_or(context.request(), "title"), "background_removal");
  return media::VideoWriter::open(settings);
}

Result<void> write_sound(jobs::RenderContext& context, media::VideoWriter& writer) {
  TRY_ASSIGN(const auto input, context.input("video"));
  auto sound = media::decode_audio(input.file);
  // A film whose sound cannot be read is cut without it; the pictures are what was asked for.
  if (!sound) return {};
  return writer.write_audio(sound->samples);
}

// The coverage as a grey picture.
void mask_of(const media::Frame& cut, media::Frame& mask) {
  for (std::size_t i = 0; i < cut.alpha.size(); ++i)
    mask.y[i] = static_cast<std::uint8_t>(16 + cut.alpha[i] * 219 / 255);
}

Result<void> cut_all(jobs::RenderContext& context, const Film& film, avatar::FilmMatter& matter,
                     Layers& layers) {
  TRY_ASSIGN(const auto input, context.input("video"));
  TRY_ASSIGN(auto reader, media::VideoReader::open(input.file));
  media::Frame frame = media::Frame::make(film.width, film.height, false);
  media::Frame mask = frame, cut, behind;
  std::fill(mask.u.begin(), mask.u.end(), std::uint8_t{128});
  std::fill(mask.v.begin(), mask.v.end(), std::uint8_t{128});
  std::optional<media::Overlay> mark;
  if (bool_or(context.request(), "is_test", false)) {
    TRY_ASSIGN(mark, media::make_test_mark(film.width, film.height));
  }
  for (int i = 0; i < film.frames; ++i) {
    TRY(reader.draw(static_cast<double>(i) / film.fps, {0, 0, film.width, film.height}, frame));
    matter.cut(frame, cut);
    if (layers.mask) {
      mask_of(cut, mask);
      if (mark) media::blend(mask, *mark);
      TRY(layers.mask->write(mask));
    }
    if (layers.background) {
      matter.background(frame, cut, behind);
      if (mark) media::blend(behind, *mark);
      TRY(layers.background->write(behind));
    }
    if (layers.foreground) {
      if (mark) media::blend(cut, *mark);
      TRY(layers.foreground->write(cut));
    }
    context.progress(kLearnShare + (1 - kLearnShare) * (i + 1) / film.frames, "rendering");
  }
  return {};
}

json::object facts_of(const Film& film, const avatar::FilmMatter& matter, bool has_background) {
  const auto report = matter.report();
  json::array warnings;
  for (const auto& problem : report.problems) warnings.push_back(json::value(problem));
  if (has_background && matter.seen_behind() < 0.5)
    warnings.push_back(
        "Most of what is behind the person is never seen in the video; the background layer is filled in from around.");
  json::object matte{
      {"method", avatar::to_string(report.method)},
      {"clear_edges", decimal(static_cast<std::int64_t>(report.clear_edges * 1000), 3)},
      {"stability", decimal(static_cast<std::int64_t>(report.stability * 1000), 3)}};
  if (has_background)
    matte["seen_behind"] = decimal(static_cast<std::int64_t>(matter.seen_behind() * 1000), 3);
  return {{"duration_ms", film.duration_ms()},
          {"frames", film.frames},
          {"warnings", std::move(warnings)},
          {"matte", std::move(matte)},
          {"providers", json::object{{"matting", avatar::to_string(report.method)}}}};
}

}  // namespace

Result<jobs::RenderOutcome> render(jobs::RenderContext& context) {
  const auto* document = object_or_null(context.request(), "film");
  if (document == nullptr) return fail(ErrorCode::internal_error, "The job has no film.");
  const Film film = film_from(*document);
  context.progress(0, "looking at the video");
  TRY_ASSIGN(const auto input, context.input("video"));
  std::vector<media::Frame> samples;
  {
    TRY_ASSIGN(auto reader, media::VideoReader::open(input.file));
    TRY_ASSIGN(samples, samples_of(reader, film));
  }
  TRY_ASSIGN(auto matter, avatar::FilmMatter::learn(samples));
  samples.clear();
  TRY(context.confirm_exact({film.duration_ms(), {film.duration_ms()}}));

  jobs::RenderOutcome outcome;
  const std::string title = string_or(context.request(), "title");
  const std::string name = title.empty() ? "video" : title;
  Layers layers;
  const auto open = [&](const char* layer,
                        std::optional<media::VideoWriter>& writer) -> Result<void> {
    if (!is_wanted(context.request(), layer)) return {};
    const bool is_foreground = std::string_view(layer) == "foreground";
    const std::string extension = is_foreground ? ".webm" : ".mp4";
    TRY_ASSIGN(writer, writer_of(context, film, layer + extension, is_foreground));
    outcome.outputs[layer] = {layer + extension, is_foreground ? "video/webm" : "video/mp4",
                              name + "-" + layer + extension};
    return {};
  };
  TRY(open("foreground", layers.foreground));
  TRY(open("mask", layers.mask));
  TRY(open("background", layers.background));
  if (layers.foreground && film.has_audio) TRY(write_sound(context, *layers.foreground));
  TRY(cut_all(context, film, matter, layers));
  for (auto* writer : {&layers.foreground, &layers.mask, &layers.background})
    if (*writer) TRY((*writer)->finish());

  const auto report = matter.report();
  if (report.clear_edges < avatar::kClearEdgesMin &&
      report.method != avatar::MatteMethod::chroma_key) {
    return fail(
        ErrorCode::invalid_parameter,
        "The background of this video cannot be removed: along much of the outline the person and "
        "the background have the same tones. A green screen, or a background of another tone, can be.");
  }
  outcome.quantity = film.duration_ms();
  outcome.parts = {film.duration_ms()};
  outcome.facts = facts_of(film, matter, layers.background.has_value());
  return outcome;
}

}  // namespace understudy::background_removals
