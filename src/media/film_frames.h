// FilmFrames: the pictures of a film that VideoWriter made, by their number and in any order,
// forwards and backwards. Pictures near the last one come from memory, so that steps back cost a
// decoding of at most one group of pictures (kKeptPictures) in all, not one each.
// One thread. Bytes that came from outside are VideoReader's.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "media/frame.h"

namespace understudy::media {

inline constexpr int kKeptPictures = 24;  // in memory; films for it have a key frame that often

class FilmFrames {
 public:
  // An mp4 with a constant frame rate, not turned. Errors: invalid_parameter (cannot be read).
  static Result<FilmFrames> open(const std::filesystem::path& path);
  FilmFrames(FilmFrames&&) noexcept;
  FilmFrames& operator=(FilmFrames&&) noexcept;
  ~FilmFrames();

  int width() const;
  int height() const;
  int count() const;

  // The part `from` of picture `index` into the part `to` of `canvas`, scaled. Even numbers.
  // Errors: invalid_parameter (damaged, no such picture), engine_failed.
  Result<void> draw(int index, const Rectangle& from, const Rectangle& to, Frame& canvas);

 private:
  struct State;
  explicit FilmFrames(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::media
