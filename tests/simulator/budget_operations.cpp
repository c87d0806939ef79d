#include <fmt/format.h>

#include "operations.h"

namespace understudy::simulator {

// Projects are only there to be named by budgets and jobs.
Operation create_project(const accounts::Project& project) {
  return {.text = "create project " + project.id,
          .run = [=](Stores& stores) { return outcome_of(stores.projects->create(project)); },
          .apply = [](const Model&, Model&) -> Outcome { return "ok"; }};
}

Operation create_budget(const money::Budget& budget) {
  return {
      .text = fmt::format("create {} budget {} of {} for {} {}", to_string(budget.period),
                          budget.id, to_text(budget.cap), to_string(budget.scope), budget.scope_id),
      .run = [=](Stores& stores) { return outcome_of(stores.budgets->create(budget)); },
      .apply = [=](const Model&, Model& now) { return now.create_budget(budget); }};
}

Operation change_budget(const std::string& account, const std::string& id,
                        const money::BudgetChange& change) {
  return {
      .text = fmt::format("change budget {} to {}", id, change.cap ? to_text(*change.cap) : "same"),
      .run =
          [=](Stores& stores) { return outcome_of(stores.budgets->change(account, id, change)); },
      .apply = [=](const Model&, Model& now) { return now.change_budget(account, id, change); }};
}

Operation remove_budget(const std::string& account, const std::string& id, std::int64_t now_ms) {
  return {
      .text = "remove budget " + id,
      .run =
          [=](Stores& stores) { return outcome_of(stores.budgets->remove(account, id, now_ms)); },
      .apply = [=](const Model&, Model& now) { return now.remove_budget(account, id); }};
}

Operation look_at_budget(const std::string& account, const std::string& id, std::int64_t now_ms) {
  return {.text = "look at budget " + id,
          .run = [=](Stores& stores) -> Outcome {
            const auto state = stores.budgets->find(account, id, now_ms);
            if (!state) return outcome_of(state.error());
            return fmt::format("ok {} {} {}", state->budget.cap.nano_usd, state->spent.nano_usd,
                               state->held.nano_usd);
          },
          .apply = [=](const Model& before, Model&) -> Outcome {
            const auto found = before.budgets.find(id);
            if (found == before.budgets.end() || found->second.is_removed ||
                found->second.account != account) {
              return "not_found";
            }
            const ModelBudget& budget = found->second;
            const auto period = money::window_of(budget.period, budget.time_zone, now_ms);
            const auto window = before.windows.find({id, period->start_ms});
            const ModelWindow used =
                window == before.windows.end() ? ModelWindow{} : window->second;
            return fmt::format("ok {} {} {}", budget.cap.nano_usd, used.spent.nano_usd,
                               used.held.nano_usd);
          }};
}

}  // namespace understudy::simulator
