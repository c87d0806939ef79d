-- Projects and spending caps.

CREATE TABLE project (
  id             TEXT PRIMARY KEY,
  account_id     TEXT NOT NULL,
  name           TEXT NOT NULL,
  created_at_ms  INTEGER NOT NULL,
  archived_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX project_by_account ON project (account_id, id);

CREATE TABLE budget (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  scope         TEXT NOT NULL CHECK (scope IN ('account', 'project', 'key')),
  scope_id      TEXT NOT NULL,  -- the project's or key's id; the account's for itself
  period        TEXT NOT NULL CHECK (period IN ('daily', 'weekly', 'monthly', 'total')),
  time_zone     TEXT NOT NULL,  -- IANA name
  cap           INTEGER NOT NULL CHECK (cap >= 0),
  alerts        TEXT NOT NULL,  -- percentages of the cap, ascending, separated by spaces
  created_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_by_scope ON budget (account_id, scope, scope_id) WHERE removed_at_ms = 0;

-- One row per budget and period in which something was held. A job counts in the period of its
-- submit, whenever it ends. `ceiling` is the cap at the time of the last hold, which a cap that was
-- lowered since does not undo.
CREATE TABLE budget_window (
  budget_id TEXT NOT NULL,
  start_ms  INTEGER NOT NULL,
  end_ms    INTEGER NOT NULL,
  spent     INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
  held      INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
  ceiling   INTEGER NOT NULL,
  alerted   INTEGER NOT NULL DEFAULT 0,  -- the largest percentage that was told
  PRIMARY KEY (budget_id, start_ms),
  CHECK (spent + held <= ceiling)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold_budget (
  job_id    TEXT NOT NULL,
  budget_id TEXT NOT NULL,
  start_ms  INTEGER NOT NULL,
  PRIMARY KEY (job_id, budget_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_budget_by_budget ON hold_budget (budget_id, start_ms);
