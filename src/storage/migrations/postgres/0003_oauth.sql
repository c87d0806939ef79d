-- Made from ../0003_oauth.sql by tools/translate_migration.py.

-- Sign-ins, what people allowed programs (OAuth 2.0), and plans. Every secret is here as its SHA-256
-- alone, hex; passwords as argon2id.

CREATE TABLE login (
  email         TEXT COLLATE "C" PRIMARY KEY,  -- in lower case
  account_id    TEXT COLLATE "C" NOT NULL UNIQUE,
  password_hash TEXT COLLATE "C" NOT NULL
);

CREATE TABLE web_session (
  hash          TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  expires_at_ms BIGINT NOT NULL
);
CREATE INDEX web_session_by_account ON web_session (account_id);

-- One consent: its code and all tokens that come of it end with it.
CREATE TABLE oauth_grant (
  id            TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  client_id     TEXT COLLATE "C" NOT NULL,
  scopes        TEXT COLLATE "C" NOT NULL,  -- separated by spaces
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,  -- of the youngest code or token
  revoked_at_ms BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX oauth_grant_by_account ON oauth_grant (account_id, id);

CREATE TABLE oauth_code (
  hash           TEXT COLLATE "C" PRIMARY KEY,
  grant_id       TEXT COLLATE "C" NOT NULL,
  redirect_uri   TEXT COLLATE "C" NOT NULL,
  code_challenge TEXT COLLATE "C" NOT NULL,
  expires_at_ms  BIGINT NOT NULL,
  used_at_ms     BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE oauth_token (
  hash          TEXT COLLATE "C" PRIMARY KEY,
  grant_id      TEXT COLLATE "C" NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('access', 'refresh')),
  expires_at_ms BIGINT NOT NULL,
  used_at_ms    BIGINT NOT NULL DEFAULT 0  -- of a refresh token
);
CREATE INDEX oauth_token_by_grant ON oauth_token (grant_id);

CREATE TABLE oauth_device (
  hash           TEXT COLLATE "C" PRIMARY KEY,
  user_code_hash TEXT COLLATE "C" NOT NULL UNIQUE,
  client_id      TEXT COLLATE "C" NOT NULL,
  scopes         TEXT COLLATE "C" NOT NULL,
  state          TEXT COLLATE "C" NOT NULL DEFAULT 'pending'
                 CHECK (state IN ('pending', 'approved', 'denied', 'used')),
  account_id     TEXT COLLATE "C" NOT NULL DEFAULT '',
  grant_id       TEXT COLLATE "C" NOT NULL DEFAULT '',
  interval_ms    BIGINT NOT NULL,
  polled_at_ms   BIGINT NOT NULL DEFAULT 0,
  expires_at_ms  BIGINT NOT NULL
);

CREATE TABLE account_plan (
  account_id       TEXT COLLATE "C" PRIMARY KEY,
  plan             TEXT COLLATE "C" NOT NULL,
  joined_at_ms     BIGINT NOT NULL,
  is_usage_based   BIGINT NOT NULL CHECK (is_usage_based IN (0, 1)),
  included_credits BIGINT NOT NULL,
  overage_rate     BIGINT NOT NULL,  -- nano-dollars for a credit
  cap              BIGINT NOT NULL   -- nano-dollars a month; -1: none
);
