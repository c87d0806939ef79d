-- Made from ../0002_spending.sql by tools/translate_migration.py.

-- Projects and spending caps.

CREATE TABLE project (
  id             TEXT COLLATE "C" PRIMARY KEY,
  account_id     TEXT COLLATE "C" NOT NULL,
  name           TEXT COLLATE "C" NOT NULL,
  created_at_ms  BIGINT NOT NULL,
  archived_at_ms BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX project_by_account ON project (account_id, id);

CREATE TABLE budget (
  id            TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  scope         TEXT COLLATE "C" NOT NULL CHECK (scope IN ('account', 'project', 'key')),
  scope_id      TEXT COLLATE "C" NOT NULL,  -- the project's or key's id; the account's for itself
  period        TEXT COLLATE "C" NOT NULL CHECK (period IN ('daily', 'weekly', 'monthly', 'total')),
  time_zone     TEXT COLLATE "C" NOT NULL,  -- IANA name
  cap           BIGINT NOT NULL CHECK (cap >= 0),
  alerts        TEXT COLLATE "C" NOT NULL,  -- percentages of the cap, ascending, separated by spaces
  created_at_ms BIGINT NOT NULL,
  removed_at_ms BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX budget_by_scope ON budget (account_id, scope, scope_id) WHERE removed_at_ms = 0;

-- One row per budget and period in which something was held. A job counts in the period of its
-- submit, whenever it ends. `ceiling` is the cap at the time of the last hold, which a cap that was
-- lowered since does not undo.
CREATE TABLE budget_window (
  budget_id TEXT COLLATE "C" NOT NULL,
  start_ms  BIGINT NOT NULL,
  end_ms    BIGINT NOT NULL,
  spent     BIGINT NOT NULL DEFAULT 0 CHECK (spent >= 0),
  held      BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
  ceiling   BIGINT NOT NULL,
  alerted   BIGINT NOT NULL DEFAULT 0,  -- the largest percentage that was told
  PRIMARY KEY (budget_id, start_ms),
  CHECK (spent + held <= ceiling)
);

CREATE TABLE hold_budget (
  job_id    TEXT COLLATE "C" NOT NULL,
  budget_id TEXT COLLATE "C" NOT NULL,
  start_ms  BIGINT NOT NULL,
  PRIMARY KEY (job_id, budget_id)
);
CREATE INDEX hold_budget_by_budget ON hold_budget (budget_id, start_ms);
