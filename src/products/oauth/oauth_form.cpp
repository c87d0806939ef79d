#include "products/oauth/oauth_form.h"

#include "api/router.h"
#include "base/bytes.h"
#include "base/text.h"

namespace understudy::oauth {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

}  // namespace

Result<OAuthParameters> read_form(const api::Request& request) {
  const std::string type = lower_case(request.header("content-type"));
  if (trimmed(std::string_view(type).substr(0, type.find(';'))) != kFormType) {
    return fail(ErrorCode::invalid_parameter,
                "The body must be " + std::string(kFormType) + ", as the Content-Type must say.");
  }
  TRY_ASSIGN(auto form, api::parse_query(request.body));
  if (form.size() > accounts::kOAuthParametersMax) {
    return fail(ErrorCode::invalid_parameter, "The form has too many fields.");
  }
  for (const auto& [name, value] : form) {
    if (name.size() + value.size() > accounts::kOAuthParameterMax) {
      return fail(ErrorCode::invalid_parameter, "A field is longer than 4096 bytes.");
    }
    if (accounts::find_parameter(form, name)->is_repeated) {
      return fail(ErrorCode::invalid_parameter, "A field was sent more than once.");
    }
  }
  return form;
}

std::string_view field(const OAuthParameters& form, std::string_view name) {
  const auto found = accounts::find_parameter(form, name);
  return found ? found->value : std::string_view();
}

std::string client_id_of(const api::Request& request, const OAuthParameters& form) {
  if (const auto id = field(form, "client_id"); !id.empty()) return std::string(id);
  constexpr std::string_view kBasic = "basic ";
  const auto header = request.header("authorization");
  if (lower_case(header.substr(0, kBasic.size())) != kBasic) return {};
  const auto text = from_base64(trimmed(header.substr(kBasic.size())));
  if (!text) return {};
  return api::percent_decode(text->substr(0, text->find(':'))).value_or("");
}

std::string cookie(const api::Request& request, std::string_view name) {
  for (const auto& pair : split(request.header("cookie"), ';')) {
    const auto text = trimmed(pair);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && text.substr(0, equals) == name) {
      return std::string(text.substr(equals + 1));
    }
  }
  return {};
}

}  // namespace understudy::oauth
