#include "speech/ssml.h"

#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <expat.h>

#include "speech/unicode.h"

namespace understudy::speech {
namespace {

constexpr int kDepthMax = 32;

using Attributes = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string_view> find(const Attributes& attributes, std::string_view name) {
  for (const auto& [key, value] : attributes) {
    if (key == name) return value;
  }
  return std::nullopt;
}

// The number at the start of `text`, which moves behind it.
std::optional<double> take_number(std::string_view& text) {
  std::string_view rest = text;
  if (!rest.empty() && rest.front() == '+') rest.remove_prefix(1);
  double value = 0;
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text = rest.substr(static_cast<std::size_t>(end - rest.data()));
  return value;
}

template <std::size_t N>
std::optional<double> named(const std::pair<const char*, double> (&names)[N],
                            std::string_view text) {
  for (const auto& [name, value] : names) {
    if (text == name) return value;
  }
  return std::nullopt;
}

bool is_signed(std::string_view text) {
  return !text.empty() && (text[0] == '+' || text[0] == '-');
}

std::optional<double> parse_rate(std::string_view text) {
  static constexpr std::pair<const char*, double> kNames[] = {{"x-slow", 0.6}, {"slow", 0.8},
                                                              {"medium", 1},   {"default", 1},
                                                              {"fast", 1.25},  {"x-fast", 1.5}};
  if (const auto value = named(kNames, text)) return value;
  const bool is_relative = is_signed(text);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  const double rate = text == "%" ? (is_relative ? 1 + *number / 100 : *number / 100) : *number;
  if ((text != "%" && (!text.empty() || is_relative)) || rate < 0.2 || rate > 4)
    return std::nullopt;
  return rate;
}

std::optional<double> parse_pitch(std::string_view text) {  // semitones
  static constexpr std::pair<const char*, double> kNames[] = {
      {"x-low", -6}, {"low", -3}, {"medium", 0}, {"default", 0}, {"high", 3}, {"x-high", 6}};
  if (const auto value = named(kNames, text)) return value;
  if (!is_signed(text)) return std::nullopt;
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  double semitones = *number;
  if (text == "%") {
    if (*number <= -90) return std::nullopt;
    semitones = 12 * std::log2(1 + *number / 100);
  } else if (text != "st") {
    return std::nullopt;
  }
  if (std::abs(semitones) > 24) return std::nullopt;
  return semitones;
}

std::optional<double> parse_volume(std::string_view text) {  // dB
  static constexpr std::pair<const char*, double> kNames[] = {
      {"silent", -90}, {"x-soft", -12}, {"soft", -6}, {"medium", 0},
      {"default", 0},  {"loud", 4},     {"x-loud", 8}};
  if (const auto value = named(kNames, text)) return value;
  if (!is_signed(text)) return std::nullopt;
  const auto number = take_number(text);
  if (!number || text != "dB" || *number > 12 || *number < -90) return std::nullopt;
  return number;
}

std::optional<double> parse_time(std::string_view text) {  // seconds
  const auto number = take_number(text);
  if (!number || *number < 0) return std::nullopt;
  if (text == "s") return number;
  if (text == "ms") return *number / 1000;
  return std::nullopt;
}

std::optional<double> parse_strength(std::string_view text) {
  static constexpr std::pair<const char*, double> kNames[] = {{"none", 0},     {"x-weak", 0.1},
                                                              {"weak", 0.25},  {"medium", 0.5},
                                                              {"strong", 0.9}, {"x-strong", 1.4}};
  return named(kNames, text);
}

// "AB1" -> "A B 1"; `pause` groups of a telephone number stay apart by commas.
std::string spelled_out(std::string_view text, bool only_digits) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (only_digits && !(c >= '0' && c <= '9')) {
      if (!out.empty() && out.back() != ',') out += ",";
      continue;
    }
    if (!is_speakable(c)) continue;
    if (!out.empty()) out += " ";
    append_character(out, c);
  }
  while (!out.empty() && out.back() == ',') out.pop_back();
  return out;
}

class SsmlReader {
 public:
  explicit SsmlReader(std::span<const Pronunciation> pronunciations) {
    builder_.set_pronunciations(pronunciations);
  }
  Result<Script> read(std::string_view ssml);

 private:
  struct Alias {
    std::string spelling;
    std::string spoken;     // of <sub>
    std::string interpret;  // of <say-as>
    int depth = 0;
  };

