"""What people write for others to read: as it looks, and nothing that steers a terminal."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from copartner.delegation import rules as delegation
from copartner.delegation.model import AdminRelationship, AutoExtend, Status
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR
from copartner.kernel.errors import Invalid
from copartner.kernel.prose import is_plain, turns
from copartner.relationships import rules as relationships
from copartner.versions import rules as versions

TURNING = tuple(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
STEERING = ("\0", "\x07", "\x1b", "\x7f", "\x9b")
PLAIN = ("", "Größe, Łódź 東京", "eins\n\r\n\tzwei", "שלום\u200f!", "می\u200cخواهم", "👩\u200d👧")
_AT = datetime(2026, 11, 22, tzinfo=UTC)


def _customer(name: str) -> AdminRelationship:
    asked = AdminRelationship(
        id=UUID(int=1),
        partner_tenant_id=UUID(int=2),
        customer_tenant_id=UUID(int=3),
        customer_name=name,
        display_name="Help",
        duration="P30D",
        roles=(GLOBAL_ADMINISTRATOR,),
        auto_extend=AutoExtend.NOT,
        status=Status.CREATED,
        created_at=_AT,
        modified_at=_AT,
    )
    return delegation.checked(asked)


READ_BY_OTHERS: tuple[Callable[[str], object], ...] = (
    relationships.check_reason,
    relationships.check_letter,
    delegation.check_reason,
    _customer,
)
APPROVED_BY_OTHERS: tuple[Callable[[str], object], ...] = (
    versions.check_title,
    versions.check_reason,
    versions.check_rules,
)


@pytest.mark.parametrize("text", PLAIN)
def test_every_language_is_plain(text: str) -> None:
    assert is_plain(text)
    assert not turns(text)


@pytest.mark.parametrize("check", READ_BY_OTHERS + APPROVED_BY_OTHERS)
@pytest.mark.parametrize("letter", TURNING)
def test_nothing_reads_otherwise_than_it_is(check: Callable[[str], object], letter: str) -> None:
    check("without it")
    with pytest.raises(Invalid):
        check(f"with{letter}it")


@pytest.mark.parametrize("check", READ_BY_OTHERS)
@pytest.mark.parametrize("letter", STEERING)
def test_nothing_steers_a_terminal(check: Callable[[str], object], letter: str) -> None:
    with pytest.raises(Invalid):
        check(f"with{letter}it")
