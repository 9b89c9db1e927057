"""Makes and removes accounts of indirect resellers: functions that the emulator alone puts into its database."""

from datetime import datetime
from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.database import connect
from copartner_emulator import purging_store
from copartner_emulator.purging_store import Purging

# Who made which account is kept when it is removed, so that removing it again changes nothing. Nobody reads the table.
_FUNCTIONS = """
CREATE TABLE IF NOT EXISTS sandbox_reseller (
    reseller_id uuid PRIMARY KEY,
    provider_id uuid NOT NULL,
    removed_at timestamptz
);

CREATE OR REPLACE FUNCTION sandbox_provider() RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    PERFORM FROM enrolment WHERE tenant_id = actor_tenant() FOR UPDATE;
    RETURN (SELECT json_build_object('company_name', t.company_name, 'is_reseller', e.model = 'indirect-reseller',
            'made', (SELECT count(*) FROM sandbox_reseller WHERE provider_id = t.id AND removed_at IS NULL))
        FROM tenant t JOIN enrolment e ON e.tenant_id = t.id WHERE t.id = actor_tenant());
END $$;

CREATE OR REPLACE FUNCTION sandbox_reseller_standing(p_reseller uuid) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    -- Whoever would begin something with the account now waits, and then finds it gone.
    PERFORM FROM sandbox_reseller s JOIN tenant t ON t.id = s.reseller_id
        WHERE s.reseller_id = p_reseller AND s.provider_id = actor_tenant() FOR UPDATE;
    RETURN (SELECT json_build_object('removed', s.removed_at IS NOT NULL, 'company_name', coalesce(t.company_name, ''),
            'engaged', EXISTS (SELECT FROM reseller_relationship r
                    WHERE r.partner_tenant_id = t.id AND r.state = 'active')
                OR EXISTS (SELECT FROM subscription u WHERE u.partner_tenant_id = t.id OR u.support_tenant_id = t.id
                    OR u.partner_of_record = e.mpn_id)
                OR EXISTS (SELECT FROM purchase_order o WHERE o.partner_tenant_id = t.id)
                OR EXISTS (SELECT FROM partner_relationship p WHERE p.state = 'active'
                    AND (p.reseller_tenant_id = t.id AND p.provider_tenant_id <> s.provider_id
                        OR p.provider_tenant_id = t.id)))
        FROM sandbox_reseller s LEFT JOIN tenant t ON t.id = s.reseller_id LEFT JOIN enrolment e ON e.tenant_id = t.id
        WHERE s.reseller_id = p_reseller AND s.provider_id = actor_tenant());
END $$;

-- It may sell where its provider may.
CREATE OR REPLACE FUNCTION sandbox_found_reseller(p_new jsonb, p_password_hash text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE n record;
BEGIN
    SELECT * INTO n FROM jsonb_to_record(p_new) AS x(id uuid, organisation_id uuid, relationship_id uuid, user_id uuid,
        admin_agents_id uuid, helpdesk_agents_id uuid, cloud text, company_name text, domain text, country text,
        culture text, language text, mpn_id text, admin text, display_name text, legal jsonb);
    INSERT INTO organisation (id, name) VALUES (n.organisation_id, n.company_name);
    INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, culture, language, address,
            created_at)
        VALUES (n.id, n.organisation_id, 'partner', n.cloud, n.company_name, n.domain, n.country, n.culture, n.language,
            n.legal -> 'address', p_now);
    INSERT INTO enrolment (tenant_id, mpn_id, markets, state, enrolled_at, model)
        SELECT n.id, n.mpn_id, e.markets, 'active', p_now, 'indirect-reseller' FROM enrolment e
        WHERE e.tenant_id = actor_tenant();
    INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash, must_change_password)
        VALUES (n.id, n.user_id, n.admin, n.display_name, p_password_hash, true);
    INSERT INTO role_assignment (tenant_id, user_id, role) VALUES (n.id, n.user_id, 'Global admin');
    INSERT INTO directory_group (tenant_id, id, name, role) VALUES
        (n.id, n.admin_agents_id, 'AdminAgents', 'Admin agent'),
        (n.id, n.helpdesk_agents_id, 'HelpdeskAgents', 'Helpdesk agent');
    INSERT INTO partner_profile (partner_tenant_id, kind, value, version) VALUES (n.id, 'legal_business', n.legal, 2);
    INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
        VALUES (actor_tenant(), n.id, n.relationship_id, 'active', p_now);
    INSERT INTO sandbox_reseller (reseller_id, provider_id) VALUES (n.id, actor_tenant());
END $$;

CREATE OR REPLACE FUNCTION sandbox_remove_reseller(p_reseller uuid, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    UPDATE sandbox_reseller SET removed_at = p_now
        WHERE reseller_id = p_reseller AND provider_id = actor_tenant() AND removed_at IS NULL;
    IF FOUND THEN
        PERFORM purge_tenant(p_reseller);
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION sandbox_provider, sandbox_reseller_standing, sandbox_found_reseller, sandbox_remove_reseller
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sandbox_provider, sandbox_reseller_standing, sandbox_found_reseller, sandbox_remove_reseller
    TO copartner_partner;
"""


async def install(owner_url: str) -> None:
    """Put this and purging into the database, as its owner."""
    await purging_store.install(owner_url)
    connection = await connect(owner_url)
    try:
        await connection.execute(_FUNCTIONS)
    finally:
        await connection.close()


class Trying(Purging):
    """The sandbox of the emulator's runtime, whole."""

    async def provider(self, db: Connection) -> str:
        """The acting partner as one that makes accounts of resellers, locked."""
        found: str = await db.fetchval("SELECT sandbox_provider()")
        return found

    async def reseller(self, db: Connection, reseller_id: UUID) -> str | None:
        """An account that the acting partner made, locked; None when it made no such one."""
        found: str | None = await db.fetchval("SELECT sandbox_reseller_standing($1)", reseller_id)
        return found

    async def found_reseller(self, db: Connection, new: str, password_hash: str, *, now: datetime) -> None:
        """Insert a reseller's account, inside a decided command."""
        await db.execute("SELECT sandbox_found_reseller($1, $2, $3)", new, password_hash, now)

    async def remove_reseller(self, db: Connection, reseller_id: UUID, *, now: datetime) -> None:
        """Delete such an account with all that belongs to it, inside a decided command."""
        await db.execute("SELECT sandbox_remove_reseller($1, $2)", reseller_id, now)
