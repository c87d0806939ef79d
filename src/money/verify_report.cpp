#include <algorithm>

#include <fmt/format.h>

#include "money/ledger_store.h"

namespace understudy::money {

bool VerifyReport::is_ok() const {
  return std::all_of(checks.begin(), checks.end(),
                     [](const Check& check) { return check.is_ok(); });
}

std::string to_text(const VerifyReport& report) {
  std::string text;
  for (const Check& check : report.checks) {
    text += fmt::format("{:<6} {:<4} {} ({} looked at)\n", check.is_ok() ? "ok" : "BROKEN",
                        check.name, check.rule, check.looked_at);
    for (const std::string& sentence : check.broken) text += "       " + sentence + "\n";
    if (check.broken.size() >= kBrokenMax) text += "       and maybe more\n";
  }
  text += report.is_ok() ? "The ledger is clean.\n" : "The ledger is broken.\n";
  return text;
}

}  // namespace understudy::money
