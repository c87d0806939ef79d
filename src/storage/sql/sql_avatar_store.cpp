#include <algorithm>

#include "storage/sql/blob_refs.h"
#include "storage/sql/stores.h"

namespace understudy::storage {
namespace {

using jobs::AvatarConsent;
using jobs::AvatarGroup;
using jobs::AvatarLook;
using jobs::AvatarQuery;

// A look is there once its job is, and goes with it.
constexpr std::string_view kSelectLook =
    "SELECT avatar_look.id, avatar_look.account_id, group_id, name, avatar_look.kind, job_id, details,"
    " avatar_look.created_at_ms, state, result, failure_code, failure_message FROM avatar_look"
    " JOIN job ON job.id = avatar_look.job_id AND job.removed_at_ms = 0 ";

// A group is there when one of its looks is.
constexpr std::string_view kSelectGroup =
    "SELECT avatar_group.id, avatar_group.account_id, avatar_group.name, default_voice_id,"
    " avatar_group.created_at_ms,"
    " (SELECT count(*) FROM avatar_look JOIN job ON job.id = avatar_look.job_id"
    "  WHERE avatar_look.group_id = avatar_group.id AND job.removed_at_ms = 0),"
    " (SELECT count(*) FROM avatar_look JOIN job ON job.id = avatar_look.job_id"
    "  WHERE avatar_look.group_id = avatar_group.id AND job.removed_at_ms = 0"
    "  AND avatar_look.kind = 'digital_twin'),"
    " (SELECT count(*) FROM avatar_consent WHERE avatar_consent.group_id = avatar_group.id"
    "  AND submitted_at_ms > 0)"
    " FROM avatar_group ";
constexpr std::string_view kHasLooks =
    " AND EXISTS (SELECT 1 FROM avatar_look JOIN job ON job.id = avatar_look.job_id"
    " WHERE avatar_look.group_id = avatar_group.id AND job.removed_at_ms = 0)";

constexpr std::string_view kSelectConsent =
    "SELECT id, account_id, group_id, text, reroute_url, created_at_ms, expires_at_ms,"
    " submitted_at_ms, video, record FROM avatar_consent ";

std::string consent_owner(std::string_view id) { return "consent:" + std::string(id); }

tl::unexpected<Error> no_group() {
  return fail(ErrorCode::avatar_group_not_found, "There is no such avatar group.", "group_id");
}

tl::unexpected<Error> no_look() {
  return fail(ErrorCode::avatar_not_found, "There is no such avatar look.", "look_id");
}

json::object object_of(const std::string& text) {
  auto value = parse_json(text);
  return value && value->is_object() ? std::move(value->get_object()) : json::object();
}

AvatarGroup group_of(const Row& row) {
  Columns columns(row);
  AvatarGroup group;
  group.id = columns.text();
  group.account_id = columns.text();
  group.name = columns.text();
  group.default_voice_id = columns.text();
  group.created_at_ms = columns.integer();
  group.looks_count = columns.small();
  group.twins_count = columns.small();
  group.is_consented = columns.flag();
  return group;
}

AvatarConsent consent_of(const Row& row) {
  Columns columns(row);
  AvatarConsent consent;
  consent.id = columns.text();
  consent.account_id = columns.text();
  consent.group_id = columns.text();
  consent.text = columns.text();
  consent.reroute_url = columns.text();
  consent.created_at_ms = columns.integer();
  consent.expires_at_ms = columns.integer();
  consent.submitted_at_ms = columns.integer();
  consent.video = jobs::blob_ref_from(object_of(columns.text())).value_or(jobs::BlobRef{});
  consent.record = object_of(columns.text());
  return consent;
}

std::string video_text(const AvatarConsent& consent) {
  return consent.submitted_at_ms == 0 ? std::string() : to_text(jobs::to_json(consent.video));
}

Result<void> keep_video(Connection& connection, const AvatarConsent& consent) {
  if (consent.submitted_at_ms == 0) return {};
  return keep_blobs(connection, consent_owner(consent.id), {&consent.video.hash, 1});
}

// A group that has no looks any more, and what was said for it.
Result<void> remove_empty_group(Connection& connection, const std::string& group_id) {
  TRY_ASSIGN(const auto removed,
             connection.execute("DELETE FROM avatar_group WHERE id = $1 AND NOT EXISTS "
                                "(SELECT 1 FROM avatar_look WHERE group_id = $1)",
                                {group_id}));
  if (removed == 0) return {};
  TRY_ASSIGN(const auto consents,
             connection.all("SELECT id FROM avatar_consent WHERE group_id = $1", {group_id},
                            [](const Row& row) { return std::string(row.text(0)); }));
  for (const auto& id : consents) TRY(let_go_of_blobs(connection, consent_owner(id)));
  TRY(connection.execute("DELETE FROM avatar_consent WHERE group_id = $1", {group_id}));
  return {};
}

AvatarLook look_of(const Row& row) {
  Columns columns(row);
  AvatarLook look;
  look.id = columns.text();
  look.account_id = columns.text();
  look.group_id = columns.text();
  look.name = columns.text();
  look.kind = columns.text();
  look.job_id = columns.text();
  look.details = object_of(columns.text());
  look.created_at_ms = columns.integer();
  look.state = jobs::job_state_from(columns.text()).value_or(jobs::JobState::failed);
  look.result = object_of(columns.text());
  look.failure_code = columns.text();
  look.failure_message = columns.text();
  return look;
}

class SqlAvatarStore final : public jobs::AvatarStore {
 public:
  explicit SqlAvatarStore(Database& database) : database_(database) {}

