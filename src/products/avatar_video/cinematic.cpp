#include "products/avatar_video/cinematic.h"

#include "avatar/presenter_catalogue.h"
#include "base/text.h"
#include "cinema/director.h"
#include "compose/canvas.h"
#include "products/avatar_video/request_rules.h"

namespace understudy::avatar_video {
namespace {

constexpr int kSecondsDefault = 10;

Result<CinematicLook> look_of(const std::string& id, const FindOwnLook& find_own) {
  CinematicLook look{.id = id, .person = Person::presenter, .own = {}};
  if (avatar::find_look(id) != nullptr) return look;
  auto own = find_own(id);
  if (!own && own.error().code == ErrorCode::avatar_not_found) {
    return fail(ErrorCode::avatar_not_found, "There is no avatar look with the id '" + id + "'.",
                "avatar_id");
  }
  TRY_ASSIGN(look.own, std::move(own));
  switch (look.own.kind) {
    case LookKind::photo: look.person = Person::photo; break;
    case LookKind::prompt: look.person = Person::composed; break;
    case LookKind::twin: look.person = Person::twin; break;
  }
  const std::string why = string_or(look.own.matte, "refused");
  if (!why.empty())
    return invalid("avatar_id", "The digital twin '" + id +
                                    "' cannot be cut out of its footage, so it cannot play in a "
                                    "cinematic video. " +
                                    why);
  return look;
}

Result<int> seconds_of(const json::object& body, const Cinematic& cinematic) {
  const bool is_auto = bool_or(body, "auto_duration", false);
  if (is_auto && has(body, "duration"))
    return invalid("duration", "'duration' and 'auto_duration' exclude each other.");
  if (is_auto)
    return cinema::seconds_for(cinematic.prompt, static_cast<int>(cinematic.looks.size()));
  return has(body, "duration") ? static_cast<int>(int_or(body, "duration", kSecondsDefault))
                               : kSecondsDefault;
}

Person person_of(std::string_view name) {
  for (const Person person : {Person::photo, Person::composed, Person::twin})
    if (to_string(person) == name) return person;
  return Person::presenter;
}

}  // namespace

bool is_cinematic(const json::object& body) {
  return string_or(body, "type") == "cinematic_avatar";
}

Result<Cinematic> parse_cinematic(const json::object& body, const FindOwnLook& find_own) {
  Cinematic cinematic;
  cinematic.prompt = string_or(body, "prompt");
  if (trimmed(cinematic.prompt).empty())
    return invalid("prompt", "'prompt' must describe the film.");
  for (const auto& id : body.at("avatar_id").get_array()) {
    TRY_ASSIGN(auto look, look_of(std::string(id.get_string()), find_own));
    cinematic.looks.push_back(std::move(look));
  }
  TRY_ASSIGN(cinematic.seconds, seconds_of(body, cinematic));
  cinematic.is_enhanced = bool_or(body, "enhance_prompt", false);
  TRY_ASSIGN(const auto size, compose::canvas_size(string_or(body, "aspect_ratio", "16:9"),
                                                   string_or(body, "resolution", "720p")));
  cinematic.width = size.width;
  cinematic.height = size.height;
  if (const auto* references = array_or_null(body, "references")) {
    for (const auto& reference : *references)
      cinematic.references.push_back(parse_source(reference.get_object()));
  }
  cinematic.title = string_or(body, "title");
  return cinematic;
}

Result<void> check_references(const Cinematic& cinematic, int images, int videos) {
  // Twins are films, presenters and photographs pictures.
  for (const auto& look : cinematic.looks) (look.person == Person::twin ? videos : images) += 1;
  if (images > kReferenceImagesMax || videos > kReferenceVideosMax)
    return invalid("references",
                   "'references' and the looks together may be at most 9 images and 3 videos.");
  return {};
}

json::object to_json(const Cinematic& cinematic) {
  json::array looks;
  for (const auto& look : cinematic.looks)
    looks.push_back(json::object{{"id", look.id},
                                 {"person", to_string(look.person)},
                                 {"prompt", look.own.prompt},
                                 {"seed", look.own.seed}});
  return {{"type", "cinematic_avatar"},
          {"prompt", cinematic.prompt},
          {"looks", std::move(looks)},
          {"seconds", cinematic.seconds},
          {"enhance_prompt", cinematic.is_enhanced},
          {"width", cinematic.width},
          {"height", cinematic.height},
          {"reference_count", cinematic.reference_count},
          {"title", cinematic.title}};
}

Result<Cinematic> cinematic_from(const json::object& document) {
  Cinematic cinematic;
  cinematic.prompt = string_or(document, "prompt");
  cinematic.seconds = static_cast<int>(int_or(document, "seconds", kSecondsDefault));
  cinematic.is_enhanced = bool_or(document, "enhance_prompt", false);
  cinematic.width = static_cast<int>(int_or(document, "width", 1280));
  cinematic.height = static_cast<int>(int_or(document, "height", 720));
  cinematic.reference_count = static_cast<int>(int_or(document, "reference_count", 0));
  cinematic.title = string_or(document, "title");
  const auto* looks = array_or_null(document, "looks");
  if (looks == nullptr || looks->empty())
    return fail(ErrorCode::internal_error, "The video has no look.");
  for (const auto& entry : *looks) {
    const auto& look = entry.get_object();
    CinematicLook made{
        .id = string_or(look, "id"), .person = person_of(string_or(look, "person")), .own = {}};
    made.own.prompt = string_or(look, "prompt");
    made.own.seed = int_or(look, "seed", 0);
    if (made.person == Person::presenter && avatar::find_look(made.id) == nullptr)
      return fail(ErrorCode::avatar_not_found, "The look of this video is not installed here.");
    cinematic.looks.push_back(std::move(made));
  }
  return cinematic;
}

}  // namespace understudy::avatar_video
