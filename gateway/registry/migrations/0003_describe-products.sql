-- The descriptor, product.yaml, that a version of a subgraph came with.
ALTER TABLE subgraph_version ADD COLUMN product text;