  Result<void> add(const std::optional<AvatarGroup>& group, const AvatarLook& look) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      if (group) {
        TRY(connection.execute(
            "INSERT INTO avatar_group (id, account_id, name, default_voice_id, created_at_ms)"
            " VALUES ($1, $2, $3, $4, $5)",
            {group->id, group->account_id, group->name, group->default_voice_id,
             group->created_at_ms}));
      } else {
        TRY_ASSIGN(const auto found,
                   connection.first("SELECT 1 FROM avatar_group WHERE id = $1 AND account_id = $2",
                                    {look.group_id, look.account_id},
                                    [](const Row& row) { return row.integer(0); }));
        if (!found) return no_group();
      }
      TRY(connection.execute(
          "INSERT INTO avatar_look (id, account_id, group_id, name, kind, job_id, details,"
          " created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          {look.id, look.account_id, look.group_id, look.name, look.kind, look.job_id,
           to_text(look.details), look.created_at_ms}));
      return {};
    });
  }

  Result<AvatarGroup> find_group(std::string_view account_id, std::string_view id) override {
    static const std::string kSql = std::string(kSelectGroup) +
                                    "WHERE avatar_group.id = $1 AND avatar_group.account_id = $2" +
                                    std::string(kHasLooks);
    TRY_ASSIGN(auto group, database_.read([&](Connection& connection) {
      return connection.first(kSql, {id, account_id}, group_of);
    }));
    if (!group) return no_group();
    return *std::move(group);
  }

  Result<AvatarLook> find_look(std::string_view account_id, std::string_view id) override {
    static const std::string kSql =
        std::string(kSelectLook) + "WHERE avatar_look.id = $1 AND avatar_look.account_id = $2";
    TRY_ASSIGN(auto look, database_.read([&](Connection& connection) {
      return connection.first(kSql, {id, account_id}, look_of);
    }));
    if (!look) return no_look();
    return *std::move(look);
  }

  Result<std::vector<AvatarGroup>> list_groups(const AvatarQuery& query) override {
    static const std::string kSql =
        std::string(kSelectGroup) +
        "WHERE avatar_group.account_id = $1 AND ($2 = '' OR avatar_group.id < $2)" +
        std::string(kHasLooks) + " ORDER BY avatar_group.id DESC LIMIT $3";
    return database_.read([&](Connection& connection) {
      return connection.all(kSql, {query.account_id, query.before_id, std::max(query.limit, 0)},
                            group_of);
    });
  }

  Result<std::vector<AvatarLook>> list_looks(const AvatarQuery& query) override {
    static const std::string kSql =
        std::string(kSelectLook) +
        "WHERE avatar_look.account_id = $1 AND ($2 = '' OR avatar_look.id < $2)"
        " AND ($3 = '' OR group_id = $3)"
        " AND ($4 < 0 OR ($4 = 1) = (avatar_look.kind = 'digital_twin'))"
        " ORDER BY avatar_look.id DESC LIMIT $5";
    const int is_twin = query.is_twin ? static_cast<int>(*query.is_twin) : -1;
    return database_.read([&](Connection& connection) {
      return connection.all(
          kSql,
          {query.account_id, query.before_id, query.group_id, is_twin, std::max(query.limit, 0)},
          look_of);
    });
  }

  Result<void> set_default_voice(std::string_view account_id, std::string_view group_id,
                                 std::string_view voice_id) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE avatar_group SET default_voice_id = $3 "
                                    "WHERE id = $1 AND account_id = $2",
                                    {group_id, account_id, voice_id}));
      if (changed == 0) return no_group();
      return {};
    });
  }

  Result<void> rename_look(std::string_view account_id, std::string_view look_id,
                           std::string_view name) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto changed, connection.execute("UPDATE avatar_look SET name = $3 "
                                                        "WHERE id = $1 AND account_id = $2",
                                                        {look_id, account_id, name}));
      if (changed == 0) return no_look();
      return {};
    });
  }

  Result<void> add_consent(const AvatarConsent& consent) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      // Takes the group's row, so that a removal beside it leaves no consent behind.
      TRY_ASSIGN(const auto found, connection.execute("UPDATE avatar_group SET name = name "
                                                      "WHERE id = $1 AND account_id = $2",
                                                      {consent.group_id, consent.account_id}));
      if (found == 0) return no_group();
      TRY(connection.execute(
          "INSERT INTO avatar_consent (id, account_id, group_id, text, reroute_url, created_at_ms,"
          " expires_at_ms, submitted_at_ms, video, record)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          {consent.id, consent.account_id, consent.group_id, consent.text, consent.reroute_url,
           consent.created_at_ms, consent.expires_at_ms, consent.submitted_at_ms,
           video_text(consent), to_text(consent.record)}));
      return keep_video(connection, consent);
    });
  }

  Result<AvatarConsent> find_consent(std::string_view account_id, std::string_view id) override {
    static const std::string kSql =
        std::string(kSelectConsent) + "WHERE id = $1 AND account_id = $2";
    TRY_ASSIGN(auto consent, database_.read([&](Connection& connection) {
      return connection.first(kSql, {id, account_id}, consent_of);
    }));
    if (!consent) return fail(ErrorCode::not_found, "There is no such consent.");
    return *std::move(consent);
  }

  Result<std::vector<AvatarConsent>> list_consents(std::string_view account_id,
                                                   std::string_view group_id) override {
    static const std::string kSql =
        std::string(kSelectConsent) + "WHERE group_id = $1 AND account_id = $2 ORDER BY id DESC";
    return database_.read([&](Connection& connection) {
      return connection.all(kSql, {group_id, account_id}, consent_of);
    });
  }

  Result<void> submit_consent(const AvatarConsent& consent) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(const auto changed,
                 connection.execute("UPDATE avatar_consent SET submitted_at_ms = $3, video = $4,"
                                    " record = $5 WHERE id = $1 AND account_id = $2"
                                    " AND submitted_at_ms = 0",
                                    {consent.id, consent.account_id, consent.submitted_at_ms,
                                     video_text(consent), to_text(consent.record)}));
      if (changed == 1) return keep_video(connection, consent);
      TRY_ASSIGN(const auto found,
                 connection.first("SELECT 1 FROM avatar_consent WHERE id = $1 AND account_id = $2",
                                  {consent.id, consent.account_id}, [](const Row&) { return 1; }));
      if (!found) return fail(ErrorCode::not_found, "There is no such consent.");
      return fail(ErrorCode::conflict, "This consent was submitted before.");
    });
  }

  Result<void> remove_look(std::string_view account_id, std::string_view look_id) override {
    return database_.write([&](Connection& connection) -> Result<void> {
      TRY_ASSIGN(
          const auto group_id,
          connection.first("SELECT group_id FROM avatar_look WHERE id = $1 AND account_id = $2",
                           {look_id, account_id},
                           [](const Row& row) { return std::string(row.text(0)); }));
      if (!group_id) return no_look();
      TRY(connection.execute("DELETE FROM avatar_look WHERE id = $1", {look_id}));
      return remove_empty_group(connection, *group_id);
    });
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<jobs::AvatarStore> make_avatar_store(Database& database) {
  return std::make_unique<SqlAvatarStore>(database);
}

}  // namespace understudy::storage
