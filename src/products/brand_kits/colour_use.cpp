#include "products/brand_kits/colour_use.h"

#include <algorithm>

#include "base/text.h"

namespace understudy::brand_kits {
namespace {

constexpr double kSame = 9;                  // CIE76: one colour to the eye
constexpr std::size_t kDistinctMax = 1'000;  // a page has some dozens

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

}  // namespace

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  char before = 0;
  for (const char c : name) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    const bool is_letter = is_capital || (c >= 'a' && c <= 'z');
    const bool is_digit = c >= '0' && c <= '9';
    const bool was_digit = before >= '0' && before <= '9';
    const bool was_small = before >= 'a' && before <= 'z';
    if ((!is_letter && !is_digit) || (is_capital && was_small) || is_digit != was_digit)
      words.emplace_back();
    if (is_letter) words.back() += static_cast<char>(is_capital ? c - 'A' + 'a' : c);
    if (is_digit) words.back() += c;
    before = c;
  }
  std::erase(words, "");
  return words;
}

Role role_of(std::string_view property) {
  const auto words = words_of(property);
  const auto is_in = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  for (const char* other :
       {"hover",  "active",  "focus",      "disabled", "dark",    "light",   "contrast",
        "text",   "on",      "foreground", "fg",       "border",  "shadow",  "rgb",
        "font",   "size",    "gradient",   "subtle",   "muted",   "opacity", "error",
        "danger", "success", "warning",    "info",     "inverse", "ring"}) {
    if (is_in(other)) return Role::none;
  }
  for (const auto& word : words) {
    const bool is_shade =
        !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    if (is_shade && word != "500" && word != "600" && word != "1" && word != "100")
      return Role::none;
  }
  if (is_in("secondary")) return Role::secondary;
  if (is_in("tertiary")) return Role::tertiary;
  if (is_in("accent") || is_in("highlight")) return Role::accent;
  if (is_in("primary") || is_in("brand") || is_in("main") || is_in("theme")) return Role::primary;
  return Role::none;
}

double place_weight(std::string_view selector, std::string_view property) {
  const std::string lower = lower_case(selector);
  const bool is_fill = property.starts_with("background");
  const bool is_text = property == "color";
  double weight = is_fill ? 1.0 : is_text ? 0.8 : 0.4;
  const bool is_state = has(lower, ":hover") || has(lower, ":focus") || has(lower, ":active") ||
                        has(lower, "disabled");
  for (const char* bad :
       {"error",     "danger",   "alert",   "warning",  "success", "invalid",   "valid",
        "toast",     "facebook", "twitter", "linkedin", "youtube", "instagram", "whatsapp",
        "pinterest", "hljs",     "token.",  "code",     "swiper",  "admin"}) {
    if (has(lower, bad)) return 0.05;
  }
  if (has(lower, "btn") || has(lower, "button") || has(lower, "cta")) weight *= is_fill ? 7 : 2;
  if (has(lower, "primary")) weight *= 2.5;
  const std::string first = lower.substr(0, lower.find_first_of(" ,:.>[#"));
  if (first == "a" && is_text) weight *= 6;
  if (has(lower, "header") || has(lower, "nav") || has(lower, "hero") || has(lower, "banner") ||
      has(lower, "masthead"))
    weight *= is_fill ? 4 : 1.5;
  if (has(lower, "logo") || has(lower, "brand")) weight *= 3;
  if (lower == "body" || lower == "html" || lower == ":root") weight *= 2;
  return is_state ? weight * 0.4 : weight;
}

bool is_colour_property(std::string_view property) {
  return property == "color" || property == "background" || property == "background-color" ||
         property == "fill" || property == "stroke" || property == "border" ||
         property == "border-color" || property.starts_with("border-") ||
         property == "outline-color" || property == "background-image";
}

void ColourCount::add(const Colour& colour, double weight, Role role, double role_weight) {
  Weighed& one = place_of(colour);
  one.weight += weight;
  if (role != Role::none && role_weight > one.role_weight) {
    one.role = role;
    one.role_weight = role_weight;
  }
}

std::vector<Weighed> ColourCount::by_weight() const {
  std::vector<Weighed> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.weight > b.weight; });
  return sorted;
}

Weighed& ColourCount::place_of(const Colour& colour) {
  const auto [exact, is_new] = places_.try_emplace(colour, found_.size());
  if (!is_new) return found_[exact->second];
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (distance(found_[i].colour, colour) >= kSame) continue;
    exact->second = i;
    return found_[i];
  }
  if (found_.size() < kDistinctMax) return found_.emplace_back(Weighed{colour});
  exact->second = found_.size() - 1;
  return found_.back();
}

}  // namespace understudy::brand_kits
