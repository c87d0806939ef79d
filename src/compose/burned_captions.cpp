#include "compose/burned_captions.h"

#include <limits>

#include "media/text_overlay.h"

namespace understudy::compose {

BurnedCaptions::BurnedCaptions(std::span<const media::TimedWord> words, int width, int height)
    : width_(width),
      height_(height),
      captions_(media::captions_from_words(words, media::burned_caption_rules(width, height))),
      drawn_(std::numeric_limits<std::size_t>::max()) {}

Result<const media::Overlay*> BurnedCaptions::at(double time_s) {
  while (next_ < captions_.size() && captions_[next_].end_s <= time_s) ++next_;
  if (next_ == captions_.size() || captions_[next_].start_s > time_s) return nullptr;
  if (drawn_ != next_) {
    TRY_ASSIGN(overlay_, media::make_caption_overlay(captions_[next_].text, width_, height_));
    drawn_ = next_;
  }
  return &overlay_;
}

}  // namespace understudy::compose
