// FilmPictures: the media files of a project, and the pictures of its films. The browser never
// plays media: the page asks for each picture (runtime/video.js). One thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "browser/page.h"
#include "media/image.h"
#include "media/video_reader.h"

namespace understudy::browser {

class FilmPictures {
 public:
  // The file that the page names by `url`. Pictures of one with alpha keep it.
  void add(const std::string& url, const std::filesystem::path& file, bool has_alpha);
  const std::filesystem::path* file_of(const std::string& url) const;  // null: not added

  // Of "...?src=URL&t=SECONDS&of=ELEMENT": the last picture whose time has come, as PNG when it has
  // alpha, else as JPEG. Nothing: no such file, or unreadable.
  std::optional<ServedFile> picture(std::string_view url);

 private:
  struct Film {
    std::optional<media::VideoReader> reader;
    media::Frame picture;
    media::Image image;  // instead, of one with alpha
  };
  std::map<std::string, Film> films_;  // by element and file
  std::set<std::filesystem::path> with_alpha_;
  std::map<std::string, std::filesystem::path> files_by_url_;
};

}  // namespace understudy::browser
