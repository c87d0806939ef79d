-- Made from ../0017_twins.sql by tools/translate_migration.py.

-- Digital twins: looks made from footage, and the consent of the person in them.

CREATE TABLE avatar_look_new (
  id            TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  group_id      TEXT COLLATE "C" NOT NULL,
  name          TEXT COLLATE "C" NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('photo', 'prompt', 'digital_twin')),
  job_id        TEXT COLLATE "C" NOT NULL,
  details       TEXT COLLATE "C" NOT NULL,  -- JSON
  created_at_ms BIGINT NOT NULL
);
INSERT INTO avatar_look_new (id, account_id, group_id, name, kind, job_id, details, created_at_ms)
  SELECT id, account_id, group_id, name, kind, job_id, details, created_at_ms FROM avatar_look;
DROP TABLE avatar_look;
ALTER TABLE avatar_look_new RENAME TO avatar_look;
CREATE INDEX avatar_look_by_account ON avatar_look (account_id, id);
CREATE INDEX avatar_look_by_group ON avatar_look (group_id, id);

-- What the person in a group's footage is asked to say, and the film in which it was said. The
-- group is consented when one of its rows is submitted.
CREATE TABLE avatar_consent (
  id              TEXT COLLATE "C" PRIMARY KEY,
  account_id      TEXT COLLATE "C" NOT NULL,
  group_id        TEXT COLLATE "C" NOT NULL,
  text            TEXT COLLATE "C" NOT NULL,
  reroute_url     TEXT COLLATE "C" NOT NULL,     -- empty: none
  created_at_ms   BIGINT NOT NULL,
  expires_at_ms   BIGINT NOT NULL,  -- of its page
  submitted_at_ms BIGINT NOT NULL,  -- 0: not yet
  video           TEXT COLLATE "C" NOT NULL,     -- JSON of the blob; empty: none yet
  record          TEXT COLLATE "C" NOT NULL      -- JSON: who asked, who submitted, what was found in the film
);
CREATE INDEX avatar_consent_by_group ON avatar_consent (group_id, id);
