-- A denial is explained when it is recorded, in the words its tenant may read, so that no facts of others are kept for it.
ALTER TABLE decision_record ADD COLUMN explained jsonb;

-- What earlier records hold of others goes.
UPDATE decision_record SET facts = jsonb_strip_nulls(
    jsonb_build_object('principal', facts -> 'principal', 'resource', facts -> 'resource'));
