-- Sign-ins, what people allowed programs (OAuth 2.0), and plans. Every secret is here as its SHA-256
-- alone, hex; passwords as argon2id.

CREATE TABLE login (
  email         TEXT PRIMARY KEY,  -- in lower case
  account_id    TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE web_session (
  hash          TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_session_by_account ON web_session (account_id);

-- One consent: its code and all tokens that come of it end with it.
CREATE TABLE oauth_grant (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  client_id     TEXT NOT NULL,
  scopes        TEXT NOT NULL,  -- separated by spaces
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,  -- of the youngest code or token
  revoked_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_grant_by_account ON oauth_grant (account_id, id);

CREATE TABLE oauth_code (
  hash           TEXT PRIMARY KEY,
  grant_id       TEXT NOT NULL,
  redirect_uri   TEXT NOT NULL,
  code_challenge TEXT NOT NULL,
  expires_at_ms  INTEGER NOT NULL,
  used_at_ms     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE oauth_token (
  hash          TEXT PRIMARY KEY,
  grant_id      TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  expires_at_ms INTEGER NOT NULL,
  used_at_ms    INTEGER NOT NULL DEFAULT 0  -- of a refresh token
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_token_by_grant ON oauth_token (grant_id);

CREATE TABLE oauth_device (
  hash           TEXT PRIMARY KEY,
  user_code_hash TEXT NOT NULL UNIQUE,
  client_id      TEXT NOT NULL,
  scopes         TEXT NOT NULL,
  state          TEXT NOT NULL DEFAULT 'pending'
                 CHECK (state IN ('pending', 'approved', 'denied', 'used')),
  account_id     TEXT NOT NULL DEFAULT '',
  grant_id       TEXT NOT NULL DEFAULT '',
  interval_ms    INTEGER NOT NULL,
  polled_at_ms   INTEGER NOT NULL DEFAULT 0,
  expires_at_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_plan (
  account_id       TEXT PRIMARY KEY,
  plan             TEXT NOT NULL,
  joined_at_ms     INTEGER NOT NULL,
  is_usage_based   INTEGER NOT NULL CHECK (is_usage_based IN (0, 1)),
  included_credits INTEGER NOT NULL,
  overage_rate     INTEGER NOT NULL,  -- nano-dollars for a credit
  cap              INTEGER NOT NULL   -- nano-dollars a month; -1: none
) STRICT, WITHOUT ROWID;
