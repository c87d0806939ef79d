-- Jobs that wait for others of their account to end.

-- A job that was ordered beyond its account's limit of jobs at once: it starts when fewer than
-- running_max of the wallet's jobs are running. Removed when it starts.
CREATE TABLE job_waiting (
  job_id      TEXT PRIMARY KEY,
  account_id  TEXT NOT NULL,
  wallet_id   TEXT NOT NULL,
  running_max INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
