-- What needs a partner's attention is found by these, however much it has of the rest.
CREATE INDEX relationship_request_waiting ON relationship_request (partner_tenant_id, created_at, id) WHERE state = 'pending';
CREATE INDEX admin_relationship_waiting ON admin_relationship (partner_tenant_id, asked_at, id) WHERE status = 'approvalPending';
CREATE INDEX admin_relationship_ending ON admin_relationship (partner_tenant_id, ends_at, id)
    WHERE status = 'active' AND auto_extend <> 'P180D';
CREATE INDEX subscription_term_end ON subscription (partner_tenant_id, commitment_ends_at, id) WHERE status = 'active';
CREATE INDEX subscription_window ON subscription (partner_tenant_id, term_starts_at, id)
    WHERE status = 'active' AND kind = 'license' AND NOT is_trial AND commitment_ends_at IS NOT NULL;
CREATE INDEX audit_record_denied ON audit_record (tenant_id, at, id) WHERE status = 'denied';

-- What a partner typed to name a customer that it asks, whose name it may not know; and the last letter about it.
ALTER TABLE relationship_request ADD COLUMN addressee text NOT NULL DEFAULT '' CHECK (length(addressee) <= 253);
ALTER TABLE relationship_request ADD COLUMN letter_at timestamptz;
COMMENT ON COLUMN relationship_request.letter_at IS 'when the customer''s Global admins were last written to about it';
GRANT UPDATE (letter_at) ON relationship_request TO copartner_partner;
