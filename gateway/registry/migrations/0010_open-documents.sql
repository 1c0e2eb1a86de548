-- The contract and the description of a product for everybody: no table, column, SQL, or what was imported. Null in rows
-- that an older version wrote: the catalog writes those anew when it starts, and until then nothing is told.
ALTER TABLE catalog_product ADD COLUMN open_contract json, ADD COLUMN open_product json;

-- The newest of each domain: no domain's reports take another's room.
CREATE INDEX lineage_edge_newest ON lineage_edge (domain, seen_at DESC);
