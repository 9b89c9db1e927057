-- A decision is repeated by the number that its caller was told.
CREATE INDEX decided_id ON decided (id);
