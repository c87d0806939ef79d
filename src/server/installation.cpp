#include "server/installation.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/id.h"
#include "base/text.h"
#include "storage/blobs/disk_blob_store.h"
#include "storage/sql/stores.h"
#include "storage/sqlite/sqlite_database.h"

namespace understudy::server {
namespace fs = std::filesystem;
namespace {

// A secret that is made once and read from then on.
Result<std::string> secret(const fs::path& file) {
  if (fs::exists(file)) {
    TRY_ASSIGN(const std::string text, read_file(file, 4096));
    return std::string(trimmed(text));
  }
  const std::string made = to_base64url(random_bytes(32));
  TRY(write_file_durably(file, made + "\n"));
  return made;
}

tl::unexpected<Error> folder_error(const fs::path& folder) {
  return fail(ErrorCode::storage_failed,
              "The data folder " + folder.string() +
                  " cannot be made or used; choose one that this user may write.");
}

}  // namespace

Installation::Installation(fs::path folder, const Clock& clock)
    : folder_(std::move(folder)), clock_(clock) {}

Installation::~Installation() {
  if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<Installation>> Installation::open(const fs::path& folder,
                                                         const Clock& clock) {
  std::error_code failed;
  const fs::path whole = fs::absolute(folder);
  fs::create_directories(whole / "work", failed);
  if (failed || ::chmod(whole.c_str(), 0700) != 0) return folder_error(whole);
  std::unique_ptr<Installation> made(new Installation(whole, clock));
  TRY(made->take_lock());
  TRY(made->open_stores());
  return made;
}

Result<void> Installation::take_lock() {
  lock_ = ::open(path("serve.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return folder_error(folder_);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::conflict, "The data folder " + folder_.string() +
                                         " is in use by another understudy process.");
  }
  return {};
}

Result<void> Installation::open_stores() {
  TRY_ASSIGN(link_secret_, secret(path("link.secret")));
  TRY_ASSIGN(worker_token_, secret(path("worker.token")));
  TRY_ASSIGN(webhook_secret_, secret(path("webhook.secret")));
  TRY_ASSIGN(database_,
             storage::open_sqlite({.file = path("understudy.db"), .now_ms = clock_.now_ms()}));
  accounts_ = storage::make_account_store(*database_);
  oauth_ = storage::make_oauth_store(*database_);
  plans_ = storage::make_plan_store(*database_);
  ledger_ = storage::make_ledger_store(*database_);
  top_ups_ = storage::make_top_up_store(*database_);
  budgets_ = storage::make_budget_store(*database_);
  projects_ = storage::make_project_store(*database_);
  keys_ = storage::make_key_store(*database_);
  queue_ = storage::make_job_store(*database_);
  assets_ = storage::make_asset_store(*database_);
  avatars_ = storage::make_avatar_store(*database_);
  idempotency_ = storage::make_idempotency_store(*database_);
  webhooks_ = storage::make_webhook_store(*database_);
  TRY(idempotency_->abandon_unfinished());  // the lock makes this process the only server
  TRY_ASSIGN(blobs_, storage::open_disk_blob_store(path("blobs")));
  return {};
}

Result<std::optional<std::string>> Installation::make_owner(money::Money welcome_credit) {
  TRY_ASSIGN(const auto existing, accounts_->list_accounts());
  if (!existing.empty()) return std::optional<std::string>();
  const std::int64_t now = clock_.now_ms();
  const accounts::Account account{
      .id = new_id(now), .name = "Owner", .email = "", .created_at_ms = now};
  const std::string text = accounts::new_key_text();
  const accounts::ApiKey key{.id = new_id(now),
                             .account_id = account.id,
                             .label = "owner.key",
                             .hint = accounts::key_hint(text),
                             .scopes = {},
                             .created_at_ms = now};
  // The key is on disk before it works, so a crash in between leaves no account without a key.
  TRY(write_file_durably(path("owner.key"), text + "\n"));
  TRY(accounts_->create_account(account));
  TRY(accounts_->create_key(key, accounts::key_hash(text)));
  if (welcome_credit.nano_usd > 0) {
    TRY(ledger_->fund({.account_id = account.id,
                       .amount = welcome_credit,
                       .source = std::string(money::kPromo),
                       .reference = "welcome_" + account.id,
                       .note = "Welcome credit",
                       .actor = "installation"},
                      now));
  }
  return std::optional<std::string>(text);
}

bool is_served(const fs::path& folder) {
  const int lock = ::open((folder / "serve.lock").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool is_taken = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
  ::close(lock);
  return is_taken;
}

}  // namespace understudy::server
