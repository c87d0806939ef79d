#include "products/avatar_video/photo_source.h"

#include <filesystem>
#include <fstream>

#include "avatar/photo_matte.h"
#include "base/file.h"
#include "compose/background.h"
#include "face/face_finder.h"
#include "media/image.h"
#include "products/avatar_video/presenter_source.h"
#include "products/avatar_video/video_steps.h"

namespace understudy::avatar_video {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFaceFileMax = 1 << 20;

Result<media::Image> photo_of(jobs::RenderContext& context, const Request& request) {
  TRY_ASSIGN(const auto input, context.input(request.prefix + "photo"));
  return media::decode_image_file(input.file);
}

fs::path face_file(const jobs::RenderContext& context, const Request& request) {
  return context.work_file(request.prefix + "face.json");
}

fs::path matte_folder(const jobs::RenderContext& context, const Request& request) {
  return context.work_file(request.prefix + "matte");
}

Result<json::object> kept_face(jobs::RenderContext& context, const Request& request) {
  TRY_ASSIGN(const std::string text, read_file(face_file(context, request), kFaceFileMax));
  TRY_ASSIGN(const auto value, parse_json(text));
  const auto* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::internal_error, "The kept face is no object.");
  return *object;
}

avatar::PhotoFit fit_of(const Request& request) {
  if (!request.auto_resolution.empty()) return avatar::PhotoFit::cover;
  if (!request.has_fit) return avatar::PhotoFit::face;
  return request.fit == "cover" ? avatar::PhotoFit::cover : avatar::PhotoFit::contain;
}

avatar::Expressiveness expressiveness_of(const Request& request) {
  if (request.expressiveness == "high") return avatar::Expressiveness::high;
  if (request.expressiveness == "medium") return avatar::Expressiveness::medium;
  return avatar::Expressiveness::low;
}

}  // namespace

Result<void> find_face_once(jobs::RenderContext& context, const Request& request) {
  const auto step = [&](const fs::path& file) -> Result<void> {
    const std::string name = request.prefix + "face";
    if (context.has_input(name)) {  // of a look, where it was found when the look was made
      TRY_ASSIGN(const auto kept, context.input(name));
      std::error_code failed;
      fs::copy_file(kept.file, file, failed);
      if (failed) return fail(ErrorCode::storage_failed, "The face of the look could not be read.");
      return {};
    }
    context.progress(0, "looking for the face");
    TRY_ASSIGN(const auto photo, photo_of(context, request));
    TRY_ASSIGN(auto finder, face::FaceFinder::open(face::Providers::from_environment()));
    TRY_ASSIGN(const auto face, finder.find(photo));
    std::ofstream out(file, std::ios::binary);
    out << to_text(face::to_json(face));
    out.close();
    if (!out) return fail(ErrorCode::storage_failed, "The found face could not be kept.");
    return {};
  };
  return context.once(face_file(context, request), step);
}

Result<json::object> photo_report(jobs::RenderContext& context, const Request& request) {
  TRY_ASSIGN(auto report, kept_face(context, request));
  report.erase("landmarks");
  return report;
}

bool needs_matte(const Request& request) {
  return request.is_transparent || request.background.has_value();
}

Result<void> cut_out_once(jobs::RenderContext& context, const Request& request) {
  const auto step = [&](const fs::path& folder) -> Result<void> {
    context.progress(0, "cutting out the photograph");
    TRY_ASSIGN(const auto photo, photo_of(context, request));
    TRY_ASSIGN(const auto document, kept_face(context, request));
    TRY_ASSIGN(const auto face, face::face_from(document));
    TRY_ASSIGN(const auto matte, avatar::cut_out_photo(photo, face));
    std::error_code failed;
    fs::create_directory(folder, failed);
    if (failed) return fail(ErrorCode::storage_failed, "The matte could not be kept.");
    TRY(media::write_png(folder / "cut.png", matte.cut));
    json::array problems;
    for (const auto& problem : matte.report.problems) problems.push_back(json::value(problem));
    const json::object report{
        {"method", avatar::to_string(matte.report.method)},
        {"clear_edges", decimal(static_cast<std::int64_t>(matte.report.clear_edges * 1000), 3)},
        {"problems", std::move(problems)}};
    std::ofstream out(folder / "report.json", std::ios::binary);
    out << to_text(report);
    out.close();
    if (!out) return fail(ErrorCode::storage_failed, "The matte could not be kept.");
    return {};
  };
  return context.once(matte_folder(context, request), step);
}

Result<json::object> matte_report(jobs::RenderContext& context, const Request& request) {
  TRY_ASSIGN(const std::string text,
             read_file(matte_folder(context, request) / "report.json", kFaceFileMax));
  TRY_ASSIGN(const auto value, parse_json(text));
  const auto* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::internal_error, "The kept matte has no report.");
  return *object;
}

Result<media::Rectangle> PhotoSource::draw(int index, media::Frame& canvas) {
  if (!background_) return animator_.draw_on(index, canvas);
  const media::Rectangle area = animator_.draw_on(index, figure_);
  compose::lay_over(figure_, *background_, area, canvas);
  return area;
}

json::array PhotoSource::understood_motion() const {
  json::array names;
  for (const auto& name : animator_.understood_motion()) names.push_back(json::value(name));
  return names;
}

Result<std::unique_ptr<PhotoSource>> PhotoSource::make(jobs::RenderContext& context,
                                                       const Request& request,
                                                       const speech::Speech& speech) {
  const bool is_cut = needs_matte(request);
  media::Image photo;
  if (is_cut) {
    TRY_ASSIGN(photo, media::decode_image_file(matte_folder(context, request) / "cut.png"));
  } else {
    TRY_ASSIGN(photo, photo_of(context, request));
  }
  TRY_ASSIGN(const auto document, kept_face(context, request));
  TRY_ASSIGN(const auto face, face::face_from(document));
  avatar::PhotoOptions options;
  options.is_transparent = is_cut;
  options.width = request.width;
  options.height = request.height;
  options.fps = request.fps;
  options.fit = fit_of(request);
  options.expressiveness = expressiveness_of(request);
  options.motion_prompt = request.motion_prompt;
  avatar::PhotoAnimator animator(photo, face, speech, options);
  const int frames = avatar_video::frame_count(speech.duration_s(), request.fps);
  std::unique_ptr<PhotoSource> source(new PhotoSource(std::move(animator), frames));
  if (is_cut && request.output_format != "webm") {
    TRY_ASSIGN(const auto image, picture(context, "background"));
    TRY_ASSIGN(source->background_, background_frame(request, image ? &*image : nullptr));
    source->figure_ = media::Frame::make(request.width, request.height, true);
  }
  return source;
}

}  // namespace understudy::avatar_video
