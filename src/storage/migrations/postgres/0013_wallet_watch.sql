-- Made from ../0013_wallet_watch.sql by tools/translate_migration.py.

-- What of a wallet somebody wants to hear, what a payment buys, which program a job came from.

-- Some webhook endpoint listens to its holds (1), captures (2), releases (4); a sum of these.
ALTER TABLE wallet ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
-- Tell when what is available falls below this; -1: nothing to tell.
ALTER TABLE wallet ADD COLUMN low_below BIGINT NOT NULL DEFAULT -1;

-- Add-on credits that a payment buys.
ALTER TABLE top_up ADD COLUMN credits BIGINT NOT NULL DEFAULT 0;

-- The header X-HeyGen-Client-Source of the request.
ALTER TABLE job ADD COLUMN source TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE usage ADD COLUMN source TEXT COLLATE "C" NOT NULL DEFAULT '';
