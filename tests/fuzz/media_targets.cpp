// Scripts, captions, the first bytes of files, and what an inspection says about a file.
#include <string>

#include "base/text.h"
#include "media/captions.h"
#include "media/image_header.h"
#include "media/inspect.h"
#include "media/sniff.h"
#include "speech/ssml.h"
#include "target.h"

namespace understudy::fuzz {
namespace {

void check_script(const speech::Script& script) {
  for (const auto& sentence : script.sentences) {
    require(!sentence.tokens.empty(), "a sentence says something");
    require(sentence.tokens.size() <= speech::kTokensPerSentence, "a sentence is bounded");
    for (const auto& token : sentence.tokens) {
      require(!token.text.empty(), "a token says something");
      require(token.word < script.words.size(), "a token belongs to a word");
    }
    require(!sentence.pause_after_s || *sentence.pause_after_s >= 0, "a pause is no negative time");
  }
  require(script.lead_silence_s >= 0 && script.lead_silence_s <= speech::kBreaksMax,
          "silence is bounded");
}

void ssml(std::string_view input) {
  if (const auto script = speech::script_from_ssml(input)) check_script(*script);
}

void plain_script(std::string_view input) {
  if (is_valid_utf8(input)) check_script(speech::script_from_text(input));
}

void captions(std::string_view input) {
  const auto cues = media::parse_captions(input);
  if (!cues) return;
  const auto check = [&](const std::string& text) {
    const auto again = media::parse_captions(text);
    require(again.has_value(), "our own captions are readable");
    require(again->size() <= cues->size(), "no cue comes from nowhere");
  };
  check(media::to_srt(*cues));
  check(media::to_vtt(*cues));
}

void file_start(std::string_view input) {
  (void)media::sniff(input);
  if (const auto header = media::read_image_header(input)) {
    require(header->size.width > 0 && header->size.height > 0, "a picture has a size");
  }
}

void inspection(std::string_view input) {
  const auto value = parse_json(input);
  if (!value || !value->is_object()) return;
  const auto info = media::media_info_from(value->get_object());
  if (!info) return;
  require(media::media_info_from(media::to_json(*info)).has_value(), "our own facts are readable");
}

constexpr Target kTargets[] = {{"ssml", ssml},
                               {"script", plain_script},
                               {"captions", captions},
                               {"file_start", file_start},
                               {"inspection", inspection}};

}  // namespace

std::span<const Target> media_targets() { return kTargets; }

}  // namespace understudy::fuzz
