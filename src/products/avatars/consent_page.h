// The page on which somebody agrees to a digital twin: the text to be read aloud, the camera of the
// browser or a file, and what became of it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/http.h"

namespace understudy::avatars {

struct ConsentPage {
  std::string group_name;
  std::string text;         // to be read aloud
  std::string action;       // where the film goes
  std::string reroute_url;  // where the browser goes afterwards; empty: nowhere
  std::string problem;      // with the film that was sent before; empty: none
};

api::Response consent_page(const ConsentPage& page, int status = 200);
api::Response consent_notice(std::string_view heading, std::string_view sentence, bool is_good,
                             int status);

}  // namespace understudy::avatars
