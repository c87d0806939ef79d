-- Seals of the ledger (money/seal.h), a key's own rate of requests, and how long an upload may be
-- looked at.

CREATE TABLE seal (
  number        INTEGER PRIMARY KEY,  -- 1, 2, 3 ...
  wallets       INTEGER NOT NULL,     -- leaves of the tree
  root          BLOB NOT NULL,
  previous      BLOB NOT NULL,        -- the hash of the seal before
  hash          BLOB NOT NULL,
  signature     BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- The end of a wallet's chain, in each seal in which it had gone on: at any seal a wallet's leaf is
-- the newest of these up to it.
CREATE TABLE seal_wallet (
  wallet_id TEXT NOT NULL,
  seal      INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  PRIMARY KEY (wallet_id, seal)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER seal_keep BEFORE UPDATE ON seal
  BEGIN SELECT RAISE(ABORT, 'seal is append-only'); END;
CREATE TRIGGER seal_stay BEFORE DELETE ON seal
  BEGIN SELECT RAISE(ABORT, 'seal is append-only'); END;
CREATE TRIGGER seal_wallet_keep BEFORE UPDATE ON seal_wallet
  BEGIN SELECT RAISE(ABORT, 'seal_wallet is append-only'); END;
CREATE TRIGGER seal_wallet_stay BEFORE DELETE ON seal_wallet
  BEGIN SELECT RAISE(ABORT, 'seal_wallet is append-only'); END;

-- Requests of the key in a minute; 0: as the server is configured.
ALTER TABLE api_key ADD COLUMN requests_per_minute INTEGER NOT NULL DEFAULT 0;

-- Until then whoever looks at a processing upload may take; afterwards it is looked at again.
ALTER TABLE asset_upload ADD COLUMN lease_until_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX asset_upload_leases ON asset_upload (lease_until_ms) WHERE state = 'processing';
