#include "products/avatar_video/cinematic_worker.h"

#include <map>
#include <memory>
#include <optional>

#include "avatar/photo_matte.h"
#include "avatar/presenter_composer.h"
#include "base/file.h"
#include "cinema/cinematic_source.h"
#include "cinema/director.h"
#include "cinema/soundtrack.h"
#include "cinema/subjects.h"
#include "compose/twin_film.h"
#include "face/face_finder.h"
#include "face/face_track.h"
#include "media/image.h"
#include "media/video_reader.h"
#include "products/avatar_video/cinematic.h"
#include "products/avatar_video/presenter_source.h"

namespace understudy::avatar_video {
namespace {

constexpr std::size_t kFaceFileMax = 1 << 20;

struct CutLook {
  media::Image cut;
  face::Face face;
};

// What was kept of a twin's footage.
struct TwinLook {
  std::filesystem::path film;
  face::FaceTrack track;
  avatar::FilmLoop loop;
};

// The people and places of one film; photographs are cut out once, whatever shots they are in.
class PropRoom {
 public:
  PropRoom(jobs::RenderContext& context, const Cinematic& cinematic)
      : context_(context), cinematic_(cinematic) {}

  // Before anything is paid: a photograph that cannot be cut out ends the job here.
  Result<void> cut_photographs(json::array& warnings) {
    for (std::size_t i = 0; i < cinematic_.looks.size(); ++i) {
      if (cinematic_.looks[i].person != Person::photo) continue;
      context_.progress(0.02, "cutting out the photograph");
      const std::string number = std::to_string(i);
      TRY_ASSIGN(const auto photo, context_.input("photo_" + number));
      TRY_ASSIGN(const auto image, media::decode_image_file(photo.file));
      TRY_ASSIGN(const auto kept, context_.input("face_" + number));
      TRY_ASSIGN(const auto text, read_file(kept.file, kFaceFileMax));
      TRY_ASSIGN(const auto document, parse_json(text));
      if (document.if_object() == nullptr)
        return fail(ErrorCode::internal_error, "The kept face is no object.");
      TRY_ASSIGN(const auto face, face::face_from(document.get_object()));
      TRY_ASSIGN(auto matte, avatar::cut_out_photo(image, face));
      for (const auto& problem : matte.report.problems) warnings.push_back(json::value(problem));
      cut_[static_cast<int>(i)] = {std::move(matte.cut), face};
    }
    return {};
  }

  Result<void> fetch_twins() {
    for (std::size_t i = 0; i < cinematic_.looks.size(); ++i) {
      if (cinematic_.looks[i].person != Person::twin) continue;
      const std::string number = std::to_string(i);
      TRY_ASSIGN(const auto film, context_.input("film_" + number));
      TRY_ASSIGN(const auto track_file, context_.input("track_" + number));
      TRY_ASSIGN(const auto loop_file, context_.input("loop_" + number));
      TRY_ASSIGN(auto track, face::read_track(track_file.file));
      TRY_ASSIGN(auto loop, compose::read_loop(loop_file.file));
      twins_.emplace(static_cast<int>(i), TwinLook{film.file, std::move(track), std::move(loop)});
    }
    return {};
  }

  Result<std::unique_ptr<cinema::Subject>> subject(int index, const cinema::Shot& shot,
                                                   int head_px) const {
    const CinematicLook& look = cinematic_.looks[static_cast<std::size_t>(index)];
    const cinema::SubjectOptions options{
        .head_px = head_px,
        .seconds = (shot.frame_count + 30) / static_cast<double>(cinema::kFps),
        .seed = static_cast<std::uint32_t>(index * 31 + shot.first_frame),
        .acting = shot.acting};
    if (look.person == Person::photo) {
      const CutLook& cut = cut_.at(index);
      return cinema::photo_subject(cut.cut, cut.face, options);
    }
    if (look.person == Person::twin) {
      const TwinLook& twin = twins_.at(index);
      compose::TwinFilm film;
      film.film = twin.film;
      film.track = &twin.track;
      film.loop = &twin.loop;
      return cinema::film_subject(std::move(film), options);
    }
    if (look.person == Person::composed) {
      const auto made =
          avatar::compose_presenter(look.own.prompt, static_cast<std::uint32_t>(look.own.seed));
      return cinema::presenter_subject(made.presenter, made.look, options);
    }
    const avatar::Look& own = *avatar::find_look(look.id);
    return cinema::presenter_subject(avatar::presenter_of(own), own, options);
  }

