#include "browser/media_elements.h"

#include <algorithm>

namespace understudy::browser {

std::vector<MediaElement> media_elements(const json::array& described, const json::object& known,
                                         const FilmPictures& films, double duration_s) {
  std::vector<MediaElement> elements;
  for (const auto& entry : described) {
    const json::object& from = entry.get_object();
    const std::string url = string_or(from, "src");
    const auto* file = films.file_of(url);
    if (file == nullptr) continue;
    MediaElement element;
    element.kind = string_or(from, "kind");
    element.id = string_or(from, "id");
    element.file = *file;
    element.start_s = number_or(from, "start", 0);
    const double end = number_or(from, "end", -1);
    element.end_s = end < 0 ? duration_s : std::min(end, duration_s);
    element.media_start_s = number_or(from, "mediaStart", 0);
    element.rate = number_or(from, "rate", 1);
    element.volume = std::clamp(number_or(from, "volume", 1), 0.0, 4.0);
    element.is_looped = bool_or(from, "loop", false);
    element.fade_in_s = number_or(from, "fadeIn", 0);
    element.fade_out_s = number_or(from, "fadeOut", 0);
    const auto* fact = object_or_null(known, url);
    const std::string wish = string_or(from, "hasAudio");
    const bool is_muted = bool_or(from, "muted", false);
    element.channels = fact != nullptr ? static_cast<int>(int_or(*fact, "channels", 2)) : 2;
    const bool has_sound = fact != nullptr && bool_or(*fact, "hasAudio", false);
    element.is_heard =
        has_sound && !bool_or(from, "hidden", false) &&
        (element.kind == "audio" ? !is_muted : wish == "true" || (wish.empty() && !is_muted));
    elements.push_back(std::move(element));
  }
  return elements;
}

void set_volumes(std::vector<MediaElement>& elements, const json::array& curves) {
  for (const auto& curve : curves) {
    const auto index = static_cast<std::size_t>(int_or(curve.get_object(), "index", -1));
    const auto* times = array_or_null(curve.get_object(), "times");
    const auto* values = array_or_null(curve.get_object(), "values");
    if (times == nullptr || values == nullptr || index >= elements.size()) continue;
    auto& volumes = elements[index].volumes;
    for (std::size_t i = 0; i < std::min(times->size(), values->size()); ++i) {
      const auto& time = (*times)[i];
      const auto& value = (*values)[i];
      if (!time.is_number() || !value.is_number()) continue;
      volumes.push_back({time.to_number<double>(), value.to_number<double>()});
    }
  }
}

}  // namespace understudy::browser
