// Captions: cues from word times, and SRT and WebVTT in and out. Text is UTF-8; a line's length
// counts code points.
//
// Limits follow common broadcast practice (BBC Subtitle Guidelines, Netflix Timed Text Style
// Guide): two lines of at most 42 characters, 1 to 7 s on screen, breaks where the sentence breaks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace understudy::media {

struct Caption {
  double start_s = 0;
  double end_s = 0;
  std::string text;  // lines separated by '\n'
};

struct TimedWord {
  double start_s = 0;
  double end_s = 0;
  std::string text;  // with its punctuation
};

struct CaptionRules {
  int line_length_max = 42;
  int lines_max = 2;
  double duration_min_s = 1.0;  // unless the next cue follows sooner
  double duration_max_s = 7.0;
};

// In order, without overlaps, every word in exactly one cue. Requires: words in order of time.
std::vector<Caption> captions_from_words(std::span<const TimedWord> words,
                                         const CaptionRules& rules = {});

// Breaks one text into balanced lines; a longer text gets more lines than the rules allow.
std::string wrap_caption(std::string_view text, const CaptionRules& rules = {});

std::string to_srt(std::span<const Caption> captions);
std::string to_vtt(std::span<const Caption> captions);

// Recognises SRT or WebVTT; tags such as <i> and cue settings are dropped. Errors:
// invalid_parameter with the number of the line at fault.
Result<std::vector<Caption>> parse_captions(std::string_view text);

}  // namespace understudy::media
