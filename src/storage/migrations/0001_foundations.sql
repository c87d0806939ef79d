-- Accounts, the ledger, jobs, assets. Amounts are nano-dollars, times milliseconds since 1970 (0:
-- not yet). Ids are texts that sort by time. There are no foreign keys: each is checked where it is
-- written, and `understudy verify` reads them all.

CREATE TABLE account (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  email         TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
  hash          TEXT PRIMARY KEY,  -- SHA-256 of the key's text, hex: the text itself is nowhere
  id            TEXT NOT NULL UNIQUE,
  account_id    TEXT NOT NULL,
  label         TEXT NOT NULL,
  hint          TEXT NOT NULL,
  scopes        TEXT NOT NULL,     -- separated by spaces
  is_operator   INTEGER NOT NULL CHECK (is_operator IN (0, 1)),
  is_test       INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1)),
  project_id    TEXT NOT NULL DEFAULT '',
  concurrency   INTEGER NOT NULL DEFAULT 0,  -- live jobs at a time; 0: as the account's plan says
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_by_account ON api_key (account_id, id);

-- ---------------------------------------------------------------------------------------- ledger

-- The wallet of API keys has the account's id and holds dollars; '<account>.credits' has the credits
-- of a web plan.
CREATE TABLE wallet (
  id             TEXT PRIMARY KEY,
  account_id     TEXT NOT NULL,
  currency       TEXT NOT NULL CHECK (currency IN ('usd', 'credits')),
  posted         INTEGER NOT NULL DEFAULT 0,                     -- the sum of the wallet's entries
  held           INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),   -- the sum of its open holds
  last_seq       INTEGER NOT NULL DEFAULT 0,                     -- the end of its chain of entries
  last_hash      BLOB NOT NULL DEFAULT x'',
  next_expiry_ms INTEGER NOT NULL DEFAULT 9223372036854775807,   -- when a lot's free part expires
  CHECK (posted >= held)
) STRICT, WITHOUT ROWID;
CREATE INDEX wallet_by_expiry ON wallet (next_expiry_ms)
  WHERE next_expiry_ms < 9223372036854775807;

CREATE TABLE txn (
  id            INTEGER PRIMARY KEY,
  kind          TEXT NOT NULL CHECK (kind IN ('top_up', 'grant', 'adjust', 'capture',
                  'test_capture', 'refund', 'payment_refund', 'dispute', 'expiry')),
  reference     TEXT NOT NULL,  -- the job of a capture, the payment of a top-up
  reverses      INTEGER NOT NULL DEFAULT 0,  -- the txn that a refund takes back
  note          TEXT NOT NULL,
  actor         TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (kind, reference)      -- a job is captured once, a payment counts once
) STRICT;

CREATE TABLE entry (
  account_id    TEXT NOT NULL,     -- a wallet, or one of the house's (money/ledger.h)
  seq           INTEGER NOT NULL,  -- 1, 2, 3 ... in a wallet; the txn in the others
  txn_id        INTEGER NOT NULL,
  amount        INTEGER NOT NULL,
  balance_after INTEGER NOT NULL,  -- of a wallet; the others keep no balance: 0
  prev_hash     BLOB NOT NULL,     -- the chain of a wallet (money/ledger.h); empty in the others
  hash          BLOB NOT NULL,
  PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
  job_id        TEXT PRIMARY KEY,
  wallet_id     TEXT NOT NULL,
  amount        INTEGER NOT NULL CHECK (amount >= 0),
  captured      INTEGER NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount),
  refunded      INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND captured),
  state         TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'captured', 'released')),
  created_at_ms INTEGER NOT NULL,
  closed_at_ms  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What a wallet's money came from. Lots are spent by priority (the smaller first), then by expiry,
-- then by age.
CREATE TABLE grant_lot (
  id            INTEGER PRIMARY KEY,
  wallet_id     TEXT NOT NULL,
  source        TEXT NOT NULL CHECK (source IN ('paid', 'promo', 'refund', 'premium', 'add_on')),
  amount        INTEGER NOT NULL CHECK (amount > 0),
  remaining     INTEGER NOT NULL,
  held          INTEGER NOT NULL DEFAULT 0,
  priority      INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 100),
  expires_at_ms INTEGER NOT NULL,  -- 9223372036854775807: never
  txn_id        INTEGER NOT NULL,  -- that brought it
  created_at_ms INTEGER NOT NULL,
  CHECK (held BETWEEN 0 AND remaining AND remaining <= amount)
) STRICT;
CREATE INDEX grant_lot_by_wallet ON grant_lot (wallet_id, priority, expires_at_ms, id);

-- The lots a hold reserved, in the order they are captured in; given back from the end.
CREATE TABLE hold_lot (
  job_id   TEXT NOT NULL,
  ordinal  INTEGER NOT NULL,
  lot_id   INTEGER NOT NULL,
  amount   INTEGER NOT NULL CHECK (amount > 0),
  captured INTEGER NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount),
  PRIMARY KEY (job_id, ordinal)
) STRICT, WITHOUT ROWID;

