-- Made from ../0006_keys.sql by tools/translate_migration.py.

-- Keys that were rotated, and how many jobs are under way.

-- The texts a key had before; each may be used for a while after its rotation.
CREATE TABLE api_key_past (
  hash           TEXT COLLATE "C" PRIMARY KEY,
  key_id         TEXT COLLATE "C" NOT NULL,
  valid_until_ms BIGINT NOT NULL
);
CREATE INDEX api_key_past_by_key ON api_key_past (key_id);

CREATE INDEX job_live ON job (account_id, key_id) WHERE state IN ('queued', 'running');
