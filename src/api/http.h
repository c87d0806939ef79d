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

// A file that came in a multipart body, already on disk; it is removed when the request ends, unless
// the handler moved it away.
struct UploadedFile {
  std::filesystem::path path;
  std::string field;  // "file"
  std::string filename;
  std::string content_type;  // as claimed by the client
  std::int64_t size = 0;
};

struct Request {
  std::string id;      // echoed as x-request-id and in every log line
  std::string method;  // "POST"
  std::string path;    // decoded, without the query
  std::map<std::string, std::string, std::less<>> path_params;  // {"video_id": "..."}
  std::vector<std::pair<std::string, std::string>> query;       // decoded, in order
  std::map<std::string, std::string, std::less<>> headers;      // names in lower case
  std::string body;                        // bytes as they came; empty for multipart
  json::value json;                        // the parsed, validated body of application/json
  std::vector<UploadedFile> files;         // of multipart/form-data
  std::map<std::string, std::string, std::less<>> form;  // the other multipart fields
  accounts::Principal principal;           // empty where the route needs no key
  std::string base_url;                    // "http://127.0.0.1:8080" as the client addressed us

  std::string_view header(std::string_view lower_case_name) const;
  std::optional<std::string_view> query_value(std::string_view name) const;
  const std::string& path_param(std::string_view name) const;  // Requires: the route has it
  const json::object& object() const { return json.get_object(); }
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
};

using Handler = std::function<Result<Response>(const Request&)>;

// Where a handler runs: `inline_` on the connection's own thread (short reads only, a few
// microseconds), `pool` on a thread that may wait for disk, database or a job.
enum class RunsOn { inline_, pool };

struct Route {
  std::string method;  // "POST"
  std::string path;    // "/v3/videos/{video_id}"
  Handler handler;
  RunsOn runs_on = RunsOn::pool;
  bool needs_key = true;
  // Operations of openapi.json take their scopes, parameters and body schema from there; a route
  // outside of it names its scope here ("account:read"), or "operator".
  std::string scope = {};
};

// {"data": ...}
Response data_response(json::value data, int status = 200);

}  // namespace understudy::api
