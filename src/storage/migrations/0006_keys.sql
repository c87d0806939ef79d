-- Keys that were rotated, and how many jobs are under way.

-- The texts a key had before; each may be used for a while after its rotation.
CREATE TABLE api_key_past (
  hash           TEXT PRIMARY KEY,
  key_id         TEXT NOT NULL,
  valid_until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_past_by_key ON api_key_past (key_id);

CREATE INDEX job_live ON job (account_id, key_id) WHERE state IN ('queued', 'running');
