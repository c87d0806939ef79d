#include "media/mpeg_audio.h"

#include <algorithm>
#include <array>

namespace understudy::media {
namespace {

constexpr std::size_t kJunkMax = 65'536;  // bytes skipped at most when looking for a frame

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint32_t big32(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 24 | byte_at(bytes, at + 1) << 16 | byte_at(bytes, at + 2) << 8 |
         byte_at(bytes, at + 3);
}

std::uint32_t little32(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2) << 16 |
         byte_at(bytes, at + 3) << 24;
}

// kbit/s by table row, index 1..14.
constexpr std::array<std::array<int, 15>, 5> kBitRates = {{
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // MPEG-1 layer 1
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // MPEG-1 layer 2
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // MPEG-1 layer 3
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // MPEG-2 layer 1
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},          // MPEG-2 layers 2, 3
}};

std::size_t bit_rate_row(int version, int layer) {
  if (version == 1) return static_cast<std::size_t>(layer) - 1;
  return layer == 1 ? 3 : 4;
}

bool is_same_stream(const MpegFrame& a, const MpegFrame& b) {
  return a.version == b.version && a.layer == b.layer && a.sample_rate == b.sample_rate;
}

// ADTS (AAC): a 12-bit sync word, layer 0.
std::optional<std::size_t> adts_frame_bytes(std::string_view bytes) {
  if (bytes.size() < 7 || byte_at(bytes, 0) != 0xFF || (byte_at(bytes, 1) & 0xF6) != 0xF0) {
    return std::nullopt;
  }
  const std::size_t length =
      (byte_at(bytes, 3) & 3) << 11 | byte_at(bytes, 4) << 3 | byte_at(bytes, 5) >> 5;
  if (length < 7 || (byte_at(bytes, 2) >> 2 & 15) > 12) return std::nullopt;
  return length;
}

// The bytes between the tags.
std::string_view without_tags(std::string_view file) {
  while (file.size() >= 10 && file.starts_with("ID3")) {
    const std::size_t size = (byte_at(file, 6) & 127) << 21 | (byte_at(file, 7) & 127) << 14 |
                             (byte_at(file, 8) & 127) << 7 | (byte_at(file, 9) & 127);
    const std::size_t footer = (byte_at(file, 5) & 0x10) != 0 ? 10 : 0;
    file.remove_prefix(std::min(file.size(), size + 10 + footer));
  }
  if (file.size() >= 128 && file.substr(file.size() - 128).starts_with("TAG"))
    file.remove_suffix(128);
  if (file.size() >= 9 && file.ends_with("LYRICS200")) {
    const auto start = file.rfind("LYRICSBEGIN");
    if (start != std::string_view::npos) file = file.substr(0, start);
  }
  if (file.size() >= 32 && file.substr(file.size() - 32).starts_with("APETAGEX")) {
    const auto footer = file.substr(file.size() - 32);
    const std::size_t size = little32(footer, 12);
    const bool has_header = (little32(footer, 20) >> 31) != 0;
    file.remove_suffix(std::min(file.size(), size + (has_header ? 32U : 0U)));
  }
  return file;
}

// How many frames a Xing, Info or VBRI tag in the first frame announces, without that frame.
std::optional<std::uint32_t> announced_frames(std::string_view frame, const MpegFrame& header) {
  const auto at = static_cast<std::size_t>(4 + header.side_info);
  if (frame.size() >= at + 12) {
    const auto tag = frame.substr(at, 4);
    if ((tag == "Xing" || tag == "Info") && (byte_at(frame, at + 7) & 1) != 0)
      return big32(frame, at + 8);
  }
  if (frame.size() >= 36 + 18 && frame.substr(36, 4) == "VBRI") return big32(frame, 36 + 14);
  return std::nullopt;
}

tl::unexpected<Error> truncated(const char* format = "MP3") {
  return fail(ErrorCode::invalid_parameter,
              std::string("The ") + format + " file is truncated: it ends before its sound does.");
}

tl::unexpected<Error> not_mp3() {
  return fail(ErrorCode::invalid_parameter,
              "The file is not a readable MP3: it holds no MPEG audio frames.");
}

bool begins_stream(std::string_view audio, const MpegFrame& like) {
  const auto frame = read_mpeg_frame(audio);
  if (!frame || frame->bytes > audio.size()) return false;
  const auto second = read_mpeg_frame(audio.substr(frame->bytes));
  return second && is_same_stream(*second, like);
}

