-- By which rules the documents for everybody were written (gateway/catalog/standards/open-facts.ts): what was written by others
-- is told to nobody, and the catalog writes it anew. Older versions, which may still run, do not know the column.
ALTER TABLE catalog_product ADD COLUMN open_format integer NOT NULL DEFAULT 1;