-- In the order of the captures, and found through the wallet's entries: no index of its own.
CREATE TABLE usage (
  id            INTEGER PRIMARY KEY,  -- the capture's txn: a job is captured once, so counted once
  account_id    TEXT NOT NULL,
  wallet_id     TEXT NOT NULL,
  job_id        TEXT NOT NULL,
  key_id        TEXT NOT NULL,
  project_id    TEXT NOT NULL,
  is_test       INTEGER NOT NULL CHECK (is_test IN (0, 1)),  -- computed, not taken
  product       TEXT NOT NULL,
  price_item    TEXT NOT NULL,
  price_version INTEGER NOT NULL,
  quantity      INTEGER NOT NULL,
  amount        INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- What is written stays as it is: a correction is a new transaction.
CREATE TRIGGER txn_keep BEFORE UPDATE ON txn
  BEGIN SELECT RAISE(ABORT, 'txn is append-only'); END;
CREATE TRIGGER txn_stay BEFORE DELETE ON txn
  BEGIN SELECT RAISE(ABORT, 'txn is append-only'); END;
CREATE TRIGGER entry_keep BEFORE UPDATE ON entry
  BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_stay BEFORE DELETE ON entry
  BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER usage_keep BEFORE UPDATE ON usage
  BEGIN SELECT RAISE(ABORT, 'usage is append-only'); END;
CREATE TRIGGER usage_stay BEFORE DELETE ON usage
  BEGIN SELECT RAISE(ABORT, 'usage is append-only'); END;
CREATE TRIGGER hold_keep BEFORE UPDATE OF job_id, wallet_id, amount, captured, state, created_at_ms,
  closed_at_ms ON hold WHEN OLD.state <> 'open'
  BEGIN SELECT RAISE(ABORT, 'a hold resolves once'); END;
CREATE TRIGGER hold_stay BEFORE DELETE ON hold
  BEGIN SELECT RAISE(ABORT, 'hold is append-only'); END;

-- ------------------------------------------------------------------------------------------ jobs

CREATE TABLE job (
  id              TEXT PRIMARY KEY,
  account_id      TEXT NOT NULL,
  wallet_id       TEXT NOT NULL,
  key_id          TEXT NOT NULL,
  project_id      TEXT NOT NULL,
  is_test         INTEGER NOT NULL CHECK (is_test IN (0, 1)),
  kind            TEXT NOT NULL,
  lane            TEXT NOT NULL,
  state           TEXT NOT NULL
                  CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  title           TEXT NOT NULL,
  folder_id       TEXT NOT NULL,
  batch_id        TEXT NOT NULL,
  batch_index     INTEGER NOT NULL,
  result          TEXT NOT NULL DEFAULT '{}',
  failure_code    TEXT NOT NULL DEFAULT '',
  failure_message TEXT NOT NULL DEFAULT '',
  progress        REAL NOT NULL DEFAULT 0,
  stage           TEXT NOT NULL DEFAULT '',
  eta_ms          INTEGER NOT NULL DEFAULT -1,
  attempt         INTEGER NOT NULL DEFAULT 0,
  fence           INTEGER NOT NULL DEFAULT 0,
  worker_id       TEXT NOT NULL DEFAULT '',
  lease_until_ms  INTEGER NOT NULL DEFAULT 0,
  price_item      TEXT NOT NULL,  -- empty: free
  price_version   INTEGER NOT NULL,
  quantity        INTEGER NOT NULL DEFAULT 0,
  cost_max        INTEGER NOT NULL,  -- what the request allowed
  created_at_ms   INTEGER NOT NULL,
  started_at_ms   INTEGER NOT NULL DEFAULT 0,
  finished_at_ms  INTEGER NOT NULL DEFAULT 0,
  deadline_at_ms  INTEGER NOT NULL,  -- 0: none
  removed_at_ms   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX job_by_account ON job (account_id, kind, id);
CREATE INDEX job_by_batch ON job (batch_id, batch_index) WHERE batch_id <> '';
CREATE INDEX job_queue ON job (lane, created_at_ms, id) WHERE state = 'queued';
CREATE INDEX job_leases ON job (lease_until_ms) WHERE state = 'running';
CREATE INDEX job_deadlines ON job (deadline_at_ms)
  WHERE state IN ('queued', 'running') AND deadline_at_ms > 0;

-- Apart from the job, which is written anew with every step: a request can be long and stays.
CREATE TABLE job_request (
  job_id  TEXT PRIMARY KEY,
  request TEXT NOT NULL  -- JSON
) STRICT, WITHOUT ROWID;

-- What others have to be told, written with what happened.
CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY,
  topic         TEXT NOT NULL,  -- "job.completed", "job.failed", "job.cancelled"
  account_id    TEXT NOT NULL,
  payload       TEXT NOT NULL,  -- JSON
  created_at_ms INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  attempts      INTEGER NOT NULL DEFAULT 0,
  done_at_ms    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_pending ON outbox (not_before_ms) WHERE done_at_ms = 0;

CREATE TABLE idempotency (
  scope         TEXT NOT NULL,
  key           TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('running', 'done')),
  request_hash  TEXT NOT NULL DEFAULT '',
  status        INTEGER NOT NULL DEFAULT 0,
  body          TEXT NOT NULL DEFAULT '',
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at_ms);

-- ----------------------------------------------------------------------------------------- files

CREATE TABLE asset (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  key_id        TEXT NOT NULL,
  owner         TEXT NOT NULL,
  filename      TEXT NOT NULL,
  mime_type     TEXT NOT NULL,
  kind          TEXT NOT NULL,
  size          INTEGER NOT NULL,
  blob_hash     TEXT NOT NULL,
  folder_id     TEXT NOT NULL,
  info          TEXT NOT NULL,  -- JSON
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_by_account ON asset (account_id, id);

-- Who needs which bytes; what nobody needs may be removed from the blob store.
CREATE TABLE blob_ref (
  owner TEXT NOT NULL,  -- "job:<id>", "asset:<id>"
  hash  TEXT NOT NULL,
  PRIMARY KEY (owner, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_ref_by_hash ON blob_ref (hash);
