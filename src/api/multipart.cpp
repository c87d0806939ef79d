#include "api/multipart.h"

#include <algorithm>

#include "base/text.h"

namespace understudy::api {
namespace {

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046
constexpr std::size_t kPartHeadersMax = 8 * 1024;
constexpr std::size_t kPreambleMax = 8 * 1024;
constexpr std::size_t kFormMax = 1 << 20;  // bytes of all form fields together
constexpr std::size_t kFilenameMax = 255;
constexpr int kPartsMax = 64;

tl::unexpected<Error> malformed(const std::string& what) {
  return fail(ErrorCode::invalid_parameter, "The multipart body is not well-formed: " + what + ".");
}

// The value of `name` among the parameters behind the first ';' of a header: a token, or a quoted
// string in which only \" and \\ are escapes (browsers do not escape a backslash otherwise).
std::optional<std::string> header_parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at < header.size()) {
    ++at;
    const auto equals = header.find_first_of("=;", at);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string found = lower_case(trimmed(header.substr(at, equals - at)));
    at = equals;
    if (header[equals] == ';') continue;
    ++at;
    while (at < header.size() && (header[at] == ' ' || header[at] == '\t')) ++at;
    std::string value;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        const bool is_escape = header[at] == '\\' && at + 1 < header.size() &&
                               (header[at + 1] == '"' || header[at + 1] == '\\');
        if (is_escape) ++at;
        value += header[at];
      }
      if (at >= header.size()) return std::nullopt;  // no closing quote
      at = header.find(';', at);
    } else {
      const auto end = header.find(';', at);
      value = trimmed(header.substr(at, end == std::string_view::npos ? end : end - at));
      at = end;
    }
    if (found == name) return value;
    if (at == std::string_view::npos) return std::nullopt;
  }
  return std::nullopt;
}

// The last component of what the client calls the file, without control characters.
std::string safe_filename(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string safe;
  for (const char c : name.substr(0, kFilenameMax)) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) safe += c;
  }
  return safe == "." || safe == ".." ? std::string() : safe;
}

}  // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
  const std::string type = lower_case(trimmed(content_type.substr(0, content_type.find(';'))));
  if (type != "multipart/form-data") {
    return fail(ErrorCode::invalid_parameter,
                "The body must be multipart/form-data with a file field 'file'.", "file");
  }
  auto boundary = header_parameter(content_type, "boundary");
  const bool is_valid = boundary && !boundary->empty() && boundary->size() <= kBoundaryMax &&
                        std::all_of(boundary->begin(), boundary->end(),
                                    [](unsigned char c) { return c >= 0x20 && c < 0x7f; }) &&
                        boundary->back() != ' ';
  if (!is_valid) return malformed("the Content-Type names no valid boundary");
  return *std::move(boundary);
}

MultipartReader::MultipartReader(std::string_view boundary, std::filesystem::path folder)
    : delimiter_("\r\n--" + std::string(boundary)), folder_(std::move(folder)) {
  buffer_ = "\r\n";  // so that the first boundary looks like the others
}

MultipartReader::~MultipartReader() { remove_uploads(files_); }

Result<void> MultipartReader::feed(std::string_view bytes) {
  buffer_.append(bytes);
  while (true) {
    TRY_ASSIGN(const bool went_on, step());
    if (!went_on) return {};
  }
}

Result<bool> MultipartReader::step() {
  switch (state_) {
    case State::preamble: return read_preamble();
    case State::after_boundary: return read_after_boundary();
    case State::headers: return read_headers();
    case State::content: return read_content();
    case State::epilogue: buffer_.clear(); return false;
  }
  return false;
}

Result<bool> MultipartReader::read_preamble() {
  const auto found = buffer_.find(delimiter_);
  if (found == std::string::npos) {
    if (buffer_.size() > kPreambleMax) return malformed("the boundary does not appear");
    return false;
  }
  buffer_.erase(0, found + delimiter_.size());
  state_ = State::after_boundary;
  return true;
}

