-- A partner reads its granular relationships page by page in any of three orders; the third is by name, which is unique.
CREATE INDEX admin_relationship_created ON admin_relationship (partner_tenant_id, created_at, id);
CREATE INDEX admin_relationship_modified ON admin_relationship (partner_tenant_id, modified_at, id);
