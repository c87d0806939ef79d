#include "browser/film_pictures.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "browser/project_folder.h"

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

// The value of a name in "a=1&b=2".
std::string query_value(std::string_view url, std::string_view name) {
  const auto question = url.find('?');
  if (question == std::string_view::npos) return {};
  for (const auto& part : split(url.substr(question + 1), '&')) {
    if (part.starts_with(std::string(name) + "=")) {
      return percent_decoded(std::string_view(part).substr(name.size() + 1));
    }
  }
  return {};
}

}  // namespace

void FilmPictures::add(const std::string& url, const fs::path& file, bool has_alpha) {
  files_by_url_[url] = file;
  if (has_alpha) with_alpha_.insert(file);
}

const fs::path* FilmPictures::file_of(const std::string& url) const {
  const auto found = files_by_url_.find(url);
  return found == files_by_url_.end() ? nullptr : &found->second;
}

// Containers round times, to a millisecond at the coarsest.
std::optional<ServedFile> FilmPictures::picture(std::string_view url) {
  constexpr double kRounding_s = 0.0005;
  const double time_s = std::atof(query_value(url, "t").c_str()) + kRounding_s;
  const auto file = files_by_url_.find(query_value(url, "src"));
  if (file == files_by_url_.end()) return std::nullopt;
  constexpr std::size_t kFilmsMax = 32;  // open at a time
  if (films_.size() > kFilmsMax) films_.clear();
  auto& film = films_[query_value(url, "of") + " " + file->second.string()];
  if (!film.reader) {
    auto opened = media::VideoReader::open(file->second);
    if (!opened) return std::nullopt;
    film.reader.emplace(*std::move(opened));
    film.picture = media::Frame::make(std::max(2, film.reader->width() / 2 * 2),
                                      std::max(2, film.reader->height() / 2 * 2), false);
  }
  if (with_alpha_.contains(file->second)) {
    if (!film.reader->draw_image(time_s, film.image)) return std::nullopt;
    auto png = media::encode_png(film.image);
    if (!png) return std::nullopt;
    return ServedFile{.mime_type = "image/png", .body = *std::move(png)};
  }
  const media::Rectangle whole{0, 0, film.picture.width, film.picture.height};
  if (!film.reader->draw(time_s, whole, film.picture)) return std::nullopt;
  constexpr int kQuality = 95;
  auto jpeg = media::encode_jpeg(film.picture, kQuality);
  if (!jpeg) return std::nullopt;
  return ServedFile{.mime_type = "image/jpeg", .body = *std::move(jpeg)};
}

}  // namespace understudy::browser
