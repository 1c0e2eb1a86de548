-- Texts were kept whose aliases and other names may say something about somebody; gateways tell anew which may be kept.
UPDATE usage_operation SET source = NULL, source_is_named = false, source_contract = '' WHERE source IS NOT NULL;
