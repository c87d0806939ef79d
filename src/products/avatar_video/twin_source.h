// TwinSource: the pictures of a video in which a digital twin speaks. One thread.
#pragma once

#include <memory>
#include <optional>

#include "avatar/film_mouth.h"
#include "base/json.h"
#include "base/result.h"
#include "compose/twin_film.h"
#include "jobs/render_protocol.h"
#include "products/avatar_video/avatar_video.h"
#include "speech/speech.h"

namespace understudy::avatar_video {

class TwinSource final : public compose::FrameSource {
 public:
  // Avatar III takes one mouth of the footage, Avatar IV several by the pose of the head, Avatar V
  // the real mouths of all of it, of the reference look's footage too.
  static Result<std::unique_ptr<TwinSource>> make(jobs::RenderContext& context,
                                                  const Request& request,
                                                  const speech::Speech& speech);

  int frame_count() const override { return film_->frame_count(); }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override {
    return film_->draw(index, canvas);
  }
  json::array understood_motion() const { return motion_; }

 private:
  // A twin's files, as they were kept when it was made.
  struct Footage {
    std::filesystem::path film;
    face::FaceTrack track;
    speech::Speech heard;
  };
  TwinSource() = default;
  static Result<Footage> read_footage(const jobs::RenderContext& context,
                                      const std::string& prefix);
  Result<void> gather_mouths(jobs::RenderContext& context, const Request& request);

  Footage own_;
  std::optional<Footage> reference_;
  std::optional<avatar::FilmLoop> loop_;
  std::optional<avatar::MouthDonors> donors_;
  std::unique_ptr<compose::TwinFilmSource> film_;
  json::array motion_;
};

}  // namespace understudy::avatar_video
