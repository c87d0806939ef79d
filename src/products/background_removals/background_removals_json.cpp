#include "products/background_removals/background_removals_json.h"

#include "api/job_json.h"
#include "products/background_removals/background_removals.h"

namespace understudy::background_removals {

json::object removal_json(const jobs::Job& job, const api::LinkFunction& link,
                          const money::PriceBook& prices) {
  json::object removal = api::job_head(kKind, job);
  removal["completed_at"] = api::completed_at(job);
  removal["duration"] = api::duration_or_null(job, int_or(job.result, "duration_ms", 0));
  removal["error"] = string_or_null(api::failure_message(kKind, job));
  json::object layers;
  for (const auto& name : all_layers()) {
    auto layer = api::output_link(job.result, name, link);
    if (!layer.is_null()) layers[name] = std::move(layer);
  }
  removal["layers"] = std::move(layers);
  const auto* warnings = array_or_null(job.result, "warnings");
  removal["warnings"] = warnings != nullptr ? *warnings : json::array();
  if (const auto* matte = object_or_null(job.result, "matte")) removal["matte"] = *matte;
  api::add_progress(removal, job, prices);
  return removal;
}

json::object deleted_json(const std::string& id) {
  return {{"id", id},
          {"status", "deleted"},
          {"created_at", nullptr},
          {"completed_at", nullptr},
          {"duration", nullptr},
          {"error", nullptr},
          {"layers", json::object()}};
}

}  // namespace understudy::background_removals
