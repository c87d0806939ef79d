#include "speech/english_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "speech/unicode.h"

namespace understudy::speech {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

struct Fold {
  char32_t first;
  char32_t last;
  const char* letters;  // one entry for each character, '|' between them
};

// Latin letters with marks, and signs; an entry that starts with a blank is a word of its own.
constexpr std::array kFolds{Fold{0xAA, 0xAA, "a"},
                            Fold{0xB2, 0xB3, " squared | cubed "},
                            Fold{0xB5, 0xB5, " micro "},
                            Fold{0xB9, 0xBA, " one |o"},
                            Fold{0xBC, 0xBE, " one quarter | one half | three quarters "},
                            Fold{0xC0, 0xC7, "A|A|A|A|A|A|Ae|C"},
                            Fold{0xC8, 0xCF, "E|E|E|E|I|I|I|I"},
                            Fold{0xD0, 0xD6, "D|N|O|O|O|O|O"},
                            Fold{0xD7, 0xD8, " times |O"},
                            Fold{0xD9, 0xDF, "U|U|U|U|Y|Th|ss"},
                            Fold{0xE0, 0xE7, "a|a|a|a|a|a|ae|c"},
                            Fold{0xE8, 0xEF, "e|e|e|e|i|i|i|i"},
                            Fold{0xF0, 0xF6, "d|n|o|o|o|o|o"},
                            Fold{0xF7, 0xF8, " divided by |o"},
                            Fold{0xF9, 0xFF, "u|u|u|u|y|th|y"},
                            Fold{0x100, 0x107, "A|a|A|a|A|a|C|c"},
                            Fold{0x108, 0x10F, "C|c|C|c|C|c|D|d"},
                            Fold{0x110, 0x117, "D|d|E|e|E|e|E|e"},
                            Fold{0x118, 0x11F, "E|e|E|e|G|g|G|g"},
                            Fold{0x120, 0x127, "G|g|G|g|H|h|H|h"},
                            Fold{0x128, 0x131, "I|i|I|i|I|i|I|i|I|i"},
                            Fold{0x134, 0x13E, "J|j|K|k|k|L|l|L|l|L|l"},
                            Fold{0x141, 0x148, "L|l|N|n|N|n|N|n"},
                            Fold{0x14C, 0x153, "O|o|O|o|O|o|Oe|oe"},
                            Fold{0x154, 0x15B, "R|r|R|r|R|r|S|s"},
                            Fold{0x15C, 0x161, "S|s|S|s|S|s"},
                            Fold{0x162, 0x167, "T|t|T|t|T|t"},
                            Fold{0x168, 0x173, "U|u|U|u|U|u|U|u|U|u|U|u"},
                            Fold{0x174, 0x17E, "W|w|Y|y|Y|Z|z|Z|z|Z|z"},
                            Fold{0x218, 0x21B, "S|s|T|t"},
                            Fold{0xAC, 0xAC, " not "},
                            Fold{0xB0, 0xB1, " degrees | plus or minus "},
                            Fold{0x2010, 0x2012, "-|-|-"},
                            Fold{0x2013, 0x2015, " , | , | , "},
                            Fold{0x2018, 0x201B, "'|'|'|'"},
                            Fold{0x201C, 0x201F, "\"|\"|\"|\""},
                            Fold{0x2026, 0x2026, "..."},
                            Fold{0xAB, 0xAB, "\""},
                            Fold{0xBB, 0xBB, "\""},
                            Fold{0x2030, 0x2030, " per mille "},
                            Fold{0x2190, 0x2193, " left | up | right | down "},
                            Fold{0x2212, 0x2212, " minus "},
                            Fold{0x221E, 0x221E, " infinity "},
                            Fold{0x2248, 0x2248, " about "},
                            Fold{0x2260, 0x2260, " is not equal to "},
                            Fold{0x2264, 0x2265, " at most | at least "},
                            Fold{0x2126, 0x2126, " ohm "},
                            Fold{0x3A9, 0x3A9, " omega "},
                            Fold{0x3B1, 0x3B5, " alpha | beta | gamma | delta | epsilon "},
                            Fold{0x3BB, 0x3BC, " lambda | micro "},
                            Fold{0x3C0, 0x3C0, " pi "},
                            Fold{0x394, 0x394, " delta "},
                            Fold{0x3A3, 0x3A3, " sigma "},
                            Fold{0x3C3, 0x3C3, " sigma "},
                            Fold{0x3B8, 0x3B8, " theta "},
                            Fold{0xFB00, 0xFB04, "ff|fi|fl|ffi|ffl"}};

std::optional<std::string> fold(char32_t c) {
  for (const auto& entry : kFolds) {
    if (c < entry.first || c > entry.last) continue;
    std::string_view rest = entry.letters;
    for (char32_t i = entry.first; i < c; ++i) rest.remove_prefix(rest.find('|') + 1);
    return std::string(rest.substr(0, rest.find('|')));
  }
  return std::nullopt;
}

// ASCII, with currency signs kept as one byte each behind 0x7F.
constexpr char kEuro = '\x01';
constexpr char kPound = '\x02';
constexpr char kYen = '\x03';
constexpr char kRupee = '\x04';

Result<std::string> to_ascii(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    const bool is_after_digit = !out.empty() && is_digit(out.back());
    const bool is_before_digit = at < text.size() && is_digit(text[at]);
    if (c >= 0x20 && c < 0x7F) {
      out.push_back(static_cast<char>(c));
    } else if (c == 0x20AC) {
      out.push_back(kEuro);
    } else if (c == 0xA3) {
      out.push_back(kPound);
    } else if (c == 0xA5) {
      out.push_back(kYen);
    } else if (c == 0x20B9) {
      out.push_back(kRupee);
    } else if (c == 0x2013 && is_after_digit && is_before_digit) {
      out += " to ";
    } else if (const auto letters = fold(c)) {
      out += *letters;
    } else if (c >= 0x300 && c <= 0x36F) {
      continue;  // a mark on the letter before
    } else if (is_speakable(c)) {
      std::string letter;
      append_character(letter, c);
      return fail(ErrorCode::tts_text_invalid,
                  "an English voice cannot read \"" + letter + "\" in \"" + std::string(text) +
                      "\"; choose a voice of the text's language",
                  "text");
    }
  }
  return out;
}

