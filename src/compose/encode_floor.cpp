#include "compose/encode_floor.h"

#include <chrono>
#include <cstring>
#include <vector>

#include "media/overlay.h"

namespace understudy::compose {
namespace {

// A part of a picture, kept as a small frame of its own.
struct Change {
  media::Rectangle area;
  media::Frame part;
};

void copy_rows(const std::vector<std::uint8_t>& from, int from_stride, int from_x, int from_y,
               std::vector<std::uint8_t>& to, int to_stride, int to_x, int to_y, int width,
               int height) {
  for (int row = 0; row < height; ++row) {
    std::memcpy(&to[static_cast<std::size_t>(to_y + row) * to_stride + to_x],
                &from[static_cast<std::size_t>(from_y + row) * from_stride + from_x],
                static_cast<std::size_t>(width));
  }
}

Change cut_out(const media::Frame& canvas, const media::Rectangle& area) {
  Change change{area, {}};
  if (area.width == 0 || area.height == 0) return change;
  const bool has_alpha = !canvas.alpha.empty();
  change.part = media::Frame::make(area.width, area.height, has_alpha);
  const int w = area.width;
  const int h = area.height;
  copy_rows(canvas.y, canvas.width, area.x, area.y, change.part.y, w, 0, 0, w, h);
  copy_rows(canvas.u, canvas.width / 2, area.x / 2, area.y / 2, change.part.u, w / 2, 0, 0, w / 2,
            h / 2);
  copy_rows(canvas.v, canvas.width / 2, area.x / 2, area.y / 2, change.part.v, w / 2, 0, 0, w / 2,
            h / 2);
  if (has_alpha)
    copy_rows(canvas.alpha, canvas.width, area.x, area.y, change.part.alpha, w, 0, 0, w, h);
  return change;
}

void put_back(const Change& change, media::Frame& canvas) {
  const auto& [area, part] = change;
  if (area.width == 0 || area.height == 0) return;
  const int w = area.width;
  const int h = area.height;
  copy_rows(part.y, w, 0, 0, canvas.y, canvas.width, area.x, area.y, w, h);
  copy_rows(part.u, w / 2, 0, 0, canvas.u, canvas.width / 2, area.x / 2, area.y / 2, w / 2, h / 2);
  copy_rows(part.v, w / 2, 0, 0, canvas.v, canvas.width / 2, area.x / 2, area.y / 2, w / 2, h / 2);
  if (!part.alpha.empty())
    copy_rows(part.alpha, w, 0, 0, canvas.alpha, canvas.width, area.x, area.y, w, h);
}

}  // namespace

Result<EncodeFloor> measure_encode_floor(FrameSource& source, const Soundtrack& sound,
                                         const VideoOptions& options,
                                         const std::filesystem::path& file) {
  std::vector<Change> changes;
  media::Frame canvas = media::Frame::make(options.width, options.height, options.has_alpha);
  for (int index = 0; index < source.frame_count(); ++index) {
    TRY_ASSIGN(const auto area, source.draw(index, canvas));
    changes.push_back(cut_out(canvas, area));
  }

  canvas = media::Frame::make(options.width, options.height, options.has_alpha);
  const auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(auto writer, media::VideoWriter::open(writer_settings(file, sound, options)));
  if (!sound.samples.empty()) TRY(writer.write_audio(sound.samples));
  for (const Change& change : changes) {
    put_back(change, canvas);
    if (options.watermark) {
      media::Frame marked = canvas;
      media::blend(marked, *options.watermark);
      TRY(writer.write(marked));
    } else {
      TRY(writer.write(canvas));
    }
  }
  TRY_ASSIGN(const auto summary, writer.finish());
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return EncodeFloor{elapsed.count(), static_cast<int>(summary.frames), summary.bytes};
}

}  // namespace understudy::compose
