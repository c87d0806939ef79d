#include "speech/alignment.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/resample.h"
#include "speech/espeak_phones.h"
#include "speech/flite_engine.h"
#include "speech/prosody_track.h"
#include "speech/script.h"
#include "speech/sphinx_decoder.h"
#include "speech/stress.h"

namespace understudy::speech {
namespace {

constexpr int kRate = SphinxDecoder::kRate;
constexpr double kPieceMin = 15;  // seconds; recordings are read in pieces cut where they are quiet
constexpr double kPieceMax = 30;
constexpr double kKnownTextMax =
    180;                            // seconds; the grammar of a longer text is too slow to search
constexpr double kSilenceDb = -55;  // a piece that is never louder holds no speech

struct Piece {
  std::size_t begin = 0;  // samples at kRate
  std::size_t end = 0;
  double start_s() const { return static_cast<double>(begin) / kRate; }
  double end_s() const { return static_cast<double>(end) / kRate; }
};

// The quietest 10 ms between kPieceMin and kPieceMax after each cut.
std::vector<Piece> pieces_of(const std::vector<float>& energy_db, std::size_t samples) {
  std::vector<Piece> out;
  const std::size_t frame = kRate / kProsodyRate;
  std::size_t begin = 0;
  while (samples - begin > static_cast<std::size_t>(kPieceMax * kRate)) {
    const std::size_t first = begin / frame + static_cast<std::size_t>(kPieceMin * kProsodyRate);
    const std::size_t last = std::min(
        begin / frame + static_cast<std::size_t>(kPieceMax * kProsodyRate), energy_db.size() - 1);
    std::size_t quietest = first;
    double least = 1e9;
    for (std::size_t f = first; f < last; ++f) {
      double sum = 0;  // over 150 ms, so that a stop inside a word does not win
      for (std::size_t g = f - 7; g <= std::min(f + 7, energy_db.size() - 1); ++g) {
        sum += static_cast<double>(energy_db[g]);
      }
      if (sum < least) {
        least = sum;
        quietest = f;
      }
    }
    out.push_back({begin, quietest * frame});
    begin = quietest * frame;
  }
  out.push_back({begin, samples});
  return out;
}

bool is_silent(const std::vector<float>& energy_db, const Piece& piece) {
  const auto first = static_cast<std::size_t>(piece.start_s() * kProsodyRate);
  const auto last =
      std::min(static_cast<std::size_t>(piece.end_s() * kProsodyRate) + 1, energy_db.size());
  for (std::size_t f = first; f < last; ++f) {
    if (static_cast<double>(energy_db[f]) > kSilenceDb) return false;
  }
  return true;
}

bool is_filler(const std::string& label) {
  return label.empty() || label[0] == '<' || label[0] == '[' || label[0] == '+';
}

// "don't(2)" -> "don't", "i'm" -> "I'm"
std::string word_of(std::string label) {
  label = label.substr(0, label.find('('));
  if (label == "i" || label.substr(0, 2) == "i'") label[0] = 'I';
  return label;
}

Result<std::vector<Word>> words_of(SphinxDecoder& decoder, std::span<const float> sound,
                                   double offset_s) {
  TRY_ASSIGN(const auto spans, decoder.decode(sound));
  std::vector<Word> words;
  for (const auto& span : spans) {
    if (is_filler(span.label)) continue;
    words.push_back({span.start_s + offset_s, span.end_s + offset_s, word_of(span.label), false});
  }
  return words;
}

std::string sphinx_phone(const std::string& arpabet) {
  if (arpabet == "ax") return "AH";
  if (arpabet == "axr") return "ER";
  if (arpabet == "ix") return "IH";
  std::string out = arpabet;
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return out;
}

std::string arpabet_of(const std::string& sphinx) {
  std::string out = sphinx;
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Spoken words with the phones that the lexicon gives them.
struct Pronounced {
  std::string text;
  std::vector<Phone> phones;
};

Result<std::vector<Pronounced>> pronounce(const std::string& text) {
  const Script script = script_from_text(text);
  std::vector<Pronounced> out;
  for (const auto& word : script.words) out.push_back({word, {}});
  for (const auto& sentence : script.sentences) {
    TRY_ASSIGN(const auto phones, pronounce_flite(sentence, DateOrder::month_first));
    for (std::size_t i = 0; i < phones.size(); ++i) {
      auto& into = out[sentence.tokens[i].word].phones;
      into.insert(into.end(), phones[i].begin(), phones[i].end());
    }
  }
  return out;
}

// A part of the track: its phones in order, silences left out.
struct Track {
  std::vector<Phone> phones;
  std::vector<Word> words;
};

// Empty when the sound is not these words.
Result<std::optional<Track>> align(std::span<const float> sound,
                                   const std::vector<Pronounced>& text, double offset_s) {
  std::vector<std::vector<std::string>> grammar;
  std::size_t count = 0;
  for (const auto& word : text) {
    grammar.emplace_back();
    for (const auto& phone : word.phones) grammar.back().push_back(sphinx_phone(phone.symbol));
    count += word.phones.size();
  }
  if (count == 0) return std::nullopt;
  TRY_ASSIGN(auto decoder, SphinxDecoder::for_alignment(grammar));
  TRY_ASSIGN(auto spans, decoder.decode(sound));
  std::erase_if(spans, [](const SphinxSpan& span) { return is_filler(span.label); });
  if (spans.size() != count) return std::nullopt;
  Track track;
  std::size_t next = 0;
  for (const auto& word : text) {
    const std::size_t first = next;
    for (Phone phone : word.phones) {
      phone.start_s = spans[next].start_s + offset_s;
      phone.end_s = spans[next].end_s + offset_s;
      track.phones.push_back(std::move(phone));
      ++next;
    }
    const double start = next > first          ? spans[first].start_s + offset_s
                         : track.words.empty() ? offset_s
                                               : track.words.back().end_s;
    const double end = next > first ? spans[next - 1].end_s + offset_s : start;
    track.words.push_back({start, end, word.text, false});
  }
  return track;
}

Result<std::vector<Phone>> phone_loop(std::span<const float> sound, double offset_s) {
  TRY_ASSIGN(auto decoder, SphinxDecoder::for_phones());
  TRY_ASSIGN(const auto spans, decoder.decode(sound));
  std::vector<Phone> phones;
  for (const auto& span : spans) {
    if (is_filler(span.label) || span.label == "SIL") continue;
    const std::string symbol = arpabet_of(span.label);
    phones.push_back(
        {span.start_s + offset_s, span.end_s + offset_s, symbol, is_vowel_phone(symbol)});
  }
  return phones;
}

// Fills the gaps with silence, from 0 to `end_s`.
std::vector<Phone> without_gaps(std::vector<Phone> phones, double end_s) {
  std::vector<Phone> out;
  double at = 0;
  for (auto& phone : phones) {
    phone.start_s = std::max(phone.start_s, at);
    phone.end_s = std::min(phone.end_s, end_s);
    if (phone.end_s - phone.start_s < 1e-6) continue;
    if (phone.start_s - at > 1e-6) out.push_back({at, phone.start_s, "pau", false});
    at = phone.end_s;
    out.push_back(std::move(phone));
  }
  if (end_s - at > 1e-6 || out.empty()) out.push_back({at, end_s, "pau", false});
  return out;
}

std::string joined(const std::vector<Word>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word.text;
  return out;
}

class AudioReader {
 public:
  AudioReader(std::vector<float> samples, const AudioReading& reading,
              const ProgressFn& on_progress)
      : reading_(reading),
        on_progress_(on_progress),
        sound_(media::resample(samples, kSampleRate, kRate)) {
    ProsodyTrack prosody = track_prosody(samples, kSampleRate);
    speech_.samples = std::move(samples);
    speech_.pitch_hz = std::move(prosody.pitch_hz);
    speech_.energy_db = std::move(prosody.energy_db);
  }

  Result<Speech> read() {
    TRY(check_sphinx_model());
    bool is_done = false;
    if (reading_.text && reading_.is_english && speech_.duration_s() <= kKnownTextMax) {
      TRY_ASSIGN(is_done, read_known_text());
    }
    if (!is_done) TRY(read_pieces());
    speech_.phones = without_gaps(std::move(speech_.phones), speech_.duration_s());
    mark_strong_words(speech_);
    return std::move(speech_);
  }

 private:
  Result<bool> read_known_text();
  Result<void> read_pieces();
  Result<void> read_piece(SphinxDecoder* words, const Piece& piece);

  AudioReading reading_;
  const ProgressFn& on_progress_;
  std::vector<float> sound_;  // at kRate
  Speech speech_;
};

Result<bool> AudioReader::read_known_text() {
  TRY_ASSIGN(const auto text, pronounce(*reading_.text));
  TRY_ASSIGN(auto track, align(sound_, text, 0));
  if (!track) return false;
  speech_.phones = std::move(track->phones);
  speech_.words = std::move(track->words);
  return true;
}

Result<void> AudioReader::read_piece(SphinxDecoder* words, const Piece& piece) {
  const auto sound = std::span(sound_).subspan(piece.begin, piece.end - piece.begin);
  if (words != nullptr) {
    TRY_ASSIGN(auto heard, words_of(*words, sound, piece.start_s()));
    if (!heard.empty()) {
      TRY_ASSIGN(const auto text, pronounce(joined(heard)));
      TRY_ASSIGN(auto track, align(sound, text, piece.start_s()));
      speech_.words.insert(speech_.words.end(), heard.begin(), heard.end());
      if (track) {
        speech_.phones.insert(speech_.phones.end(), track->phones.begin(), track->phones.end());
        return {};
      }
    }
  }
  TRY_ASSIGN(auto phones, phone_loop(sound, piece.start_s()));
  speech_.phones.insert(speech_.phones.end(), phones.begin(), phones.end());
  return {};
}

Result<void> AudioReader::read_pieces() {
  const auto pieces = pieces_of(speech_.energy_db, sound_.size());
  std::optional<SphinxDecoder> words;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!is_silent(speech_.energy_db, pieces[i])) {
      if (reading_.is_english && !words) {
        TRY_ASSIGN(auto decoder, SphinxDecoder::for_words());
        words.emplace(std::move(decoder));
      }
      TRY(read_piece(words ? &*words : nullptr, pieces[i]));
    }
    const double done = static_cast<double>(i + 1) / static_cast<double>(pieces.size());
    if (on_progress_ && !on_progress_(done))
      return fail(ErrorCode::cancelled, "the job was cancelled");
  }
  return {};
}

}  // namespace

Result<Speech> read_audio(std::vector<float> samples, const AudioReading& reading,
                          const ProgressFn& on_progress) {
  return AudioReader(std::move(samples), reading, on_progress).read();
}

Result<std::vector<Word>> recognise_words(std::span<const float> mono, int rate) {
  TRY_ASSIGN(auto decoder, SphinxDecoder::for_words());
  const auto sound = media::resample(mono, rate, kRate);
  const auto pieces = pieces_of(track_prosody(mono, rate).energy_db, sound.size());
  std::vector<Word> out;
  for (const auto& piece : pieces) {
    TRY_ASSIGN(auto words,
               words_of(decoder, std::span(sound).subspan(piece.begin, piece.end - piece.begin),
                        piece.start_s()));
    out.insert(out.end(), words.begin(), words.end());
  }
  return out;
}

}  // namespace understudy::speech
