#include <algorithm>

#include <fmt/format.h>

#include "base/ed25519.h"
#include "operations.h"

namespace understudy::simulator {
namespace {

std::string line(const std::string& kind, const std::string& reference, Money amount,
                 Money balance_after) {
  // An expiry names its lot by a number that is the database's own.
  return fmt::format("; {} {} {} {}", kind, kind == "expiry" ? "" : reference, amount.nano_usd,
                     balance_after.nano_usd);
}

}  // namespace

Operation create_account(const accounts::Account& account) {
  return {
      .text = "create account " + account.id,
      .run = [=](Stores& stores) { return outcome_of(stores.accounts->create_account(account)); },
      .apply = [=](const Model&, Model& now) { return now.create_account(account.id); }};
}

Operation fund(const money::Funding& funding, std::int64_t now_ms) {
  return {.text = fmt::format("fund {} with {} from {}, reference {}", funding.account_id,
                              to_text(funding.amount), funding.source, funding.reference),
          .run =
              [=](Stores& stores) {
                const auto entry = stores.ledger->fund(funding, now_ms);
                if (!entry) return outcome_of(entry.error());
                const bool is_right = entry->amount == funding.amount &&
                                      entry->account_id == funding.account_id &&
                                      entry->reference == funding.reference;
                return Outcome(is_right ? "ok" : "ok, but another entry");
              },
          .apply = [=](const Model&, Model& now) { return now.fund(funding); }};
}

Operation withdraw(const money::Withdrawal& withdrawal, std::int64_t now_ms) {
  return {.text = fmt::format("withdraw {} from {}, {} {}", to_text(withdrawal.amount),
                              withdrawal.account_id, withdrawal.kind, withdrawal.reference),
          .run = [=](Stores& stores) -> Outcome {
            const auto entry = stores.ledger->withdraw(withdrawal, now_ms);
            return entry ? fmt::format("ok {}", entry->amount.nano_usd) : outcome_of(entry.error());
          },
          .apply = [=](const Model&, Model& now) { return now.withdraw(withdrawal); }};
}

Operation refund(const money::Refund& wanted, std::int64_t now_ms) {
  return {.text = fmt::format("refund {} of {}, reference {}",
                              wanted.amount ? to_text(*wanted.amount) : "all", wanted.job_id,
                              wanted.reference),
          .run = [=](Stores& stores) -> Outcome {
            const auto entry = stores.ledger->refund(wanted, now_ms);
            return entry ? fmt::format("ok {}", entry->amount.nano_usd) : outcome_of(entry.error());
          },
          .apply = [=](const Model&, Model& now) { return now.refund(wanted); }};
}

Operation expire(std::int64_t now_ms) {
  return {.text = "book out what has ended",
          .run = [=](Stores& stores) -> Outcome {
            const auto count = stores.ledger->expire(now_ms);
            return count ? fmt::format("ok {}", *count) : outcome_of(count.error());
          },
          .apply = [=](const Model&, Model& now) { return now.expire(now_ms); },
          .is_alone = true};
}

Operation seal(std::int64_t now_ms) {
  return {.text = "seal",
          .run = [=](Stores& stores) -> Outcome {
            const auto sealed = stores.seals->seal(std::string(kEd25519SeedBytes, 's'), 0, now_ms);
            if (!sealed) return outcome_of(sealed.error());
            return *sealed ? fmt::format("ok {}", (*sealed)->number) : Outcome("ok nothing");
          },
          .apply = [](const Model&, Model& now) { return now.seal(); },
          .is_alone = true};
}

Operation set_low_balance(const std::string& wallet, Money threshold) {
  return {
      .text = fmt::format("low balance of {} is {}", wallet, to_text(threshold)),
      .run =
          [=](Stores& stores) {
            return outcome_of(stores.ledger->set_low_balance(
                wallet, threshold < Money{} ? std::nullopt : std::optional(threshold)));
          },
      .apply = [=](const Model&, Model& now) { return now.set_low_balance(wallet, threshold); }};
}

Operation look_at_lots(const std::string& wallet) {
  const auto shown = [](const money::LotTerms& terms, Money remaining, Money held) {
    return fmt::format("; {} {} {} {} {}", to_string(terms.source), terms.priority,
                       terms.expires_at_ms, remaining.nano_usd, held.nano_usd);
  };
  return {.text = "look at the lots of " + wallet,
          .run = [=](Stores& stores) -> Outcome {
            const auto lots = stores.ledger->lots(wallet);
            if (!lots) return outcome_of(lots.error());
            Outcome outcome = "ok";
            for (const auto& lot : *lots) outcome += shown(lot.terms, lot.remaining, lot.held);
            return outcome;
          },
          .apply = [=](const Model& before, Model&) -> Outcome {
            std::vector<const ModelLot*> left;
            for (const ModelLot& lot : before.lots) {
              if (lot.wallet == wallet && lot.remaining > Money{}) left.push_back(&lot);
            }
            std::stable_sort(left.begin(), left.end(), [](const ModelLot* a, const ModelLot* b) {
              return std::pair(a->terms.priority, a->terms.expires_at_ms) <
                     std::pair(b->terms.priority, b->terms.expires_at_ms);
            });
            Outcome outcome = "ok";
            for (const ModelLot* lot : left)
              outcome += shown(lot->terms, lot->remaining, lot->held);
            return outcome;
          }};
}

Operation create_key(const accounts::ApiKey& key, const std::string& hash) {
  return {.text = "create key " + key.id,
          .run = [=](Stores& stores) { return outcome_of(stores.accounts->create_key(key, hash)); },
          .apply = [=](const Model&, Model& now) -> Outcome {
            if (now.keys.contains(hash)) return "conflict";
            if (!now.wallets.contains(key.account_id)) return "not_found";
            now.keys[hash] = {.account = key.account_id, .expires_at_ms = key.expires_at_ms};
            return "ok";
          }};
}

Operation revoke_key(const std::string& key_id, const std::string& hash, std::int64_t now_ms) {
  return {
      .text = "revoke key " + key_id,
      .run =
          [=](Stores& stores) { return outcome_of(stores.accounts->revoke_key(key_id, now_ms)); },
      .apply = [=](const Model&, Model& now) -> Outcome {
        const auto found = now.keys.find(hash);
        if (found == now.keys.end()) return "not_found";
        found->second.is_revoked = true;
        return "ok";
      }};
}

Operation authenticate(const std::string& hash, std::int64_t now_ms) {
  return {.text = "authenticate " + hash,
          .run = [=](Stores& stores) -> Outcome {
            const auto principal = stores.accounts->authenticate(hash, now_ms);
            if (!principal) return outcome_of(principal.error());
            return *principal ? "ok " + (*principal)->account_id : "ok nobody";
          },
          .apply = [=](const Model& before, Model&) { return before.authenticate(hash, now_ms); }};
}

Operation look_at_wallet(const std::string& account) {
  return {.text = "look at the wallet of " + account,
          .run = [=](Stores& stores) -> Outcome {
            const auto wallet = stores.accounts->wallet(account);
            if (!wallet) return outcome_of(wallet.error());
            return fmt::format("ok {} {} {}", wallet->posted.nano_usd, wallet->held.nano_usd,
                               wallet->available().nano_usd);
          },
          .apply = [=](const Model& before, Model&) -> Outcome {
            const auto found = before.wallets.find(account);
            if (found == before.wallets.end()) return "not_found";
            return fmt::format("ok {} {} {}", found->second.posted.nano_usd,
                               before.held(account).nano_usd, before.available(account).nano_usd);
          }};
}

Operation list_entries(const money::EntryQuery& query) {
  return {.text = "list entries of " + query.account_id,
          .run = [=](Stores& stores) -> Outcome {
            const auto entries = stores.ledger->entries(query);
            if (!entries) return outcome_of(entries.error());
            Outcome outcome = "ok";
            for (const auto& entry : *entries) {
              outcome += line(entry.kind, entry.reference, entry.amount, entry.balance_after);
            }
            return outcome;
          },
          .apply = [=](const Model& before, Model&) -> Outcome {
            Outcome outcome = "ok";
            const auto found = before.wallets.find(query.account_id);
            if (found == before.wallets.end()) return outcome;
            const auto& entries = found->second.entries;
            int left = query.limit;
            for (auto entry = entries.rbegin(); entry != entries.rend() && left > 0; ++entry) {
              if (!query.kind.empty() && entry->kind != query.kind) continue;
              if (entries.rend() - entry >= query.before_seq) continue;
              outcome += line(entry->kind, entry->reference, entry->amount, entry->balance_after);
              --left;
            }
            return outcome;
          }};
}

Operation list_usage(const money::UsageQuery& query) {
  return {.text = "list usage of " + query.account_id,
          .run = [=](Stores& stores) -> Outcome {
            const auto rows = stores.ledger->usage(query);
            if (!rows) return outcome_of(rows.error());
            const auto totals = stores.ledger->usage_totals(query, {});
            if (!totals) return outcome_of(totals.error());
            Outcome outcome = "ok";
            for (const auto& row : *rows) {
              outcome += fmt::format("; {} {}", row.job_id, row.amount.nano_usd);
            }
            Money sum;
            for (const auto& total : *totals) sum = sum + total.amount;
            return outcome + fmt::format("; all {}", sum.nano_usd);
          },
          .apply = [=](const Model& before, Model&) -> Outcome {
            Outcome outcome = "ok";
            Money sum;
            const auto found = before.wallets.find(query.account_id);
            if (found != before.wallets.end()) {
              const auto& entries = found->second.entries;
              int left = query.limit;
              for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
                if (entry->kind != (query.is_test ? "test_capture" : "capture")) continue;
                sum = sum + entry->usage;
                if (left-- > 0) {
                  outcome += fmt::format("; {} {}", entry->reference, entry->usage.nano_usd);
                }
              }
            }
            return outcome + fmt::format("; all {}", sum.nano_usd);
          }};
}

}  // namespace understudy::simulator
