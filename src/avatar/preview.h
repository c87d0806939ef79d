// Previews: a look's portrait and a short silent clip in which the presenter idles and waves. Any
// thread, each with its own.
#pragma once

#include "avatar/presenter_animator.h"
#include "avatar/presenter_catalogue.h"
#include "media/frame.h"

namespace understudy::avatar {

inline constexpr int kPreviewFps = 25;
inline constexpr int kPreviewFrames = 85;

// The animator of the clip: frames 0 .. kPreviewFrames - 1 at kPreviewFps. Width and height as of
// AnimatorOptions.
PresenterAnimator preview_clip(const Look& look, int width, int height);

// Eyes open, a smile, hands at rest.
media::Frame preview_picture(const Look& look, int width, int height);

}  // namespace understudy::avatar
