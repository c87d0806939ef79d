// MediaElement: a video or audio element of a composition, as its page describes it
// (runtime/api.js).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "browser/film_pictures.h"

namespace understudy::browser {

struct MediaElement {
  std::string kind;  // "video", "audio"
  std::string id;
  std::filesystem::path file;
  int channels = 2;  // of its sound
  double start_s = 0;
  double end_s = 0;
  double media_start_s = 0;
  double rate = 1;
  double volume = 1;
  bool is_looped = false;
  bool is_heard = false;
  double fade_in_s = 0;
  double fade_out_s = 0;
  // When its volume is animated: instead of `volume`, straight from one to the next.
  struct Volume {
    double time_s = 0;  // of the composition; they ascend
    double gain = 1;
  };
  std::vector<Volume> volumes;
};

// Those whose files are there. `described`: of the page's describe(); `known`: what was found out
// of the files, by URL: {"channels", "hasAudio"}. `duration_s`: the composition's.
std::vector<MediaElement> media_elements(const json::array& described, const json::object& known,
                                         const FilmPictures& films, double duration_s);

// `curves`: of the page's volumes(): [{"index", "times", "values"}].
void set_volumes(std::vector<MediaElement>& elements, const json::array& curves);

}  // namespace understudy::browser