  static void on_start(void* self, const XML_Char* name, const XML_Char** attributes);
  static void on_end(void* self, const XML_Char* name);
  static void on_text(void* self, const XML_Char* text, int length);
  static void on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int);

  void start(const std::string& name, const Attributes& attributes);
  void end(const std::string& name);
  void text(std::string_view text);
  void start_break(const Attributes& attributes);
  void start_prosody(const Attributes& attributes);
  void start_emphasis(const Attributes& attributes);
  void finish_alias();
  void refuse(const std::string& why);
  std::string place() const;

  XML_Parser parser_ = nullptr;
  std::size_t wrapped_ = 0;  // bytes that read() put before the text
  ScriptBuilder builder_;
  std::vector<Prosody> prosody_{Prosody{}};
  std::optional<Alias> alias_;
  double breaks_s_ = 0;
  int depth_ = 0;
  std::string problem_;
};

void SsmlReader::on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
  Attributes list;
  for (; *attributes != nullptr; attributes += 2) list.emplace_back(attributes[0], attributes[1]);
  static_cast<SsmlReader*>(self)->start(name, list);
}
void SsmlReader::on_end(void* self, const XML_Char* name) {
  static_cast<SsmlReader*>(self)->end(name);
}
void SsmlReader::on_text(void* self, const XML_Char* text, int length) {
  static_cast<SsmlReader*>(self)->text({text, static_cast<std::size_t>(length)});
}
void SsmlReader::on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<SsmlReader*>(self)->refuse("a document type is not allowed");
}

