#include <fmt/format.h>

#include "operations.h"

namespace understudy::simulator {

Operation begin(const std::string& scope, const std::string& key, const std::string& hash,
                std::int64_t now_ms) {
  return {.text = "begin request " + key,
          .run = [=](Stores& stores) -> Outcome {
            const auto start = stores.answers->begin(scope, key, hash, now_ms);
            if (!start) return outcome_of(start.error());
            return begun(start->state, start->status, start->body, start->request_hash);
          },
          .apply = [=](const Model&, Model& now) { return now.begin(scope, key, hash, now_ms); }};
}

Operation finish(const std::string& scope, const std::string& key, int status,
                 const std::string& body) {
  return {.text = "finish request " + key,
          .run =
              [=](Stores& stores) {
                return outcome_of(stores.answers->finish(scope, key, status, body));
              },
          .apply = [=](const Model&, Model& now) { return now.finish(scope, key, status, body); }};
}

Operation abandon(const std::string& scope, const std::string& key) {
  return {.text = "abandon request " + key,
          .run = [=](Stores& stores) { return outcome_of(stores.answers->abandon(scope, key)); },
          .apply = [=](const Model&, Model& now) { return now.abandon(scope, key); }};
}

Operation abandon_unfinished() {
  return {.text = "abandon unfinished requests",
          .run = [](Stores& stores) -> Outcome {
            const auto count = stores.answers->abandon_unfinished();
            return count ? fmt::format("ok {}", *count) : outcome_of(count.error());
          },
          .apply = [](const Model&, Model& now) { return now.abandon_unfinished(); }};
}

Operation purge(std::int64_t now_ms) {
  return {.text = "purge old answers",
          .run = [=](Stores& stores) -> Outcome {
            const auto count = stores.answers->purge(now_ms);
            return count ? fmt::format("ok {}", *count) : outcome_of(count.error());
          },
          .apply = [=](const Model&, Model& now) { return now.purge(now_ms); }};
}

}  // namespace understudy::simulator
