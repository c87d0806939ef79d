// The HTTP types a product sees. A handler is a plain function from a Request to a Response or an
// Error; the server turns either into bytes, so no handler writes a status line or an error body.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/account.h"
#include "base/json.h"
#include "base/result.h"

namespace understudy::api {

// The claim on an Idempotency-Key that a running request holds. A handler that stores its effect in
// a transaction puts stored_answer(request, response) (api/idempotency.h) into the same transaction
// and sets Response::is_answer_stored; otherwise the server stores the answer after the handler.
struct IdempotencyTicket {
  std::string scope;         // account, method and path
  std::string key;           // as the client sent it
  std::string request_hash;  // SHA-256 of the body in hex
};

// A file that came in a multipart body or as the whole body, already on disk; it is removed when
// the request ends, unless the handler moved it away.
struct UploadedFile {
  std::filesystem::path path;
  std::string field;  // "file"
  std::string filename;
  std::string content_type;  // as claimed by the client
  std::int64_t size = 0;
  std::string sha256;  // of the bytes, hex
};

struct Request {
  std::string id;      // echoed as x-request-id and in every log line
  std::string method;  // "POST"
  std::string path;    // decoded, without the query
  std::map<std::string, std::string, std::less<>> path_params;  // {"video_id": "..."}
  std::vector<std::pair<std::string, std::string>> query;       // decoded, in order
  std::map<std::string, std::string, std::less<>> headers;      // names in lower case
  std::string body;                 // bytes as they came; empty for multipart
  json::value json;                 // the parsed, validated body of application/json
  std::vector<UploadedFile> files;  // of multipart/form-data
  std::map<std::string, std::string, std::less<>> form;  // the other multipart fields
  accounts::Principal principal;                         // empty where the route needs no key
  std::string base_url;   // "http://127.0.0.1:8080" as the client addressed us
  bool is_local = false;  // came over the administration socket of this machine
  // The client's IP address; empty over the administration socket. Behind a proxy that says so in
  // X-Forwarded-For, and is trusted to (ServerConfig::behind_proxy), the address the proxy saw.
  std::string remote_address;
  std::optional<IdempotencyTicket> idempotency;

  std::string_view header(std::string_view lower_case_name) const;
  std::optional<std::string_view> query_value(std::string_view name) const;
  const std::string& path_param(std::string_view name) const;  // Requires: the route has it
  const json::object& object() const;  // of the body; empty where it is none
};

// A file as an answer; the server handles HEAD, Range, If-Range and If-None-Match.
struct FileBody {
  std::filesystem::path path;
  std::string mime_type;
  std::string download_name;
  std::string etag;
};

struct Response {
  int status = 200;
  json::value body;                 // sent as application/json, unless text or file is set
  std::optional<std::string> text;  // sent as content_type
  std::string content_type = "application/json";
  std::optional<FileBody> file;
  std::vector<std::pair<std::string, std::string>> headers;
  bool is_answer_stored = false;  // the handler stored it for the Idempotency-Key
  // What a repeat with the same Idempotency-Key gets in place of a body that holds a secret: an
  // answer is kept, and a secret is never written down.
  std::optional<json::value> replay_body = {};
};

using Handler = std::function<Result<Response>(const Request&)>;

// Where a handler runs: `inline_` on the connection's own thread (short reads only, a few
// microseconds), `pool` on a thread that may wait for disk, database or a job.
enum class RunsOn { inline_, pool };

// What a route does with the request's body: `json` parses it, `multipart` streams its files to
// disk, `file` streams the whole body to disk as one UploadedFile, `raw` leaves Request::body to
// the handler.
enum class BodyKind { json, multipart, file, raw };

struct Route {
  std::string method;  // "POST"
  std::string path;    // "/v3/videos/{video_id}"
  Handler handler;
  RunsOn runs_on = RunsOn::pool;
  bool needs_key = true;
  // Operations of openapi.json take their scopes, parameters and body schema from there; a route
  // outside of it names its scope here ("account:read"), or "operator".
  std::string scope = {};
  // Of a route without key: who may use it, asked before the body is read. Empty: everyone.
  std::function<Result<void>(const Request&)> guard = {};
  BodyKind body = BodyKind::json;  // operations of openapi.json take it from there
  std::int64_t body_limit = 0;     // bytes; 0: the server's limit for this kind of body
  // Answers a file to everybody who has the URL; inputs may name it (api/own_links.h).
  bool is_public_file = false;
};

// A route whose handler gets `ports` beside the request: a struct of references, which is copied.
template <class Ports>
Route port_route(const Ports& ports, const char* method, const char* path, const char* scope,
                 Result<Response> (*handler)(const Ports&, const Request&)) {
  Route made;
  made.method = method;
  made.path = path;
  made.handler = [ports, handler](const Request& request) { return handler(ports, request); };
  made.scope = scope;
  return made;
}

// {"data": ...}
Response data_response(json::value data, int status = 200);

}  // namespace understudy::api
