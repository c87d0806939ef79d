-- A job of several parts has a price line for each, as JSON: [{"item": ..., "quantity": ...}]; empty:
-- one part, priced at price_item.
ALTER TABLE job ADD COLUMN price_lines TEXT NOT NULL DEFAULT '';

-- What an account keeps as a document of its own: templates, brand kits, glossaries.
CREATE TABLE document (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL,
  kind          TEXT NOT NULL,  -- "template", "brand_kit", "brand_glossary"
  name          TEXT NOT NULL,
  unique_name   TEXT,           -- no two documents of an account and kind share it; NULL: it may
  body          TEXT NOT NULL,  -- JSON
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX document_by_account ON document (account_id, kind, id);
CREATE UNIQUE INDEX document_by_name ON document (account_id, kind, unique_name);
