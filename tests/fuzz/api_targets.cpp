// What HTTP clients send: targets, queries, bodies, ranges, tokens, signed links.
#include <charconv>
#include <filesystem>
#include <string>

#include "api/contract.h"
#include "api/file_answer.h"
#include "api/links.h"
#include "api/multipart.h"
#include "api/pagination.h"
#include "api/router.h"
#include "api/time_text.h"
#include "api/validation.h"
#include "base/bytes.h"
#include "base/file.h"
#include "products/account/account_query.h"
#include "target.h"

namespace understudy::fuzz {
namespace {

std::int64_t number_of(std::string_view text, std::int64_t limit) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<std::int64_t>(number % static_cast<std::uint64_t>(limit));
}

void query(std::string_view input) {
  (void)api::percent_decode(input);
  const auto pairs = api::parse_query(input);
  if (!pairs) return;
  std::size_t size = 0;
  for (const auto& [name, value] : *pairs) size += name.size() + value.size();
  require(size <= input.size(), "decoding makes nothing longer");
}

const api::Router& router_of_all() {
  static const auto router = [] {
    api::Router made;
    std::size_t index = 0;
    for (const auto& operation : api::contract::operations()) {
      made.add(operation.method, operation.path, index++);
    }
    made.add("GET", "/files/{token}/{name}", index++);
    made.add("GET", "/docs/{path*}", index);
    return made;
  }();
  return router;
}

// "GET /v3/videos/x"
void target(std::string_view input) {
  const auto blank = input.find(' ');
  if (blank == std::string_view::npos) return;
  const auto found = router_of_all().find(input.substr(0, blank), input.substr(blank + 1));
  if (!found) return;
  for (const auto& [name, value] : found->params) {
    require(value.size() <= input.size(), "a parameter is a part of the path");
  }
}

struct Parts {
  std::string summary;
  bool is_read = false;
};

Parts read_multipart(std::string_view boundary, std::string_view body, std::size_t piece) {
  static const TemporaryFolder folder;
  api::MultipartReader reader(boundary, folder.path());
  Parts parts;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    if (!reader.feed(body.substr(at, piece))) return parts;
  }
  api::Request request;
  if (!reader.finish(request)) return parts;
  parts.is_read = true;
  for (const auto& file : request.files) {
    require(std::filesystem::file_size(file.path) == static_cast<std::uintmax_t>(file.size),
            "a file has its size");
    parts.summary += file.field + "|" + file.filename + "|" + file.sha256 + "\n";
  }
  for (const auto& [name, value] : request.form) parts.summary += name + "=" + value + "\n";
  api::remove_uploads(request.files);
  return parts;
}

// The first line is a Content-Type, the rest is the body.
void multipart(std::string_view input) {
  Pieces pieces(input);
  const auto boundary = api::multipart_boundary(pieces.line());
  if (!boundary) return;
  const std::string_view body = pieces.rest();
  const Parts at_once = read_multipart(*boundary, body, body.size() + 1);
  const Parts in_pieces = read_multipart(*boundary, body, 1 + body.size() / 7);
  require(at_once.is_read == in_pieces.is_read && at_once.summary == in_pieces.summary,
          "the pieces a body arrives in do not matter");
}

// The first line chooses the operation, the rest is its body.
void body(std::string_view input) {
  Pieces pieces(input);
  const auto operations = api::contract::operations();
  const auto index = number_of(pieces.line(), static_cast<std::int64_t>(operations.size()));
  const auto& operation = operations[static_cast<std::size_t>(index)];
  if (operation.body_node == api::contract::kNone) return;
  auto value = parse_json(pieces.rest());
  if (!value) return;
  const auto& schema = api::contract::node(operation.body_node);
  if (const auto valid = api::validate(*value, schema); !valid) {
    require(valid.error().code == ErrorCode::invalid_parameter, "a bad body is a bad parameter");
    require(!valid.error().message.empty(), "a refusal says why");
    return;
  }
  const std::string text = to_text(*value);
  require(api::validate(*value, schema).has_value(), "what is valid stays valid");
  require(to_text(*value) == text, "a second look changes nothing");
}