constexpr std::array kMonths{"January", "February", "March",     "April",   "May",      "June",
                             "July",    "August",   "September", "October", "November", "December"};

std::string ordinal(int day) {
  const int tens = day / 10;
  const int ones = day % 10;
  const char* suffix = tens == 1   ? "th"
                       : ones == 1 ? "st"
                       : ones == 2 ? "nd"
                       : ones == 3 ? "rd"
                                   : "th";
  return std::to_string(day) + suffix;
}

// "3/4/2021" and "2021-03-04"; empty when it is no date.
std::string date_words(std::string_view text, DateOrder order) {
  const char mark = text.find('/') != std::string_view::npos ? '/' : '-';
  std::array<std::string_view, 3> part;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t end = i < 2 ? text.find(mark) : text.size();
    if (end == std::string_view::npos || end == 0 || end > 4) return {};
    part[i] = text.substr(0, end);
    if (!are_digits(part[i])) return {};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const auto number = [&](std::size_t i) { return std::stoi(std::string(part[i])); };
  int year = 0;
  int month = 0;
  int day = 0;
  if (mark == '-') {
    if (part[0].size() != 4) return {};
    year = number(0);
    month = number(1);
    day = number(2);
  } else {
    if (part[2].size() != 4 && part[2].size() != 2) return {};
    year = part[2].size() == 2 ? 2000 + number(2) : number(2);
    month = number(order == DateOrder::month_first ? 0 : 1);
    day = number(order == DateOrder::month_first ? 1 : 0);
    if (month > 12) std::swap(month, day);
  }
  if (month < 1 || month > 12 || day < 1 || day > 31) return {};
  return std::string(kMonths[static_cast<std::size_t>(month - 1)]) + " " + ordinal(day) + " , " +
         std::to_string(year);
}

