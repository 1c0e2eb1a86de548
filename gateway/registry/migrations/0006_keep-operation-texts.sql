-- The newest text of an operation as clients send it, where it says nothing about anybody: for gateways to plan ahead.
ALTER TABLE usage_operation ADD COLUMN source text;
-- Whether requests state the operation's name beside the text.
ALTER TABLE usage_operation ADD COLUMN source_is_named boolean NOT NULL DEFAULT false;
-- The contract that it is sent to; empty for the whole API.
ALTER TABLE usage_operation ADD COLUMN source_contract text NOT NULL DEFAULT '';
