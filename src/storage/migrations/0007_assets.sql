-- Direct uploads: a slot is opened, its bytes arrive by a signed PUT, and completing it makes an
-- asset with the slot's id. The row of a single upload goes when the asset is there; those of a
-- batch stay, for the batch shows them.
CREATE TABLE asset_upload (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  key_id        TEXT NOT NULL,
  filename      TEXT NOT NULL,
  content_type  TEXT NOT NULL,
  size          INTEGER NOT NULL,  -- announced, and then exact
  checksum      TEXT NOT NULL,     -- announced SHA-256 in hex; empty: none was
  batch_id      TEXT NOT NULL,
  batch_index   INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('pending', 'uploaded', 'queued', 'processing',
                  'completed', 'failed')),
  blob_hash     TEXT NOT NULL DEFAULT '',
  error_code    TEXT NOT NULL DEFAULT '',
  error_message TEXT NOT NULL DEFAULT '',
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL   -- of the slot, then of what remains of a failed one
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_upload_open ON asset_upload (account_id) WHERE state IN ('pending', 'uploaded');
CREATE INDEX asset_upload_queue ON asset_upload (id) WHERE state = 'queued';
CREATE INDEX asset_upload_by_batch ON asset_upload (batch_id, batch_index) WHERE batch_id <> '';
CREATE INDEX asset_upload_by_expiry ON asset_upload (expires_at_ms)
  WHERE state IN ('pending', 'uploaded', 'failed');

CREATE TABLE upload_batch (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  title         TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
