"""Notices of a relationship's end: to whom, when, in which language, each once."""

from datetime import timedelta
from typing import Any

import pytest

from copartner.delegation.notices import texts_in
from copartner.delegation.texts import de, en
from support.passing import approved_by, audited, let_pass
from support.programme import PRESENT, Programme

DAY = timedelta(days=1)


async def letters(here: Programme) -> list[Any]:
    """What waits in the outbox, in the order of its dates."""
    async with here.owner() as owner:
        rows: list[Any] = await owner.fetch("SELECT * FROM mail_outbox ORDER BY written_at, recipient")
        return rows


async def test_both_sides_are_told_three_times_and_at_the_end(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "lavande", "Betrieb", "P1Y")
    assert made.ends_at is not None
    end = made.ends_at
    for day in range(360, 370):
        await let_pass(here, PRESENT + (day - 30) * DAY)
    await let_pass(here, end + DAY)
    sent = await letters(here)
    assert [(row["written_at"], row["recipient"], row["language"]) for row in sent] == [
        (at, *who)
        for at in (end - 30 * DAY, end - 7 * DAY, end - DAY, end)
        for who in (("aa@nordlicht.example", "de"), ("ga@lavande.example", "fr"))
    ]
    assert {row["tenant_id"] for row in sent} == {here.id("nordlicht"), here.id("lavande")}
    partner, customer = sent[0], sent[1]
    assert partner["subject"] == "Nordlicht IT GmbH: delegierte Administratorbeziehung Betrieb endet am 22.11.2027"
    assert customer["subject"] == "Nordlicht IT GmbH: delegated admin relationship Betrieb ends on 2027-11-22"
    assert "Lavande Cosmétiques SARL endet am 22.11.2027" in partner["body"]
    assert "has access to your tenant, ends on 2027-11-22" in customer["body"]
    assert "has ended" in sent[-1]["subject"]
    for tenant in ("nordlicht", "lavande"):
        assert (await audited(here, made, tenant))[2:5] == [(end - days * DAY, "notify") for days in (30, 7, 1)]


async def test_a_short_relationship_is_told_of_only_what_lies_ahead(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Kurz", "P5D")
    assert made.ends_at is not None
    await let_pass(here, made.ends_at - timedelta(hours=1))
    assert [row["written_at"] for row in await letters(here)] == [made.ends_at - DAY] * 2


async def test_what_goes_on_by_itself_and_what_was_ended_are_not_told_of(here: Programme) -> None:
    await approved_by(here, "nordlicht", "alpenblick", "Weiter", "P1Y", extend=True)
    ended = await approved_by(here, "suedwind", "alpenblick", "Beendet", "P1Y")
    async with here.owner() as owner:
        await owner.execute("UPDATE admin_relationship SET status = 'terminated' WHERE id = $1", ended.id)
    await let_pass(here, PRESENT + 800 * DAY)
    assert await letters(here) == []


async def test_a_name_of_several_lines_stays_in_its_header(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Kurz", "P2D")
    async with here.owner() as owner:
        await owner.execute(
            "UPDATE tenant SET company_name = $1 WHERE id = $2",
            "Nord\r\nBcc: someone@elsewhere.example" + "x" * 300,
            here.id("nordlicht"),
        )
    assert made.ends_at is not None
    await let_pass(here, made.ends_at)
    sent = await letters(here)
    assert len(sent) == 4
    assert all(row["subject"].startswith("Nord Bcc: someone@elsewhere.example") for row in sent)
    assert all("\n" not in row["subject"] and len(row["subject"]) <= 200 for row in sent)


@pytest.mark.parametrize(("language", "texts"), [("de", de), ("de-AT", de), ("en-US", en), ("fr", en), ("", en)])
def test_the_language_of_a_tenant_or_english(language: str, texts: Any) -> None:
    assert texts_in(language) is texts


def test_every_language_has_the_same_texts_with_the_same_places() -> None:
    def places(module: Any) -> dict[str, set[str]]:
        return {
            name: {part.partition("}")[0] for part in text.split("{")[1:]}
            for name, text in vars(module).items() if name.isupper() and name != "DAY"
        }  # fmt: skip

    assert places(en) == places(de) != {}