Result<bool> MultipartReader::read_after_boundary() {
  const auto blanks = buffer_.find_first_not_of(" \t");  // RFC 2046 allows padding here
  if (blanks == std::string::npos || buffer_.size() < blanks + 2) {
    if (buffer_.size() > kPreambleMax) return malformed("a boundary line does not end");
    return false;
  }
  const std::string_view mark = std::string_view(buffer_).substr(blanks, 2);
  if (mark == "--") {
    state_ = State::epilogue;
  } else if (mark == "\r\n") {
    if (++parts_ > kPartsMax) return malformed("it has too many parts");
    state_ = State::headers;
    buffer_.erase(0, blanks);  // the line end stays: a part without headers has an empty line next
    return true;
  } else {
    return malformed("a boundary line has text behind it");
  }
  return true;
}

Result<bool> MultipartReader::read_headers() {
  const auto end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (buffer_.size() > kPartHeadersMax) return malformed("the headers of a part are too long");
    return false;
  }
  if (end > kPartHeadersMax) return malformed("the headers of a part are too long");
  TRY(begin_part(std::string_view(buffer_).substr(0, end)));
  buffer_.erase(0, end + 4);
  state_ = State::content;
  return true;
}

Result<bool> MultipartReader::read_content() {
  const auto found = buffer_.find(delimiter_);
  if (found != std::string::npos) {
    TRY(take_content(std::string_view(buffer_).substr(0, found)));
    TRY(end_part());
    buffer_.erase(0, found + delimiter_.size());
    state_ = State::after_boundary;
    return true;
  }
  // A boundary may begin in the last bytes.
  if (buffer_.size() >= delimiter_.size()) {
    const std::size_t sure = buffer_.size() - delimiter_.size() + 1;
    TRY(take_content(std::string_view(buffer_).substr(0, sure)));
    buffer_.erase(0, sure);
  }
  return false;
}

Result<void> MultipartReader::begin_part(std::string_view headers) {
  field_.clear();
  filename_.clear();
  content_type_.clear();
  value_.clear();
  std::optional<std::string> filename;
  bool has_disposition = false;
  while (!headers.empty()) {
    const auto end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      if (line.empty()) continue;
      return malformed("a part has a header line without a colon");
    }
    const std::string name = lower_case(trimmed(line.substr(0, colon)));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-disposition") {
      has_disposition = lower_case(trimmed(value.substr(0, value.find(';')))) == "form-data";
      field_ = header_parameter(value, "name").value_or("");
      filename = header_parameter(value, "filename");
    } else if (name == "content-type") {
      content_type_ = value;
    }
  }
  if (!has_disposition || field_.empty()) {
    return malformed("a part has no Content-Disposition: form-data with a name");
  }
  if (!filename) return {};
  filename_ = safe_filename(*filename);
  TRY_ASSIGN(writer_, UploadWriter::open(folder_));
  return {};
}

Result<void> MultipartReader::take_content(std::string_view bytes) {
  if (writer_ != nullptr) return writer_->write(bytes);
  form_size_ += bytes.size();
  if (form_size_ > kFormMax) return malformed("its form fields are too long");
  value_.append(bytes);
  return {};
}

Result<void> MultipartReader::end_part() {
  if (writer_ == nullptr) {
    form_[field_] = std::move(value_);
    value_.clear();
    return {};
  }
  TRY_ASSIGN(auto file, writer_->finish());
  writer_.reset();
  file.field = field_;
  file.filename = filename_;
  file.content_type = content_type_;
  files_.push_back(std::move(file));
  return {};
}

Result<void> MultipartReader::finish(Request& request) {
  if (state_ != State::epilogue) return malformed("it ends before its last boundary");
  request.files = std::move(files_);
  files_.clear();
  request.form = std::move(form_);
  return {};
}

}  // namespace understudy::api