// "<sign>12.50" -> "12 euros 50"; flite says the numbers.
std::string money_words(std::string_view amount, char sign) {
  const char* one = sign == kEuro    ? "euro"
                    : sign == kPound ? "pound"
                    : sign == kYen   ? "yen"
                                     : "rupee";
  const char* many = sign == kEuro    ? "euros"
                     : sign == kPound ? "pounds"
                     : sign == kYen   ? "yen"
                                      : "rupees";
  std::string scale;
  if (!amount.empty() && (amount.back() == 'M' || amount.back() == 'm')) scale = " million";
  if (!amount.empty() && (amount.back() == 'B' || amount.back() == 'b')) scale = " billion";
  if (!amount.empty() && (amount.back() == 'K' || amount.back() == 'k')) scale = " thousand";
  if (!scale.empty()) amount.remove_suffix(1);
  const auto point = amount.find('.');
  if (scale.empty() && point != std::string_view::npos && amount.size() - point == 3) {
    return std::string(amount.substr(0, point)) + " " + many + " " +
           std::string(amount.substr(point + 1));
  }
  return std::string(amount) + scale + " " + (amount == "1" && scale.empty() ? one : many);
}

std::string address_words(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '.': out += " dot "; break;
      case '@': out += " at "; break;
      case '/': out += " slash "; break;
      case '-': out += " dash "; break;
      case '_': out += " underscore "; break;
      case ':': out += " colon "; break;
      default: out += is_alnum(c) ? std::string(1, c) : std::string(" ");
    }
  }
  return out;
}

bool is_address(std::string_view text) {
  const auto sign = text.find('@');
  if (sign != std::string_view::npos && sign > 0 && sign + 1 < text.size()) return true;
  if (text.find("://") != std::string_view::npos || text.substr(0, 4) == "www.") return true;
  const auto point = text.find('.');
  if (point == std::string_view::npos || point == 0 || point + 2 >= text.size()) return false;
  // "example.com", "docs.example.org/a", but neither "3.14" nor "U.S" nor "e.g".
  static constexpr std::array kEndings{"com", "org", "net", "io",  "ai",
                                       "dev", "gov", "edu", "app", "co"};
  const auto path = text.find('/');
  const auto host = text.substr(0, path);
  const auto last = host.rfind('.');
  const std::string ending(host.substr(last + 1));
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end() && last > 1;
}

std::string unit_words(std::string_view text) {
  static constexpr std::array<std::pair<const char*, const char*>, 12> kUnits{
      {{"km/h", "kilometers per hour"},
       {"m/s", "meters per second"},
       {"mph", "miles per hour"},
       {"and/or", "and or"},
       {"w/o", "without"},
       {"n/a", "not applicable"},
       {"N/A", "not applicable"},
       {"24/7", "twenty four seven"},
       {"1/2", "one half"},
       {"1/4", "one quarter"},
       {"3/4", "three quarters"},
       {"1/3", "one third"}}};
  for (const auto& [sign, words] : kUnits) {
    if (text == sign) return words;
  }
  return {};
}

// Signs inside a word that flite would skip or spell badly.
std::string sign_words(std::string_view core) {
  std::string out;
  for (std::size_t i = 0; i < core.size(); ++i) {
    const char c = core[i];
    const bool is_after_digit = i > 0 && is_digit(core[i - 1]);
    const bool is_before_digit = i + 1 < core.size() && is_digit(core[i + 1]);
    switch (c) {
      case '&': out += " and "; break;
      case '+': out += " plus "; break;
      case '=': out += " equals "; break;
      case '@': out += " at "; break;
      case '/':
        out += core.size() == 1 ? " slash " : is_after_digit && is_before_digit ? " over " : " ";
        break;
      case '<': out += is_before_digit ? " less than " : " "; break;
      case '>': out += is_before_digit ? " more than " : " "; break;
      case '#': out += is_before_digit ? " number " : " "; break;
      case '~': out += is_before_digit ? " about " : " "; break;
      case '-': out += is_before_digit && i == 0 ? " minus " : std::string(1, c); break;
      case '%': out += is_after_digit ? " percent" : " percent "; break;
      case '\'': out += c; break;
      case '$': out += is_before_digit ? std::string(1, c) : std::string(" dollar "); break;
      case kEuro:
      case kPound:
      case kYen:
      case kRupee: out += ' '; break;
      case '.':
      case ',':
      case ':': out += c; break;
      default: out += is_alnum(c) ? std::string(1, c) : std::string(" ");
    }
  }
  return out;
}