// Operation, then the query, then headers.
void parameters(std::string_view input) {
  Pieces pieces(input);
  const auto operations = api::contract::operations();
  const auto index = number_of(pieces.line(), static_cast<std::int64_t>(operations.size()));
  const auto& operation = operations[static_cast<std::size_t>(index)];
  api::Request request;
  auto pairs = api::parse_query(pieces.line());
  if (!pairs) return;
  request.query = *std::move(pairs);
  for (const auto& parameter : operation.parameters) {
    if (parameter.place == api::contract::Place::header) {
      request.headers[std::string(parameter.name)] = std::string(pieces.line());
    } else if (parameter.place == api::contract::Place::path) {
      request.path_params[std::string(parameter.name)] = std::string(pieces.line());
    }
  }
  (void)api::validate_parameters(request, operation);
  (void)api::page_request(request);
  (void)account::time_span(request);
  (void)account::wants_csv(request);
}

// Size, Range, If-Range, If-None-Match, name.
void range(std::string_view input) {
  Pieces pieces(input);
  const std::int64_t size = number_of(pieces.line(), INT64_MAX);
  api::Request request;
  request.method = "GET";
  for (const char* name : {"range", "if-range", "if-none-match"}) {
    const auto line = pieces.line();
    if (!line.empty()) request.headers[name] = std::string(line);
  }
  const api::FileBody file{.path = "f",
                           .mime_type = "video/mp4",
                           .download_name = std::string(pieces.rest()),
                           .etag = "abc"};
  const auto answer = api::plan_file_answer(request, file, size);
  const bool has_body = answer.status == 200 || answer.status == 206;
  require(has_body || answer.status == 304 || answer.status == 416, "a known status");
  require(answer.offset >= 0 && answer.length >= 0, "no negative range");
  require(!has_body || answer.length <= size - answer.offset, "a range is within the file");
  for (const auto& [name, value] : answer.headers) {
    require(value.find_first_of("\r\n") == std::string::npos, "no header holds a line break");
    require(value.find('\0') == std::string::npos, "no header holds a NUL");
  }
}

void token(std::string_view input) {
  api::Request request;
  request.query = {{"token", std::string(input)}, {"limit", std::string(input.substr(0, 3))}};
  (void)api::page_request(request);
  request.query.pop_back();
  if (const auto page = api::page_request(request)) {
    (void)account::number_after(page->after_id);
    require(page->limit == 10, "the default limit");
  }
  request.query = {{"token", api::page_token(input)}};
  const auto page = api::page_request(request);
  require(!page || page->after_id == input, "a token names its id");
}

// Token and name of a link.
void link(std::string_view input) {
  static const api::LinkSigner signer("a secret for tests");
  constexpr std::int64_t kNow = 1'700'000'000'000;
  Pieces pieces(input);
  const auto text = pieces.line();
  require(!signer.verify(text, pieces.rest(), kNow), "nobody forges a link");
  const jobs::BlobRef blob{.hash = sha256_hex(input),
                           .size = 1,
                           .mime_type = std::string(pieces.rest().substr(0, 100)),
                           .name = "video.mp4"};
  const std::string made = signer.make(blob, kNow + 1000);
  const auto slash = made.find('/', 7);
  std::string its_token = made.substr(7, slash - 7);
  const auto read = signer.verify(its_token, "video.mp4", kNow);
  require(read && read->hash == blob.hash && read->mime_type == blob.mime_type, "a link is read");
  require(!signer.verify(its_token, "other.mp4", kNow), "a name belongs to its link");
  require(!signer.verify(its_token, "video.mp4", kNow + 2000), "a link ends");
  const auto at = input.size() % its_token.size();
  its_token[at] = its_token[at] == 'A' ? 'B' : 'A';
  require(!signer.verify(its_token, "video.mp4", kNow), "a changed link shows");
}

void time(std::string_view input) {
  const auto parsed = api::parse_time(input, "from");
  if (!parsed) require(parsed.error().param == "from", "a refusal names its parameter");
  (void)account::number_after(input);
}

constexpr Target kTargets[] = {{"query", query},
                               {"target", target},
                               {"multipart", multipart},
                               {"body", body},
                               {"parameters", parameters},
                               {"range", range},
                               {"token", token},
                               {"link", link},
                               {"time", time}};

}  // namespace

std::span<const Target> api_targets() { return kTargets; }

}  // namespace understudy::fuzz
