#include "speech/speech_file.h"

#include <cstring>
#include <span>

#include "base/file.h"
#include "base/json.h"

namespace understudy::speech {
namespace {

void append(std::string& bytes, std::span<const float> values) {
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

// Takes `count` floats off the front. False when there are fewer.
bool take(std::string_view& bytes, std::int64_t count, std::vector<float>& values) {
  const auto size = static_cast<std::size_t>(count) * sizeof(float);
  if (count < 0 || bytes.size() < size) return false;
  values.resize(static_cast<std::size_t>(count));
  std::memcpy(values.data(), bytes.data(), size);
  bytes.remove_prefix(size);
  return true;
}

json::array phones_json(const Speech& speech) {
  json::array list;
  for (const auto& phone : speech.phones) {
    list.push_back(json::array{phone.start_s, phone.end_s, phone.symbol, phone.is_stressed});
  }
  return list;
}

json::array words_json(const Speech& speech) {
  json::array list;
  for (const auto& word : speech.words) {
    list.push_back(json::array{word.start_s, word.end_s, word.text, word.is_emphasised});
  }
  return list;
}

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::storage_failed, "The speech kept by an earlier step is damaged.");
}

}  // namespace

Result<void> write_speech_file(const std::filesystem::path& file, const Speech& speech) {
  std::string bytes = to_text(json::object{{"samples", speech.samples.size()},
                                           {"pitch", speech.pitch_hz.size()},
                                           {"energy", speech.energy_db.size()},
                                           {"phones", phones_json(speech)},
                                           {"words", words_json(speech)}});
  bytes += '\n';
  append(bytes, speech.samples);
  append(bytes, speech.pitch_hz);
  append(bytes, speech.energy_db);
  return write_file_durably(file, bytes);
}

Result<Speech> read_speech_file(const std::filesystem::path& file) {
  TRY_ASSIGN(const std::string bytes, read_file(file));
  const auto end = bytes.find('\n');
  if (end == std::string::npos) return damaged();
  const auto head = parse_json(std::string_view(bytes).substr(0, end));
  if (!head || !head->is_object()) return damaged();
  const auto& fields = head->get_object();
  Speech speech;
  try {
    for (const auto& entry : fields.at("phones").as_array()) {
      const auto& phone = entry.as_array();
      speech.phones.push_back({phone.at(0).to_number<double>(), phone.at(1).to_number<double>(),
                               std::string(phone.at(2).as_string()), phone.at(3).as_bool()});
    }
    for (const auto& entry : fields.at("words").as_array()) {
      const auto& word = entry.as_array();
      speech.words.push_back({word.at(0).to_number<double>(), word.at(1).to_number<double>(),
                              std::string(word.at(2).as_string()), word.at(3).as_bool()});
    }
  } catch (const std::exception&) {
    return damaged();
  }
  std::string_view rest = std::string_view(bytes).substr(end + 1);
  const bool is_whole = take(rest, int_or(fields, "samples", -1), speech.samples) &&
                        take(rest, int_or(fields, "pitch", -1), speech.pitch_hz) &&
                        take(rest, int_or(fields, "energy", -1), speech.energy_db) && rest.empty();
  if (!is_whole) return damaged();
  return speech;
}

}  // namespace understudy::speech
