// understudy-espeak: espeak-ng behind a pipe. A program of its own, because espeak-ng is under the
// GPL version 3, keeps everything in globals and may crash on odd text; the server survives that.
//
// Frames both ways: four bytes of length (little endian), then that many bytes.
//   in:  {"op": "languages"}
//   out: {"languages": [{"code", "name", "file"}]}
//   in:  {"op": "speak", "voice": "roa/es+f3", "tokens": [{"text", "rate", "pitch"}]}
//        rate: words per minute, pitch: 0..100, both as espeak-ng counts
//   out: {"rate": 22050, "samples": N, "words": [[ms, token]], "phones": [[ms, "IPA"]]}, then a
//   frame of
//        N 16-bit samples
//   on failure: {"error": "..."}
// Ends when its input ends.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <espeak-ng/speak_lib.h>

#include "base/json.h"

namespace {

using understudy::json::array;
using understudy::json::object;

constexpr std::uint32_t kFrameMax = 16U << 20;

bool read_bytes(void* into, std::size_t count) {
  return std::fread(into, 1, count, stdin) == count;
}

bool read_frame(std::string& frame) {
  std::uint8_t size[4];
  if (!read_bytes(size, 4)) return false;
  const std::uint32_t count =
      size[0] | size[1] << 8 | size[2] << 16 | static_cast<std::uint32_t>(size[3]) << 24;
  if (count > kFrameMax) return false;
  frame.resize(count);
  return read_bytes(frame.data(), count);
}

void write_frame(std::string_view frame) {
  const auto count = static_cast<std::uint32_t>(frame.size());
  const std::uint8_t size[4] = {
      static_cast<std::uint8_t>(count), static_cast<std::uint8_t>(count >> 8),
      static_cast<std::uint8_t>(count >> 16), static_cast<std::uint8_t>(count >> 24)};
  std::fwrite(size, 1, 4, stdout);
  std::fwrite(frame.data(), 1, frame.size(), stdout);
  std::fflush(stdout);
}

// What one call of espeak_Synth gave; its callback has no other way to us than a global.
struct Spoken {
  std::vector<short> samples;
  array phones;
  array words;
  std::vector<int> token_at;  // of each character of the text
};
Spoken spoken;

int on_sound(short* samples, int count, espeak_EVENT* event) {
  if (samples != nullptr) spoken.samples.insert(spoken.samples.end(), samples, samples + count);
  for (; event->type != espeakEVENT_LIST_TERMINATED; ++event) {
    if (event->type == espeakEVENT_PHONEME) {
      const std::string_view name(event->id.string,
                                  strnlen(event->id.string, sizeof event->id.string));
      spoken.phones.push_back(array{event->audio_position, name});
    } else if (event->type == espeakEVENT_WORD && event->length > 0) {
      const auto at = static_cast<std::size_t>(event->text_position - 1);
      if (event->text_position < 1 || at >= spoken.token_at.size()) continue;
      spoken.words.push_back(array{event->audio_position, spoken.token_at[at]});
    }
  }
  return 0;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

// The tokens joined, with espeak-ng's embedded commands where rate or pitch change.
std::string text_of(const array& tokens, std::vector<int>& token_at) {
  std::string text;
  std::int64_t rate = -1;
  std::int64_t pitch = -1;
  int index = 0;
  for (const auto& value : tokens) {
    const auto& token = value.as_object();
    std::string piece;
    const auto wanted_rate = understudy::int_or(token, "rate", 175);
    const auto wanted_pitch = understudy::int_or(token, "pitch", 50);
    if (wanted_rate != rate) piece += "\x01" + std::to_string(wanted_rate) + "S ";
    if (wanted_pitch != pitch) piece += "\x01" + std::to_string(wanted_pitch) + "P ";
    rate = wanted_rate;
    pitch = wanted_pitch;
    for (const char c : understudy::string_or(token, "text")) {
      if (static_cast<unsigned char>(c) >= 0x20) piece += c;  // no commands from outside
    }
    piece += ' ';
    token_at.insert(token_at.end(), count_characters(piece), index++);
    text += piece;
  }
  return text;
}

object languages() {
  array list;
  for (const espeak_VOICE** voice = espeak_ListVoices(nullptr); *voice != nullptr; ++voice) {
    // languages: priority byte, code, zero; more of them; zero
    const char* code = (*voice)->languages + 1;
    list.push_back(
        object{{"code", code}, {"name", (*voice)->name}, {"file", (*voice)->identifier}});
  }
  return {{"languages", std::move(list)}};
}

object speak(const object& request, int rate) {
  spoken = {};
  const std::string voice = understudy::string_or(request, "voice");
  if (espeak_SetVoiceByName(voice.c_str()) != EE_OK) return {{"error", "no voice " + voice}};
  espeak_SetParameter(espeakRATE, 175, 0);
  espeak_SetParameter(espeakPITCH, 50, 0);
  const auto* tokens = request.if_contains("tokens");
  if (tokens == nullptr || !tokens->is_array()) return {{"error", "no tokens"}};
  const std::string text = text_of(tokens->get_array(), spoken.token_at);
  if (espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr,
                   nullptr) != EE_OK ||
      espeak_Synchronize() != EE_OK) {
    return {{"error", "espeak_Synth failed"}};
  }
  return {{"rate", rate},
          {"samples", spoken.samples.size()},
          {"words", std::move(spoken.words)},
          {"phones", std::move(spoken.phones)}};
}

}  // namespace

int main() {
  const int rate = espeak_Initialize(
      AUDIO_OUTPUT_SYNCHRONOUS, 200, nullptr,
      espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA | espeakINITIALIZE_DONT_EXIT);
  if (rate > 0) espeak_SetSynthCallback(on_sound);
  for (std::string frame; read_frame(frame);) {
    const auto request = understudy::parse_json(frame);
    object reply{{"error", "the request could not be read"}};
    if (rate <= 0) {
      reply = {{"error", "espeak-ng could not be started; is espeak-ng-data installed?"}};
    } else if (request && request->is_object()) {
      const auto op = understudy::string_or(request->get_object(), "op");
      if (op == "languages") reply = languages();
      if (op == "speak") reply = speak(request->get_object(), rate);
    }
    const bool has_sound = reply.contains("samples");
    write_frame(understudy::to_text(reply));
    if (has_sound) {
      write_frame({reinterpret_cast<const char*>(spoken.samples.data()),
                   spoken.samples.size() * sizeof(short)});
    }
  }
  return 0;
}
