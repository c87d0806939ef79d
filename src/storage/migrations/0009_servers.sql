-- Which of the servers of one database is at work on it: after a restart that one finds what it left
-- behind, and leaves alone what is another's.
ALTER TABLE idempotency ADD COLUMN server TEXT NOT NULL DEFAULT '';
ALTER TABLE webhook_delivery ADD COLUMN server TEXT NOT NULL DEFAULT '';
ALTER TABLE asset_upload ADD COLUMN server TEXT NOT NULL DEFAULT '';
