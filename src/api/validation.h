// Validation: checks a request against the tables of contract.h. The first fault is reported, with
// the field as a path ("voice_settings.speed", "scenes[3].script") in the message and as param. A
// union's arm is chosen by its discriminator. Pure; any thread.
#pragma once

#include "api/contract.h"
#include "api/http.h"

namespace understudy::api {

struct ValidationRules {
  bool allow_http_urls = false;  // "^https://" accepts http:// too
};

// An integer written as 5.0 becomes the integer 5; defaults are not filled in.
// Errors: invalid_parameter.
Result<void> validate(json::value& value, const contract::Node& schema, ValidationRules rules = {});

// Path, query and header parameters. A query parameter that is absent and has a default is added to
// request.query, so handlers see one value. Errors: invalid_parameter.
Result<void> validate_parameters(Request& request, const contract::Operation& operation);

bool matches(std::string_view text, const contract::Pattern& pattern, ValidationRules rules = {});

}  // namespace understudy::api