// The first place from which two frames follow each other, or one that ends the file.
std::optional<std::size_t> find_stream(std::string_view audio) {
  const auto limit = std::min(audio.size(), kJunkMax);
  for (std::size_t at = 0; at < limit; ++at) {
    const auto frame = read_mpeg_frame(audio.substr(at));
    if (!frame) continue;
    const auto next = at + frame->bytes;
    if (next >= audio.size()) return at;
    const auto second = read_mpeg_frame(audio.substr(next));
    if (second && is_same_stream(*frame, *second)) return at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<MpegFrame> read_mpeg_frame(std::string_view bytes) {
  if (bytes.size() < 4 || byte_at(bytes, 0) != 0xFF || (byte_at(bytes, 1) & 0xE0) != 0xE0) {
    return std::nullopt;
  }
  const auto version_bits = byte_at(bytes, 1) >> 3 & 3;
  const auto layer_bits = byte_at(bytes, 1) >> 1 & 3;
  const auto rate_index = byte_at(bytes, 2) >> 4;
  const auto frequency = byte_at(bytes, 2) >> 2 & 3;
  if (version_bits == 1 || layer_bits == 0 || rate_index == 0 || rate_index == 15 ||
      frequency == 3) {
    return std::nullopt;
  }
  constexpr std::array<int, 3> kRates = {44'100, 48'000, 32'000};
  MpegFrame frame;
  frame.version = version_bits == 3 ? 1 : version_bits == 2 ? 2 : 3;
  frame.layer = static_cast<int>(4 - layer_bits);
  frame.sample_rate = kRates[frequency] >> (frame.version - 1);
  const int bit_rate = kBitRates[bit_rate_row(frame.version, frame.layer)][rate_index] * 1000;
  const int padding = static_cast<int>(byte_at(bytes, 2) >> 1 & 1);
  frame.samples = frame.layer == 1 ? 384 : frame.layer == 3 && frame.version > 1 ? 576 : 1152;
  const int length = frame.layer == 1 ? (12 * bit_rate / frame.sample_rate + padding) * 4
                                      : frame.samples / 8 * bit_rate / frame.sample_rate + padding;
  frame.bytes = static_cast<std::size_t>(length);
  const bool is_mono = byte_at(bytes, 3) >> 6 == 3;
  frame.side_info = frame.version == 1 ? (is_mono ? 17 : 32) : (is_mono ? 9 : 17);
  return frame;
}

std::string_view sniff_mpeg_audio(std::string_view bytes) {
  if (const auto frame = read_mpeg_frame(bytes)) {
    if (frame->bytes >= bytes.size()) return "audio/mpeg";
    const auto second = read_mpeg_frame(bytes.substr(frame->bytes));
    if (second && is_same_stream(*frame, *second)) return "audio/mpeg";
  }
  if (const auto length = adts_frame_bytes(bytes)) {
    if (*length >= bytes.size() || adts_frame_bytes(bytes.substr(*length))) return "audio/aac";
  }
  return {};
}

Result<void> check_mpeg_audio(std::string_view file) {
  const auto audio = without_tags(file);
  const auto start = find_stream(audio);
  if (!start) return not_mp3();
  const auto first = *read_mpeg_frame(audio.substr(*start));
  if (first.bytes > audio.size() - *start) return truncated();
  const auto announced = announced_frames(audio.substr(*start, first.bytes), first);

  std::size_t frames = 0;
  std::size_t junk = 0;
  std::size_t at = *start;
  bool follows_frame = true;
  while (at < audio.size()) {
    const auto frame = read_mpeg_frame(audio.substr(at));
    const bool is_match = frame && is_same_stream(*frame, first);
    const bool is_cut_header = audio.size() - at < 4 && byte_at(audio, at) == 0xFF;
    if (follows_frame && (is_cut_header || (is_match && at + frame->bytes > audio.size()))) {
      return truncated();
    }
    // Junk can look like a header: after a gap only two frames in a row count.
    const bool is_frame = is_match && (follows_frame || begins_stream(audio.substr(at), first));
    follows_frame = is_frame;
    if (is_frame) ++frames;
    if (!is_frame) ++junk;
    at += is_frame ? frame->bytes : 1;
  }
  if (junk > audio.size() / 4 + kJunkMax) return not_mp3();
  // Encoders differ in whether they count the tag's own frame, and some flush one frame less.
  if (announced && *announced > frames + 2) return truncated();
  return {};
}

Result<void> check_adts_audio(std::string_view file) {
  const auto audio = without_tags(file);
  std::size_t at = 0;
  while (at < audio.size()) {
    const auto length = adts_frame_bytes(audio.substr(at));
    const bool is_cut_header = audio.size() - at < 7 && byte_at(audio, at) == 0xFF;
    if (is_cut_header || (length && *length > audio.size() - at)) return truncated("AAC");
    if (!length) break;  // something else follows the sound; the decoder will judge it
    at += *length;
  }
  return {};
}

}  // namespace understudy::media
