#include "browser/page.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"

namespace understudy::browser {
namespace {

constexpr std::size_t kTextMax = 500;
constexpr double kLoadingFrameMs = 16;

// Every word to the console would come through the pipe, and a page may have megabytes of them.
constexpr const char* kQuietConsole =
    "for (const name of Object.keys(console)) {"
    "  if (typeof console[name] === 'function') console[name] = () => {};"
    "}";

void note(std::vector<std::string>& list, std::string text) {
  if (text.size() > kTextMax) text.resize(kTextMax);
  if (list.size() < kComplaintsMax && std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

// Runtime.ExceptionDetails: "Uncaught" and the error's own first line, with its place.
std::string text_of_exception(const json::object& details) {
  std::string text = string_or(details, "text", "error");
  if (const auto* exception = object_or_null(details, "exception")) {
    std::string description = string_or(*exception, "description");
    if (description.empty()) {
      if (const auto* value = exception->if_contains("value"))
        description = json::serialize(*value);
    }
    text = description.substr(0, description.find("\n    at "));
  }
  const std::string url = string_or(details, "url");
  if (!url.empty() && url.starts_with(kProjectOrigin)) {
    text += " (" + url.substr(kProjectOrigin.size()) + ", line " +
            std::to_string(int_or(details, "lineNumber", 0) + 1) + ")";
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<Page>> Page::open(BrowserProcess& browser, const PageSize& size,
                                         SteadyTime deadline) {
  std::unique_ptr<Page> page(new Page(browser));
  auto attached = page->attach(size, deadline);
  if (!attached) return tl::make_unexpected(page->explained(std::move(attached).error()));
  return page;
}

Result<void> Page::call(std::string_view method, json::object params, SteadyTime deadline) {
  TRY(browser_.cdp().call(method, std::move(params), deadline, session_));
  return {};
}

Result<void> Page::attach(const PageSize& size, SteadyTime deadline) {
  CdpConnection& cdp = browser_.cdp();
  TRY_ASSIGN(const auto target, cdp.call("Target.createTarget",
                                         {{"url", "about:blank"},
                                          {"width", std::lround(size.width * size.scale)},
                                          {"height", std::lround(size.height * size.scale)},
                                          {"enableBeginFrameControl", true}},
                                         deadline));
  target_ = string_or(target, "targetId");
  TRY_ASSIGN(const auto attached, cdp.call("Target.attachToTarget",
                                           {{"targetId", target_}, {"flatten", true}}, deadline));
  session_ = string_or(attached, "sessionId");
  cdp.set_on_event(
      [this](std::string_view method, const json::object& params, std::string_view session) {
        if (session == session_) handle(method, params);
        if (session.empty()) handle_browser(method, params);
      });
  TRY(cdp.call("Target.setDiscoverTargets", {{"discover", true}}, deadline));
  TRY(cdp.call("Browser.setDownloadBehavior", {{"behavior", "deny"}}, deadline));
  TRY(call("Page.enable", {}, deadline));
  TRY(call("Runtime.enable", {}, deadline));
  // For web sockets, which Fetch does not see; nothing is to be kept.
  TRY(call("Network.enable", {{"maxTotalBufferSize", 1}, {"maxResourceBufferSize", 1}}, deadline));
  TRY(call("Fetch.enable", {{"patterns", json::array{json::object{{"urlPattern", "*"}}}}},
           deadline));
  // The page is laid out at its own size and drawn larger, as the contract's reference takes its
  // pictures: at a device scale factor lines of text would be rounded to other places.
  TRY(call("Emulation.setDeviceMetricsOverride",
           {{"width", size.width},
            {"height", size.height},
            {"deviceScaleFactor", 1},
            {"scale", size.scale},
            {"dontSetVisibleSize", true},
            {"mobile", false}},
           deadline));
  return add_script(kQuietConsole, deadline);
}

Result<void> Page::add_script(const std::string& script, SteadyTime deadline) {
  return call("Page.addScriptToEvaluateOnNewDocument", {{"source", script}}, deadline);
}

Result<void> Page::make_transparent(SteadyTime deadline) {
  return call("Emulation.setDefaultBackgroundColorOverride",
              {{"color", json::object{{"r", 0}, {"g", 0}, {"b", 0}, {"a", 0}}}}, deadline);
}

// Windows that the page opens would be outside of all rules: they are closed before they are shown.
void Page::handle_browser(std::string_view method, const json::object& params) {
  if (method != "Target.targetCreated") return;
  const auto* info = object_or_null(params, "targetInfo");
  if (info == nullptr || string_or(*info, "openerId").empty()) return;
  ++popup_count_;
  browser_.cdp().post("Target.closeTarget", {{"targetId", string_or(*info, "targetId")}});
}

void Page::handle(std::string_view method, const json::object& params) {
  if (method == "Fetch.requestPaused") return answer_request(params);
  if (method == "Page.loadEventFired") {
    is_loaded_ = true;
  } else if (method == "Page.javascriptDialogOpening") {
    browser_.cdp().post("Page.handleJavaScriptDialog", {{"accept", true}}, session_);
  } else if (method == "Runtime.exceptionThrown") {
    if (const auto* details = object_or_null(params, "exceptionDetails")) {
      note(exceptions_, text_of_exception(*details));
    }
  } else if (method == "Network.webSocketCreated") {
    note(refused_urls_, string_or(params, "url"));
  } else if (method == "Page.frameNavigated") {
    note_navigation(params);
  } else if (method == "Inspector.detached") {
    Error closed;
    closed.code = ErrorCode::engine_failed;
    closed.message = "The composition closed its own page.";
    browser_.cdp().give_up(std::move(closed));
  } else if (method == "Inspector.targetCrashed") {
    Error crashed;
    crashed.code = ErrorCode::resource_limit_reached;
    crashed.message =
        "The composition's page crashed: it needs more memory than a render may use, or it drives "
        "the browser into an error.";
    browser_.cdp().give_up(std::move(crashed));
  }
}

// The frames of another document would be blank, or those of the first second again.
void Page::note_navigation(const json::object& params) {
  const auto* frame = object_or_null(params, "frame");
  if (frame == nullptr || !string_or(*frame, "parentId").empty() || ++documents_ < 2) return;
  Error left;
  left.code = ErrorCode::hyperframes_project_invalid;
  left.message = "The composition left its page for '" + string_or(*frame, "url").substr(0, 200) +
                 "': a script navigates or reloads it.";
  browser_.cdp().give_up(std::move(left));
}

void Page::answer_request(const json::object& params) {
  ++request_count_;
  const std::string id = string_or(params, "requestId");
  const auto* request = object_or_null(params, "request");
  const std::string url = request == nullptr ? "" : string_or(*request, "url");
  const auto file = serve_ ? serve_(url) : std::nullopt;
  if (!file) {
    note(refused_urls_, url);
    browser_.cdp().post("Fetch.failRequest", {{"requestId", id}, {"errorReason", "AccessDenied"}},
                        session_);
    return;
  }
  if (file->status == 404) note(missing_files_, url);
  json::array headers{
      json::object{{"name", "Content-Type"}, {"value", file->mime_type}},
      json::object{{"name", "Access-Control-Allow-Origin"}, {"value", "*"}},
      json::object{{"name", "Cache-Control"}, {"value", "no-store"}},
  };
  browser_.cdp().post("Fetch.fulfillRequest",
                      {{"requestId", id},
                       {"responseCode", file->status},
                       {"responseHeaders", std::move(headers)},
                       {"body", to_base64(file->body)}},
                      session_);
}

// A browser that went away was most likely killed for its memory.
Error Page::explained(Error error) const {
  if (browser_.is_over_memory()) {
    error.code = ErrorCode::resource_limit_reached;
    error.message = "The composition needs more memory than a render may use.";
  }
  if (error.code == ErrorCode::engine_failed) error.detail += " " + browser_.last_words();
  return error;
}

void Page::close() {
  browser_.cdp().set_on_event({});
  browser_.cdp().post("Target.closeTarget", {{"targetId", target_}});
}

Result<void> Page::navigate(const std::string& url, SteadyTime deadline) {
  is_loaded_ = false;
  documents_ = 0;
  auto navigated = browser_.cdp().call("Page.navigate", {{"url", url}}, deadline, session_);
  if (!navigated) return tl::make_unexpected(explained(std::move(navigated).error()));
  if (const std::string text = string_or(*navigated, "errorText"); !text.empty()) {
    return fail_with_detail(ErrorCode::engine_failed, "The composition could not be opened.", text);
  }
  // Loading needs frames (stylesheets, fonts, lazy images), which only come when asked for.
  while (!is_loaded_) {
    TRY(draw_frame({.updates_display = false}, kLoadingFrameMs, deadline));
    TRY(wait(std::chrono::milliseconds(4)));
  }
  return {};
}

int Page::start_evaluate(const std::string& expression) {
  return browser_.cdp().start(
      "Runtime.evaluate",
      {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}}, session_);
}

Result<json::value> Page::finish_evaluate(int id, SteadyTime deadline) {
  auto answer = browser_.cdp().finish(id, deadline);
  const bool is_unanswered = !answer && answer.error().code == ErrorCode::engine_failed;
  // A document that goes takes its answers with it; why it goes is told a moment later.
  if (is_unanswered) TRY(wait(std::chrono::milliseconds(200)));
  if (!answer) return tl::make_unexpected(explained(std::move(answer).error()));
  if (const auto* details = object_or_null(*answer, "exceptionDetails")) {
    const std::string text = text_of_exception(*details);
    note(exceptions_, text);
    return fail(ErrorCode::engine_failed, text);
  }
  const auto* result = object_or_null(*answer, "result");
  const auto* value = result == nullptr ? nullptr : result->if_contains("value");
  return value == nullptr ? json::value(nullptr) : *value;
}

Result<json::value> Page::evaluate(const std::string& expression, SteadyTime deadline) {
  return finish_evaluate(start_evaluate(expression), deadline);
}

Result<void> Page::wait(std::chrono::milliseconds time) {
  auto handled = browser_.cdp().handle_until(after(time));
  if (!handled) return tl::make_unexpected(explained(std::move(handled).error()));
  return {};
}

int Page::start_frame(const BeginFrame& frame, double interval_ms) {
  time_ms_ += interval_ms;
  json::object params{{"frameTimeTicks", time_ms_},
                      {"interval", interval_ms},
                      {"noDisplayUpdates", !frame.updates_display}};
  if (frame.screenshot != ScreenshotFormat::none) {
    const char* format = frame.screenshot == ScreenshotFormat::png ? "png" : "jpeg";
    params["screenshot"] = json::object{{"format", format}, {"optimizeForSpeed", true}};
  }
  return browser_.cdp().start("HeadlessExperimental.beginFrame", std::move(params), session_);
}

Result<FrameDrawn> Page::finish_frame(int id, SteadyTime deadline) {
  auto answer = browser_.cdp().finish(id, deadline);
  if (!answer) return tl::make_unexpected(explained(std::move(answer).error()));
  FrameDrawn drawn;
  drawn.has_damage = bool_or(*answer, "hasDamage", false);
  if (const auto* data = answer->if_contains("screenshotData"); data && data->is_string()) {
    auto bytes = from_base64(std::string_view(data->get_string()));
    if (!bytes) return fail(ErrorCode::engine_failed, "The browser sent a broken picture.");
    drawn.screenshot = *std::move(bytes);
  }
  return drawn;
}

Result<FrameDrawn> Page::draw_frame(const BeginFrame& frame, double interval_ms,
                                    SteadyTime deadline) {
  return finish_frame(start_frame(frame, interval_ms), deadline);
}

}  // namespace understudy::browser
