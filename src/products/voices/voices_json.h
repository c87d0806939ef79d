// Voices and speech as the public API spells them: Voice, VoiceDetail and Speech of the contract.
#pragma once

#include <string>

#include "api/links.h"
#include "base/json.h"
#include "jobs/job.h"
#include "money/price_book.h"
#include "speech/speech.h"
#include "speech/voice_catalogue.h"

namespace understudy::voices {

json::object voice_json(const speech::Voice& voice, const std::string& preview_url);
json::object voice_detail_json(const speech::Voice& voice, const std::string& preview_url);

// [{word, start, end}], seconds with three decimals.
json::array word_timestamps_json(const speech::Speech& speech);

// A completed job as the answer of POST /v3/voices/speech.
// Errors: internal_error (the job's result has no sound).
Result<json::object> speech_json(const jobs::Job& job, const api::LinkFunction& link,
                                 const money::PriceBook& prices);

}  // namespace understudy::voices
