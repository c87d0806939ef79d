#include "products/avatar_video/person_source.h"

#include "products/avatar_video/photo_source.h"
#include "products/avatar_video/presenter_source.h"
#include "products/avatar_video/twin_source.h"
#include "products/avatar_video/video_steps.h"

namespace understudy::avatar_video {

Result<void> prepare_person(jobs::RenderContext& context, const Request& request) {
  if (request.person != Person::photo) return {};
  TRY(find_face_once(context, request));
  return needs_matte(request) ? cut_out_once(context, request) : Result<void>();
}

Result<std::unique_ptr<compose::FrameSource>> open_person(jobs::RenderContext& context,
                                                          const Request& request,
                                                          const speech::Speech& speech,
                                                          json::object& facts) {
  std::unique_ptr<compose::FrameSource> source;
  if (request.person == Person::photo) {
    TRY_ASSIGN(auto photo, PhotoSource::make(context, request, speech));
    facts["motion"] = photo->understood_motion();
    TRY_ASSIGN(facts["photo"], photo_report(context, request));
    if (needs_matte(request)) {
      TRY_ASSIGN(facts["matte"], matte_report(context, request));
    }
    source = std::move(photo);
    return source;
  }
  if (request.person == Person::twin) {
    TRY_ASSIGN(auto twin, TwinSource::make(context, request, speech));
    facts["motion"] = twin->understood_motion();
    if (needs_matte(request)) facts["matte"] = request.own_look->matte;
    source = std::move(twin);
    return source;
  }
  TRY_ASSIGN(const auto background, picture(context, "background"));
  TRY_ASSIGN(source, PresenterSource::make(request, speech, background ? &*background : nullptr));
  return source;
}

void add_provider(const Request& request, json::object& providers) {
  if (request.person == Person::photo) {
    providers["photo"] = "mesh";
  } else if (request.person == Person::twin) {
    providers["twin"] = request.engine == Engine::avatar_iii  ? "one mouth"
                        : request.engine == Engine::avatar_iv ? "mouths by pose"
                                                              : "units of real mouths";
  } else {
    providers["presenter"] = "vector rig";
  }
}

}  // namespace understudy::avatar_video