std::string SsmlReader::place() const {
  const auto line = XML_GetCurrentLineNumber(parser_);
  auto column = XML_GetCurrentColumnNumber(parser_) + 1;
  if (line == 1 && column > wrapped_) column -= wrapped_;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

void SsmlReader::refuse(const std::string& why) {
  if (!problem_.empty()) return;
  problem_ = "SSML, " + place() + ": " + why;
  XML_StopParser(parser_, XML_FALSE);
}

void SsmlReader::start(const std::string& name, const Attributes& attributes) {
  if (!problem_.empty()) return;
  if (++depth_ > kDepthMax) return refuse("elements are nested too deeply");
  if (alias_ && name != "w" && name != "token")
    return refuse("<" + name + "> cannot stand in here");
  prosody_.push_back(prosody_.back());
  if (name == "speak") {
    if (depth_ != 1) refuse("<speak> must be the outermost element");
  } else if (depth_ == 1) {
    refuse("the outermost element must be <speak>");
  } else if (name == "p") {
    builder_.end_paragraph();
  } else if (name == "s") {
    builder_.end_sentence();
  } else if (name == "break") {
    start_break(attributes);
  } else if (name == "prosody") {
    start_prosody(attributes);
  } else if (name == "emphasis") {
    start_emphasis(attributes);
  } else if (name == "sub") {
    const auto alias = find(attributes, "alias");
    if (!alias) return refuse("<sub> needs the attribute alias");
    alias_ = Alias{.spelling = {}, .spoken = std::string(*alias), .interpret = {}, .depth = depth_};
  } else if (name == "say-as") {
    const auto interpret = find(attributes, "interpret-as");
    if (!interpret) return refuse("<say-as> needs the attribute interpret-as");
    alias_ =
        Alias{.spelling = {}, .spoken = {}, .interpret = std::string(*interpret), .depth = depth_};
  } else if (name != "mark" && name != "w" && name != "token") {
    refuse("<" + name +
           "> is not supported; known are p, s, w, break, prosody, emphasis, sub, say-as and mark");
  }
}

void SsmlReader::start_break(const Attributes& attributes) {
  double seconds = 0.5;
  if (const auto time = find(attributes, "time")) {
    const auto value = parse_time(*time);
    if (!value) return refuse("time must be like \"1.5s\" or \"200ms\"");
    seconds = *value;
  } else if (const auto strength = find(attributes, "strength")) {
    const auto value = parse_strength(*strength);
    if (!value) return refuse("strength must be none, x-weak, weak, medium, strong or x-strong");
    if (*value == 0) return;  // "none" asks for no break
    seconds = *value;
  }
  if (seconds > kBreakMax) return refuse("a break is at most 10 seconds");
  breaks_s_ += seconds;
  if (breaks_s_ > kBreaksMax) return refuse("all breaks together are at most 300 seconds");
  builder_.add_break(seconds);
}

void SsmlReader::start_prosody(const Attributes& attributes) {
  auto& prosody = prosody_.back();
  for (const auto& [name, value] : attributes) {
    if (name == "rate") {
      const auto rate = parse_rate(value);
      if (!rate) return refuse("rate must be like \"slow\", \"120%\" or \"+10%\"");
      prosody.rate = std::min(std::max(prosody.rate * *rate, 0.2), 4.0);
    } else if (name == "pitch") {
      const auto pitch = parse_pitch(value);
      if (!pitch) return refuse("pitch must be like \"high\", \"+2st\" or \"-10%\"");
      prosody.semitones = std::min(std::max(prosody.semitones + *pitch, -24.0), 24.0);
    } else if (name == "volume") {
      const auto volume = parse_volume(value);
      if (!volume) return refuse("volume must be like \"soft\" or \"+6dB\", at most +12dB");
      prosody.gain_db = std::min(std::max(prosody.gain_db + *volume, -90.0), 12.0);
    } else {
      return refuse("<prosody> knows rate, pitch and volume, not " + name);
    }
  }
  builder_.set_prosody(prosody);
}

void SsmlReader::start_emphasis(const Attributes& attributes) {
  auto& prosody = prosody_.back();
  const auto level = find(attributes, "level").value_or("moderate");
  if (level == "strong" || level == "moderate") {
    prosody.is_emphasised = true;
    if (level == "strong") prosody.gain_db = std::min(prosody.gain_db + 1.5, 12.0);
  } else if (level == "reduced") {
    prosody.gain_db -= 3;
    prosody.rate = std::min(prosody.rate * 1.1, 4.0);
  } else if (level == "none") {
    prosody.is_emphasised = false;
  } else {
    return refuse("level must be strong, moderate, reduced or none");
  }
  builder_.set_prosody(prosody);
}

void SsmlReader::end(const std::string& name) {
  if (!problem_.empty()) return;
  if (alias_ && alias_->depth == depth_) finish_alias();
  --depth_;
  prosody_.pop_back();
  builder_.set_prosody(prosody_.back());
  if (name == "p") builder_.end_paragraph();
  if (name == "s") builder_.end_sentence();
}

void SsmlReader::finish_alias() {
  const Alias alias = std::exchange(alias_, std::nullopt).value();
  if (alias.interpret.empty()) return builder_.add_alias(alias.spelling, alias.spoken);
  const bool is_spelled = alias.interpret == "characters" || alias.interpret == "spell-out" ||
                          alias.interpret == "verbatim";
  const bool is_digits = alias.interpret == "digits" || alias.interpret == "telephone";
  if (is_spelled || is_digits) {
    builder_.add_alias(alias.spelling, spelled_out(alias.spelling, is_digits));
  } else {
    builder_.add_text(alias.spelling);  // dates, times, amounts: read as they are written
  }
}

void SsmlReader::text(std::string_view text) {
  if (!problem_.empty()) return;
  if (alias_) {
    alias_->spelling += text;
  } else {
    builder_.add_text(text);
  }
}

Result<Script> SsmlReader::read(std::string_view ssml) {
  const auto first = ssml.find_first_not_of(" \t\r\n");
  const auto body = first == std::string_view::npos ? std::string_view() : ssml.substr(first);
  std::string document(body);
  if (body.substr(0, 6) != "<speak" && body.substr(0, 5) != "<?xml" && body.substr(0, 2) != "<!") {
    document = "<speak>" + document + "</speak>";
    wrapped_ = 7;
  }
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate("UTF-8"), XML_ParserFree);
  parser_ = parser.get();
  XML_SetUserData(parser_, this);
  XML_SetElementHandler(parser_, on_start, on_end);
  XML_SetCharacterDataHandler(parser_, on_text);
  XML_SetStartDoctypeDeclHandler(parser_, on_doctype);
  const auto status =
      XML_Parse(parser_, document.data(), static_cast<int>(document.size()), XML_TRUE);
  if (problem_.empty() && status != XML_STATUS_OK) {
    problem_ = "SSML, " + place() + ": " + XML_ErrorString(XML_GetErrorCode(parser_));
  }
  if (!problem_.empty()) return fail(ErrorCode::tts_text_invalid, problem_, "text");
  return builder_.finish();
}

}  // namespace

Result<Script> script_from_ssml(std::string_view ssml,
                                std::span<const Pronunciation> pronunciations) {
  return SsmlReader(pronunciations).read(ssml);
}

}  // namespace understudy::speech
