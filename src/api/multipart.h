// MultipartReader: multipart/form-data (RFC 7578) as it arrives, in pieces of any size. Files go to
// disk at once, so memory stays flat; form fields are kept in memory up to a limit.
// One reader per request, one thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "api/upload.h"

namespace understudy::api {

// The boundary that a Content-Type names. Errors: invalid_parameter.
Result<std::string> multipart_boundary(std::string_view content_type);

class MultipartReader {
 public:
  MultipartReader(std::string_view boundary, std::filesystem::path folder);
  ~MultipartReader();  // removes the files that finish() did not hand over
  MultipartReader(const MultipartReader&) = delete;
  MultipartReader& operator=(const MultipartReader&) = delete;

  // Errors: invalid_parameter (not well-formed, too many parts), storage_failed.
  Result<void> feed(std::string_view bytes);

  // After the last byte: moves files and fields into the request. Errors: invalid_parameter (the
  // body ended early).
  Result<void> finish(Request& request);

 private:
  enum class State { preamble, after_boundary, headers, content, epilogue };

  Result<bool> step();  // false: more bytes are needed
  Result<bool> read_preamble();
  Result<bool> read_after_boundary();
  Result<bool> read_headers();
  Result<bool> read_content();
  Result<void> begin_part(std::string_view headers);
  Result<void> take_content(std::string_view bytes);
  Result<void> end_part();

  std::string delimiter_;  // CR LF "--" boundary
  std::filesystem::path folder_;
  State state_ = State::preamble;
  std::string buffer_;  // bytes not yet understood
  int parts_ = 0;
  std::size_t form_size_ = 0;

  std::string field_;  // of the part being read
  std::string filename_;
  std::string content_type_;
  std::string value_;
  std::unique_ptr<UploadWriter> writer_;  // null: a form field

  std::vector<UploadedFile> files_;
  std::map<std::string, std::string, std::less<>> form_;
};

}  // namespace understudy::api
