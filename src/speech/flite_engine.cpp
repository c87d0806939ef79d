#include "speech/flite_engine.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

extern "C" {
#include <flite/cst_cg.h>
#include <flite/flite.h>

cst_voice* register_cmu_us_awb(const char*);
cst_voice* register_cmu_us_rms(const char*);
cst_voice* register_cmu_us_slt(const char*);
}

namespace understudy::speech {
namespace {

// flite keeps its voices, and features set on them, in globals.
std::mutex& flite_mutex() {
  static std::mutex mutex;
  return mutex;
}

cst_voice* parent_voice(const std::string& name) {
  static const bool is_ready = flite_init() >= 0;
  if (!is_ready) return nullptr;
  if (name == "slt") return register_cmu_us_slt(nullptr);
  if (name == "rms") return register_cmu_us_rms(nullptr);
  if (name == "awb") return register_cmu_us_awb(nullptr);
  return nullptr;
}

struct UtteranceDeleter {
  void operator()(cst_utterance* utterance) const { delete_utterance(utterance); }
};
using Utterance = std::unique_ptr<cst_utterance, UtteranceDeleter>;

struct TrackDeleter {
  void operator()(cst_track* track) const { delete_track(track); }
};
struct WaveDeleter {
  void operator()(cst_wave* wave) const { delete_wave(wave); }
};

// Told by flite's own vocoder when its first samples are there: ours does that part.
int stop_at_once(const cst_wave*, int, int, int, cst_audio_streaming_info*) {
  return CST_AUDIO_STREAM_STOP;
}

cst_utterance* make_no_sound(cst_utterance* utterance) { return utterance; }

constexpr const char* kTokenIndex = "understudy_token";

// The Token relation, filled by us instead of flite's tokeniser. False: nothing to say.
Result<bool> add_tokens(cst_utterance* utterance, const Sentence& sentence, DateOrder order) {
  cst_relation* relation = utt_relation_create(utterance, "Token");
  for (std::size_t i = 0; i < sentence.tokens.size(); ++i) {
    const auto& token = sentence.tokens[i];
    TRY_ASSIGN(const auto pieces, english_tokens(token.text, order));
    for (const auto& piece : pieces) {
      if (piece.name.empty()) {
        cst_item* last = relation_tail(relation);
        if (last != nullptr && !piece.punctuation.empty()) {
          item_set_string(last, "punc", piece.punctuation.c_str());
        }
        continue;
      }
      cst_item* item = relation_append(relation, nullptr);
      item_set_string(item, "name", piece.name.c_str());
      item_set_string(item, "whitespace", " ");
      item_set_string(item, "prepunctuation", piece.prepunctuation.c_str());
      item_set_string(item, "punc", piece.punctuation.c_str());
      item_set_int(item, kTokenIndex, static_cast<int>(i));
      const double rate = token.prosody.rate * (token.prosody.is_emphasised ? 0.87 : 1.0);
      if (rate != 1) {
        item_set_float(item, "local_duration_stretch", static_cast<float>(1 / rate));
      }
    }
  }
  return relation_head(relation) != nullptr;
}

// The script token that a segment belongs to, or -1 for a pause.
int token_of(const cst_item* segment) {
  const cst_item* syllable = item_parent(item_as(segment, "SylStructure"));
  const cst_item* word = syllable == nullptr ? nullptr : item_parent(syllable);
  const cst_item* token = word == nullptr ? nullptr : item_parent(item_as(word, "Token"));
  if (token == nullptr || item_feat_present(token, kTokenIndex) == 0) return -1;
  return item_feat_int(token, kTokenIndex);
}

bool is_vowel(const std::string& phone) {
  return !phone.empty() && std::strchr("aeiou", phone.front()) != nullptr;
}

bool is_stressed(const cst_item* segment) {
  const cst_item* syllable = item_parent(item_as(segment, "SylStructure"));
  return syllable != nullptr && item_feat_present(syllable, "stress") != 0 &&
         std::strcmp(item_feat_string(syllable, "stress"), "1") == 0;
}

struct Segments {
  std::vector<Phone> phones;
  std::vector<int> token;  // of each phone, -1 for pauses
};

Segments read_segments(const cst_utterance* utterance) {
  Segments out;
  double start = 0;
  for (const cst_item* s = relation_head(utt_relation(utterance, "Segment")); s != nullptr;
       s = item_next(s)) {
    Phone phone;
    phone.symbol = item_feat_string(s, "name");
    phone.start_s = start;
    phone.end_s = item_feat_present(s, "end") != 0 ? item_feat_float(s, "end") : 0;
    phone.is_stressed = is_vowel(phone.symbol) && is_stressed(s);
    start = phone.end_s;
    out.token.push_back(token_of(s));
    out.phones.push_back(std::move(phone));
  }
  return out;
}

// Pitch factor and level of each frame, smoothed so that no edge is heard.
struct FrameProsody {
  std::vector<double> semitones;
  std::vector<double> gain_db;
};

std::vector<double> smoothed(const std::vector<double>& values) {
  constexpr int kReach = 6;  // frames of 5 ms
  std::vector<double> out(values.size());
  const int count = static_cast<int>(values.size());
  for (int i = 0; i < count; ++i) {
    const int first = std::max(0, i - kReach);
    const int last = std::min(count - 1, i + kReach);
    double sum = 0;
    for (int j = first; j <= last; ++j) sum += values[static_cast<std::size_t>(j)];
    out[static_cast<std::size_t>(i)] = sum / (last - first + 1);
  }
  return out;
}

FrameProsody frame_prosody(const Segments& segments, const Sentence& sentence, int frames,
                           double frame_s) {
  FrameProsody out;
  out.semitones.assign(static_cast<std::size_t>(frames), 0);
  out.gain_db.assign(static_cast<std::size_t>(frames), 0);
  for (std::size_t i = 0; i < segments.phones.size(); ++i) {
    if (segments.token[i] < 0) continue;
    const auto& prosody = sentence.tokens[static_cast<std::size_t>(segments.token[i])].prosody;
    // Emphasis is mostly pitch, on the stressed syllable; level and length help a little.
    const bool is_peak = prosody.is_emphasised && segments.phones[i].is_stressed;
    const double semitones =
        prosody.semitones + (prosody.is_emphasised ? (is_peak ? 3.5 : 1.5) : 0);
    const double gain_db = prosody.gain_db + (prosody.is_emphasised ? 2.0 : 0);
    const auto first = static_cast<std::size_t>(segments.phones[i].start_s / frame_s);
    const auto last = static_cast<std::size_t>(segments.phones[i].end_s / frame_s);
    for (std::size_t f = first; f < std::min(last, out.semitones.size()); ++f) {
      out.semitones[f] = semitones;
      out.gain_db[f] = gain_db;
    }
  }
  out.semitones = smoothed(out.semitones);
  out.gain_db = smoothed(out.gain_db);
  return out;
}

// alpha for which low frequencies move by `scale`: the slope of the warped axis at 0 Hz is
// (1 + alpha) / (1 - alpha), and a steeper axis puts the same cepstrum lower.
float warped_alpha(float alpha, double scale) {
  const double slope = (1.0 + alpha) / (1.0 - alpha) / scale;
  return static_cast<float>((slope - 1) / (slope + 1));
}

void shape_pitch(cst_track& track, const FrameProsody& prosody, const Voice& voice,
                 const Delivery& delivery, double mean_hz) {
  constexpr double kLowest = 50;  // Hz
  constexpr double kHighest = 500;
  const double log_mean = std::log(mean_hz);
  for (int f = 0; f < track.num_frames; ++f) {
    float* frame = track.frames[f];
    const auto at = static_cast<std::size_t>(f);
    if (frame[0] > 0) {
      const double semitones = voice.semitones + delivery.semitones + prosody.semitones[at];
      const double range = (std::log(static_cast<double>(frame[0])) - log_mean) * voice.pitch_range;
      const double hz = std::exp(log_mean + range + semitones * std::log(2.0) / 12);
      frame[0] = static_cast<float>(std::clamp(hz, kLowest, kHighest));
    }
    // Channel 1 is the zeroth cepstral coefficient, the natural logarithm of the gain.
    frame[1] += static_cast<float>(prosody.gain_db[at] * std::log(10.0) / 20);
  }
}

std::vector<float> vocode(const cst_utterance* utterance, const Segments& segments,
                          const Sentence& sentence, const Voice& voice, const Delivery& delivery) {
  const cst_cg_db& parent = *val_cg_db(utt_feat_val(utterance, "cg_db"));
  cst_cg_db database = parent;  // a shallow copy that outlives the calls below
  database.freeable = 0;
  database.mlsa_alpha = warped_alpha(parent.mlsa_alpha, voice.formant_scale);
  // flite's samples are 16 bit and wrap round when they overflow; half the gain leaves room for
  // every voice, and loudness is set later anyway.
  database.gain = (parent.gain != 0 ? parent.gain : 1.0F) * 0.5F;

  const cst_track* means = val_track(utt_feat_val(utterance, "param_track"));
  const std::unique_ptr<cst_track, TrackDeleter> track(mlpg(means, &database));
  const auto prosody = frame_prosody(segments, sentence, track->num_frames,
                                     static_cast<double>(parent.frame_advance));
  shape_pitch(*track, prosody, voice, delivery, static_cast<double>(parent.f0_mean));
  const cst_track* strengths =
      parent.mixed_excitation != 0 ? val_track(utt_feat_val(utterance, "str_track")) : nullptr;
  // The vocoder's noise comes from rand(): the same text sounds the same every time.
  std::srand(1);  // NOLINT(concurrency-mt-unsafe): under flite_mutex()
  const std::unique_ptr<cst_wave, WaveDeleter> wave(
      mlsa_resynthesis(track.get(), strengths, &database, nullptr, 0));
  std::vector<float> samples(static_cast<std::size_t>(wave->num_samples));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(wave->samples[i]) / 32768.0F;
  }
  return samples;
}

std::vector<TokenTime> token_times(const Segments& segments) {
  std::vector<TokenTime> out;
  for (std::size_t i = 0; i < segments.phones.size(); ++i) {
    if (segments.token[i] < 0) continue;
    const auto token = static_cast<std::size_t>(segments.token[i]);
    if (out.empty() || out.back().token != token) {
      out.push_back({token, segments.phones[i].start_s, 0});
    }
    out.back().end_s = segments.phones[i].end_s;
  }
  return out;
}

}  // namespace

