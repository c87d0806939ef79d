-- Webhooks: who listens, what happened, what was sent to whom and what came back. Secrets are not
-- here: each is derived from its salt and a key in the data folder (jobs/webhook_signature.h).

CREATE TABLE webhook_endpoint (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  url           TEXT NOT NULL,
  events        TEXT NOT NULL,  -- separated by spaces; empty: all
  entity_id     TEXT NOT NULL,  -- only events of this resource; empty: of all
  is_extension  INTEGER NOT NULL CHECK (is_extension IN (0, 1)),  -- may hear of money too
  status        TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_endpoint_by_account ON webhook_endpoint (account_id, id);

CREATE TABLE webhook_secret (
  owner             TEXT PRIMARY KEY,  -- an endpoint's id, or "callback:<account>"
  salt              TEXT NOT NULL,
  previous_salt     TEXT NOT NULL,     -- signs beside it until then; empty: none
  previous_until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_event (
  seq           INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  account_id    TEXT NOT NULL,
  type          TEXT NOT NULL,
  entity_id     TEXT NOT NULL,
  is_extension  INTEGER NOT NULL CHECK (is_extension IN (0, 1)),  -- not of the v3 list
  body          TEXT NOT NULL,  -- the bytes that are signed and sent
  callback_url  TEXT NOT NULL,
  once_key      TEXT NOT NULL,  -- of what may happen once only; empty: may happen again
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_event_by_account ON webhook_event (account_id, seq);
CREATE INDEX webhook_event_by_entity ON webhook_event (account_id, entity_id, seq);
CREATE INDEX webhook_event_by_age ON webhook_event (created_at_ms);
CREATE UNIQUE INDEX webhook_event_once ON webhook_event (once_key) WHERE once_key <> '';

CREATE TABLE webhook_delivery (
  id            INTEGER PRIMARY KEY,
  account_id    TEXT NOT NULL,
  event_id      TEXT NOT NULL,
  endpoint_id   TEXT NOT NULL,  -- empty: to the event's callback_url
  lane          TEXT NOT NULL,  -- what shares one limit of concurrency: an endpoint, or a host
  entity_id     TEXT NOT NULL,  -- in a lane, the deliveries of one resource keep their order
  reason        TEXT NOT NULL CHECK (reason IN ('event', 'redelivery', 'replay', 'test')),
  state         TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts      INTEGER NOT NULL DEFAULT 0,
  is_claimed    INTEGER NOT NULL DEFAULT 0 CHECK (is_claimed IN (0, 1)),
  next_at_ms    INTEGER NOT NULL,  -- of a claimed one: when the claim lapses
  expires_at_ms INTEGER NOT NULL,  -- the last attempt is made then
  created_at_ms INTEGER NOT NULL,
  done_at_ms    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX webhook_delivery_due ON webhook_delivery (lane, next_at_ms) WHERE state = 'pending';
CREATE INDEX webhook_delivery_order ON webhook_delivery (lane, entity_id, id) WHERE state = 'pending';
CREATE INDEX webhook_delivery_by_account ON webhook_delivery (account_id, id);
CREATE INDEX webhook_delivery_by_event ON webhook_delivery (event_id);

CREATE TABLE webhook_attempt (
  delivery_id INTEGER NOT NULL,
  number      INTEGER NOT NULL,  -- 1, 2, 3 ...
  at_ms       INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  status      INTEGER NOT NULL,  -- of the answer; 0: there was none
  error       TEXT NOT NULL,     -- why it did not count; empty: delivered
  answer      TEXT NOT NULL,     -- the first bytes
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
