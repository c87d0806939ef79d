// VideoReader: the pictures of a film from outside, at the times that are asked for, as they are
// shown: turned upright, with square pixels, cropped to the shape of the place they are drawn in.
// A film with a changing frame rate is shown by its own times. Sound is decode_audio()'s.
// One thread. The bytes are hostile: only inside the sandboxed render process.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "media/colour_coding.h"
#include "media/frame.h"
#include "media/picture_rows.h"

namespace understudy::media {

struct ShownPicture {
  PictureRows rows;
  bool is_new = false;  // false: it is the picture of the last call
};

class VideoReader {
 public:
  // Videos and animated GIFs. Errors: invalid_parameter (cannot be read, no pictures).
  static Result<VideoReader> open(const std::filesystem::path& path);
  VideoReader(VideoReader&&) noexcept;
  ~VideoReader();

  // As shown: rotation and pixel shape applied.
  int width() const;
  int height() const;

  // Draws the picture that is shown `time_s` seconds after the first into `place` (even numbers) of
  // `canvas`, scaled to fill it with its middle. False: it is the picture of the last call, and
  // nothing was drawn. After the end the last picture stays. A time before the last call's starts
  // the film anew. Errors: invalid_parameter (nothing can be decoded), engine_failed.
  Result<bool> draw(double time_s, const Rectangle& place, Frame& canvas);

  // The picture of a time as draw() would draw it on a frame of this size (even), without a copy
  // where the film already has that form. It stays until the next call. Errors: as above.
  Result<ShownPicture> look(double time_s, int width, int height);

  // For eyes that compare pictures of the film with each other, not for showing: look() then takes
  // colours and levels as the film codes them, and pictures to which no other refers are decoded
  // without the filter of their block edges. Nothing drifts by that. Before the first picture.
  void read_roughly();

  // draw() and look() turn colours into BT.709; from now on they leave the samples as the film
  // codes them, in limited range, so that what is not drawn on stays what it was. Returned is how a
  // file of them must be tagged. Films that are not coded as luma and chroma are turned into BT.709
  // still. Before the first picture.
  ColourCoding keep_colours();

  // The same as draw(), whole and with its alpha (opaque where the video has none), at its own
  // size; a turned video is not turned. False as above, `image` is as it was.
  Result<bool> draw_image(double time_s, Image& image);

 private:
  struct State;
  explicit VideoReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::media
