// Installation: a data folder and everything kept in it. One process serves it at a time.
//
//   DIR/understudy.db   the database        DIR/blobs/        files by content
//   DIR/owner.key       the first key       DIR/link.secret   signs links to outputs
//   DIR/worker.token    workers' token      DIR/serve.sock    administration, while serving
//   DIR/serve.lock      held while serving  DIR/work/         jobs in progress of local workers
//   DIR/webhook.secret  what the signing secrets of webhooks are derived from
//   DIR/seal.key        signs the seals of the ledger (money/seal.h)
//   DIR/prices/         the operator's versions of the price book (server/price_files.h)
//   DIR/server.id       which of the servers of one database this is
//   DIR/database.postgresql  there when the database is PostgreSQL ([database] url)
//
// Servers of one database have a data folder each, and in [database] shared_folder what they need
// in common: the blobs, the secrets, owner.key and prices. Without it everything is in the data
// folder.
//
// All of mode 0700 and 0600: they hold faces, voices and money.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "accounts/account_store.h"
#include "accounts/document_store.h"
#include "accounts/key_store.h"
#include "accounts/oauth_store.h"
#include "accounts/plan_store.h"
#include "accounts/project_store.h"
#include "base/clock.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "jobs/asset_store.h"
#include "jobs/avatar_store.h"
#include "jobs/idempotency_store.h"
#include "jobs/job_store.h"
#include "jobs/upload_store.h"
#include "jobs/webhook_store.h"
#include "money/budget_store.h"
#include "money/ledger_store.h"
#include "money/money.h"
#include "money/seal_store.h"
#include "money/top_up_store.h"
#include "storage/blobs/disk_blob_store.h"
#include "storage/sql/database.h"

namespace understudy::server {

struct Config;

// What several servers have in common. Empty members: what the data folder has.
struct SharedPlaces {
  std::string database_url = {};
  std::filesystem::path folder = {};
};
SharedPlaces shared_places(const Config& config);

class Installation {
 public:
  // Makes the folder and the database when they are missing, and takes the lock.
  // Errors: conflict (another process serves it; the database is another than the URL says),
  // storage_failed.
  static Result<std::unique_ptr<Installation>> open(const std::filesystem::path& folder,
                                                    const Clock& clock,
                                                    const SharedPlaces& shared = {});
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  // Every invariant of the ledger, its seals and their signatures, on one snapshot.
  Result<money::VerifyReport> verify();

  // On an installation without accounts: the owner with this credit; the key's text, which is also
  // written to owner.key. Empty when there are accounts already.
  Result<std::optional<std::string>> make_owner(money::Money welcome_credit);

  std::filesystem::path path(const char* name) const { return folder_ / name; }
  std::filesystem::path shared_path(const char* name) const { return shared_folder_ / name; }
  const std::string& link_secret() const { return link_secret_; }
  const std::string& worker_token() const { return worker_token_; }
  const std::string& webhook_secret() const { return webhook_secret_; }
  const std::string& seal_seed() const { return seal_seed_; }  // base/ed25519.h

  storage::Database& database() { return *database_; }
  accounts::AccountStore& accounts() { return *accounts_; }
  accounts::OAuthStore& oauth() { return *oauth_; }
  accounts::PlanStore& plans() { return *plans_; }
  money::LedgerStore& ledger() { return *ledger_; }
  money::SealStore& seals() { return *seals_; }
  money::TopUpStore& top_ups() { return *top_ups_; }
  money::BudgetStore& budgets() { return *budgets_; }
  accounts::ProjectStore& projects() { return *projects_; }
  accounts::KeyStore& keys() { return *keys_; }
  jobs::JobStore& queue() { return *queue_; }
  jobs::AssetStore& assets() { return *assets_; }
  jobs::AvatarStore& avatars() { return *avatars_; }
  accounts::DocumentStore& documents() { return *documents_; }
  jobs::UploadStore& uploads() { return *uploads_; }
  jobs::IdempotencyStore& idempotency() { return *idempotency_; }
  jobs::WebhookStore& webhooks() { return *webhooks_; }
  storage::DiskBlobStore& blobs() { return *blobs_; }

 private:
  Installation(std::filesystem::path folder, const Clock& clock);
  Result<void> open_database(const std::string& url);
  Result<void> open_stores();

  std::filesystem::path folder_;
  std::filesystem::path shared_folder_;
  const Clock& clock_;
  Descriptor lock_;
  std::string link_secret_;
  std::string worker_token_;
  std::string webhook_secret_;
  std::string seal_seed_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<accounts::AccountStore> accounts_;
  std::unique_ptr<accounts::OAuthStore> oauth_;
  std::unique_ptr<accounts::PlanStore> plans_;
  std::unique_ptr<money::LedgerStore> ledger_;
  std::unique_ptr<money::SealStore> seals_;
  std::unique_ptr<money::TopUpStore> top_ups_;
  std::unique_ptr<money::BudgetStore> budgets_;
  std::unique_ptr<accounts::ProjectStore> projects_;
  std::unique_ptr<accounts::KeyStore> keys_;
  std::unique_ptr<jobs::JobStore> queue_;
  std::unique_ptr<jobs::AssetStore> assets_;
  std::unique_ptr<jobs::AvatarStore> avatars_;
  std::unique_ptr<accounts::DocumentStore> documents_;
  std::unique_ptr<jobs::UploadStore> uploads_;
  std::unique_ptr<jobs::IdempotencyStore> idempotency_;
  std::unique_ptr<jobs::WebhookStore> webhooks_;
  std::unique_ptr<storage::DiskBlobStore> blobs_;
};

inline constexpr const char* kPostgresqlNote = "database.postgresql";

// Notes that the folder's database is PostgreSQL from now on.
Result<void> note_postgresql(const std::filesystem::path& folder);

// Held by whoever works on the data folder. Errors: conflict (another process does),
// storage_failed.
Result<Descriptor> lock_data_folder(const std::filesystem::path& folder);

// True while a process serves this folder.
bool is_served(const std::filesystem::path& folder);

}  // namespace understudy::server
