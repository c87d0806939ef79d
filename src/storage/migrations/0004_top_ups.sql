-- Payments into wallets, what takes them back, and auto-reload (money/top_up_store.h).

CREATE TABLE top_up (
  id                TEXT PRIMARY KEY,
  account_id        TEXT NOT NULL,
  key_id            TEXT NOT NULL,
  kind              TEXT NOT NULL CHECK (kind IN ('checkout', 'auto_reload')),
  state             TEXT NOT NULL
                    CHECK (state IN ('creating', 'open', 'processing', 'paid', 'failed', 'expired')),
  amount            INTEGER NOT NULL CHECK (amount > 0),
  request_key       TEXT NOT NULL DEFAULT '',  -- of the client's Idempotency-Key, for a day
  provider_request  TEXT NOT NULL,             -- sent again word for word
  attempt           INTEGER NOT NULL DEFAULT 1,
  session_id        TEXT NOT NULL DEFAULT '',
  payment_id        TEXT NOT NULL DEFAULT '',
  customer_id       TEXT NOT NULL DEFAULT '',
  payment_method_id TEXT NOT NULL DEFAULT '',
  url               TEXT NOT NULL DEFAULT '',
  failure_code      TEXT NOT NULL DEFAULT '',
  failure_message   TEXT NOT NULL DEFAULT '',
  entry_seq         INTEGER NOT NULL DEFAULT 0,  -- of the wallet's entry that credited it
  balance_after     INTEGER NOT NULL DEFAULT 0,
  created_at_ms     INTEGER NOT NULL,
  paid_at_ms        INTEGER NOT NULL DEFAULT 0,
  expires_at_ms     INTEGER NOT NULL DEFAULT 0,
  polls             INTEGER NOT NULL DEFAULT 0,
  next_poll_at_ms   INTEGER NOT NULL DEFAULT 0,  -- 0: not asked about any more
  CHECK ((state = 'paid') = (entry_seq > 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX top_up_by_account ON top_up (account_id, id);
CREATE UNIQUE INDEX top_up_by_request ON top_up (request_key) WHERE request_key <> '';
CREATE UNIQUE INDEX top_up_by_session ON top_up (session_id) WHERE session_id <> '';
CREATE UNIQUE INDEX top_up_by_payment ON top_up (payment_id) WHERE payment_id <> '';
CREATE INDEX top_up_polls ON top_up (next_poll_at_ms) WHERE next_poll_at_ms > 0;
-- One reload of a wallet at a time.
CREATE UNIQUE INDEX top_up_pending_reload ON top_up (account_id)
  WHERE kind = 'auto_reload' AND state IN ('creating', 'open', 'processing');

-- The provider's events about payments of ours: each has its effect once.
CREATE TABLE payment_event (
  id            TEXT PRIMARY KEY,  -- "evt_..."
  type          TEXT NOT NULL,
  subject       TEXT NOT NULL,     -- the top-up's id, or the reversal's
  applied       TEXT NOT NULL,     -- what it did
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Refunds and disputes. One may come before the payment it takes back; it waits without top_up_id.
CREATE TABLE payment_reversal (
  id            TEXT PRIMARY KEY,            -- "refund:ch_...", "dispute:dp_..."
  kind          TEXT NOT NULL CHECK (kind IN ('refund', 'dispute')),
  payment_id    TEXT NOT NULL,
  top_up_id     TEXT NOT NULL DEFAULT '',    -- set once the payment is credited
  account_id    TEXT NOT NULL DEFAULT '',
  stage         TEXT NOT NULL CHECK (stage IN ('none', 'taken', 'lost', 'given_back')),
  told          INTEGER NOT NULL CHECK (told >= 0),  -- the amount the provider names
  due           INTEGER NOT NULL DEFAULT 0 CHECK (due >= 0),     -- of it, what the wallet has to give
  taken         INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0),   -- out of the wallet
  waived        INTEGER NOT NULL DEFAULT 0 CHECK (waived >= 0),
  waived_by     TEXT NOT NULL DEFAULT '',
  waived_note   TEXT NOT NULL DEFAULT '',
  steps         INTEGER NOT NULL DEFAULT 0,  -- ledger transactions so far: part of their references
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  CHECK (taken + waived <= due)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_reversal_by_payment ON payment_reversal (payment_id);
CREATE INDEX payment_reversal_by_top_up ON payment_reversal (top_up_id) WHERE top_up_id <> '';
CREATE INDEX payment_reversal_stray ON payment_reversal (created_at_ms) WHERE top_up_id = '';
CREATE INDEX payment_reversal_owed ON payment_reversal (account_id, created_at_ms, id)
  WHERE due > taken + waived;

-- What a wallet owes: while there is a row, nothing new can be held.
CREATE TABLE wallet_debt (
  account_id TEXT PRIMARY KEY,
  owed       INTEGER NOT NULL CHECK (owed > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE auto_reload (
  account_id        TEXT PRIMARY KEY,
  is_enabled        INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  threshold         INTEGER NOT NULL CHECK (threshold >= 0),      -- 0: not set
  amount            INTEGER NOT NULL CHECK (amount >= 0),         -- 0: not set
  monthly_limit     INTEGER NOT NULL CHECK (monthly_limit >= 0),  -- 0: none
  customer_id       TEXT NOT NULL DEFAULT '',
  payment_method_id TEXT NOT NULL DEFAULT '',
  source_payment_id TEXT NOT NULL DEFAULT '',
  blocked_until_ms  INTEGER NOT NULL DEFAULT 0,
  last_failure_code TEXT NOT NULL DEFAULT '',
  is_low            INTEGER NOT NULL DEFAULT 0 CHECK (is_low IN (0, 1)),
  limit_told_ms     INTEGER NOT NULL DEFAULT 0,  -- the month whose limit was announced as reached
  updated_at_ms     INTEGER NOT NULL,
  CHECK (is_enabled = 0 OR (threshold > 0 AND amount > 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX auto_reload_watched ON auto_reload (account_id) WHERE threshold > 0;
