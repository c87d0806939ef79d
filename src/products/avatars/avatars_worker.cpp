#include "products/avatars/avatars_worker.h"

#include <algorithm>
#include <fstream>

#include "avatar/photo_animator.h"
#include "avatar/presenter_animator.h"
#include "avatar/presenter_composer.h"
#include "avatar/preview.h"
#include "compose/canvas.h"
#include "compose/video_output.h"
#include "face/face_finder.h"
#include "media/image.h"
#include "media/overlay.h"
#include "media/text_overlay.h"
#include "products/avatars/reference_words.h"

namespace understudy::avatars {
namespace fs = std::filesystem;
namespace {

constexpr int kLongSideMax = 2560;  // of the kept photograph: more than any canvas shows
constexpr compose::CanvasSize kPreviewClip{640, 360};
constexpr int kPictureSide = 1280;  // longer side of the preview picture

// Silence with one word in it, during which somebody idles.
speech::Speech idle_speech() {
  speech::Speech speech;
  constexpr double kDuration = static_cast<double>(avatar::kPreviewFrames) / avatar::kPreviewFps;
  speech.samples.resize(static_cast<std::size_t>(kDuration * speech::kSampleRate));
  speech.phones.push_back({0, kDuration, "pau", false});
  speech.words.push_back({0.9, 1.4, "Hello!", true});
  return speech;
}

class PhotoClip final : public compose::FrameSource {
 public:
  explicit PhotoClip(avatar::PhotoAnimator animator) : animator_(std::move(animator)) {}
  int frame_count() const override { return avatar::kPreviewFrames; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override {
    return animator_.draw_on(index, canvas);
  }

 private:
  avatar::PhotoAnimator animator_;
};

class PresenterClip final : public compose::FrameSource {
 public:
  explicit PresenterClip(avatar::PresenterAnimator animator) : animator_(std::move(animator)) {}
  int frame_count() const override { return avatar::kPreviewFrames; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override {
    return animator_.draw_on(index, canvas);
  }

 private:
  avatar::PresenterAnimator animator_;
};

Result<void> write_clip(jobs::RenderContext& context, compose::FrameSource& clip,
                        compose::CanvasSize size) {
  compose::VideoOptions options;
  options.width = size.width;
  options.height = size.height;
  options.fps = avatar::kPreviewFps;
  options.encoder_threads = 1;
  options.metadata = media::provenance_tags(string_or(context.request(), "name"), "avatar_iv");
  options.is_test = bool_or(context.request(), "is_test", false);
  const auto progress = [&](double fraction) -> Result<void> {
    context.progress(0.4 + 0.6 * fraction, "drawing the preview");
    return {};
  };
  compose::OutputPaths paths;
  paths.video = context.output("preview.mp4");
  TRY(compose::write_video(clip, {}, options, paths, progress));
  return {};
}

media::Image shrunk(media::Image image, int side_max) {
  const int side = std::max(image.width, image.height);
  if (side <= side_max) return image;
  const auto to = [&](int length) {
    return std::max(2, static_cast<int>(static_cast<std::int64_t>(length) * side_max / side));
  };
  return media::scale(image, to(image.width), to(image.height));
}

jobs::RenderOutput output(std::string file, std::string mime_type) {
  return {.file = file, .mime_type = std::move(mime_type), .name = std::move(file)};
}

Result<void> write_face(const fs::path& path, const face::Face& face) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << to_text(face::to_json(face));
  out.close();
  if (!out) return fail(ErrorCode::storage_failed, "The found face could not be kept.");
  return {};
}

Result<jobs::RenderOutcome> make_photo_look(jobs::RenderContext& context) {
  context.progress(0, "looking for the face");
  TRY_ASSIGN(const auto input, context.input("photo"));
  TRY_ASSIGN(auto decoded, media::decode_image_file(input.file));
  const media::Image photo = shrunk(std::move(decoded), kLongSideMax);
  TRY_ASSIGN(auto finder, face::FaceFinder::open(face::Providers::from_environment()));
  TRY_ASSIGN(const auto face, finder.find(photo));
  TRY(write_face(context.output("face.json"), face));
  jobs::RenderOutcome outcome;
  outcome.outputs["face"] = output("face.json", "application/json");
  if (media::has_transparency(photo)) {
    TRY(media::write_png(context.output("photo.png"), photo));
    outcome.outputs["photo"] = output("photo.png", "image/png");
  } else {
    TRY(media::write_jpeg(context.output("photo.jpg"), photo, 95));
    outcome.outputs["photo"] = output("photo.jpg", "image/jpeg");
  }
  context.progress(0.4, "drawing the preview");
  TRY(media::write_jpeg(context.output("preview.jpg"), shrunk(photo, kPictureSide)));
  PhotoClip clip(avatar::PhotoAnimator(
      photo, face, idle_speech(),
      {.width = kPreviewClip.width, .height = kPreviewClip.height, .fps = avatar::kPreviewFps}));
  TRY(write_clip(context, clip, kPreviewClip));
  json::object report = face::to_json(face);
  report.erase("landmarks");
  outcome.facts = {{"width", photo.width},
                   {"height", photo.height},
                   {"found", std::move(report)},
                   {"providers", json::object{{"landmarks", face.provider}, {"photo", "mesh"}}}};
  return outcome;
}

// What the pictures tell: words for the composer, and the shape of the first.
struct References {
  std::string words = {};
  std::optional<compose::CanvasSize> shape = {};
};

Result<References> read_references(jobs::RenderContext& context) {
  References read;
  if (!context.has_input("reference_0")) return read;
  TRY_ASSIGN(auto finder, face::FaceFinder::open(face::Providers::from_environment()));
  for (int i = 0; i < 3 && read.words.empty(); ++i) {
    const std::string name = "reference_" + std::to_string(i);
    if (!context.has_input(name)) break;
    TRY_ASSIGN(const auto input, context.input(name));
    TRY_ASSIGN(auto picture, media::decode_image_file(input.file));
    if (!read.shape) read.shape = {picture.width, picture.height};
    const media::Image small = shrunk(std::move(picture), kLongSideMax);
    if (const auto face = finder.find(small)) read.words = words_of_reference(small, *face);
  }
  return read;
}

Result<jobs::RenderOutcome> make_prompt_look(jobs::RenderContext& context) {
  context.progress(0, "composing");
  TRY_ASSIGN(const References references, read_references(context));
  const std::string prompt = string_or(context.request(), "prompt") + references.words;
  const std::int64_t seed = int_or(context.request(), "seed", 0);
  TRY_ASSIGN(const auto size,
             compose::canvas_size(string_or(context.request(), "aspect_ratio", "auto"), "720p",
                                  references.shape));
  const compose::CanvasSize half{size.width / 4 * 2, size.height / 4 * 2};
  const auto made = avatar::compose_presenter(prompt, static_cast<std::uint32_t>(seed));
  avatar::PresenterAnimator still(made.presenter, made.look, {},
                                  {.width = size.width, .height = size.height});
  media::Frame frame;
  still.draw(0, frame);
  if (bool_or(context.request(), "is_test", false)) {
    TRY_ASSIGN(const auto mark, media::make_test_mark(frame.width, frame.height));
    media::blend(frame, mark);
  }
  TRY(media::write_jpeg(context.output("preview.jpg"), frame));
  PresenterClip clip(avatar::PresenterAnimator(
      made.presenter, made.look, idle_speech(),
      {.width = half.width, .height = half.height, .fps = avatar::kPreviewFps}));
  TRY(write_clip(context, clip, half));
  json::array understood;
  for (const auto& each : made.understood) understood.push_back(json::value(each));
  jobs::RenderOutcome outcome;
  outcome.facts = {{"width", size.width},
                   {"height", size.height},
                   {"gender", made.presenter.gender},
                   {"prompt", prompt},
                   {"seed", seed},
                   {"understood", std::move(understood)},
                   {"providers", json::object{{"presenter", "vector rig"}}}};
  return outcome;
}

}  // namespace

Result<jobs::RenderOutcome> render(jobs::RenderContext& context) {
  const bool is_photo = string_or(context.request(), "type") == "photo";
  TRY_ASSIGN(auto outcome, is_photo ? make_photo_look(context) : make_prompt_look(context));
  outcome.outputs["preview_image"] = output("preview.jpg", "image/jpeg");
  outcome.outputs["preview_video"] = output("preview.mp4", "video/mp4");
  outcome.quantity = 1;
  if (bool_or(context.request(), "is_test", false)) outcome.facts["is_test"] = true;
  return outcome;
}

}  // namespace understudy::avatars
