#include "server/installation.h"

#include <limits>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/ed25519.h"
#include "base/file.h"
#include "base/id.h"
#include "base/text.h"
#include "server/config.h"
#include "storage/blobs/disk_blob_store.h"
#include "storage/postgres/postgres_database.h"
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

Result<std::string> seed_of_seals(const fs::path& file) {
  TRY_ASSIGN(const std::string text, secret(file));
  auto seed = from_base64url(text);
  if (seed && seed->size() == kEd25519SeedBytes) return *std::move(seed);
  return fail(ErrorCode::storage_failed,
              file.string() +
                  " is not a key that signs the ledger's seals: put the one from your "
                  "backup back.");
}

tl::unexpected<Error> folder_error(const fs::path& folder) {
  return fail(ErrorCode::storage_failed,
              "The data folder " + folder.string() +
                  " cannot be made or used; choose one that this user may write.");
}

// Servers that start at the same time make what they share one after the other.
Result<Descriptor> lock_start(const fs::path& folder) {
  Descriptor lock(::open((folder / "start.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0 || ::flock(lock.get(), LOCK_EX) != 0) return folder_error(folder);
  return lock;
}

}  // namespace

SharedPlaces shared_places(const Config& config) {
  return {.database_url = config.database_url, .folder = config.shared_folder};
}

Installation::Installation(fs::path folder, const Clock& clock)
    : folder_(std::move(folder)), shared_folder_(folder_), clock_(clock) {}

Result<std::unique_ptr<Installation>> Installation::open(const fs::path& folder, const Clock& clock,
                                                         const SharedPlaces& shared) {
  if (!shared.folder.empty() && shared.database_url.empty()) {
    return fail(ErrorCode::invalid_parameter,
                "A shared folder is for servers of one database: give [database] url too.");
  }
  std::error_code failed;
  const fs::path whole = fs::absolute(folder);
  fs::create_directories(whole / "work", failed);
  if (failed || ::chmod(whole.c_str(), 0700) != 0) return folder_error(whole);
  std::unique_ptr<Installation> made(new Installation(whole, clock));
  TRY_ASSIGN(made->lock_, lock_data_folder(whole));
  if (!shared.folder.empty()) {
    made->shared_folder_ = fs::absolute(shared.folder);
    fs::create_directories(made->shared_folder_, failed);
    if (failed || ::chmod(made->shared_folder_.c_str(), 0700) != 0) {
      return folder_error(made->shared_folder_);
    }
  }
  TRY(made->open_database(shared.database_url));
  TRY(made->open_stores());
  return made;
}

Result<void> Installation::open_database(const std::string& url) {
  // Two databases that both spend the same wallets is what must never be.
  const bool is_noted = fs::exists(path(kPostgresqlNote));
  if (!url.empty()) {
    if (!is_noted && fs::exists(path("understudy.db"))) {
      return fail(ErrorCode::conflict,
                  "The data folder " + folder_.string() +
                      " has an embedded database: move it with `understudy migrate --data " +
                      folder_.string() + " --to URL` before it is served with [database] url.");
    }
    TRY_ASSIGN(database_, storage::open_postgres({.url = url, .now_ms = clock_.now_ms()}));
    return is_noted ? Result<void>() : note_postgresql(folder_);
  }
  if (is_noted) {
    return fail(ErrorCode::conflict,
                "The database of " + folder_.string() +
                    " is PostgreSQL: give the configuration with its [database] url (--config).");
  }
  TRY_ASSIGN(database_,
             storage::open_sqlite({.file = path("understudy.db"), .now_ms = clock_.now_ms()}));
  return {};
}

Result<void> Installation::open_stores() {
  {
    TRY_ASSIGN(const auto lock, lock_start(shared_folder_));
    TRY_ASSIGN(link_secret_, secret(shared_path("link.secret")));
    TRY_ASSIGN(worker_token_, secret(shared_path("worker.token")));
    TRY_ASSIGN(webhook_secret_, secret(shared_path("webhook.secret")));
    TRY_ASSIGN(seal_seed_, seed_of_seals(shared_path("seal.key")));
  }
  TRY_ASSIGN(const std::string server, secret(path("server.id")));
  accounts_ = storage::make_account_store(*database_);
  oauth_ = storage::make_oauth_store(*database_);
  plans_ = storage::make_plan_store(*database_);
  ledger_ = storage::make_ledger_store(*database_);
  seals_ = storage::make_seal_store(*database_);
  top_ups_ = storage::make_top_up_store(*database_);
  budgets_ = storage::make_budget_store(*database_);
  projects_ = storage::make_project_store(*database_);
  keys_ = storage::make_key_store(*database_);
  queue_ = storage::make_job_store(*database_);
  assets_ = storage::make_asset_store(*database_);
  avatars_ = storage::make_avatar_store(*database_);
  documents_ = storage::make_document_store(*database_);
  uploads_ = storage::make_upload_store(*database_, server);
  idempotency_ = storage::make_idempotency_store(*database_, server);
  webhooks_ = storage::make_webhook_store(*database_, server);
  // The data folder's lock makes this process the only one of its id: what was running is gone.
  TRY(idempotency_->abandon_unfinished());
  TRY_ASSIGN(blobs_, storage::open_disk_blob_store(shared_path("blobs")));
  return {};
}

Result<money::VerifyReport> Installation::verify() {
  TRY_ASSIGN(auto report, ledger_->verify());
  TRY_ASSIGN(const auto seals, seals_->list(money::kNever, std::numeric_limits<int>::max()));
  report.checks.push_back(money::check_signatures(seals, ed25519_public_key(seal_seed_)));
  return report;
}

Result<std::optional<std::string>> Installation::make_owner(money::Money welcome_credit) {
  TRY_ASSIGN(const auto lock, lock_start(shared_folder_));
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
  TRY(write_file_durably(shared_path("owner.key"), text + "\n"));
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

Result<void> note_postgresql(const fs::path& folder) {
  return write_file_durably(
      folder / kPostgresqlNote,
      "The database of this installation is PostgreSQL; its URL is [database] "
      "url in the configuration.\n");
}

Result<Descriptor> lock_data_folder(const fs::path& folder) {
  Descriptor lock(::open((folder / "serve.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return folder_error(folder);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::conflict,
                "The data folder " + folder.string() + " is in use by another understudy process.");
  }
  return lock;
}

bool is_served(const fs::path& folder) {
  const int lock = ::open((folder / "serve.lock").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool is_taken = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
  ::close(lock);
  return is_taken;
}

}  // namespace understudy::server
