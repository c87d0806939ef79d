-- Made from ../0009_servers.sql by tools/translate_migration.py.

-- Which of the servers of one database is at work on it: after a restart that one finds what it left
-- behind, and leaves alone what is another's.
ALTER TABLE idempotency ADD COLUMN server TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE webhook_delivery ADD COLUMN server TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE asset_upload ADD COLUMN server TEXT COLLATE "C" NOT NULL DEFAULT '';
