-- Made from ../0010_waiting.sql by tools/translate_migration.py.

-- Jobs that wait for others of their account to end.

-- A job that was ordered beyond its account's limit of jobs at once: it starts when fewer than
-- running_max of the wallet's jobs are running. Removed when it starts.
CREATE TABLE job_waiting (
  job_id      TEXT COLLATE "C" PRIMARY KEY,
  account_id  TEXT COLLATE "C" NOT NULL,
  wallet_id   TEXT COLLATE "C" NOT NULL,
  running_max BIGINT NOT NULL
);
