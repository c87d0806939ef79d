#include "browser/capture.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace understudy::browser {
namespace {

constexpr double kFirstFrameMs = 1e7;  // on the compositor's clock, the same in every render
constexpr int kSettleFramesMax = 20;
constexpr double kSettleFrameMs = 0.001;
constexpr int kRandomChecks = 3;
// Chromium redraws what it takes for changed, and rounds that: of a box that is scaled or turned a
// pixel of an antialiased corner may stay as it was before, in its memory and on its screen, until
// something is drawn there. A screenshot redraws everything. Five such pixels at once are many.
constexpr std::size_t kStaleOneIn = 20'000;  // pixels of the picture

// Unforeseeable, so that no page can be right on these frames alone.
std::set<int> frames_to_check(int frames) {
  std::random_device device;
  std::uniform_int_distribution<int> any(0, std::max(0, frames - 1));
  std::set<int> chosen{0};
  for (int i = 0; i < kRandomChecks; ++i) chosen.insert(any(device));
  return chosen;
}

// Alpha is not compared: the screen has none.
std::size_t different_pixels(std::span<const std::uint32_t> one,
                             std::span<const std::uint32_t> other) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < one.size(); ++i) count += ((one[i] ^ other[i]) & 0xFFFFFF) != 0;
  return count;
}

}  // namespace

Error with_page_errors(Error error, const Page& page) {
  if (!page.exceptions().empty()) {
    error.message += " The page reports: " + page.exceptions().front();
  }
  return error;
}

Capture::Capture(Stage& stage, const CaptureOptions& options)
    : stage_(stage),
      page_(stage.page()),
      options_(options),
      picture_(Picture::make(options.width, options.height)),
      checked_(frames_to_check(options.frames)) {
  page_.set_time(kFirstFrameMs);
}

Error Capture::explained(Error error, int index) const {
  if (error.code == ErrorCode::deadline_exceeded) {
    error.message = fmt::format(
        "Frame {} was not drawn within {} s: a script of the composition does not end, or waits "
        "for something that does not come.",
        index, options_.frame_max.count() / 1000);
    return with_page_errors(std::move(error), page_);
  }
  // What the page threw has no detail; what happened to the browser has.
  if (error.code != ErrorCode::engine_failed || !error.detail.empty()) return error;
  const std::string text = error.message;
  const auto has = [&](const char* words) { return text.find(words) != std::string::npos; };
  if (has("allocation failed") || has("out of memory") || has("Invalid array length")) {
    error.code = ErrorCode::resource_limit_reached;
    error.message = "The composition needs more memory than a render may use: " + text;
  } else {
    error.message = fmt::format("A script of the composition failed at frame {}: {}", index, text);
  }
  return error;
}

// Puts the page at the frame's time. A frame that is begun and not wanted any more is finished.
Result<void> Capture::start_seek(int index) {
  if (ahead_index_ >= 0) {
    if (is_seeking_) TRY(start_frame());
    ahead_index_ = -1;
    is_next_new_ = true;
    TRY(page_.finish_frame(frame_id_, frame_deadline()));
  }
  requests_before_ = page_.request_count();
  ahead_index_ = index;
  is_seeking_ = true;
  seek_id_ = page_.start_evaluate(
      fmt::format("__understudy.seek({:.9f})", static_cast<double>(index) / options_.fps));
  return {};
}

// Asks for it to be drawn when it is there: a frame that is asked for earlier may overtake the seek
// inside the browser.
Result<void> Capture::start_frame() {
  const int index = ahead_index_;
  auto sought = page_.finish_evaluate(seek_id_, frame_deadline());
  if (!sought) return tl::make_unexpected(explained(std::move(sought).error(), index));
  is_seeking_ = false;
  frame_id_ = page_.start_frame({.screenshot = stage_.source().screenshot()}, frame_ms());
  return {};
}

// The same frame once more. A busy browser may leave out the picture that it was asked for; it
// comes with a later try.
Result<FrameDrawn> Capture::draw_again(ScreenshotFormat screenshot, SteadyTime deadline) {
  for (int turn = 0;; ++turn) {
    TRY_ASSIGN(auto drawn, page_.draw_frame({.screenshot = screenshot}, kSettleFrameMs, deadline));
    const bool is_whole = screenshot == ScreenshotFormat::none || !drawn.screenshot.empty();
    if (is_whole || turn == kSettleFramesMax) return drawn;
    TRY(page_.wait(std::chrono::milliseconds(3 * (turn + 1))));
  }
}

