#include "talking_film.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "avatar/mouth_track.h"
#include "avatar/preview.h"
#include "compose/video_output.h"
#include "face/face_finder.h"
#include "media/image.h"
#include "speech/synthesizer.h"

namespace understudy::testing {
namespace {

// Ordinary sentences in which every sound of English comes up several times.
constexpr std::array<const char*, 16> kSentences = {
    "Good morning, and thank you for joining me at such short notice.",
    "The boy above the harbour was watching seven white boats.",
    "We have just moved our workshop to a larger house beside the river.",
    "Please measure the picture twice before you choose a frame for it.",
    "Bob and Mary plan to open a small bakery in the village by the church.",
    "Five of the farmers found fresh water behind the old stone wall.",
    "She usually enjoys a cup of strong coffee with her father.",
    "I would rather show you how the machine works than talk about it.",
    "Every evening the children read a book about ships and far islands.",
    "Could you push the table a little nearer to the window, please?",
    "My brother paid too much for the blue umbrella, but he loves it.",
    "Thirty judges agreed that the young singer had the better voice.",
    "Put the apples in the paper bag and leave them by the front door.",
    "The weather in the valley changed from warm to cool within an hour.",
    "Nobody knew why the yellow bird kept coming back to our garden.",
    "That was all for today, so thank you very much and see you soon."};

Result<speech::Speech> spoken(const std::string& text, const std::string& voice_id) {
  speech::SpeechRequest request;
  request.text = text;
  request.voice_id = voice_id.empty() ? speech::default_voice("male").id : voice_id;
  return speech::synthesize(request);
}

void append_silence(speech::Speech& speech, double seconds) {
  const double end_s = speech.duration_s();
  speech.samples.resize(speech.samples.size() +
                        static_cast<std::size_t>(std::lround(seconds * speech::kSampleRate)));
  speech.phones.push_back({end_s, speech.duration_s(), "pau", false});
}

void append(speech::Speech& speech, const speech::Speech& more) {
  const double from_s = speech.duration_s();
  for (auto phone : more.phones) {
    phone.start_s += from_s, phone.end_s += from_s;
    speech.phones.push_back(std::move(phone));
  }
  for (auto word : more.words) {
    word.start_s += from_s, word.end_s += from_s;
    speech.words.push_back(std::move(word));
  }
  speech.samples.insert(speech.samples.end(), more.samples.begin(), more.samples.end());
}

// How the person in the film moves the mouth. Nobody speaks by the book: this one rounds the lips
// where others spread them, hardly opens for wide vowels and spreads the lips for those between.
// The mouth that is shown follows these phones, the sound and the known phones do not.
speech::Speech as_articulated(speech::Speech speech) {
  for (auto& phone : speech.phones) {
    switch (avatar::viseme_of(phone.symbol)) {
      case avatar::Viseme::spread: phone.symbol = "uw"; break;
      case avatar::Viseme::open: phone.symbol = "eh"; break;
      case avatar::Viseme::mid: phone.symbol = "iy"; break;
      default: break;
    }
  }
  return speech;
}

class PhotoFilm final : public compose::FrameSource {
 public:
  PhotoFilm(avatar::PhotoAnimator animator, int frame_count)
      : animator_(std::move(animator)), frame_count_(frame_count) {}
  int frame_count() const override { return frame_count_; }
  Result<media::Rectangle> draw(int index, media::Frame& canvas) override {
    truth.push_back(animator_.mouth(index));
    return animator_.draw_on(index, canvas);
  }
  std::vector<avatar::MouthLandmarks> truth;

 private:
  avatar::PhotoAnimator animator_;
  int frame_count_;
};

}  // namespace

Result<speech::Speech> film_speech(const FilmSettings& settings) {
  if (!settings.text.empty()) return spoken(settings.text, settings.voice_id);
  speech::Speech speech;
  append_silence(speech, 1);
  for (std::size_t i = 0;; ++i) {
    TRY_ASSIGN(const auto sentence, spoken(kSentences[i % kSentences.size()], settings.voice_id));
    const double pause_s = i % 3 == 2 ? 1.6 : 0.5;
    if (speech.duration_s() + sentence.duration_s() + 0.4 > settings.seconds) break;
    append(speech, sentence);
    append_silence(speech, std::min(pause_s, settings.seconds - speech.duration_s()));
  }
  append_silence(speech, settings.seconds - speech.duration_s());
  return speech;
}

Result<MadeFilm> make_talking_film(const std::filesystem::path& file,
                                   const FilmSettings& settings) {
  const auto* look = avatar::find_look(settings.look);
  if (look == nullptr) return fail(ErrorCode::avatar_not_found, "There is no such look.");
  const auto photo = media::to_image(avatar::preview_picture(*look, 1280, 720));
  TRY_ASSIGN(auto finder, face::FaceFinder::open({}));
  TRY_ASSIGN(const auto face, finder.find(photo));
  MadeFilm made;
  TRY_ASSIGN(made.speech, film_speech(settings));
  avatar::PhotoOptions options;
  options.width = settings.width;
  options.height = settings.height;
  options.expressiveness = avatar::Expressiveness::high;
  options.motion_prompt = settings.motion_prompt;
  options.seed = settings.seed;
  PhotoFilm film(avatar::PhotoAnimator(photo, face, as_articulated(made.speech), options),
                 static_cast<int>(made.speech.duration_s() * kFilmFps));
  compose::VideoOptions video;
  video.width = settings.width;
  video.height = settings.height;
  video.fps = kFilmFps;
  video.crf = 18;
  compose::OutputPaths paths;
  paths.video = file;
  TRY(compose::write_video(film, {.samples = made.speech.samples, .channels = 1, .words = {}},
                           video, paths));
  made.truth = std::move(film.truth);
  return made;
}

}  // namespace understudy::testing
