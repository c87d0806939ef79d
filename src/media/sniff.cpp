#include "media/sniff.h"

#include <algorithm>
#include <cctype>

#include "media/mpeg_audio.h"

namespace understudy::media {
namespace {

bool has(std::string_view bytes, std::size_t at, std::string_view pattern) {
  return bytes.size() >= at + pattern.size() && bytes.substr(at, pattern.size()) == pattern;
}

// ISO/IEC 14496-12: the major brand tells films from sound; inspection looks at the streams later.
std::string_view sniff_boxes(std::string_view bytes) {
  if (has(bytes, 4, "ftyp")) {
    const auto brand = bytes.substr(8, 4);
    if (brand == "M4A " || brand == "M4B ") return "audio/mp4";
    if (brand == "qt  ") return "video/quicktime";
    const bool is_still = brand == "heic" || brand == "heix" || brand == "mif1" ||
                          brand == "avif" || brand == "avis" || brand == "crx ";
    return is_still ? std::string_view() : "video/mp4";
  }
  // QuickTime before the ftyp box was invented.
  for (const std::string_view name : {"moov", "mdat", "wide"}) {
    if (has(bytes, 4, name)) return "video/quicktime";
  }
  return {};
}

std::string_view sniff_riff(std::string_view bytes) {
  if (has(bytes, 8, "WEBP")) return "image/webp";
  if (has(bytes, 8, "WAVE")) return "audio/wav";
  return {};
}

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

std::string_view sniff_text(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (has(bytes, 0, "WEBVTT") &&
      (bytes.size() == 6 || std::isspace(static_cast<unsigned char>(bytes[6])) != 0)) {
    return "text/vtt";
  }
  while (!bytes.empty() && std::isspace(static_cast<unsigned char>(bytes[0])) != 0)
    bytes.remove_prefix(1);
  if (has(bytes, 0, "<svg")) return "image/svg+xml";
  if ((has(bytes, 0, "<?xml") || has(bytes, 0, "<!--") || has(bytes, 0, "<!DOCTYPE svg")) &&
      bytes.find("<svg") != std::string_view::npos) {
    return "image/svg+xml";
  }
  const auto first = next_line(bytes);
  const bool is_number =
      !first.empty() && first.size() < 7 &&
      std::all_of(first.begin(), first.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const auto times = is_number ? next_line(bytes) : first;
  if (times.size() > 20 && times.substr(0, 40).find(" --> ") != std::string_view::npos &&
      std::isdigit(static_cast<unsigned char>(times[0])) != 0) {
    return "application/x-subrip";
  }
  return {};
}

}  // namespace

std::string_view sniff(std::string_view bytes) {
  if (has(bytes, 0, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (has(bytes, 0, "\xFF\xD8\xFF")) return "image/jpeg";
  if (has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a")) return "image/gif";
  if (has(bytes, 0, "RIFF") || has(bytes, 0, "RF64")) return sniff_riff(bytes);
  if (has(bytes, 0, "OggS")) return "audio/ogg";
  if (has(bytes, 0, "fLaC")) return "audio/flac";
  if (has(bytes, 0, "%PDF-")) return "application/pdf";
  if (has(bytes, 0, "PK\x03\x04")) return "application/zip";
  if (has(bytes, 0, "\x1A\x45\xDF\xA3")) {
    const auto start = bytes.substr(0, 64);
    return start.find("webm") != std::string_view::npos ? "video/webm" : "video/x-matroska";
  }
  if (const auto mime = sniff_boxes(bytes); !mime.empty()) return mime;
  if (has(bytes, 0, "ID3")) return "audio/mpeg";
  if (const auto mime = sniff_mpeg_audio(bytes); !mime.empty()) return mime;
  return sniff_text(bytes);
}

}  // namespace understudy::media
