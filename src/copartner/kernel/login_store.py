"""What the role behind the pool may do: enough to become a side, nothing by itself."""

from asyncpg.connection import Connection

SIDES = ("partner", "customer", "operator", "worker", "signin", "delegate", "public")


class UnsafeLogin(Exception):
    """The login role could pass round row security; the message says how and what to change."""


async def check_login(connection: Connection) -> None:
    """Raise UnsafeLogin when the signed-in role is superuser, skips row security, inherits or owns anything of ours."""
    row = await connection.fetchrow(
        """SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole,
            EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'copartner' AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns,
            EXISTS (SELECT FROM pg_roles s WHERE s.rolname LIKE 'copartner\\_%'
                AND s.oid <> r.oid AND pg_has_role(r.oid, s.oid, 'USAGE')) AS inherits,
            EXISTS (SELECT FROM pg_roles s WHERE s.rolname LIKE 'copartner\\_%' AND s.oid <> r.oid
                AND s.rolname <> ALL ($1) AND pg_has_role(r.oid, s.oid, 'MEMBER')) AS becomes
        FROM pg_roles r WHERE r.rolname = session_user""",
        [f"copartner_{side}" for side in SIDES],
    )
    faults = {
        "is a superuser": row["rolsuper"],
        "has BYPASSRLS": row["rolbypassrls"],
        "has CREATEROLE": row["rolcreaterole"],
        "owns tables of the schema copartner": row["owns"],
        "may become a role that is no side": row["becomes"],
        "inherits the rights of a side (make it NOINHERIT)": row["inherits"],
    }
    if found := [fault for fault, there in faults.items() if there]:
        raise UnsafeLogin(
            f"the login role {row['rolname']} {' and '.join(found)}; give COPARTNER_DATABASE_URL a role "
            "that can only sign in, and run `copartner migrate` again to admit it"
        )