  Result<cinema::Props::Given> reference(int index) const {
    TRY_ASSIGN(const auto input, context_.input("reference_" + std::to_string(index)));
    cinema::Props::Given given;
    if (input.blob.mime_type.starts_with("image/") && input.blob.mime_type != "image/gif") {
      TRY_ASSIGN(const auto image, media::decode_image_file(input.file));
      if (image.width < 64 || image.height < 64)
        return fail(ErrorCode::invalid_parameter,
                    "A picture of 'references' must be at least 64 pixels wide and high.");
      given.picture = media::to_frame(image);
      return given;
    }
    TRY_ASSIGN(auto reader, media::VideoReader::open(input.file));
    const int width = std::clamp(reader.width(), 64, 1920) & ~1;
    const int height = std::clamp(static_cast<int>(static_cast<double>(reader.height()) * width /
                                                   std::max(1, reader.width())),
                                  64, 1920) &
                       ~1;
    given.picture = media::Frame::make(width, height, false);
    given.film = std::make_shared<media::VideoReader>(std::move(reader));
    return given;
  }

 private:
  jobs::RenderContext& context_;
  const Cinematic& cinematic_;
  std::map<int, CutLook> cut_;
  std::map<int, TwinLook> twins_;
};

json::object direction_json(const cinema::Direction& direction) {
  json::array understood, shots;
  for (const auto& line : direction.understood) understood.push_back(json::value(line));
  for (const auto& shot : direction.shots) {
    json::array looks;
    for (const int look : shot.subjects) looks.push_back(json::value(look));
    shots.push_back(
        json::object{{"start", decimal(std::int64_t{1000} * shot.first_frame / cinema::kFps, 3)},
                     {"duration", decimal(std::int64_t{1000} * shot.frame_count / cinema::kFps, 3)},
                     {"looks", std::move(looks)},
                     {"setting", string_or_null(shot.picture)}});
  }
  return {{"understood", std::move(understood)}, {"shots", std::move(shots)}};
}

}  // namespace

Result<jobs::RenderOutcome> render_cinematic(jobs::RenderContext& context) {
  TRY_ASSIGN(const Cinematic cinematic, cinematic_from(context.request()));
  PropRoom room(context, cinematic);
  json::array warnings;
  TRY(room.cut_photographs(warnings));
  TRY(room.fetch_twins());
  TRY(context.confirm_exact(1));
  context.progress(0.05, "directing");
  const auto direction = cinema::direct({.prompt = cinematic.prompt,
                                         .looks = static_cast<int>(cinematic.looks.size()),
                                         .picture_references = cinematic.reference_count,
                                         .seconds = cinematic.seconds,
                                         .is_enhanced = cinematic.is_enhanced});
  TRY_ASSIGN(const auto sound, cinema::make_soundtrack(direction));
  cinema::Props props;
  props.subject = [&](int index, const cinema::Shot& shot, int head_px) {
    return room.subject(index, shot, head_px);
  };
  props.reference = [&](int index) { return room.reference(index); };
  TRY_ASSIGN(auto source, cinema::CinematicSource::make(direction, std::move(props),
                                                        cinematic.width, cinematic.height));

  jobs::RenderOutcome outcome;
  const std::string name = cinematic.title.empty() ? "video" : cinematic.title;
  outcome.outputs = {{"video", {"video.mp4", "video/mp4", name + ".mp4"}},
                     {"thumbnail", {"thumbnail.jpg", "image/jpeg", name + ".jpg"}},
                     {"gif", {"preview.gif", "image/gif", name + ".gif"}}};
  compose::VideoOptions options;
  options.width = cinematic.width;
  options.height = cinematic.height;
  options.fps = cinema::kFps;
  options.encoder_threads = kEncoderThreads;
  options.audio_bit_rate = 192'000;
  options.metadata = media::provenance_tags(cinematic.title, "cinematic_avatar");
  options.is_test = bool_or(context.request(), "is_test", false);
  const auto progress = [&](double fraction) -> Result<void> {
    context.progress(0.05 + 0.95 * fraction, "rendering");
    return {};
  };
  TRY_ASSIGN(const auto summary,
             compose::write_video(*source, {.samples = sound, .channels = 2}, options,
                                  {.video = context.output("video.mp4"),
                                   .thumbnail = context.output("thumbnail.jpg"),
                                   .preview = context.output("preview.gif")},
                                  progress));
  outcome.quantity = 1;
  outcome.facts["duration_ms"] = summary.duration_ms;
  outcome.facts["frames"] = summary.frames;
  outcome.facts["cinematic"] = direction_json(direction);
  outcome.facts["warnings"] = std::move(warnings);
  outcome.facts["providers"] =
      json::object{{"director", "vocabulary"}, {"picture", "layers"}, {"sound", "library"}};
  return outcome;
}

}  // namespace understudy::avatar_video
