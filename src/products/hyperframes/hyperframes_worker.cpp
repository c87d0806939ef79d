#include "products/hyperframes/hyperframes_worker.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/log.h"
#include "browser/audio_mix.h"
#include "browser/player.h"
#include "browser/project_archive.h"
#include "jobs/job_folder.h"
#include "media/video_writer.h"
#include "products/hyperframes/composition_source.h"
#include "products/hyperframes/contact_sheet.h"

namespace understudy::hyperframes {
namespace fs = std::filesystem;
namespace {

constexpr int kBrowsersMax = 8;
constexpr double kOpenShare = 0.05;  // of the progress bar

struct Quality {
  std::string_view name;
  std::string_view preset;
  int crf;
  int vp9_crf;
  int vp9_speed;
};
constexpr Quality kQualities[] = {
    {"draft", "ultrafast", 28, 40, 8},
    {"standard", "medium", 18, 24, 5},
    {"high", "slow", 15, 18, 3},
};

const Quality& quality_of(const std::string& name) {
  for (const auto& quality : kQualities) {
    if (quality.name == name) return quality;
  }
  return kQualities[1];
}

Result<fs::path> unpacked_project(jobs::RenderContext& context) {
  TRY_ASSIGN(const auto archive, context.input("project"));
  const auto step = [&](const fs::path& folder) -> Result<void> {
    std::error_code failed;
    fs::create_directories(folder, failed);
    return browser::unpack_project(archive.file, folder);
  };
  const fs::path folder = context.work_file("project");
  TRY(context.once(folder, step));
  return folder;
}

browser::PlayerOptions player_options(jobs::RenderContext& context, const Request& request,
                                      const fs::path& project, CanvasSize size) {
  browser::PlayerOptions options;
  options.project = project;
  options.scratch = context.temporary_file("");
  if (const char* libraries = std::getenv(kLibrariesVariable)) options.libraries = libraries;
  options.compile.entry = request.composition;
  options.compile.variables = request.variables;
  options.fps = request.fps;
  options.width = size.width;
  options.height = size.height;
  options.has_alpha = request.has_alpha();
  return options;
}

jobs::RenderOutcome outcome_of(const Request& request) {
  const std::string name = request.title.empty() ? "render" : request.title;
  const std::string extension = "." + request.format;
  const std::string type = request.format == "mov" ? "video/quicktime" : "video/" + request.format;
  jobs::RenderOutcome outcome;
  outcome.outputs["video"] = {"video" + extension, type, name + extension};
  outcome.outputs["thumbnail"] = {"thumbnail.jpg", "image/jpeg", name + ".jpg"};
  return outcome;
}

json::array warnings_of(const browser::Player& player) {
  json::array warnings;
  for (const auto& warning : player.warnings()) warnings.emplace_back(warning);
  return warnings;
}

// For the command line alone: nothing is billed.
Result<jobs::RenderOutcome> render_stills(jobs::RenderContext& context, browser::Player& player,
                                          CanvasSize size, int stills) {
  jobs::RenderOutcome outcome;
  outcome.outputs["sheet"] = {"sheet.jpg", "image/jpeg", "sheet.jpg"};
  TRY_ASSIGN(const int count, write_contact_sheet(player, size.width, size.height, stills,
                                                  context.output("sheet.jpg")));
  outcome.facts = {
      {"stills", count}, {"frames", player.facts().frames}, {"warnings", warnings_of(player)}};
  return outcome;
}

// One try, from the first frame to the last.
struct Take {
  Result<jobs::RenderOutcome> outcome;
  bool has_source_failed = false;
  bool has_disagreed = false;
};

Take capture(jobs::RenderContext& context, const Request& request, CanvasSize size,
             browser::Player& player, browser::FrameLanes* lanes) {
  const auto& facts = player.facts();
  auto options = video_options(request, size);
  options.is_test = bool_or(context.request(), "is_test", false);
  jobs::RenderOutcome outcome = outcome_of(request);
  CompositionSource source(player, lanes, size.width, size.height, request.has_alpha(),
                           request.format == "mov");
  const compose::OutputPaths paths{.video = context.output(outcome.outputs["video"].file),
                                   .thumbnail = context.output(outcome.outputs["thumbnail"].file)};
  const auto progress = [&](double fraction) -> Result<void> {
    context.progress(kOpenShare + (1 - kOpenShare) * fraction, "rendering");
    return {};
  };
  const auto failed = [&](Error error) {
    return Take{.outcome = tl::make_unexpected(std::move(error)),
                .has_source_failed =
                    lanes != nullptr ? lanes->has_source_failed() : player.has_source_failed(),
                .has_disagreed = lanes != nullptr && lanes->has_disagreed()};
  };
  const double length_s = static_cast<double>(facts.frames) / request.fps;
  auto sound = browser::mix_audio(facts.media, length_s);
  if (!sound) return failed(std::move(sound).error());
  const compose::Soundtrack soundtrack{.samples = *sound, .channels = 2, .words = {}};
  auto written = compose::write_video(source, soundtrack, options, paths, progress);
  if (!written) return failed(std::move(written).error());
  const auto& summary = *written;
  log::info(
      "hyperframes: {} frames from {}: drawing {:.2f} s, encoding {:.2f} s, total {:.2f} s, browser "
      "{} MB",
      summary.frames, to_string(facts.source), summary.drawing_s, summary.encoding_s,
      summary.total_s, player.browser_peak_bytes() >> 20);
  outcome.quantity = summary.duration_ms;
  outcome.facts = {{"duration_ms", summary.duration_ms},
                   {"frames", summary.frames},
                   {"warnings", warnings_of(player)},
                   {"providers", json::object{{"capture", to_string(facts.source)}}},
                   {"browser_started_ahead", facts.used_stage_ahead},
                   {"drawing_s", summary.drawing_s},
                   {"encoding_s", summary.encoding_s}};
  return {.outcome = std::move(outcome)};
}

// Again and again, each time in a slower and surer way, until one shows what is on the screen.
Result<jobs::RenderOutcome> capture_surely(jobs::RenderContext& context, const Request& request,
                                           CanvasSize size, browser::PlayerOptions options,
                                           std::unique_ptr<browser::Player> player, int browsers) {
  json::array failures;  // for the job's record
  for (;;) {
    Take take;
    {
      std::optional<browser::FrameLanes> lanes;
      if (browsers > 1) lanes.emplace(*player, options, browsers);
      take = capture(context, request, size, *player, lanes ? &*lanes : nullptr);
    }
    const auto slower = next_after(player->facts().source);
    if (take.outcome) {
      take.outcome->facts["browsers"] = browsers;
      if (!failures.empty()) take.outcome->facts["capture_failures"] = failures;
    }
    const bool is_tried_again = take.has_disagreed || (take.has_source_failed && slower);
    if (take.outcome || !is_tried_again) return std::move(take.outcome);
    const Error& error = take.outcome.error();
    failures.push_back(json::string(error.message + " " + error.detail));
    player.reset();
    if (take.has_disagreed) {
      browsers = 1;
    } else {
      options.source = *slower;
    }
    log::warn("hyperframes: {} {}; the render starts again with {} and {} browsers", error.message,
              error.detail, to_string(options.source), browsers);
    TRY_ASSIGN(player, browser::Player::open(options));
  }
}

}  // namespace

compose::VideoOptions video_options(const Request& request, CanvasSize size) {
  const Quality& quality = quality_of(request.quality);
  compose::VideoOptions options;
  options.format = request.format == "webm"  ? media::VideoFormat::webm
                   : request.format == "mov" ? media::VideoFormat::mov
                                             : media::VideoFormat::mp4;
  options.width = size.width;
  options.height = size.height;
  options.fps = request.fps;
  options.has_alpha = request.has_alpha();
  options.crf = request.format == "webm" ? quality.vp9_crf : quality.crf;
  options.preset = quality.preset;
  options.x264_options = "bframes=0:aq-mode=3:aq-strength=0.8:deblock=1,1";
  options.vp9_speed = quality.vp9_speed;
  options.audio_bit_rate = 192'000;
  options.metadata = media::provenance_tags(request.title, "hyperframes");
  return options;
}

Result<jobs::RenderOutcome> render(jobs::RenderContext& context) {
  return render_with(context, {});
}

jobs::RenderStep prepare(const fs::path& folder) {
  browser::StageOptions options;
  options.folder = folder / jobs::kTemporaryFolder / "browser-ahead";
  auto opened = browser::Stage::open(options);
  if (!opened) {
    log::warn("hyperframes: no browser could be started ahead: {} {}", opened.error().message,
              opened.error().detail);
  }
  // A step is copied with the table it stands in.
  auto stage =
      std::make_shared<std::unique_ptr<browser::Stage>>(opened ? *std::move(opened) : nullptr);
  return [stage](jobs::RenderContext& context) {
    return render_with(context, {.stage = std::move(*stage)});
  };
}

Result<jobs::RenderOutcome> render_with(jobs::RenderContext& context, CaptureChoice choice) {
  const Request request = from_json(context.request());
  const CanvasSize size = canvas_size(request.resolution, request.aspect_ratio);
  context.progress(0, "unpacking");
  TRY_ASSIGN(const auto project, unpacked_project(context));
  context.progress(kOpenShare / 2, "opening");
  auto options = player_options(context, request, project, size);
  options.source =
      browser::frame_source_from(string_or(context.request(), "source")).value_or(choice.source);
  options.tamper = choice.tamper;
  TRY_ASSIGN(auto player, browser::Player::open(options, std::move(choice.stage)));
  if (const auto stills = int_or(context.request(), "stills", 0); stills > 0) {
    return render_stills(context, *player, size, static_cast<int>(stills));
  }
  const std::int64_t length_ms = billable_ms(player->facts().frames, request.fps);
  if (length_ms > kDurationMaxMs || player->facts().frames > kFramesMax) {
    return fail(ErrorCode::video_too_long,
                "The composition is longer than the 30 minutes and 108000 frames of a render.");
  }
  TRY(context.confirm_exact(length_ms));
  const int frames = player->facts().frames;
  int browsers = static_cast<int>(int_or(context.request(), "browsers", 0));
  if (browsers <= 0) browsers = browser::suitable_browser_count(frames);
  browsers = request.has_alpha() ? 1 : std::clamp(browsers, 1, std::min(frames, kBrowsersMax));
  return capture_surely(context, request, size, std::move(options), std::move(player), browsers);
}

}  // namespace understudy::hyperframes
