// SRT (as SubRip writes it) and WebVTT (W3C, 4 April 2019), in and out.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "media/captions.h"

namespace understudy::media {
namespace {

constexpr std::size_t kBytesMax = 5'000'000;
constexpr std::size_t kCuesMax = 50'000;

std::string stamp(double seconds, char separator) {
  const auto ms = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds) * 1000));
  return fmt::format("{:02}:{:02}:{:02}{}{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     separator, ms % 1000);
}

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// [hh:]mm:ss(,|.)mmm
std::optional<double> seconds_from(std::string_view text) {
  std::vector<std::int64_t> parts(1, 0);
  int digits = 0;
  bool has_fraction = false;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      if (++digits > 6) return std::nullopt;
      parts.back() = parts.back() * 10 + (c - '0');
      continue;
    }
    const bool is_fraction = c == ',' || c == '.';
    if (digits == 0 || has_fraction || (!is_fraction && c != ':')) return std::nullopt;
    has_fraction = is_fraction;
    parts.push_back(0);
    digits = 0;
  }
  if (!has_fraction || digits != 3 || parts.size() < 3 || parts.size() > 4) return std::nullopt;
  const auto at = parts.size() - 3;  // minutes
  const std::int64_t hours = parts.size() == 4 ? parts[0] : 0;
  if (parts[at] > 59 || parts[at + 1] > 59) return std::nullopt;
  return static_cast<double>(hours * 3600 + parts[at] * 60 + parts[at + 1]) +
         static_cast<double>(parts[at + 2]) / 1000;
}

// "start --> end settings"
std::optional<Caption> timing_from(std::string_view line) {
  const auto arrow = line.find("-->");
  const auto start = seconds_from(trim(line.substr(0, arrow)));
  auto rest = trim(line.substr(arrow + 3));
  const auto end = seconds_from(rest.substr(0, rest.find_first_of(" \t")));
  if (!start || !end || *end <= *start) return std::nullopt;
  return Caption{*start, *end, {}};
}

// Drops <i>, <c.red>, {\an8} and decodes the entities that WebVTT knows.
std::string plain(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '<' && line.find('>', i) != std::string_view::npos) {
      i = line.find('>', i);
    } else if (line.substr(i).starts_with("{\\") && line.find('}', i) != std::string_view::npos) {
      i = line.find('}', i);
    } else {
      out += line[i];
    }
  }
  const std::pair<std::string_view, std::string_view> entities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&nbsp;", " "}, {"&lrm;", ""}, {"&rlm;", ""}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (auto at = out.find(entity); at != std::string::npos;
         at = out.find(entity, at + character.size())) {
      out.replace(at, entity.size(), character);
    }
  }
  return out;
}

std::string escaped_for_vtt(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

bool is_number(std::string_view line) {
  return !line.empty() && std::all_of(line.begin(), line.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

tl::unexpected<Error> bad_line(std::size_t index, const char* what) {
  return fail(ErrorCode::invalid_parameter,
              fmt::format("Line {} of the subtitles {}.", index + 1, what));
}

}  // namespace

std::string to_srt(std::span<const Caption> captions) {
  std::string out;
  int number = 0;
  for (const Caption& cue : captions) {
    out += fmt::format("{}\n{} --> {}\n{}\n\n", ++number, stamp(cue.start_s, ','),
                       stamp(cue.end_s, ','), cue.text);
  }
  return out;
}

std::string to_vtt(std::span<const Caption> captions) {
  std::string out = "WEBVTT\n\n";
  for (const Caption& cue : captions) {
    out += fmt::format("{} --> {}\n{}\n\n", stamp(cue.start_s, '.'), stamp(cue.end_s, '.'),
                       escaped_for_vtt(cue.text));
  }
  return out;
}

Result<std::vector<Caption>> parse_captions(std::string_view text) {
  if (text.size() > kBytesMax)
    return fail(ErrorCode::invalid_parameter, "The subtitles are larger than 5 MB.");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto lines = lines_of(text);
  std::size_t i = 0;
  const bool is_vtt = !lines.empty() && lines[0].starts_with("WEBVTT");
  if (is_vtt) {
    while (i < lines.size() && !lines[i].empty()) ++i;
  }
  std::vector<Caption> captions;
  while (i < lines.size()) {
    if (lines[i].empty()) {
      ++i;
      continue;
    }
    const bool is_block =
        is_vtt && (lines[i].starts_with("NOTE") || lines[i] == "STYLE" || lines[i] == "REGION");
    if (is_block) {
      while (i < lines.size() && !lines[i].empty()) ++i;
      continue;
    }
    // The number (SRT) or the identifier (WebVTT) is optional in practice.
    if (lines[i].find("-->") == std::string_view::npos) {
      if (!is_vtt && !is_number(lines[i])) return bad_line(i, "is neither a cue number nor a time");
      ++i;
    }
    if (i >= lines.size() || lines[i].find("-->") == std::string_view::npos) {
      return bad_line(std::min(i, lines.size() - 1),
                      "should be a time such as 00:00:01,000 --> 00:00:02,500");
    }
    auto cue = timing_from(lines[i]);
    if (!cue) return bad_line(i, "has a time that cannot be read, or ends before it starts");
    for (++i; i < lines.size() && !lines[i].empty(); ++i) {
      const std::string line = plain(lines[i]);
      if (trim(line).empty()) continue;  // of marks alone: written out, it would end the cue
      cue->text += (cue->text.empty() ? "" : "\n") + line;
    }
    captions.push_back(std::move(*cue));
    if (captions.size() > kCuesMax)
      return fail(ErrorCode::invalid_parameter, "The subtitles have more than 50000 cues.");
  }
  if (captions.empty()) return fail(ErrorCode::invalid_parameter, "The subtitles contain no cues.");
  std::stable_sort(captions.begin(), captions.end(),
                   [](const Caption& a, const Caption& b) { return a.start_s < b.start_s; });
  return captions;
}

}  // namespace understudy::media
