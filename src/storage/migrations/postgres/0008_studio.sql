-- Made from ../0008_studio.sql by tools/translate_migration.py.

-- A job of several parts has a price line for each, as JSON: [{"item": ..., "quantity": ...}]; empty:
-- one part, priced at price_item.
ALTER TABLE job ADD COLUMN price_lines TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What an account keeps as a document of its own: templates, brand kits, glossaries.
CREATE TABLE document (
  id            TEXT COLLATE "C" PRIMARY KEY,
  account_id    TEXT COLLATE "C" NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL,  -- "template", "brand_kit", "brand_glossary"
  name          TEXT COLLATE "C" NOT NULL,
  unique_name   TEXT COLLATE "C",           -- no two documents of an account and kind share it; NULL: it may
  body          TEXT COLLATE "C" NOT NULL,  -- JSON
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL
);
CREATE INDEX document_by_account ON document (account_id, kind, id);
CREATE UNIQUE INDEX document_by_name ON document (account_id, kind, unique_name);
