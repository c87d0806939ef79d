#include "jobs/render_message.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"

namespace understudy::jobs {
namespace {

constexpr std::int64_t kEtaMax = 7LL * 24 * 3600 * 1000;

bool is_stage(std::string_view text) {
  return text.size() <= kStageMax && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == '_' ||
                  c == '-';
         });
}

}  // namespace

std::optional<RenderMessage> parse_render_message(std::string_view line) {
  const auto value = parse_json(line, 4);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  if (object->contains("exact_quantity")) {
    const auto quantity = int_or(*object, "exact_quantity", -1);
    if (quantity < 0) return std::nullopt;
    auto parts = parts_from(*object);
    if (!parts) return std::nullopt;
    return ExactQuantity{{quantity, *std::move(parts)}};
  }
  const double fraction = number_or(*object, "progress", -1);
  if (!(fraction >= 0 && fraction <= 1)) return std::nullopt;
  RenderProgress progress{.fraction = fraction,
                          .stage = string_or(*object, "stage"),
                          .eta_ms = int_or(*object, "eta_ms", -1)};
  if (!is_stage(progress.stage)) return std::nullopt;
  progress.eta_ms = std::clamp<std::int64_t>(progress.eta_ms, -1, kEtaMax);
  return progress;
}

std::string to_line(const RenderMessage& message) {
  if (const auto* exact = std::get_if<ExactQuantity>(&message)) {
    return to_text(json::object{{"exact_quantity", exact->delivered.quantity},
                                {"parts", to_json(exact->delivered.parts)}});
  }
  const auto& progress = std::get<RenderProgress>(message);
  return to_text(json::object{{"progress", std::round(progress.fraction * 1e4) / 1e4},
                              {"stage", progress.stage},
                              {"eta_ms", progress.eta_ms}});
}

}  // namespace understudy::jobs
