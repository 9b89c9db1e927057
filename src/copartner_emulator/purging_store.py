"""Deletes a tenant with all that belongs to it: a function that the emulator alone puts into its database."""

from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.database import connect

# Whatever refers to the tenant goes, in as many rounds as references between the rows want; a round without progress
# is given up, and with it the whole.
_FUNCTION = """
CREATE OR REPLACE FUNCTION purge_tenant(p_tenant uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE
    v_left record;
    v_blocked integer;
    v_before integer := 2147483647;
    v_organisation uuid;
BEGIN
    LOOP
        v_blocked := 0;
        FOR v_left IN
            SELECT DISTINCT c.oid::regclass AS place, a.attname AS name
            FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (f.conkey)
            WHERE f.contype = 'f' AND c.relnamespace = 'copartner'::regnamespace AND NOT c.relispartition
                AND a.attname LIKE '%tenant_id' AND a.atttypid = 'uuid'::regtype
        LOOP
            BEGIN
                EXECUTE format('DELETE FROM %s WHERE %I = $1', v_left.place, v_left.name) USING p_tenant;
            EXCEPTION WHEN foreign_key_violation THEN
                v_blocked := v_blocked + 1;
            END;
        END LOOP;
        EXIT WHEN v_blocked = 0;
        IF v_blocked >= v_before THEN
            RAISE EXCEPTION 'rows that belong to the tenant cannot be deleted';
        END IF;
        v_before := v_blocked;
    END LOOP;
    DELETE FROM tenant WHERE id = p_tenant RETURNING organisation_id INTO v_organisation;
    DELETE FROM organisation o WHERE o.id = v_organisation
        AND NOT EXISTS (SELECT FROM tenant t WHERE t.organisation_id = o.id)
        AND NOT EXISTS (SELECT FROM affiliation a WHERE o.id IN (a.organisation_id, a.affiliate_id));
END $$;
REVOKE EXECUTE ON FUNCTION purge_tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_tenant TO copartner_partner;
"""


async def install(owner_url: str) -> None:
    """Put the function into the database, as its owner."""
    connection = await connect(owner_url)
    try:
        await connection.execute(_FUNCTION)
    finally:
        await connection.close()


class Purging:
    """The sandbox of the emulator's runtime."""

    async def purge(self, db: Connection, tenant_id: UUID) -> None:
        """Delete a tenant with all that belongs to it, inside a decided command."""
        await db.execute("SELECT purge_tenant($1)", tenant_id)
