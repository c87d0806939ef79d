-- Avatars of an account: a group is a person, a look is what a video names.

CREATE TABLE avatar_group (
  id               TEXT PRIMARY KEY,
  account_id       TEXT NOT NULL,
  name             TEXT NOT NULL,
  default_voice_id TEXT NOT NULL,  -- empty: none
  created_at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX avatar_group_by_account ON avatar_group (account_id, id);

-- Its state is that of the job that makes it.
CREATE TABLE avatar_look (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  group_id      TEXT NOT NULL,
  name          TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('photo', 'prompt')),
  job_id        TEXT NOT NULL,
  details       TEXT NOT NULL,  -- JSON
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX avatar_look_by_account ON avatar_look (account_id, id);
CREATE INDEX avatar_look_by_group ON avatar_look (group_id, id);
