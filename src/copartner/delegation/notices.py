"""Letters about the end of a granular relationship: to the partner's Admin agents and the customer's Global admins."""

from types import ModuleType

from copartner.command.passing import Turn
from copartner.delegation import passing_store
from copartner.delegation.model import AdminRelationship
from copartner.delegation.texts import de, en
from copartner.mail import rules as mail
from copartner.mail.model import Letter
from copartner.policy.facts import Role

_LANGUAGES = {"de": de, "en": en}
_LONGEST_PART = 60  # of a name in a subject


async def written(turn: Turn, relationship: AdminRelationship, *, days: int) -> tuple[Letter, ...]:
    """Letters that the relationship ends so many days after the turn's moment, or with 0 that it has ended."""
    partner, customer = relationship.partner_tenant_id, relationship.customer_tenant_id
    if customer is None or relationship.ends_at is None:
        return ()
    names = {
        "name": _plain(relationship.display_name),
        "partner": _plain(await passing_store.company_name(turn.db, partner)),
        "customer": _plain(await passing_store.company_name(turn.db, customer)),
    }
    readers = [
        *((reader, "PARTNER") for reader in await passing_store.readers(turn.db, partner, Role.ADMIN_AGENT)),
        *((reader, "CUSTOMER") for reader in await passing_store.readers(turn.db, customer, Role.GLOBAL_ADMIN)),
    ]
    which = "SOON" if days else "OVER"
    letters = []
    for reader, side in readers:
        texts = texts_in(reader.language)
        day = texts.DAY.format(relationship.ends_at)
        if mail.is_address(reader.address):
            letters.append(
                Letter(
                    id=turn.system.ids.new(),
                    tenant_id=reader.tenant_id,
                    recipient=reader.address,
                    subject=getattr(texts, f"SUBJECT_{which}").format(day=day, **names)[: mail.LONGEST_SUBJECT],
                    body=getattr(texts, f"{side}_{which}").format(day=day, **names),
                    language=reader.language,
                    written_at=turn.at,
                )
            )
    return tuple(letters)


def texts_in(language: str) -> ModuleType:
    """The texts of a language, the English ones for one that has none."""
    return _LANGUAGES.get(language.partition("-")[0].lower(), en)


def _plain(name: str) -> str:
    """The name in one line of printable characters, at most 60."""
    return "".join(c if c.isprintable() else " " for c in " ".join(name.split()))[:_LONGEST_PART]
