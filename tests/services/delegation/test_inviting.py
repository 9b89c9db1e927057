"""The letter with which a partner sends a customer the link: in the customer's language, with all that is asked."""

from datetime import UTC, datetime
from uuid import UUID

from copartner.delegation.inviting import drafted, link_of
from copartner.delegation.model import AdminRelationship, AutoExtend, Status
from copartner.delegation.roles import described, known
from copartner.delegation.terms import in_words
from copartner.kernel.languages import Language

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = AdminRelationship(
    id=UUID(int=1),
    partner_tenant_id=UUID(int=2),
    customer_tenant_id=None,
    customer_name="",
    display_name="Betrieb {x}",
    roles=tuple(known())[:2],
    duration="P1Y6M",
    auto_extend=AutoExtend.HALF_A_YEAR,
    status=Status.APPROVAL_PENDING,
    created_at=NOW,
    modified_at=NOW,
)
LINK = link_of("https://cloud.example/", ASKED)


def test_the_letter_speaks_the_customers_language() -> None:
    assert f"https://cloud.example/partners/invitation/granularAdminRelationships/{UUID(int=1)}-{UUID(int=2)}" == LINK
    for tag, language in (("de", Language.GERMAN), ("en-GB", Language.ENGLISH), ("", Language.ENGLISH), ("fr", "en")):
        letter = drafted(ASKED, partner="Nordlicht", link=LINK, language=tag)
        assert letter.language == language
        said = (
            LINK,
            in_words("P1Y6M", letter.language),
            "180",
            *(one.text for one in described(ASKED.roles, letter.language)),
        )
        assert all(part in letter.body for part in said), letter.body
        assert "Nordlicht" in letter.subject
        assert "Betrieb {x}" in letter.subject


def test_durations_in_words() -> None:
    said = {one: in_words(one, Language.GERMAN) for one in ("P1Y", "P2Y", "P1M", "P1Y6M", "P90D", "P1D")}
    assert list(said.values()) == ["1 Jahr", "2 Jahre", "1 Monat", "1 Jahr und 6 Monate", "90 Tage", "1 Tag"]


def test_every_role_is_said_in_german() -> None:
    english, german = known(), known(Language.GERMAN)
    assert all(german[one].name != role.name and german[one].text != role.text for one, role in english.items())
