// Cinematic avatar: a prompt becomes a short film with one to three looks in it. This file is the
// rules of the type: what a request may say. No HTTP, no SQL, no pixels.
// Contract: POST /v3/videos, type cinematic_avatar.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "products/avatar_video/avatar_video.h"

namespace understudy::avatar_video {

inline constexpr std::string_view kCinematicItem = "cinematic_avatar.video";
inline constexpr int kReferenceImagesMax = 9;  // with the looks
inline constexpr int kReferenceVideosMax = 3;  // with the looks

struct CinematicLook {
  std::string id;
  Person person = Person::presenter;
  OwnLook own;  // of the account
};

struct Cinematic {
  std::string prompt;
  std::vector<CinematicLook> looks;
  int seconds = 10;  // 4..15; what auto_duration came to
  bool is_enhanced = false;
  int width = 1280;
  int height = 720;
  std::vector<InputSource> references;
  int reference_count = 0;  // in the worker's document: pictures and films, in order
  std::string title;
};

// Reads a body that the schema has accepted. Errors: invalid_parameter, avatar_not_found.
Result<Cinematic> parse_cinematic(const json::object& body, const FindOwnLook& find_own);

// With the looks, after the references were looked at. Errors: invalid_parameter (references).
Result<void> check_references(const Cinematic& cinematic, int images, int videos);

bool is_cinematic(const json::object& body_or_document);

// The document the worker gets, and back.
json::object to_json(const Cinematic& cinematic);
Result<Cinematic> cinematic_from(const json::object& document);

}  // namespace understudy::avatar_video
