#include "products/voices/voices_json.h"

#include <cmath>

#include "api/job_json.h"
#include "jobs/charge_json.h"

namespace understudy::voices {
namespace {

json::value seconds(double time) { return decimal(std::llround(time * 1000), 3); }

}  // namespace

json::object voice_json(const speech::Voice& voice, const std::string& preview_url) {
  return {{"voice_id", voice.id},
          {"name", voice.name},
          {"language", voice.language},
          {"gender", voice.gender},
          {"type", "public"},
          {"preview_audio_url", preview_url},
          {"support_pause", true},
          // Only English voices read differently by locale (the order of dates).
          {"support_locale", voice.is_named()}};
}

json::object voice_detail_json(const speech::Voice& voice, const std::string& preview_url) {
  return {{"voice_id", voice.id},
          {"name", voice.name},
          {"language", voice.language},
          {"gender", voice.gender},
          {"preview_audio_url", preview_url},
          {"support_pause", true},
          {"support_interactive_avatar", voice.is_named()},
          {"status", nullptr},  // of cloned voices only, as the two below
          {"failure_message", nullptr},
          {"created_at", nullptr}};
}

json::array word_timestamps_json(const speech::Speech& speech) {
  json::array words;
  for (const auto& word : speech.words) {
    words.push_back(json::object{
        {"word", word.text}, {"start", seconds(word.start_s)}, {"end", seconds(word.end_s)}});
  }
  return words;
}

Result<json::object> speech_json(const jobs::Job& job, const api::LinkFunction& link,
                                 const money::PriceBook& prices) {
  auto audio_url = api::output_link(job.result, "audio", link);
  if (audio_url.is_null()) return fail(ErrorCode::internal_error, "The speech was lost.");
  json::object answer{{"audio_url", std::move(audio_url)},
                      {"duration", decimal(job.charge.quantity, 3)},
                      {"request_id", job.id},
                      {"charge", jobs::charge_json(job, prices)}};
  const auto* words = array_or_null(job.result, "word_timestamps");
  answer["word_timestamps"] = words == nullptr ? json::value(nullptr) : json::value(*words);
  return answer;
}

}  // namespace understudy::voices
