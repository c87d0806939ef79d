#include "browser/player.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "browser/film_pictures.h"
#include "browser/libraries.h"
#include "browser/project_folder.h"
#include "browser/runtime_source.h"
#include "media/inspect.h"

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

constexpr auto kPollPause = std::chrono::milliseconds(10);
constexpr auto kAnswerGrace = std::chrono::seconds(2);
constexpr std::size_t kFileMax = 200U << 20;

ServedFile missing() { return {.status = 404, .mime_type = "text/plain", .body = "not found"}; }

}  // namespace

class Player::State {
 public:
  explicit State(const PlayerOptions& options) : options_(options), libraries_(options.libraries) {}

  Result<void> open(std::unique_ptr<Stage> ahead);
  std::vector<std::string> warnings() const;

  CompositionFacts facts;
  std::unique_ptr<Stage> stage;
  std::optional<Capture> capture;

 private:
  Result<void> fit_size();
  Result<void> take_stage(std::unique_ptr<Stage> ahead);
  std::optional<ServedFile> serve(const std::string& url);
  std::optional<ServedFile> serve_own(std::string_view path);
  Result<void> load();
  Result<void> describe();
  static tl::unexpected<Error> unusable(const std::string& name, const std::string& why);
  Result<fs::path> media_file(const std::string& url) const;
  Result<json::object> probe_media(const json::array& media);
  Result<void> take_volumes();
  double frame_ms() const { return 1000.0 / options_.fps; }

  PlayerOptions options_;
  Libraries libraries_;
  CompiledComposition composition_;
  PageSize size_;
  Page* page_ = nullptr;  // the stage's
  FilmPictures films_;
};

Result<void> Player::State::open(std::unique_ptr<Stage> ahead) {
  TRY_ASSIGN(composition_, compile(folder_reader(options_.project), options_.compile));
  composition_.use_font_faces(libraries_.font_faces(composition_.families));
  for (const auto& family : composition_.shorthand_families) {
    if (composition_.families.contains(family) || libraries_.font_faces({family}).empty()) continue;
    composition_.warnings.push_back(
        "The family '" + family +
        "' stands in the shorthand font only, where it is not supplied: "
        "name it in font-family.");
  }
  TRY(fit_size());
  TRY(take_stage(std::move(ahead)));
  page_ = &stage->page();
  page_->set_serve([this](const std::string& url) { return serve(url); });
  json::object settings = composition_.settings;
  settings["fps"] = options_.fps;
  settings["width"] = size_.width;
  settings["height"] = size_.height;
  settings["scale"] = size_.scale;
  TRY(page_->add_script("window.__understudySettings=" + json::serialize(settings) + ";\n" +
                            std::string(kRuntimeSource),
                        after(options_.ready_max)));
  facts.source = stage->source().kind();
  TRY(load());
  TRY(describe());
  capture.emplace(*stage, CaptureOptions{.frames = facts.frames,
                                         .fps = options_.fps,
                                         .stride = options_.stride,
                                         .frame_max = options_.frame_max,
                                         .width = options_.width,
                                         .height = options_.height,
                                         .tamper = options_.tamper});
  return {};
}

Result<void> Player::State::take_stage(std::unique_ptr<Stage> ahead) {
  StageOptions wanted;
  wanted.folder = options_.scratch / "browser";
  wanted.size = size_;
  wanted.is_transparent = options_.has_alpha;
  wanted.source = options_.has_alpha ? FrameSourceKind::screenshots : options_.source;
  wanted.memory_max = options_.memory_max;
  if (ahead != nullptr) {
    const auto fits = ahead->adapt(wanted);
    if (fits && *fits) {
      stage = std::move(ahead);
      facts.used_stage_ahead = true;
      return {};
    }
    if (!fits) {
      log::warn("hyperframes: the browser that was started ahead is of no use: {} {}",
                fits.error().message, fits.error().detail);
    }
    ahead.reset();  // before another one takes memory
  }
  TRY_ASSIGN(stage, Stage::open(wanted));
  return {};
}

// The page keeps its own size; the video's is a multiple of it.
Result<void> Player::State::fit_size() {
  size_.width = composition_.root.width > 0 ? composition_.root.width : 0;
  size_.height = composition_.root.height > 0 ? composition_.root.height : 0;
  if (size_.width == 0 || size_.height == 0) {
    const int scale = std::max(options_.width, options_.height) > 1920 ? 2 : 1;
    size_.width = options_.width / scale;
    size_.height = options_.height / scale;
  }
  size_.scale = static_cast<double>(options_.width) / size_.width;
  const bool fits = std::lround(size_.width * size_.scale) == options_.width &&
                    std::lround(size_.height * size_.scale) == options_.height;
  if (!fits) {
    return fail(
        ErrorCode::hyperframes_project_invalid,
        fmt::format("The composition is {} x {}, which has not the shape of a video of {} x "
                    "{}: change data-width and data-height, or 'aspect_ratio'.",
                    size_.width, size_.height, options_.width, options_.height),
        "aspect_ratio");
  }
  return {};
}

