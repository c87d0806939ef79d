// What programs and browsers send: application/x-www-form-urlencoded bodies, cookies.
#pragma once

#include <string>
#include <string_view>

#include "accounts/oauth_authorization.h"
#include "api/http.h"

namespace understudy::oauth {

using accounts::OAuthParameters;

// The fields of a form body. Errors: invalid_parameter with a sentence for the program's author
// (another content type, broken escapes, a field twice, too many or too long fields).
Result<OAuthParameters> read_form(const api::Request& request);

// "" when absent.
std::string_view field(const OAuthParameters& form, std::string_view name);

// The client's id: the field client_id, or the user of HTTP Basic (RFC 6749, 2.3.1). Its secret is
// not looked at: clients are public and have none, but some libraries insist on sending one.
std::string client_id_of(const api::Request& request, const OAuthParameters& form);

std::string cookie(const api::Request& request, std::string_view name);

}  // namespace understudy::oauth
