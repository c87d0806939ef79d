// Page: the one tab of a browser in which a composition is shown. Every request that it makes is
// answered by the Serve function or refused; none reaches a network or a file. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "browser/browser_process.h"

namespace understudy::browser {

struct PageSize {
  int width = 1920;  // CSS pixels
  int height = 1080;
  double scale = 1;  // pixels of the picture for each
};

struct ServedFile {
  int status = 200;
  std::string mime_type;
  std::string body;
};
using Serve = std::function<std::optional<ServedFile>(const std::string& url)>;

enum class ScreenshotFormat {
  none,
  png,   // as the page is shown, alpha included
  jpeg,  // lossy, opaque
};

struct BeginFrame {
  bool updates_display = true;
  ScreenshotFormat screenshot = ScreenshotFormat::none;
};

struct FrameDrawn {
  bool has_damage = false;  // something changed on the screen
  std::string screenshot;   // bytes
};

class Page {
 public:
  // Blank; every request is refused until set_serve(). The browser outlives the page.
  // Errors of all that ask the browser: engine_failed, deadline_exceeded.
  static Result<std::unique_ptr<Page>> open(BrowserProcess& browser, const PageSize& size,
                                            SteadyTime deadline);
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  void set_serve(Serve serve) { serve_ = std::move(serve); }
  // Runs in every later document before its own scripts.
  Result<void> add_script(const std::string& script, SteadyTime deadline);
  // Nothing behind the page, in place of white.
  Result<void> make_transparent(SteadyTime deadline);

  // For good; another one may be opened in the browser.
  void close();

  // Loads it to the end of its load event. Errors: engine_failed, deadline_exceeded.
  Result<void> navigate(const std::string& url, SteadyTime deadline);

  // The value of an expression; a promise is waited for. Errors: engine_failed (it throws; the
  // message says what), deadline_exceeded.
  Result<json::value> evaluate(const std::string& expression, SteadyTime deadline);
  int start_evaluate(const std::string& expression);
  Result<json::value> finish_evaluate(int id, SteadyTime deadline);

  // Each frame is `interval_ms` after the last one on the compositor's clock, which set_time() puts
  // forward. Errors: engine_failed, deadline_exceeded.
  int start_frame(const BeginFrame& frame, double interval_ms);
  Result<FrameDrawn> finish_frame(int id, SteadyTime deadline);
  Result<FrameDrawn> draw_frame(const BeginFrame& frame, double interval_ms, SteadyTime deadline);
  void set_time(double time_ms) { time_ms_ = time_ms; }

  // Lets the browser's requests be answered for a moment.
  Result<void> wait(std::chrono::milliseconds time);

  int request_count() const { return request_count_; }

  // What went wrong in the page so far, each once, at most kComplaintsMax of them.
  const std::vector<std::string>& exceptions() const { return exceptions_; }
  const std::vector<std::string>& refused_urls() const { return refused_urls_; }
  const std::vector<std::string>& missing_files() const { return missing_files_; }
  int popup_count() const { return popup_count_; }  // windows that it opened, closed at once

 private:
  explicit Page(BrowserProcess& browser) : browser_(browser) {}
  Result<void> attach(const PageSize& size, SteadyTime deadline);
  Result<void> call(std::string_view method, json::object params, SteadyTime deadline);
  void handle_browser(std::string_view method, const json::object& params);
  void handle(std::string_view method, const json::object& params);
  void answer_request(const json::object& params);
  void note_navigation(const json::object& params);
  Error explained(Error error) const;

  BrowserProcess& browser_;
  Serve serve_;
  std::string target_;
  std::string session_;
  bool is_loaded_ = false;
  int documents_ = 0;  // that the page showed since navigate()
  double time_ms_ = 1000;
  int request_count_ = 0;
  int popup_count_ = 0;
  std::vector<std::string> exceptions_;
  std::vector<std::string> refused_urls_;
  std::vector<std::string> missing_files_;
};

inline constexpr std::size_t kComplaintsMax = 20;

// The origin that a composition's own files have in its page: a secure context (as every name below
// localhost), whose requests by plain http are seen rather than blocked as mixed content.
inline constexpr std::string_view kProjectOrigin = "http://project.localhost/";

}  // namespace understudy::browser