// The frame, drawn again when the page asked for files meanwhile, until it does not any more.
Result<FrameDrawn> Capture::draw_at(int index) {
  const auto deadline = frame_deadline();
  if (ahead_index_ != index) TRY(start_seek(index));
  if (is_seeking_) TRY(start_frame());
  ahead_index_ = -1;
  auto drawn = page_.finish_frame(frame_id_, deadline);
  if (!drawn) return tl::make_unexpected(explained(std::move(drawn).error(), index));
  int answered = requests_before_;
  for (int turn = 0; turn < kSettleFramesMax && page_.request_count() != answered; ++turn) {
    answered = page_.request_count();
    TRY(page_.wait(std::chrono::milliseconds(3)));
    auto again = draw_again(stage_.source().screenshot(), deadline);
    if (!again) return tl::make_unexpected(explained(std::move(again).error(), index));
    again->has_damage = again->has_damage || drawn->has_damage;
    drawn = std::move(again);
  }
  const auto screenshot = stage_.source().screenshot();
  if (screenshot != ScreenshotFormat::none && drawn->screenshot.empty()) {
    auto again = draw_again(screenshot, deadline);
    if (!again) return tl::make_unexpected(explained(std::move(again).error(), index));
    drawn = std::move(again);
    drawn->has_damage = true;
  }
  drawn->has_damage = drawn->has_damage || is_next_new_;
  is_next_new_ = false;
  return *std::move(drawn);
}

Result<std::vector<RowSpan>> Capture::read(const FrameDrawn& drawn, int index) {
  auto changed = stage_.source().read(drawn, picture_);
  if (!changed) has_source_failed_ = true;
  if (changed && options_.tamper) options_.tamper(index, picture_);
  return changed;
}

// Pixels of picture() that the browser's own screenshot shows otherwise; 0 when those that the
// source may leave behind are all.
Result<std::size_t> Capture::different_from_screen() {
  TRY_ASSIGN(const auto shot, draw_again(ScreenshotFormat::png, frame_deadline()));
  std::vector<std::uint32_t> wanted(picture_.pixels.size());
  TRY(decode_screenshot(shot, wanted));
  const std::size_t others = different_pixels(picture_.pixels, wanted);
  const bool is_incremental = stage_.source().kind() == FrameSourceKind::compositor_memory;
  return others <= (is_incremental ? wanted.size() / kStaleOneIn : 0) ? 0 : others;
}

// Reading memory that is not ours to know is proved against the browser's own screenshot. What a
// second reading changes is added to `changed`.
Result<void> Capture::check(int index, std::vector<RowSpan>& changed) {
  TRY_ASSIGN(std::size_t others, different_from_screen());
  if (others == 0) return {};
  TRY_ASSIGN(const auto drawn, draw_again(stage_.source().screenshot(), frame_deadline()));
  TRY_ASSIGN(const auto more, read(drawn, index));
  changed.insert(changed.end(), more.begin(), more.end());
  TRY_ASSIGN(others, different_from_screen());
  if (others == 0) return {};
  has_source_failed_ = true;
  return fail_with_detail(
      ErrorCode::engine_failed, "The frames read are not those on the screen.",
      fmt::format("{}, frame {}, {} pixels", to_string(stage_.source().kind()), index, others));
}

Result<std::vector<RowSpan>> Capture::draw(int index) {
  TRY_ASSIGN(const auto drawn, draw_at(index));
  const int next = index + options_.stride;
  const bool is_checked =
      checked_.contains(index) && stage_.source().kind() != FrameSourceKind::screenshots;
  std::vector<RowSpan> changed;
  if (is_checked) {
    if (drawn.has_damage) {
      TRY_ASSIGN(changed, read(drawn, index));
    }
    TRY(check(index, changed));
    if (next < options_.frames) TRY(start_seek(next));
  } else {
    // The page's scripts go on to the next frame while this one is read: the screen keeps it.
    if (next < options_.frames) TRY(start_seek(next));
    if (drawn.has_damage) {
      TRY_ASSIGN(changed, read(drawn, index));
    }
  }
  if (next < options_.frames) TRY(start_frame());
  return changed;
}

Result<std::optional<media::Image>> Capture::draw_image(int index) {
  TRY_ASSIGN(const auto drawn, draw_at(index));
  const int next = index + options_.stride;
  if (next < options_.frames) {
    TRY(start_seek(next));
    TRY(start_frame());
  }
  if (!drawn.has_damage) return std::optional<media::Image>();
  TRY_ASSIGN(auto image, screenshot_image(drawn));
  return std::optional<media::Image>(std::move(image));
}

}  // namespace understudy::browser
