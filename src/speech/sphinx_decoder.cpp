#include "speech/sphinx_decoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <utility>

#include <pocketsphinx.h>
#include <sphinxbase/err.h>

#include "base/file.h"

namespace understudy::speech {
namespace {

constexpr const char* kModel = "/usr/share/pocketsphinx/model/en-us/";

struct ConfigDeleter {
  void operator()(cmd_ln_t* config) const { cmd_ln_free_r(config); }
};
struct DecoderDeleter {
  void operator()(ps_decoder_t* decoder) const { ps_free(decoder); }
};

using Option = std::pair<std::string, std::string>;

}  // namespace

struct SphinxDecoder::State {
  std::unique_ptr<cmd_ln_t, ConfigDeleter> config;
  std::unique_ptr<ps_decoder_t, DecoderDeleter> decoder;
};

namespace {

Result<SphinxDecoder> open(std::initializer_list<Option> options) {
  TRY(check_sphinx_model());
  err_set_logfp(nullptr);  // the library would write to stderr
  auto state = std::make_shared<SphinxDecoder::State>();
  const std::string model = kModel;
  std::vector<std::string> words{
      // Cutting silence out before the search, the default, spoils the times after it.
      "understudy", "-hmm", model + "en-us", "-remove_silence", "no"};
  for (const auto& [name, value] : options) {
    words.push_back(name);
    words.push_back(value);
  }
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  state->config.reset(
      cmd_ln_parse_r(nullptr, ps_args(), static_cast<int32>(argv.size()), argv.data(), TRUE));
  if (state->config != nullptr) state->decoder.reset(ps_init(state->config.get()));
  if (state->decoder == nullptr) {
    return fail_with_detail(ErrorCode::engine_failed, "the speech recogniser could not be started",
                            "ps_init failed");
  }
  return SphinxDecoder(std::move(state));
}

}  // namespace

Result<void> check_sphinx_model() {
  std::error_code error;
  if (std::filesystem::exists(std::string(kModel) + "en-us/mdef", error)) return {};
  return fail_with_detail(
      ErrorCode::service_unavailable,
      "speech in this audio cannot be read here: the recogniser's model is not installed; the "
      "operator can install the package pocketsphinx-en-us",
      std::string("missing ") + kModel);
}

Result<SphinxDecoder> SphinxDecoder::for_words() {
  const std::string model = kModel;
  return open({{"-lm", model + "en-us.lm.bin"}, {"-dict", model + "cmudict-en-us.dict"}});
}

Result<SphinxDecoder> SphinxDecoder::for_phones() {
  const std::string model = kModel;
  return open({{"-allphone", model + "en-us-phone.lm.bin"},
               {"-allphone_ci", "yes"},
               {"-lw", "2.0"},
               {"-beam", "1e-20"},
               {"-pbeam", "1e-20"}});
}

Result<SphinxDecoder> SphinxDecoder::for_alignment(
    std::span<const std::vector<std::string>> words) {
  // This version has no call for alignment. A dictionary whose words are single phones and a
  // grammar that is the text make the search do it; silences come in by themselves.
  static constexpr std::array kPhones{"AA", "AE", "AH", "AO", "AW", "AY", "B",  "CH", "D",  "DH",
                                      "EH", "ER", "EY", "F",  "G",  "HH", "IH", "IY", "JH", "K",
                                      "L",  "M",  "N",  "NG", "OW", "OY", "P",  "R",  "S",  "SH",
                                      "T",  "TH", "UH", "UW", "V",  "W",  "Y",  "Z",  "ZH"};
  std::string dictionary;
  for (const char* phone : kPhones) dictionary += std::string(phone) + " " + phone + "\n";
  std::string grammar = "#JSGF V1.0;\ngrammar text;\npublic <text> =";
  for (const auto& word : words) {
    for (const auto& phone : word) grammar += " " + phone;
  }
  grammar += ";\n";
  const TemporaryFolder folder;
  TRY(write_file_durably(folder.path() / "phones.dict", dictionary));
  TRY(write_file_durably(folder.path() / "text.gram", grammar));
  return open({{"-dict", folder.path() / "phones.dict"},
               {"-jsgf", folder.path() / "text.gram"},
               {"-beam", "1e-80"},
               {"-wbeam", "1e-60"},
               {"-pbeam", "1e-80"},
               {"-lw", "1.0"},
               {"-wip", "1.0"},
               {"-bestpath", "no"}});
}

Result<std::vector<SphinxSpan>> SphinxDecoder::decode(std::span<const float> mono) {
  ps_decoder_t* decoder = state_->decoder.get();
  if (ps_start_utt(decoder) < 0) return fail(ErrorCode::engine_failed, "speech recognition failed");
  constexpr std::size_t kBlock = 1 << 15;
  std::vector<int16> block;
  for (std::size_t at = 0; at < mono.size(); at += kBlock) {
    const std::size_t count = std::min(kBlock, mono.size() - at);
    block.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const float level = std::clamp(mono[at + i], -1.0F, 1.0F) * 32767.0F;
      block[i] = static_cast<int16>(std::lround(level));
    }
    if (ps_process_raw(decoder, block.data(), count, FALSE, FALSE) < 0) {
      ps_end_utt(decoder);
      return fail(ErrorCode::engine_failed, "speech recognition failed");
    }
  }
  if (ps_end_utt(decoder) < 0) return fail(ErrorCode::engine_failed, "speech recognition failed");

  std::vector<SphinxSpan> spans;
  for (ps_seg_t* segment = ps_seg_iter(decoder); segment != nullptr;
       segment = ps_seg_next(segment)) {
    int first = 0;
    int last = 0;
    ps_seg_frames(segment, &first, &last);
    spans.push_back({first / 100.0, (last + 1) / 100.0, ps_seg_word(segment)});
  }
  return spans;
}

}  // namespace understudy::speech
