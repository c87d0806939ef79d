// The stores, written once in SQL over a Database. Each borrows the database, which must outlive
// it. `server`: which of the servers of the database uses it, for what one leaves half done when it
// ends and finds again when it starts.
#pragma once

#include <memory>
#include <string>

#include "accounts/account_store.h"
#include "accounts/document_store.h"
#include "accounts/key_store.h"
#include "accounts/oauth_store.h"
#include "accounts/plan_store.h"
#include "accounts/project_store.h"
#include "jobs/asset_store.h"
#include "jobs/avatar_store.h"
#include "jobs/idempotency_store.h"
#include "jobs/job_store.h"
#include "jobs/upload_store.h"
#include "jobs/webhook_store.h"
#include "money/budget_store.h"
#include "money/ledger_store.h"
#include "money/seal_store.h"
#include "money/top_up_store.h"
#include "storage/sql/database.h"

namespace understudy::storage {

std::unique_ptr<accounts::AccountStore> make_account_store(Database& database);
std::unique_ptr<accounts::OAuthStore> make_oauth_store(Database& database);
std::unique_ptr<accounts::PlanStore> make_plan_store(Database& database);
std::unique_ptr<accounts::KeyStore> make_key_store(Database& database);
std::unique_ptr<money::LedgerStore> make_ledger_store(Database& database);
std::unique_ptr<money::SealStore> make_seal_store(Database& database);
std::unique_ptr<money::TopUpStore> make_top_up_store(Database& database);
std::unique_ptr<jobs::JobStore> make_job_store(Database& database);
std::unique_ptr<jobs::IdempotencyStore> make_idempotency_store(Database& database,
                                                               std::string server = {});
std::unique_ptr<jobs::AssetStore> make_asset_store(Database& database);
std::unique_ptr<jobs::AvatarStore> make_avatar_store(Database& database);
std::unique_ptr<accounts::DocumentStore> make_document_store(Database& database);
std::unique_ptr<jobs::UploadStore> make_upload_store(Database& database, std::string server = {});
std::unique_ptr<money::BudgetStore> make_budget_store(Database& database);
std::unique_ptr<accounts::ProjectStore> make_project_store(Database& database);
std::unique_ptr<jobs::WebhookStore> make_webhook_store(Database& database, std::string server = {});

}  // namespace understudy::storage
