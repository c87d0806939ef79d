#include "avatar/default_voice.h"

#include <vector>

namespace understudy::avatar {

const speech::Voice& default_voice_of(const Look& look) {
  const Presenter& presenter = presenter_of(look);
  std::size_t place = 0;  // among the presenters of this gender
  for (const auto& other : presenters()) {
    if (other.id == presenter.id) break;
    if (other.gender == presenter.gender) ++place;
  }
  std::vector<const speech::Voice*> candidates;
  for (const auto& voice : speech::voices()) {
    if (voice.is_named() && voice.gender == presenter.gender) candidates.push_back(&voice);
  }
  if (candidates.empty()) return speech::default_voice(presenter.gender);
  return *candidates[place % candidates.size()];
}

}  // namespace understudy::avatar
