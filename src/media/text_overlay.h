// Burned-in captions: text set by Pango (shaping, right-to-left, fonts for every script that is
// installed) and drawn by Cairo, once per cue.
//
// White DejaVu Sans semi-bold with a thin dark outline on a shaded, rounded box, centred above the
// bottom safe margin. Sizes follow the canvas: 4.6 % of its shorter side.
#pragma once

#include <string_view>

#include "base/result.h"
#include "media/captions.h"
#include "media/overlay.h"

namespace understudy::media {

// Lines that fit the canvas: 42 characters when it is wide, about 26 when it is upright.
CaptionRules burned_caption_rules(int canvas_width, int canvas_height);

// `text` with its lines separated by '\n'; a line that is still too wide is wrapped. Errors:
// engine_failed (no memory for the picture).
Result<Overlay> make_caption_overlay(std::string_view text, int canvas_width, int canvas_height);

// What the pictures of test jobs carry: "TEST" across the whole canvas, so that no part of it can
// be used, faint enough to judge what lies under it.
Result<Overlay> make_test_mark(int canvas_width, int canvas_height);

// A short text in the lower right corner, small, on a shaded box. Errors: engine_failed.
Result<Overlay> make_corner_mark(std::string_view text, int canvas_width, int canvas_height);

}  // namespace understudy::media
