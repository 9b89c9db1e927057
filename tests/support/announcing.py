"""Announcements by calls of the services, and what they lead to."""

from datetime import date
from typing import Any
from uuid import UUID

from copartner.announcements import service
from copartner.announcements.model import Announcement, Content, Text, Workspace
from copartner.command.context import Context
from copartner.kernel.languages import Language
from copartner.policy.facts import Side
from support.programme import Programme

OPERATOR = "ga@wolkenstadt"
EVERYBODY = tuple(Side)
TEXTS = {
    Language.ENGLISH: Text(
        "Sale ends for trials", "Trials are sold no more.\n\nThose running go on.", "Tell your customers."
    ),
    Language.GERMAN: Text("Verkauf von Tests endet", "Tests werden nicht mehr verkauft.", "Sagen Sie es Ihren Kunden."),
}
NOTE = {Language.ENGLISH: "More time was asked for.", Language.GERMAN: "Um mehr Zeit wurde gebeten."}


def desk(here: Programme, **more: Any) -> Context:
    """The operator's Global admin."""
    return here.context(OPERATOR, Side.OPERATOR, **more)


def content(**more: Any) -> Content:
    """A whole content, addressed to partners."""
    given: dict[str, Any] = {
        "workspace": Workspace.PRICING,
        "audience": (Side.PARTNER,),
        "begins_on": date(2027, 2, 1),
        "texts": TEXTS,
        "contact": "programme@wolkenstadt.example",
        **more,
    }
    return Content(**given)


async def drafted(here: Programme, **more: Any) -> Announcement:
    """A draft."""
    return await service.draft_announcement(desk(here), content=content(**more))


async def published(here: Programme, **more: Any) -> Announcement:
    """One that is out."""
    made = await drafted(here, **more)
    return await service.publish_announcement(desk(here), announcement_id=made.id)


async def letters(here: Programme) -> list[Any]:
    """What is in the outbox, by recipient."""
    async with here.owner() as owner:
        rows: list[Any] = await owner.fetch(
            "SELECT id, tenant_id, recipient, subject, body, language, written_at FROM mail_outbox "
            "ORDER BY written_at, recipient"
        )
        return rows


async def clear_letters(here: Programme) -> None:
    """Everything was sent."""
    async with here.owner() as owner:
        await owner.execute("DELETE FROM mail_outbox")


async def readers(here: Programme, *sides: str) -> set[str]:
    """The sign-in names of the Global admins and Admin agents of tenants of these sides."""
    async with here.owner() as owner:
        rows = await owner.fetch(
            """SELECT DISTINCT u.user_principal_name AS name FROM actor a
            JOIN user_account u ON (u.tenant_id, u.id) = (a.tenant_id, a.subject_id)
            WHERE NOT a.app_only AND ('Global admin' = ANY (a.roles) OR 'Admin agent' = ANY (a.roles))
            AND CASE WHEN 'operator' = ANY (a.sides) THEN 'operator' WHEN 'partner' = ANY (a.sides) THEN 'partner'
                ELSE 'customer' END = ANY ($1)""",
            list(sides),
        )
    return {row["name"] for row in rows}


async def audited(here: Programme, announcement_id: UUID) -> list[Any]:
    """What the operator's audit says of an announcement."""
    async with here.owner() as owner:
        rows: list[Any] = await owner.fetch(
            """SELECT at, operation_type, actor_name, old_value, new_value FROM audit_record
            WHERE tenant_id = $1 AND resource_id = $2 ORDER BY at, id""",
            here.id("wolkenstadt"),
            str(announcement_id),
        )
        return rows
