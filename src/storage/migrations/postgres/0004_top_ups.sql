-- Made from ../0004_top_ups.sql by tools/translate_migration.py.

-- Payments into wallets, what takes them back, and auto-reload (money/top_up_store.h).

CREATE TABLE top_up (
  id                TEXT COLLATE "C" PRIMARY KEY,
  account_id        TEXT COLLATE "C" NOT NULL,
  key_id            TEXT COLLATE "C" NOT NULL,
  kind              TEXT COLLATE "C" NOT NULL CHECK (kind IN ('checkout', 'auto_reload')),
  state             TEXT COLLATE "C" NOT NULL
                    CHECK (state IN ('creating', 'open', 'processing', 'paid', 'failed', 'expired')),
  amount            BIGINT NOT NULL CHECK (amount > 0),
  request_key       TEXT COLLATE "C" NOT NULL DEFAULT '',  -- of the client's Idempotency-Key, for a day
  provider_request  TEXT COLLATE "C" NOT NULL,             -- sent again word for word
  attempt           BIGINT NOT NULL DEFAULT 1,
  session_id        TEXT COLLATE "C" NOT NULL DEFAULT '',
  payment_id        TEXT COLLATE "C" NOT NULL DEFAULT '',
  customer_id       TEXT COLLATE "C" NOT NULL DEFAULT '',
  payment_method_id TEXT COLLATE "C" NOT NULL DEFAULT '',
  url               TEXT COLLATE "C" NOT NULL DEFAULT '',
  failure_code      TEXT COLLATE "C" NOT NULL DEFAULT '',
  failure_message   TEXT COLLATE "C" NOT NULL DEFAULT '',
  entry_seq         BIGINT NOT NULL DEFAULT 0,  -- of the wallet's entry that credited it
  balance_after     BIGINT NOT NULL DEFAULT 0,
  created_at_ms     BIGINT NOT NULL,
  paid_at_ms        BIGINT NOT NULL DEFAULT 0,
  expires_at_ms     BIGINT NOT NULL DEFAULT 0,
  polls             BIGINT NOT NULL DEFAULT 0,
  next_poll_at_ms   BIGINT NOT NULL DEFAULT 0,  -- 0: not asked about any more
  CHECK ((state = 'paid') = (entry_seq > 0))
);
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
  id            TEXT COLLATE "C" PRIMARY KEY,  -- "evt_..."
  type          TEXT COLLATE "C" NOT NULL,
  subject       TEXT COLLATE "C" NOT NULL,     -- the top-up's id, or the reversal's
  applied       TEXT COLLATE "C" NOT NULL,     -- what it did
  created_at_ms BIGINT NOT NULL
);

-- Refunds and disputes. One may come before the payment it takes back; it waits without top_up_id.
CREATE TABLE payment_reversal (
  id            TEXT COLLATE "C" PRIMARY KEY,            -- "refund:ch_...", "dispute:dp_..."
  kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('refund', 'dispute')),
  payment_id    TEXT COLLATE "C" NOT NULL,
  top_up_id     TEXT COLLATE "C" NOT NULL DEFAULT '',    -- set once the payment is credited
  account_id    TEXT COLLATE "C" NOT NULL DEFAULT '',
  stage         TEXT COLLATE "C" NOT NULL CHECK (stage IN ('none', 'taken', 'lost', 'given_back')),
  told          BIGINT NOT NULL CHECK (told >= 0),  -- the amount the provider names
  due           BIGINT NOT NULL DEFAULT 0 CHECK (due >= 0),     -- of it, what the wallet has to give
  taken         BIGINT NOT NULL DEFAULT 0 CHECK (taken >= 0),   -- out of the wallet
  waived        BIGINT NOT NULL DEFAULT 0 CHECK (waived >= 0),
  waived_by     TEXT COLLATE "C" NOT NULL DEFAULT '',
  waived_note   TEXT COLLATE "C" NOT NULL DEFAULT '',
  steps         BIGINT NOT NULL DEFAULT 0,  -- ledger transactions so far: part of their references
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL,
  CHECK (taken + waived <= due)
);
CREATE INDEX payment_reversal_by_payment ON payment_reversal (payment_id);
CREATE INDEX payment_reversal_by_top_up ON payment_reversal (top_up_id) WHERE top_up_id <> '';
CREATE INDEX payment_reversal_stray ON payment_reversal (created_at_ms) WHERE top_up_id = '';
CREATE INDEX payment_reversal_owed ON payment_reversal (account_id, created_at_ms, id)
  WHERE due > taken + waived;

-- What a wallet owes: while there is a row, nothing new can be held.
CREATE TABLE wallet_debt (
  account_id TEXT COLLATE "C" PRIMARY KEY,
  owed       BIGINT NOT NULL CHECK (owed > 0)
);

CREATE TABLE auto_reload (
  account_id        TEXT COLLATE "C" PRIMARY KEY,
  is_enabled        BIGINT NOT NULL CHECK (is_enabled IN (0, 1)),
  threshold         BIGINT NOT NULL CHECK (threshold >= 0),      -- 0: not set
  amount            BIGINT NOT NULL CHECK (amount >= 0),         -- 0: not set
  monthly_limit     BIGINT NOT NULL CHECK (monthly_limit >= 0),  -- 0: none
  customer_id       TEXT COLLATE "C" NOT NULL DEFAULT '',
  payment_method_id TEXT COLLATE "C" NOT NULL DEFAULT '',
  source_payment_id TEXT COLLATE "C" NOT NULL DEFAULT '',
  blocked_until_ms  BIGINT NOT NULL DEFAULT 0,
  last_failure_code TEXT COLLATE "C" NOT NULL DEFAULT '',
  is_low            BIGINT NOT NULL DEFAULT 0 CHECK (is_low IN (0, 1)),
  limit_told_ms     BIGINT NOT NULL DEFAULT 0,  -- the month whose limit was announced as reached
  updated_at_ms     BIGINT NOT NULL,
  CHECK (is_enabled = 0 OR (threshold > 0 AND amount > 0))
);
CREATE INDEX auto_reload_watched ON auto_reload (account_id) WHERE threshold > 0;