// What is said for a word without the marks round it; words are divided by blanks.
std::string core_words(std::string_view core, DateOrder order) {
  if (auto words = unit_words(core); !words.empty()) return words;
  if (auto words = date_words(core, order); !words.empty()) return words;
  if (is_address(core)) return address_words(core);
  if (core.size() > 1 && core.front() >= kEuro && core.front() <= kRupee && is_digit(core[1])) {
    return money_words(core.substr(1), core.front());
  }
  if (core.size() > 1 && core.back() >= kEuro && core.back() <= kRupee && is_digit(core.front())) {
    return money_words(core.substr(0, core.size() - 1), core.back());
  }
  return sign_words(core);
}

bool starts_word(std::string_view piece, std::size_t i) {
  const char c = piece[i];
  if (is_alnum(c) || (c >= kEuro && c <= kRupee) || c == '&' || c == '@' || c == '+' || c == '=')
    return true;
  const bool is_before_digit = i + 1 < piece.size() && is_digit(piece[i + 1]);
  return is_before_digit &&
         (c == '$' || c == '#' || c == '-' || c == '.' || c == '<' || c == '>' || c == '~');
}

bool ends_word(char c) {
  return is_alnum(c) || (c >= kEuro && c <= kRupee) || c == '%' || c == '&' || c == '+' ||
         c == '=' || c == '@';
}

void append_piece(std::vector<EnglishToken>& tokens, std::string_view piece, DateOrder order) {
  std::size_t begin = 0;
  while (begin < piece.size() && !starts_word(piece, begin)) ++begin;
  if (begin == piece.size()) {
    if (!piece.empty()) tokens.push_back({{}, {}, std::string(piece)});
    return;
  }
  std::size_t end = piece.size();
  while (end > begin && !ends_word(piece[end - 1])) --end;
  if (end == begin) end = begin + 1;
  const std::string words = core_words(piece.substr(begin, end - begin), order);
  const std::size_t first = tokens.size();
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t stop = std::min(words.find(' ', at), words.size());
    std::string word = words.substr(at, stop - at);
    at = stop + 1;
    const bool is_said = std::any_of(word.begin(), word.end(), is_alnum);
    if (is_said) {
      tokens.push_back({{}, std::move(word), {}});
    } else if (!word.empty() && tokens.size() > first) {
      tokens.back().punctuation += word;
    }
  }
  if (tokens.size() == first) return;
  tokens[first].prepunctuation = std::string(piece.substr(0, begin));
  tokens.back().punctuation += piece.substr(end);
}

// flite knows , . ? ! ; : as reasons to pause; a dash is one too.
std::string pause_marks(const std::string& marks) {
  std::string out;
  for (const char c : marks) {
    if (std::string_view(",.?!;:").find(c) != std::string_view::npos) out = std::string(1, c);
    if (c == '-' && out.empty()) out = ",";
  }
  return out;
}

}  // namespace

Result<std::vector<EnglishToken>> english_tokens(std::string_view text, DateOrder order) {
  TRY_ASSIGN(std::string ascii, to_ascii(text));
  // "word--word" is a dash between two words.
  for (auto at = ascii.find("--"); at != std::string::npos; at = ascii.find("--", at + 3)) {
    ascii.replace(at, 2, " , ");
  }
  std::vector<EnglishToken> tokens;
  for (std::size_t at = 0; at < ascii.size();) {
    const std::size_t stop = std::min(ascii.find(' ', at), ascii.size());
    append_piece(tokens, std::string_view(ascii).substr(at, stop - at), order);
    at = stop + 1;
  }
  for (auto& token : tokens) token.punctuation = pause_marks(token.punctuation);
  return tokens;
}

}  // namespace understudy::speech
