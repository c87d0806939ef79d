-- Made from ../0012_avatars.sql by tools/translate_migration.py.

-- Avatars of an account: a group is a person, a look is what a video names.

CREATE TABLE avatar_group (
  id               TEXT COLLATE "C" PRIMARY KEY,
  account_id       TEXT COLLATE "C" NOT NULL,
  name             TEXT COLLATE "C" NOT NULL,
  default_voice_id TEXT COLLATE "C" NOT NULL,  -- empty: none
  created_at_ms    BIGINT NOT NULL
);
CREATE INDEX avatar_group_by_account ON avatar_group (account_id, id);

-- Its state is that of the job that makes it.
CREATE TABLE avatar_look (
  id            TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  group_id      TEXT COLLATE "C" NOT NULL,
  name          TEXT COLLATE "C" NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('photo', 'prompt')),
  job_id        TEXT COLLATE "C" NOT NULL,
  details       TEXT COLLATE "C" NOT NULL,  -- JSON
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX avatar_look_by_account ON avatar_look (account_id, id);
CREATE INDEX avatar_look_by_group ON avatar_look (group_id, id);
