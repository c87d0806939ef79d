#include "products/brand_kits/brand_kits.h"

#include <algorithm>
#include <array>

#include "base/id.h"
#include "base/text.h"

namespace understudy::brand_kits {
namespace {

constexpr std::array<std::string_view, 4> kColourRoles = {"primary", "secondary", "tertiary",
                                                          "accent"};
constexpr std::array<std::string_view, 2> kFontRoles = {"title_text", "body_text"};
constexpr std::size_t kItemsMax = 50;
constexpr std::size_t kNameMax = 256;

tl::unexpected<Error> invalid(std::string param, std::string message) {
  return fail(ErrorCode::invalid_parameter, std::move(message), std::move(param));
}

accounts::Document new_kit(std::string_view account_id, std::string_view status,
                           std::int64_t now_ms) {
  accounts::Document kit;
  kit.id = new_id(now_ms);
  kit.account_id = account_id;
  kit.kind = kKind.name;
  kit.created_at_ms = kit.updated_at_ms = now_ms;
  kit.body = {{"status", status},
              {"colors", json::array()},
              {"color_roles", json::object()},
              {"logos", json::array()},
              {"logo_roles", json::object()},
              {"fonts", json::array()},
              {"font_roles", json::object()}};
  return kit;
}

json::array& list_of(accounts::Document& kit, std::string_view name) {
  json::value& value = kit.body[name];
  if (!value.is_array()) value = json::array();
  return value.get_array();
}

const json::array& list_of(const accounts::Document& kit, std::string_view name) {
  static const json::array kNone;
  const auto* list = array_or_null(kit.body, name);
  return list != nullptr ? *list : kNone;
}

bool has_item(const accounts::Document& kit, std::string_view list, std::string_view id_field,
              std::string_view id) {
  const auto& items = list_of(kit, list);
  return std::any_of(items.begin(), items.end(), [&](const auto& item) {
    return item.is_object() && string_or(item.get_object(), id_field) == id;
  });
}

// Roles name colours of any kind; a new one becomes a colour of the kit.
Result<void> set_colour_roles(accounts::Document& kit, const json::object& roles) {
  json::object kept;
  for (const auto role : kColourRoles) {
    const std::string text = string_or(roles, role);
    if (text.empty()) {
      const auto* given = roles.if_contains(role);
      if (given != nullptr && given->is_string()) {
        return invalid("color_roles." + std::string(role),
                       "'color_roles." + std::string(role) + "' must be a colour such as #1a2b3c.");
      }
      continue;
    }
    const bool is_hex = text.front() == '#' && parse_colour(text).has_value();
    if (!is_hex) {
      return invalid("color_roles." + std::string(role),
                     "'color_roles." + std::string(role) + "' must be a colour such as #1a2b3c.");
    }
    kept[role] = text;
    auto& colours = list_of(kit, "colors");
    const bool is_known = std::any_of(colours.begin(), colours.end(), [&](const auto& known) {
      return known.is_string() && lower_case(known.get_string().c_str()) == lower_case(text);
    });
    if (!is_known && colours.size() < kItemsMax) colours.emplace_back(text);
  }
  kit.body["color_roles"] = std::move(kept);
  return {};
}

Result<void> set_logo_roles(accounts::Document& kit, const json::object& roles) {
  json::object kept;
  if (const std::string id = string_or(roles, "primary"); !id.empty()) {
    if (!has_item(kit, "logos", "logo_id", id)) {
      return invalid("logo_roles.primary",
                     "'logo_roles.primary' must be the 'logo_id' of one of the kit's logos.");
    }
    kept["primary"] = id;
  }
  kit.body["logo_roles"] = std::move(kept);
  return {};
}

Result<void> set_font_roles(accounts::Document& kit, const json::object& roles) {
  json::object kept;
  for (const auto role : kFontRoles) {
    const auto* given = object_or_null(roles, role);
    if (given == nullptr) continue;
    const std::string param = "font_roles." + std::string(role) + ".font_id";
    const std::string id = string_or(*given, "font_id");
    if (!has_item(kit, "fonts", "font_id", id)) {
      return invalid(param, "'" + param + "' must be the 'font_id' of one of the kit's fonts.");
    }
    json::object chosen{{"font_id", id}, {"weight", nullptr}};
    if (const auto weight = int_or(*given, "weight", 0); weight > 0) chosen["weight"] = weight;
    kept[role] = std::move(chosen);
  }
  kit.body["font_roles"] = std::move(kept);
  return {};
}

Result<void> set_roles(accounts::Document& kit, const json::object& body) {
  if (const auto* roles = object_or_null(body, "color_roles")) TRY(set_colour_roles(kit, *roles));
  if (const auto* roles = object_or_null(body, "logo_roles")) TRY(set_logo_roles(kit, *roles));
  if (const auto* roles = object_or_null(body, "font_roles")) TRY(set_font_roles(kit, *roles));
  return {};
}

std::string add_font(accounts::Document& kit, const std::string& name) {
  auto& fonts = list_of(kit, "fonts");
  std::string id = "font_" + std::to_string(fonts.size() + 1);
  fonts.push_back(json::object{{"font_id", id}, {"name", name}});
  return id;
}

std::string add_logo(accounts::Document& kit, const StoredLogo& logo) {
  auto& logos = list_of(kit, "logos");
  std::string id = "logo_" + std::to_string(logos.size() + 1);
  logos.push_back(
      json::object{{"logo_id", id}, {"name", logo.name}, {"blob", jobs::to_json(logo.blob)}});
  kit.blobs.push_back(logo.blob.hash);
  return id;
}

json::value role_of_font(const json::array& fonts, const std::string& name, int weight) {
  for (const auto& font : fonts) {
    if (string_or(font.get_object(), "name") != name) continue;
    json::object role{{"font_id", string_or(font.get_object(), "font_id")}, {"weight", nullptr}};
    if (weight > 0) role["weight"] = weight;
    return role;
  }
  return nullptr;
}

// Roles as the contract shows them: null where there is none, and altogether when all are.
json::value shown_roles(const accounts::Document& kit, std::string_view field,
                        std::span<const std::string_view> roles) {
  const auto* kept = object_or_null(kit.body, field);
  if (kept == nullptr || kept->empty()) return nullptr;
  json::object shown;
  for (const auto role : roles) {
    const auto* value = kept->if_contains(role);
    shown[role] = value != nullptr ? *value : json::value(nullptr);
  }
  return shown;
}

json::value link_of(const json::object& logo, const api::LinkFunction& link) {
  const auto* stored = object_or_null(logo, "blob");
  if (stored == nullptr) return nullptr;
  const auto blob = jobs::blob_ref_from(*stored);
  return blob ? json::value(link(*blob)) : json::value(nullptr);
}

}  // namespace

std::string status_of(const accounts::Document& kit) { return string_or(kit.body, "status"); }

Result<accounts::Document> kit_from_url(const json::object& body, std::string_view account_id,
                                        std::int64_t now_ms) {
  const std::string url = string_or(body, "url");
  const std::string lower = lower_case(url);
  const bool is_web = lower.starts_with("https://") || lower.starts_with("http://");
  if (!is_web || url.size() < 11 || url.find_first_of(" \t\r\n\"<>\\") != std::string::npos) {
    return invalid("url", "'url' must be the address of a web site, such as https://example.com.");
  }
  accounts::Document kit = new_kit(account_id, "loading", now_ms);
  kit.name = string_or(body, "name");
  kit.body["is_named"] = !kit.name.empty();
  if (kit.name.empty()) {
    const auto start = url.find("://") + 3;
    kit.name = url.substr(start, url.find_first_of("/?#:", start) - start).substr(0, kNameMax);
  }
  kit.body["url"] = url;
  return kit;
}

void complete(accounts::Document& kit, const SiteBrand& brand, const std::vector<StoredLogo>& logos,
              std::int64_t now_ms) {
  if (!bool_or(kit.body, "is_named", false) && !brand.name.empty()) {
    kit.name = brand.name.substr(0, kNameMax);
    while (!is_valid_utf8(kit.name)) kit.name.pop_back();
  }
  kit.blobs.clear();
  for (const char* list : {"colors", "fonts", "logos"}) kit.body[list] = json::array();
  for (const auto& colour : brand.colours) list_of(kit, "colors").emplace_back(to_hex(colour));
  json::object roles;
  const std::array<std::pair<std::string_view, const std::string*>, 4> found = {
      {{"primary", &brand.primary},
       {"secondary", &brand.secondary},
       {"tertiary", &brand.tertiary},
       {"accent", &brand.accent}}};
  for (const auto& [role, colour] : found) {
    if (!colour->empty()) roles[role] = *colour;
  }
  kit.body["color_roles"] = std::move(roles);
  for (const auto& font : brand.fonts) add_font(kit, font);
  json::object font_roles;
  const auto& fonts = list_of(kit, "fonts");
  if (auto role = role_of_font(fonts, brand.title_font, brand.title_weight); !role.is_null())
    font_roles["title_text"] = role;
  if (auto role = role_of_font(fonts, brand.body_font, brand.body_weight); !role.is_null())
    font_roles["body_text"] = role;
  kit.body["font_roles"] = std::move(font_roles);
  for (const auto& logo : logos) add_logo(kit, logo);
  kit.body["logo_roles"] = logos.empty() ? json::object() : json::object{{"primary", "logo_1"}};
  kit.body["status"] = "completed";
  kit.body.erase("error");
  kit.updated_at_ms = now_ms;
}

void fail_kit(accounts::Document& kit, std::string_view why, std::int64_t now_ms) {
  kit.body["status"] = "error";
  kit.body["error"] = why;
  kit.updated_at_ms = now_ms;
}

Result<accounts::Document> kit_from_body(const json::object& body, std::string_view account_id,
                                         const StoreLogo& store, std::int64_t now_ms) {
  accounts::Document kit = new_kit(account_id, "completed", now_ms);
  kit.name = string_or(body, "name");
  if (trimmed(kit.name).empty() || kit.name.size() > kNameMax) {
    return invalid("name", "'name' is needed, of 1 to 256 characters.");
  }
  for (const char* field : {"colors", "fonts", "logos"}) {
    const auto* given = body.if_contains(field);
    if (given != nullptr && (!given->is_array() || given->get_array().size() > kItemsMax)) {
      return invalid(field, "'" + std::string(field) + "' must be an array of at most 50.");
    }
  }
  const auto place = [](const char* list, std::size_t i) {
    return std::string(list) + "[" + std::to_string(i) + "]";
  };
  if (const auto* colours = array_or_null(body, "colors")) {
    for (std::size_t i = 0; i < colours->size(); ++i) {
      const auto* text = (*colours)[i].if_string();
      const bool is_colour =
          text != nullptr && text->starts_with('#') && parse_colour(std::string_view(*text));
      if (!is_colour)
        return invalid(place("colors", i),
                       "'" + place("colors", i) + "' must be a colour such as #1a2b3c.");
      list_of(kit, "colors").push_back((*colours)[i]);
    }
  }
  if (const auto* fonts = array_or_null(body, "fonts")) {
    for (std::size_t i = 0; i < fonts->size(); ++i) {
      const auto* text = (*fonts)[i].if_string();
      if (text == nullptr || text->empty() || text->size() > 100) {
        return invalid(place("fonts", i),
                       "'" + place("fonts", i) + "' must be the name of a font.");
      }
      add_font(kit, std::string(*text));
    }
  }
  if (const auto* logos = array_or_null(body, "logos")) {
    for (std::size_t i = 0; i < logos->size(); ++i) {
      const auto* logo = (*logos)[i].if_object();
      if (logo == nullptr)
        return invalid(place("logos", i), "'" + place("logos", i) + "' must be an object.");
      TRY_ASSIGN(auto blob, store(*logo, place("logos", i)));
      add_logo(kit, {string_or(*logo, "name").substr(0, kNameMax), std::move(blob)});
    }
  }
  for (const char* field : {"color_roles", "logo_roles", "font_roles"}) {
    const auto* given = body.if_contains(field);
    if (given != nullptr && !given->is_object())
      return invalid(field, "'" + std::string(field) + "' must be an object.");
  }
  TRY(set_roles(kit, body));
  return kit;
}

Result<void> change_kit(accounts::Document& kit, const json::object& body, std::int64_t now_ms) {
  const bool has_roles =
      body.contains("color_roles") || body.contains("logo_roles") || body.contains("font_roles");
  if (has_roles && status_of(kit) != "completed") {
    return fail(
        ErrorCode::resource_not_ready,
        status_of(kit) == "loading"
            ? "The kit is still being built; its roles can be changed when it is completed."
            : "The kit could not be built; it can be renamed or deleted, but has no roles to change.");
  }
  TRY(set_roles(kit, body));
  if (const std::string name = string_or(body, "name"); !name.empty()) {
    kit.name = name;
    kit.body["is_named"] = true;
  }
  kit.updated_at_ms = now_ms;
  return {};
}

json::object summary_json(const accounts::Document& kit, const api::LinkFunction& link) {
  json::object shown{{"brand_kit_id", kit.id},
                     {"name", kit.name},
                     {"colors", list_of(kit, "colors")},
                     {"logo_url", nullptr}};
  const auto* roles = object_or_null(kit.body, "logo_roles");
  const std::string primary = roles != nullptr ? string_or(*roles, "primary") : std::string();
  for (const auto& logo : list_of(kit, "logos")) {
    const bool is_chosen = primary.empty() || string_or(logo.get_object(), "logo_id") == primary;
    if (!is_chosen) continue;
    shown["logo_url"] = link_of(logo.get_object(), link);
    break;
  }
  return shown;
}

json::object kit_json(const accounts::Document& kit, const api::LinkFunction& link) {
  static constexpr std::array<std::string_view, 1> kLogoRoles = {"primary"};
  json::array logos;
  for (const auto& entry : list_of(kit, "logos")) {
    const auto& logo = entry.get_object();
    logos.push_back(json::object{{"logo_id", string_or(logo, "logo_id")},
                                 {"name", string_or_null(string_or(logo, "name"))},
                                 {"url", link_of(logo, link)}});
  }
  json::object shown{{"brand_kit_id", kit.id},
                     {"name", kit.name},
                     {"status", status_of(kit)},
                     {"colors", list_of(kit, "colors")},
                     {"color_roles", shown_roles(kit, "color_roles", kColourRoles)},
                     {"logos", std::move(logos)},
                     {"logo_roles", shown_roles(kit, "logo_roles", kLogoRoles)},
                     {"fonts", list_of(kit, "fonts")},
                     {"font_roles", shown_roles(kit, "font_roles", kFontRoles)}};
  // Beyond the contract: where it comes from, and why it could not be built.
  if (const std::string url = string_or(kit.body, "url"); !url.empty()) shown["source_url"] = url;
  if (const std::string why = string_or(kit.body, "error"); !why.empty()) shown["error"] = why;
  return shown;
}

}  // namespace understudy::brand_kits
