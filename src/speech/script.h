// Script: a text as the synthesisers take it, whatever it was written in (plain text or SSML).
//
// A word is a piece of the text between blanks, spelled as its author spelled it: what captions
// show. A token is what is said for it: mostly the same letters; several tokens where an alias
// stands for a word. A sentence is spoken in one breath by one call of an engine.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::speech {

// How a token differs from the voice's usual way to speak.
struct Prosody {
  double rate = 1;       // > 1 is faster
  double semitones = 0;  // > 0 is higher
  double gain_db = 0;
  bool is_emphasised = false;

  friend bool operator==(const Prosody&, const Prosody&) = default;
};

struct Token {
  std::string text;      // UTF-8, punctuation included, no blanks, never empty
  std::size_t word = 0;  // index in Script::words
  Prosody prosody;
};

struct Sentence {
  std::vector<Token> tokens;
  // Silence until the next sentence, exactly; unset: the pause that the engine makes by itself.
  std::optional<double> pause_after_s;
  bool ends_paragraph = false;  // at least kParagraphPause, where nothing exact is asked for
};

// A word or words of the text, and what is said for them. A term in capitals ("US", "SQL") means
// capitals only; any other means itself in every case. Whole words only.
struct Pronunciation {
  std::string term;
  std::string spoken;
};

struct Script {
  std::vector<std::string> words;
  std::vector<Sentence> sentences;
  double lead_silence_s = 0;  // breaks before the first word, exactly
};

inline constexpr double kParagraphPause = 0.7;  // seconds

// Longer sentences are cut at a comma or, without one, between words: the time and memory of an
// engine's call stay bounded.
inline constexpr std::size_t kTokensPerSentence = 60;
inline constexpr std::size_t kTokenBytes =
    48;  // a longer word is several tokens, for the same reason

// Finds terms in a text, the longest first where several fit.
class PronunciationFinder {
 public:
  PronunciationFinder() = default;
  explicit PronunciationFinder(std::span<const Pronunciation> pronunciations);

  struct Match {
    std::size_t start = 0;  // bytes of the text
    std::size_t size = 0;
    const std::string* spoken = nullptr;
  };
  // In order, without overlaps. The finder outlives them.
  std::vector<Match> matches(std::string_view text) const;

 private:
  struct Term {
    std::u32string folded;
    std::u32string exact;  // empty: any case will do
    std::string spoken;
  };
  std::map<char32_t, std::vector<Term>> terms_;  // by their first character, the longest first
};

// Puts a script together from characters with a way to say them. Blanks end words, full stops end
// sentences unless they belong to an abbreviation.
class ScriptBuilder {
 public:
  void set_prosody(const Prosody& prosody) { prosody_ = prosody; }
  // For all text from now on; aliases are said as they are.
  void set_pronunciations(std::span<const Pronunciation> pronunciations);
  void add_text(std::string_view text);  // UTF-8
  // `spelling` is shown, `spoken` is said.
  void add_alias(std::string_view spelling, std::string_view spoken);
  void end_sentence();
  void end_paragraph();
  // Exactly this silence here; breaks in a row add up.
  void add_break(double seconds);
  Script finish();

 private:
  struct Piece {  // a word that is still being read
    std::string spelling;
    std::string spoken;
    Prosody prosody;
  };

  void add_plain_text(std::string_view text);
  void end_word();
  void place(Piece piece);
  void close_sentence();
  void cut_long_sentence();
  bool is_new_sentence_before(std::string_view next_word) const;

  Script script_;
  Sentence sentence_;
  Piece piece_;
  Prosody prosody_;
  PronunciationFinder pronunciations_;
  bool may_end_ = false;  // the last token ends with a full stop or the like
  int newlines_ = 0;
};

Script script_from_text(std::string_view text,
                        std::span<const Pronunciation> pronunciations = {});

}  // namespace understudy::speech
