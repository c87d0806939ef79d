// A FilmLoop as a document that is kept beside its film.
#include "avatar/film_loop.h"

namespace understudy::avatar {

json::object FilmLoop::to_json() const {
  json::array pictures, jumps;
  for (std::size_t i = 0; i < talking_.size(); ++i) {
    pictures.push_back(json::array{static_cast<int>(talking_[i]), static_cast<int>(trusted_[i]),
                                   static_cast<int>(is_cut_[i]), turn_[i], head_[i][0], head_[i][1],
                                   head_[i][2]});
  }
  for (const Jump& jump : jumps_) jumps.push_back(json::array{jump.from, jump.to, jump.cost});
  return {{"pictures", std::move(pictures)}, {"jumps", std::move(jumps)}};
}

Result<FilmLoop> FilmLoop::from_json(const json::object& document) {
  const auto damaged = fail(ErrorCode::storage_failed, "The loop kept of the footage is damaged.");
  const auto* pictures = array_or_null(document, "pictures");
  const auto* jumps = array_or_null(document, "jumps");
  if (pictures == nullptr || jumps == nullptr || pictures->size() < 2) return damaged;
  FilmLoop loop;
  try {
    for (const auto& entry : *pictures) {
      const auto& fields = entry.as_array();
      loop.talking_.push_back(fields.at(0).to_number<int>() != 0);
      loop.trusted_.push_back(fields.at(1).to_number<int>() != 0);
      loop.is_cut_.push_back(fields.at(2).to_number<int>() != 0);
      loop.turn_.push_back(fields.at(3).to_number<float>());
      loop.head_.push_back({fields.at(4).to_number<float>(), fields.at(5).to_number<float>(),
                            fields.at(6).to_number<float>()});
    }
    const int count = loop.picture_count();
    for (const auto& entry : *jumps) {
      const auto& fields = entry.as_array();
      const Jump jump{fields.at(0).to_number<int>(), fields.at(1).to_number<int>(),
                      fields.at(2).to_number<float>()};
      if (jump.from < 0 || jump.from >= count || jump.to < 0 || jump.to >= count) return damaged;
      loop.jumps_.push_back(jump);
    }
  } catch (const std::exception&) {
    return damaged;
  }
  loop.sort_jumps();
  return loop;
}

}  // namespace understudy::avatar
