// The operator's file. A new parser of outside bytes gets a target in the file of its layer.
#include "server/config.h"
#include "target.h"

namespace understudy::fuzz {
namespace {

void config(std::string_view input) {
  const auto parsed = server::parse_config(input);
  if (!parsed) require(!parsed.error().message.empty(), "a refusal says why");
}

constexpr Target kTargets[] = {{"config", config}};

}  // namespace

std::span<const Target> server_targets() { return kTargets; }

}  // namespace understudy::fuzz