Result<EngineSpeech> speak_flite(const Sentence& sentence, const Voice& voice,
                                 const Delivery& delivery, DateOrder order) {
  const std::lock_guard lock(flite_mutex());
  cst_voice* parent = parent_voice(voice.parent);
  if (parent == nullptr) {
    return fail_with_detail(ErrorCode::engine_failed, "this voice is not installed",
                            "no flite voice " + voice.parent);
  }
  Utterance utterance(new_utterance());
  TRY_ASSIGN(const bool is_spoken, add_tokens(utterance.get(), sentence, order));
  if (!is_spoken) return EngineSpeech{};

  cst_audio_streaming_info* stop = new_audio_streaming_info();  // owned by the utterance's features
  stop->min_buffsize = 0;
  stop->asc = stop_at_once;
  feat_set(utterance->features, "streaming_info", audio_streaming_info_val(stop));
  const double stretch = 1 / (delivery.rate * voice.rate);
  feat_set_float(utterance->features, "duration_stretch", static_cast<float>(stretch));
  // On failure flite has deleted the utterance already.
  if (flite_do_synth(utterance.get(), parent, utt_synth_tokens) == nullptr) {
    static_cast<void>(utterance.release());
    return fail(ErrorCode::engine_failed, "the text could not be spoken");
  }

  EngineSpeech speech;
  speech.rate =
      parent == nullptr ? 0 : val_cg_db(utt_feat_val(utterance.get(), "cg_db"))->sample_rate;
  const Segments segments = read_segments(utterance.get());
  speech.samples = vocode(utterance.get(), segments, sentence, voice, delivery);
  speech.tokens = token_times(segments);
  speech.phones = segments.phones;
  const double end = static_cast<double>(speech.samples.size()) / speech.rate;
  for (auto& phone : speech.phones) phone.end_s = std::min(phone.end_s, end);
  speech.phones.back().end_s = end;
  return speech;
}

Result<std::vector<std::vector<Phone>>> pronounce_flite(const Sentence& sentence, DateOrder order) {
  const std::lock_guard lock(flite_mutex());
  Utterance utterance(new_utterance());
  TRY_ASSIGN(const bool is_spoken, add_tokens(utterance.get(), sentence, order));
  std::vector<std::vector<Phone>> out(sentence.tokens.size());
  if (!is_spoken) return out;
  feat_set(utterance->features, "wave_synth_func", uttfunc_val(&make_no_sound));
  cst_voice* voice = parent_voice("rms");
  if (voice == nullptr || flite_do_synth(utterance.get(), voice, utt_synth_tokens) == nullptr) {
    if (voice != nullptr) static_cast<void>(utterance.release());
    return fail(ErrorCode::engine_failed, "the text could not be pronounced");
  }
  const Segments segments = read_segments(utterance.get());
  for (std::size_t i = 0; i < segments.phones.size(); ++i) {
    if (segments.token[i] >= 0) {
      out[static_cast<std::size_t>(segments.token[i])].push_back(segments.phones[i]);
    }
  }
  return out;
}

}  // namespace understudy::speech
