-- Made from ../0007_assets.sql by tools/translate_migration.py.

-- Direct uploads: a slot is opened, its bytes arrive by a signed PUT, and completing it makes an
-- asset with the slot's id. The row of a single upload goes when the asset is there; those of a
-- batch stay, for the batch shows them.
CREATE TABLE asset_upload (
  id            TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  key_id        TEXT COLLATE "C" NOT NULL,
  filename      TEXT COLLATE "C" NOT NULL,
  content_type  TEXT COLLATE "C" NOT NULL,
  size          BIGINT NOT NULL,  -- announced, and then exact
  checksum      TEXT COLLATE "C" NOT NULL,     -- announced SHA-256 in hex; empty: none was
  batch_id      TEXT COLLATE "C" NOT NULL,
  batch_index   BIGINT NOT NULL,
  state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'uploaded', 'queued', 'processing',
                  'completed', 'failed')),
  blob_hash     TEXT COLLATE "C" NOT NULL DEFAULT '',
  error_code    TEXT COLLATE "C" NOT NULL DEFAULT '',
  error_message TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL   -- of the slot, then of what remains of a failed one
);
CREATE INDEX asset_upload_open ON asset_upload (account_id) WHERE state IN ('pending', 'uploaded');
CREATE INDEX asset_upload_queue ON asset_upload (id) WHERE state = 'queued';
CREATE INDEX asset_upload_by_batch ON asset_upload (batch_id, batch_index) WHERE batch_id <> '';
CREATE INDEX asset_upload_by_expiry ON asset_upload (expires_at_ms)
  WHERE state IN ('pending', 'uploaded', 'failed');

CREATE TABLE upload_batch (
  id            TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  title         TEXT COLLATE "C" NOT NULL,
  created_at_ms BIGINT NOT NULL
);
