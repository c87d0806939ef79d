#include "products/avatar_video/cinematic_plan.h"

#include "products/avatar_video/video_inputs.h"

namespace understudy::avatar_video {
namespace {

jobs::InputRules reference_rules() {
  return {.param = "references", .kinds = {"image", "video"}, .size_max = 100 << 20};
}

}  // namespace

Result<void> plan_cinematic(Cinematic cinematic, const accounts::Principal& principal,
                            jobs::InputResolver& inputs, const money::PriceBook& book,
                            jobs::Keep keep, jobs::NewJob& job) {
  std::vector<InputWish> wishes;
  for (const auto& source : cinematic.references) wishes.push_back({source, reference_rules()});
  TRY_ASSIGN(const auto found, find_inputs(inputs, principal.account_id, wishes, keep));
  json::object refs;
  int images = 0, videos = 0;
  const auto add = [&](const std::string& name, const jobs::BlobRef& blob) {
    refs[name] = jobs::to_json(blob);
    if (!blob.hash.empty()) job.input_blobs.push_back(blob.hash);
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    (string_or(found[i].input.facts, "kind") == "video" ? videos : images) += 1;
    add("reference_" + std::to_string(i), found[i].input.blob);
  }
  TRY(check_references(cinematic, images, videos));
  cinematic.reference_count = static_cast<int>(found.size());
  for (std::size_t i = 0; i < cinematic.looks.size(); ++i) {
    for (const auto& [name, blob] : cinematic.looks[i].own.files)
      add(name + "_" + std::to_string(i), blob);
  }
  TRY(jobs::set_price(job, book, principal.wallet_id, kCinematicItem, {1}));
  job.request = to_json(cinematic);
  job.request["inputs"] = std::move(refs);
  job.request["estimate_ms"] = std::int64_t{1000} * cinematic.seconds;
  job.request["estimate_is_exact"] = true;
  return {};
}

}  // namespace understudy::avatar_video