std::optional<ServedFile> Player::State::serve(const std::string& url) {
  if (!url.starts_with(kProjectOrigin)) {
    auto library = libraries_.find(url);
    return library;
  }
  const std::string_view path = std::string_view(url).substr(kProjectOrigin.size() - 1);
  if (path.starts_with("/__understudy/")) return serve_own(path);
  const std::string plain = percent_decoded(path.substr(1, path.find_first_of("?#") - 1));
  if (plain == composition_.entry) {
    return ServedFile{.mime_type = "text/html; charset=utf-8", .body = composition_.html};
  }
  const auto file = file_in(options_.project, path);
  if (!file) {
    if (plain == "favicon.ico") return ServedFile{.mime_type = "image/x-icon", .body = {}};
    return missing();
  }
  const std::string type = mime_type_of(plain);
  // Media are never played by the browser; see runtime/video.js.
  if (type.starts_with("video/") || type.starts_with("audio/")) return missing();
  auto bytes = read_file(*file, kFileMax);
  if (!bytes) return missing();
  return ServedFile{.mime_type = type, .body = *std::move(bytes)};
}

std::optional<ServedFile> Player::State::serve_own(std::string_view path) {
  if (path.starts_with(kFontPrefix)) {
    auto font = libraries_.font(path.substr(kFontPrefix.size()));
    return font ? font : missing();
  }
  if (!path.starts_with("/__understudy/video?")) return missing();
  auto picture = films_.picture(path);
  return picture ? picture : missing();
}

Result<void> Player::State::load() {
  const auto deadline = after(options_.ready_max);
  const auto began = std::chrono::steady_clock::now();
  const auto late = [&](const std::string& what) {
    Error error;
    error.code = ErrorCode::deadline_exceeded;
    error.message = fmt::format("The composition was not ready within {} s: {}.",
                                options_.ready_max.count() / 1000, what);
    return tl::make_unexpected(with_page_errors(std::move(error), *page_));
  };
  auto loaded = page_->navigate(std::string(kProjectOrigin) + composition_.entry, deadline);
  if (!loaded && loaded.error().code == ErrorCode::deadline_exceeded) {
    return late("the page did not finish loading (a script that does not end?)");
  }
  TRY(loaded);
  for (;;) {
    // A page that does not answer is told from one that waits: its calls have a little longer.
    const auto answer_by = deadline + kAnswerGrace;
    const auto frame = page_->draw_frame({.updates_display = false}, frame_ms(), answer_by);
    if (!frame && frame.error().code == ErrorCode::deadline_exceeded) {
      return late("the page does not answer (a script that does not end?)");
    }
    TRY(frame);
    const double waited =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const bool has_failed = !page_->exceptions().empty();
    auto answer = page_->evaluate(fmt::format("__understudy.poll({:.3f}, {})", waited, has_failed),
                                  answer_by);
    if (!answer && answer.error().code == ErrorCode::deadline_exceeded) {
      return late("the page does not answer (a script that does not end?)");
    }
    TRY(answer);
    const auto* state = answer->if_object();
    if (state == nullptr) {
      return fail(ErrorCode::engine_failed, "The composition has replaced the renderer's runtime.");
    }
    if (bool_or(*state, "ready", false)) return {};
    if (std::chrono::steady_clock::now() > deadline) {
      return late("it still waits for " + string_or(*state, "waiting"));
    }
    TRY(page_->wait(kPollPause));
  }
}

tl::unexpected<Error> Player::State::unusable(const std::string& name, const std::string& why) {
  return fail(ErrorCode::hyperframes_project_invalid, "'" + name + "': " + why, "project");
}

Result<fs::path> Player::State::media_file(const std::string& url) const {
  const std::string_view path = std::string_view(url).substr(kProjectOrigin.size() - 1);
  if (auto file = file_in(options_.project, path)) return *std::move(file);
  return fail(ErrorCode::hyperframes_project_invalid,
              "The project has no file '" + percent_decoded(path.substr(1)) +
                  "', which a media element names.",
              "project");
}

