#include "cli/preview_server.h"

#include <csignal>

#include <fmt/format.h>

#include "api/server.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "browser/composition.h"
#include "browser/libraries.h"
#include "browser/lint.h"
#include "browser/page.h"
#include "browser/project_folder.h"
#include "browser/runtime_source.h"
#include "cli/preview_page.h"
#include "media/image.h"
#include "media/inspect.h"
#include "media/video_reader.h"

namespace understudy::cli {
namespace fs = std::filesystem;
namespace {

using api::Request;
using api::Response;

Response text_response(std::string text, std::string type) {
  Response response;
  response.text = std::move(text);
  response.content_type = std::move(type);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

class Preview {
 public:
  explicit Preview(const PreviewOptions& options)
      : options_(options), libraries_(options.libraries) {}

  std::vector<api::Route> routes();

 private:
  std::string version() const;
  Result<browser::CompiledComposition> compiled() const;
  Result<Response> state(const Request& request) const;
  Result<Response> media_facts(const Request& request) const;
  Result<Response> picture(const Request& request) const;
  Result<Response> library(const Request& request) const;
  Result<Response> file(const Request& request) const;
  std::string page_of(browser::CompiledComposition composition) const;

  PreviewOptions options_;
  browser::Libraries libraries_;
};

// Changes with every file of the project.
std::string Preview::version() const {
  std::string all;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(options_.project, failed), end;
       !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    if (entry->is_directory(failed) && (name == "node_modules" || name.starts_with('.'))) {
      entry.disable_recursion_pending();
      continue;
    }
    const auto changed = entry->last_write_time(failed).time_since_epoch().count();
    all += entry->path().string() + " " + std::to_string(changed) + "\n";
  }
  return sha256_hex(all).substr(0, 16);
}

Result<browser::CompiledComposition> Preview::compiled() const {
  browser::CompileOptions options{.entry = options_.composition, .variables = options_.variables};
  return browser::compile(browser::folder_reader(options_.project), options);
}

Result<Response> Preview::state(const Request& request) const {
  const std::string now = version();
  if (request.query_value("known") == now) {
    Response same;
    same.status = 204;
    return same;
  }
  json::array findings;
  const auto found = browser::lint(browser::folder_reader(options_.project), options_.composition);
  if (found) {
    for (const auto& finding : *found) {
      const bool is_error = finding.severity == browser::LintSeverity::error;
      findings.push_back(json::object{{"rule", finding.rule},
                                      {"severity", is_error ? "error" : "warning"},
                                      {"file", finding.file},
                                      {"line", finding.line},
                                      {"message", finding.message}});
    }
  }
  const auto composition = compiled();
  const auto root = composition ? composition->root : browser::RootFacts();
  Response response;
  response.body = json::object{
      {"version", now},
      {"name", fs::weakly_canonical(options_.project).filename().string()},
      {"entry", options_.composition},
      {"width", root.width > 0 ? root.width : 1920},
      {"height", root.height > 0 ? root.height : 1080},
      {"fps", options_.fps},
      {"error", composition ? json::value(nullptr) : json::value(composition.error().message)},
      {"findings", std::move(findings)}};
  return response;
}

Result<Response> Preview::media_facts(const Request& request) const {
  const std::string path(request.query_value("path").value_or(""));
  const auto file = browser::file_in(options_.project, path);
  if (!file) return fail(ErrorCode::not_found, "The project has no file '" + path + "'.");
  TRY_ASSIGN(const auto info,
             media::inspect_file(*file, {media::MediaKind::video, media::MediaKind::audio}));
  Response response;
  response.body = json::object{{"duration", static_cast<double>(info.duration_ms) / 1000},
                               {"hasAudio", info.has_audio},
                               {"channels", info.channels}};
  return response;
}

// The picture of a video element, as the runtime asks for it.
Result<Response> Preview::picture(const Request& request) const {
  const std::string source(request.query_value("src").value_or(""));
  const auto host = source.find("://");
  const auto slash = host == std::string::npos ? 0 : source.find('/', host + 3);
  const auto file =
      browser::file_in(options_.project, slash == std::string::npos ? "" : source.substr(slash));
  if (!file) return fail(ErrorCode::not_found, "The project has no such video.");
  TRY_ASSIGN(auto reader, media::VideoReader::open(*file));
  auto frame = media::Frame::make(std::max(2, reader.width() / 2 * 2),
                                  std::max(2, reader.height() / 2 * 2), false);
  const double time_s = std::atof(std::string(request.query_value("t").value_or("0")).c_str());
  TRY(reader.draw(time_s + 0.0005, {0, 0, frame.width, frame.height}, frame));
  TRY_ASSIGN(auto jpeg, media::encode_jpeg(frame, 85));
  auto response = text_response(std::move(jpeg), "image/jpeg");
  response.headers = {{"Cache-Control", "max-age=60"}};
  return response;
}

Result<Response> Preview::library(const Request& request) const {
  const auto found = libraries_.find(std::string(request.query_value("url").value_or("")));
  if (!found) return fail(ErrorCode::not_found, "No installed package serves this address.");
  return text_response(replaced(found->body, browser::kProjectOrigin, "/"), found->mime_type);
}

// The page with the runtime in front; what it loads from delivery networks comes from here.
std::string Preview::page_of(browser::CompiledComposition composition) const {
  composition.use_font_faces(
      replaced(libraries_.font_faces(composition.families), browser::kProjectOrigin, "/"));
  json::object settings = composition.settings;
  settings["fps"] = options_.fps;
  settings["width"] = composition.root.width;
  settings["height"] = composition.root.height;
  settings["isPreview"] = true;
  std::string html = std::move(composition.html);
  for (const std::string_view attribute : {"src=\"https://", "href=\"https://"}) {
    for (auto at = html.find(attribute); at != std::string::npos;
         at = html.find(attribute, at + 1)) {
      const auto begin = html.find('"', at) + 1;
      const auto end = html.find('"', begin);
      if (end == std::string::npos) break;
      const std::string url = replaced(html.substr(begin, end - begin), "&amp;", "&");
      if (!libraries_.find(url)) continue;
      html.replace(begin, end - begin, "/__understudy/library?url=" + percent_encoded(url));
    }
  }
  // A script's end must not stand in its text.
  const std::string script =
      "<script>window.__understudySettings=" + replaced(json::serialize(settings), "</", "<\\/") +
      ";\n" + replaced(std::string(browser::kRuntimeSource), "</script", "<\\/script") +
      "</script>";
  const auto head = html.find("<head");
  const auto place = head == std::string::npos ? 0 : html.find('>', head) + 1;
  return html.insert(place, script);
}

Result<Response> Preview::file(const Request& request) const {
  const std::string path = request.path;
  if (path == "/") return text_response(std::string(kPreviewPage), "text/html; charset=utf-8");
  if (path.starts_with(browser::kFontPrefix)) {
    auto font = libraries_.font(std::string_view(path).substr(browser::kFontPrefix.size()));
    if (!font) return fail(ErrorCode::not_found, "No such font.");
    return text_response(std::move(font->body), font->mime_type);
  }
  if (path == "/" + options_.composition) {
    TRY_ASSIGN(auto composition, compiled());
    return text_response(page_of(std::move(composition)), "text/html; charset=utf-8");
  }
  const auto found = browser::file_in(options_.project, path);
  if (!found) return fail(ErrorCode::not_found, "The project has no file '" + path + "'.");
  Response response;
  response.file = api::FileBody{
      .path = *found, .mime_type = browser::mime_type_of(path), .download_name = {}, .etag = {}};
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

std::vector<api::Route> Preview::routes() {
  using Method = Result<Response> (Preview::*)(const Request&) const;
  const auto route = [this](const char* path, Method method) {
    api::Route made;
    made.method = "GET";
    made.path = path;
    made.handler = [this, method](const Request& request) { return (this->*method)(request); };
    made.needs_key = false;
    return made;
  };
  return {route("/__understudy/state", &Preview::state),
          route("/__understudy/media", &Preview::media_facts),
          route("/__understudy/video", &Preview::picture),
          route("/__understudy/library", &Preview::library),
          route("/", &Preview::file),
          route("/{path*}", &Preview::file)};
}

}  // namespace

Result<void> serve_preview(const PreviewOptions& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Preview preview(options);
  SystemClock clock;
  const api::Dispatcher dispatcher({.routes = preview.routes(), .clock = &clock});
  api::ServerConfig config;
  config.port = options.port;
  config.io_threads = 2;
  config.pool_threads = 4;
  api::Server server(config, dispatcher, clock);
  TRY(server.start());
  fmt::print("Preview of {} at {}  (Ctrl+C ends it)\n", options.project.string(), server.url());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop(1000);
  return {};
}

}  // namespace understudy::cli
