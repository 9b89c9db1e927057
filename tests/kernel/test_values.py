"""Terms, identifiers, page tokens, columns of lists, key files, settings."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from copartner import settings
from copartner.kernel.calendar import NotATerm, add_months, months_of
from copartner.kernel.clock import FixedClock
from copartner.kernel.ids import Ids, id_text, parse_id
from copartner.kernel.paging import BadPageToken, Columns, Page, PageTokens, Place
from copartner.kernel.secrets import KeyFile, KeyFileError

MOMENT = datetime(2021, 1, 31, 12, 30, 15, 123456, tzinfo=UTC)


def test_terms_count_from_the_anchor_day() -> None:
    assert [add_months(MOMENT, months).strftime("%m-%d") for months in (1, 2, 13)] == ["02-28", "03-31", "02-28"]
    assert (months_of("P1M"), months_of("P1Y"), months_of("P3Y")) == (1, 12, 36)
    for wrong in ("", "P1", "1Y", "P1D", "PXY"):
        with pytest.raises(NotATerm):
            months_of(wrong)


@given(some.integers(0, 400), some.integers(0, 400))
def test_terms_never_run_backwards(first: int, second: int) -> None:
    assert (add_months(MOMENT, first) <= add_months(MOMENT, second)) == (first <= second)


def test_identifiers_are_version_7_grow_and_tell_when() -> None:
    clock = FixedClock(MOMENT)
    ids = Ids(clock)
    made = [ids.new() for _ in range(5000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert made[0].int >> 80 == int(MOMENT.timestamp() * 1000)
    assert parse_id(str(made[0]).upper()) == made[0]
    assert parse_id(f"{{{made[0]}}}") == parse_id(made[0].hex) == made[0]
    assert parse_id("not an id") is None
    assert id_text(made[0]) == str(made[0])


@dataclass(frozen=True, slots=True)
class _Row:
    """What a list might hold."""

    id: UUID
    price: Decimal | None
    made_at: datetime = MOMENT


def test_columns_become_the_rows_they_were() -> None:
    rows = [_Row(UUID(int=number), Decimal("1.50") if number else None) for number in range(3)]
    columns = {name: [getattr(row, name) for row in rows] for name in ("made_at", "id", "price")}
    listed = Columns(_Row)
    found = msgspec.json.decode(msgspec.json.encode({"total": 7, "columns": columns}), type=listed.shape)
    page = listed.page(found, 2, lambda row: row.id)
    assert (page.items, page.total, page.next_after) == (tuple(rows[:2]), 7, UUID(int=1))
    assert listed.page(found, 3, lambda row: row.id) == Page(tuple(rows), 7, None)


def test_columns_of_no_row_are_an_empty_page_and_a_missing_one_is_an_error() -> None:
    listed = Columns(_Row)
    empty = {"id": None, "price": None, "made_at": None}
    found = msgspec.json.decode(msgspec.json.encode({"total": 0, "columns": empty}), type=listed.shape)
    assert listed.page(found, 2, lambda row: row.id) == Page((), 0, None)
    del empty["made_at"]
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"total": 0, "columns": empty}), type=listed.shape)


def test_page_tokens_hold_for_one_tenant_and_query_only() -> None:
    tokens, tenant, last = PageTokens(b"secret"), UUID(int=1), UUID(int=2)
    token = tokens.seal("customers", tenant, last)
    assert PageTokens(b"secret").open("customers", tenant, token) == last
    for query, who, text in (
        ("orders", tenant, token),
        ("customers", UUID(int=3), token),
        ("customers", tenant, "B" + token[1:]),
        ("customers", tenant, "?"),
        ("customers", tenant, "é"),
    ):
        with pytest.raises(BadPageToken):
            tokens.open(query, who, text)


def test_a_page_token_can_hold_the_value_of_its_order() -> None:
    tokens, tenant, last = PageTokens(b"secret"), UUID(int=1), UUID(int=2)
    token = tokens.seal("groups", tenant, last, "Bürö")
    assert PageTokens(b"secret").place("groups", tenant, token) == Place(last, "Bürö")
    assert tokens.place("groups", tenant, tokens.seal("groups", tenant, last)) == Place(last)
    shortened = base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)[:-1]).decode()
    for text in (shortened, token[:-4], tokens.seal("groups", UUID(int=3), last, "Bürö")):
        with pytest.raises(BadPageToken):
            tokens.place("groups", tenant, text)


def test_a_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = KeyFile.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert KeyFile.open(path).decrypt(key.encrypt(b"secret")) == b"secret"
    with pytest.raises(FileExistsError):
        KeyFile.create(path)
    with pytest.raises(KeyFileError, match="another key"):
        KeyFile.create(tmp_path / "other").decrypt(key.encrypt(b"secret"))
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        KeyFile.open(path)
    with pytest.raises(KeyFileError, match="cannot read"):
        KeyFile.open(tmp_path / "missing")


def test_settings_name_every_fault_at_once() -> None:
    with pytest.raises(settings.SettingsError) as error:
        settings.read({"COPARTNER_PROT": "1", "COPARTNER_PORT": "x", "COPARTNER_CLOUD": "moon", "PATH": "/bin"})
    for word in ("COPARTNER_PROT is no setting", "COPARTNER_PORT: give a whole number", "COPARTNER_CLOUD: choose one"):
        assert word in str(error.value)


def test_settings_tell_their_origin_and_hide_passwords() -> None:
    rows = settings.described({"COPARTNER_DATABASE_URL": "postgresql://login:hush@db/copartner"})
    assert ("postgresql://login:***@db/copartner", "environment") in [row[1:3] for row in rows]
    assert all("hush" not in cell for row in rows for cell in row)
    assert {row[2] for row in rows} == {"environment", "default"}