// Natural lengths of the media files that the page names.
Result<json::object> Player::State::probe_media(const json::array& media) {
  json::object known;
  for (const auto& entry : media) {
    const std::string url = string_or(entry.get_object(), "src");
    if (known.contains(url)) continue;
    if (!url.starts_with(kProjectOrigin)) {
      facts.warnings.push_back("'" + url + "' is not part of the project and was left out.");
      continue;
    }
    TRY_ASSIGN(const auto file, media_file(url));
    const std::string name =
        file.lexically_relative(fs::weakly_canonical(options_.project)).string();
    const auto info = media::inspect_file(file, {media::MediaKind::video, media::MediaKind::audio});
    if (!info) return unusable(name, info.error().message);
    if (info->is_hdr) {
      return unusable(name, "HDR video is not rendered: convert it to standard range (BT.709).");
    }
    json::object fact{{"duration", static_cast<double>(info->duration_ms) / 1000},
                      {"hasAudio", info->has_audio},
                      {"channels", info->channels}};
    films_.add(url, file, info->has_alpha);
    known[url] = std::move(fact);
  }
  return known;
}

Result<void> Player::State::take_volumes() {
  TRY_ASSIGN(const auto answer,
             page_->evaluate(fmt::format("__understudy.volumes({:.6f})", facts.duration_s),
                             after(options_.ready_max)));
  if (const auto* curves = answer.if_array()) set_volumes(facts.media, *curves);
  return {};
}

Result<void> Player::State::describe() {
  const auto deadline = after(options_.ready_max);
  TRY_ASSIGN(const auto first, page_->evaluate("__understudy.describe()", deadline));
  const auto* media = first.is_object() ? array_or_null(first.get_object(), "media") : nullptr;
  if (media == nullptr) return fail(ErrorCode::engine_failed, "The page could not be described.");
  TRY_ASSIGN(const auto known, probe_media(*media));
  TRY(page_->evaluate("__understudy.useMedia(" + json::serialize(known) + ")", deadline));
  TRY_ASSIGN(const auto second, page_->evaluate("__understudy.describe()", deadline));
  const json::object& found = second.get_object();
  facts.duration_s = number_or(found, "duration", 0);
  if (!(facts.duration_s > 0) || !std::isfinite(facts.duration_s)) {
    Error error;
    error.code = ErrorCode::hyperframes_project_invalid;
    error.param = "project";
    error.message =
        "The composition's duration is 0: give its root data-duration, or register a timeline in "
        "window.__timelines under its data-composition-id.";
    return tl::make_unexpected(with_page_errors(std::move(error), *page_));
  }
  const double frames = std::round(facts.duration_s * options_.fps);
  facts.frames = static_cast<int>(std::clamp(frames, 1.0, 1e9));
  facts.warnings.insert(facts.warnings.begin(), composition_.warnings.begin(),
                        composition_.warnings.end());
  if (const auto* notes = array_or_null(found, "diagnostics")) {
    for (const auto& note : *notes) {
      facts.warnings.push_back(string_or(note.get_object(), "kind") + ": " +
                               string_or(note.get_object(), "text"));
    }
  }
  facts.media = media_elements(*array_or_null(found, "media"), known, films_, facts.duration_s);
  TRY(page_->evaluate("__understudy.start()", deadline));
  if (!facts.media.empty()) TRY(take_volumes());
  return {};
}

std::vector<std::string> Player::State::warnings() const {
  auto all = facts.warnings;
  for (const auto& url : page_->refused_urls()) {
    all.push_back("A request to " + url + " was refused: a render has no network.");
  }
  for (const auto& url : page_->missing_files()) {
    all.push_back("The project has no file for " + url + ".");
  }
  if (page_->popup_count() > 0) {
    all.push_back("The page opened windows, which were closed: only the page itself is rendered.");
  }
  for (const auto& text : page_->exceptions()) all.push_back("The page reports: " + text);
  return all;
}

Player::Player(std::unique_ptr<State> state) : state_(std::move(state)) {}
Player::~Player() = default;

Result<std::unique_ptr<Player>> Player::open(const PlayerOptions& options,
                                             std::unique_ptr<Stage> stage) {
  auto state = std::make_unique<State>(options);
  auto opened = state->open(std::move(stage));
  if (!opened) return tl::make_unexpected(std::move(opened).error());
  return std::unique_ptr<Player>(new Player(std::move(state)));
}

const CompositionFacts& Player::facts() const { return state_->facts; }
Result<std::vector<RowSpan>> Player::draw(int index) { return state_->capture->draw(index); }
void Player::set_stride(int stride) { state_->capture->set_stride(stride); }
const Picture& Player::picture() const { return state_->capture->picture(); }
Result<std::optional<media::Image>> Player::draw_image(int index) {
  return state_->capture->draw_image(index);
}
std::vector<std::string> Player::warnings() const { return state_->warnings(); }
bool Player::has_source_failed() const { return state_->capture->has_source_failed(); }
pid_t Player::browser_pid() const { return state_->stage->browser().pid(); }
std::int64_t Player::browser_peak_bytes() const { return state_->stage->browser().peak_bytes(); }

}  // namespace understudy::browser
