#include "products/sounds/sounds_routes.h"

#include <charconv>
#include <cmath>

#include "api/pagination.h"
#include "library/sounds.h"
#include "library/tags.h"
#include "media/audio.h"

namespace understudy::sounds {
namespace {

using api::Request;
using api::Response;
using library::Sound;
using library::SoundType;

constexpr api::PageBounds kBounds{.limit_default = 10, .limit_max = 50};
constexpr double kScoreMinDefault = 0.7;
constexpr std::string_view kFolder = "/understudy/v1/library/sounds/";

struct Context {
  library::RenderCache& cache;
};

double rounded(double value) { return std::round(value * 10'000) / 10'000; }

json::object sound_json(const Request& request, const Sound& sound, double score) {
  const std::string url = request.base_url + std::string(kFolder) + std::string(sound.id);
  json::object made{{"id", sound.id},
                    {"type", sound.type == SoundType::music ? "music" : "sound_effects"},
                    {"name", sound.name},
                    {"description", sound.description},
                    {"audio_url", url + ".mp3"},
                    {"duration", sound.seconds},
                    {"score", rounded(score)},
                    {"placement", sound.placement},
                    {"peak_offset", nullptr},
                    {"wav_url", url + ".wav"}};
  if (sound.placement != "bed") made["peak_offset"] = sound.peak_s;
  json::array tags;
  for (const auto& tag : library::tags_of(sound.tags)) tags.emplace_back(tag);
  made["tags"] = std::move(tags);
  return made;
}

// The contract has checked that it is a number in range.
double score_min(const Request& request) {
  const auto text = request.query_value("min_score");
  double value = kScoreMinDefault;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

Result<Response> search(const Context&, const Request& request) {
  TRY_ASSIGN(const auto page, api::offset_page(request, kBounds));
  const auto type =
      request.query_value("type") == "sound_effects" ? SoundType::effect : SoundType::music;
  const auto hits = library::sound_ranking(type).find(request.query_value("query").value_or(""),
                                                      score_min(request));
  return api::offset_response(page, hits, [&](const library::Hit& hit) {
    return sound_json(request, library::sounds(type)[hit.item], hit.score);
  });
}

Result<Response> sound_file(const Context& context, const Request& request) {
  const std::string& file = request.path_param("file");
  const bool is_wav = file.ends_with(".wav");
  if (!is_wav && !file.ends_with(".mp3")) {
    return fail(ErrorCode::not_found, "There is nothing at this path.");
  }
  const std::string id = file.substr(0, file.size() - 4);
  TRY_ASSIGN(const auto* sound, library::find_sound(id));
  const std::string name =
      "sound-" + id + "-" + std::to_string(library::kSoundVersion) + (is_wav ? ".wav" : ".mp3");
  TRY_ASSIGN(auto path, context.cache.file(name, [sound, is_wav](const auto& unfinished) {
    return media::write_audio_file(unfinished, library::interleaved(library::play_sound(*sound)),
                                   is_wav ? media::AudioFormat::wav : media::AudioFormat::mp3, 2,
                                   {{"title", std::string(sound->name)}});
  }));
  Response response;
  response.file = api::FileBody{.path = std::move(path),
                                .mime_type = is_wav ? "audio/wav" : "audio/mpeg",
                                .download_name = file,
                                .etag = name};
  response.headers.emplace_back("cache-control", "public, max-age=86400");
  return response;
}

}  // namespace

std::vector<api::Route> routes(library::RenderCache& cache) {
  const Context context{cache};
  std::vector<api::Route> made = {
      api::port_route(context, "GET", "/v3/audio/sounds", "", search),
      api::port_route(context, "GET", "/understudy/v1/library/sounds/{file}", "", sound_file)};
  made[1].needs_key = false;  // players of sound cannot send one
  made[1].is_public_file = true;
  return made;
}

}  // namespace understudy::sounds
