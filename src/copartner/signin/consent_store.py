"""Keeps what users and tenants agreed that applications may do."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import ClassVar
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)
_CONSENT = """SELECT c.id, c.tenant_id, c.application_id, a.name AS application_name, c.user_id, u.user_principal_name,
        c.offline, c.consented_at, c.consented_by, c.withdrawn_at
    FROM application_consent c JOIN application a ON a.tenant_id = c.tenant_id AND a.id = c.application_id
    LEFT JOIN user_account u ON u.tenant_id = c.tenant_id AND u.id = c.user_id"""


@dataclass(frozen=True, slots=True)
class Consent:
    """An application may act for a user, or without `user_id` for every user of its tenant; `offline` also signed out.

    Times are programme time. `consented_by` None: the world came with it.
    """

    audience: ClassVar[tuple[str, ...]] = ("tenant_id",)

    id: UUID
    tenant_id: UUID
    application_id: UUID
    application_name: str
    user_id: UUID | None
    offline: bool
    consented_at: datetime
    consented_by: UUID | None
    user_principal_name: str | None = None
    withdrawn_at: datetime | None = None


@cache
def page() -> str:
    """Caller, whether all of the tenant, application, key to start after, size; answers facts, owners and consents."""
    return call("fn_list_application_consents", 8, "facts", "shapes", "body")


async def question(db: Connection, ctx: Context, application_id: UUID) -> tuple[Facts, str]:
    """The caller and an application of its tenant, and the tenant's name."""
    row = await db.fetchrow(
        call("fn_application_consent_question", 5, "facts", "registered_by"), *ctx.who, application_id
    )
    return _FACTS.decode(row["facts"]), row["registered_by"]


async def application_facts(db: Connection, ctx: Context, application_id: UUID) -> Facts:
    """The caller and an application of its tenant."""
    sql = call("fn_directory_facts", 6)
    return _FACTS.decode(await db.fetchval(sql, *ctx.who, "ApplicationRecord", application_id))


async def facts(db: Connection, ctx: Context, consent_id: UUID) -> Facts:
    """The caller and a consent of its tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_application_consent_facts", 5), *ctx.who, consent_id))


async def covers(db: Connection, *, tenant_id: UUID, application_id: UUID, user_id: UUID, offline: bool) -> bool:
    """Whether a consent takes in what is asked for; a user's own counts not where an admin has to give it."""
    found: bool = await db.fetchval(
        """SELECT EXISTS (SELECT FROM application_consent c
            JOIN application a ON a.tenant_id = c.tenant_id AND a.id = c.application_id
            WHERE c.tenant_id = $1 AND c.application_id = $2 AND c.withdrawn_at IS NULL AND (c.offline OR NOT $4)
                AND (c.user_id IS NULL OR (c.user_id = $3 AND NOT a.admin_consent)))""",
        *(tenant_id, application_id, user_id, offline),
    )
    return found


async def waits_for_admin(db: Connection, *, tenant_id: UUID, application_id: UUID) -> bool:
    """Whether an application needs the consent of an admin for everybody, and has none."""
    found: bool = await db.fetchval(
        """SELECT EXISTS (SELECT FROM application a WHERE a.tenant_id = $1 AND a.id = $2 AND a.admin_consent
            AND NOT EXISTS (SELECT FROM application_consent c WHERE c.tenant_id = a.tenant_id
                AND c.application_id = a.id AND c.user_id IS NULL AND c.withdrawn_at IS NULL))""",
        *(tenant_id, application_id),
    )
    return found


async def lock_application(db: Connection, tenant_id: UUID, application_id: UUID) -> str | None:
    """The name of an application of the acting tenant, to which nobody else consents meanwhile."""
    found: str | None = await db.fetchval(
        "SELECT name FROM application WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tenant_id, application_id
    )
    return found


async def held(db: Connection, tenant_id: UUID, application_id: UUID, user_id: UUID | None) -> Consent | None:
    """The consent of a user, or of the tenant, that holds."""
    row = await db.fetchrow(
        f"""{_CONSENT} WHERE c.tenant_id = $1 AND c.application_id = $2
            AND c.user_id IS NOT DISTINCT FROM $3 AND c.withdrawn_at IS NULL""",
        *(tenant_id, application_id, user_id),
    )
    return Consent(**row) if row else None


async def entry(db: Connection, tenant_id: UUID, consent_id: UUID) -> Consent | None:
    """One consent of the acting tenant, withdrawn or not."""
    row = await db.fetchrow(f"{_CONSENT} WHERE c.tenant_id = $1 AND c.id = $2", tenant_id, consent_id)
    return Consent(**row) if row else None


async def add(db: Connection, consent: Consent) -> None:
    """Insert a consent."""
    await db.execute(
        """INSERT INTO application_consent (tenant_id, id, application_id, user_id, offline, consented_at, consented_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        *(consent.tenant_id, consent.id, consent.application_id, consent.user_id, consent.offline),
        *(consent.consented_at, consent.consented_by),
    )


async def save(db: Connection, consent: Consent) -> None:
    """Write what was agreed to, when and by whom, and whether it was withdrawn."""
    await db.execute(
        """UPDATE application_consent SET offline = $3, consented_at = $4, consented_by = $5, withdrawn_at = $6
        WHERE tenant_id = $1 AND id = $2""",
        *(consent.tenant_id, consent.id, consent.offline, consent.consented_at, consent.consented_by),
        consent.withdrawn_at,
    )
