"""The judge of a play: after every step, who has seen or changed what another sold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from copartner.command.context import Caller
from copartner.directory.model import Units
from copartner.kernel.errors import Refusal
from copartner.kernel.paging import Page
from copartner.policy.facts import Side
from support.walls.directories import Directories
from support.walls.snapshot import DELEGATING, MARKER, OPEN, RARE, SOLD, Record, Row, Rows

_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NUMBER = r"(?<![\w.:+-])9\d{4}(?![\w.:-])"
_WORDS = re.compile("|".join([_GUID, MARKER.pattern, _NUMBER]))


class ForeignChangeError(AssertionError):
    """Somebody changed what another sold, or what was settled when it was sold."""


class SaleChangeError(ForeignChangeError):
    """A partner changed a subscription, order or cart of another."""


class DirectoryChangeError(ForeignChangeError):
    """A partner changed another's directory without an approval of its own that covers it."""


class AssignmentChangeError(ForeignChangeError):
    """A partner changed an assignment or a group of another."""


class ForeignSightError(AssertionError):
    """Somebody read of what another sold."""


class SaleSightError(ForeignSightError):
    """A partner was answered with something of a subscription, order or cart of another."""


class DirectorySightError(ForeignSightError):
    """A partner was answered with something of a directory without an approval of its own that covers it."""


@dataclass
class Judge:
    """Compares the owner's rows before and after each step, and what the step answered with what is foreign.

    `rows` are those of now, `names` what each partner is known by.
    `told` are the identifiers that each tenant has named itself: it learns nothing by reading them again.
    """

    rows: Rows
    names: dict[UUID, tuple[str, ...]]
    told: dict[UUID, set[str]] = field(default_factory=dict)

    def tell(self, tenant: UUID, said: Iterable[Any]) -> None:
        """The tenant names these in a request."""
        self.told.setdefault(tenant, set()).update(map(str, said))

    def change(self, before: Rows, after: Rows, *, tenant: UUID, side: Side) -> None:
        """Raise ForeignChangeError unless every change was the actor's to make."""
        for key, row in before.items():
            now = after.get(key)
            if now is None:
                if row.draft and side is Side.PARTNER and row.partner == tenant:
                    continue
                raise ForeignChangeError(f"{key} is gone: {row.whole}")
            if now.whole == row.whole:
                continue
            opened = row.kind in OPEN and row.customer is None and not row.draft
            if not _may_change(now if opened else row, tenant, side):
                raise _of_foreign(row, side)(f"{side} {tenant} changed {row.whole} into {now.whole}")
            if now.fixed != row.fixed:
                raise ForeignChangeError(f"{key} was settled: {row.whole} became {now.whole}")
            if row.settled and now.settled != row.settled and not _settled_anew(row, before, after):
                raise ForeignChangeError(f"{key} was settled by no order: {row.whole} became {now.whole}")
        for key in after.keys() - before.keys():
            if not _may_add(after[key], tenant, side):
                raise ForeignChangeError(f"{side} {tenant} made {after[key].whole}")

    def sight(self, answer: Any, *, tenant: UUID, side: Side) -> None:
        """Raise ForeignSightError when an answer to the tenant, or a refusal, holds anything of a stranger's row."""
        answer = _beyond_disclosed(answer)
        words = _words(answer)
        if not isinstance(answer, BaseException):
            words |= {str(number) for number in _numbers(msgspec.to_builtins(answer)) if number >= RARE}
        if side is Side.CUSTOMER:
            # A request that names nobody is for every customer that has its link.
            for row in self.rows.values():
                if row.kind in OPEN and row.customer is None and not row.draft:
                    words -= row.secrets
        self._no_secret(words, tenant, f"was answered {answer!r}", answered=side)

    def written(self, records: Iterable[Record]) -> None:
        """Raise ForeignSightError when a tenant's own records hold a stranger's row, or name a partner that tried."""
        for record in records:
            self._no_secret(set(_WORDS.findall(record.whole)), record.tenant, f"may read {record.whole}")
            if record.denied and record.customer != record.tenant and record.tenant in self.names:
                self._no_name(record)

    def _no_name(self, record: Record) -> None:
        known = {row.customer for row in self.rows.values() if row.partner == record.tenant} | {record.tenant}
        for partner, names in self.names.items():
            named = next((name for name in names if name in record.whole), None)
            if partner not in known and named and named not in self.told.get(record.tenant, ()):
                raise ForeignSightError(f"{record.tenant} may read that {named} tried: {record.whole}")

    def _no_secret(self, words: set[str], tenant: UUID, how: str, answered: Side | None = None) -> None:
        words = words - self.told.get(tenant, set())
        if not words:
            return
        own = {secret for row in self.rows.values() if _may_see(row, tenant) for secret in row.secrets}
        for row in self.rows.values():
            if not _may_see(row, tenant) and (seen := (row.secrets & words) - own):
                sale = answered is Side.PARTNER and row.kind in SOLD
                raise (SaleSightError if sale else ForeignSightError)(
                    f"{tenant} {how}, with {sorted(seen)} of {row.whole}"
                )


def administered(before: Directories, after: Directories, *, caller: Caller, now: datetime, rules: bool) -> None:
    """Raise DirectoryChangeError unless whatever changed in a directory was its own tenant's or approved.

    Without rules nobody asks what the approval covers: then there has to be one, of anything.
    """
    for touch in before.touched(after):
        if UUID(touch.tenant) != caller.tenant_id or caller.side is not Side.PARTNER:
            lacking = _lacking(before, UUID(touch.tenant), caller, now, touch.needed if rules else None)
            if lacking:
                raise DirectoryChangeError(f"{lacking}, yet {touch.what}")


def looked_into(
    directories: Directories,
    answer: Any,
    *,
    customer: UUID,
    caller: Caller,
    now: datetime,
    needed: frozenset[str] | None,
) -> None:
    """Raise DirectorySightError when an answer shows something of a directory that was not approved."""
    shown = answer.items if isinstance(answer, Page) else answer
    if shown and (lacking := _lacking(directories, customer, caller, now, needed)):
        raise DirectorySightError(f"{lacking}, yet was answered {answer!r}")


def _lacking(
    directories: Directories, customer: UUID, caller: Caller, now: datetime, needed: frozenset[str] | None
) -> str:
    """What a caller lacks at a customer; empty when it has one of the roles needed, or where none is, any approval."""
    partner, who = caller.tenant_id, f"{caller.side} {caller.tenant_id}, user {caller.subject_id}"
    if caller.side is not Side.PARTNER or not directories.delegates(customer, partner, now):
        return f"{who} has no approval of {customer}"
    held = directories.powers(customer, partner, caller.subject_id, now)
    return (
        ""
        if needed is None or held & needed
        else f"{who} has {sorted(held)} at {customer} and none of {sorted(needed)}"
    )


def _of_foreign(row: Row, side: Side) -> type[ForeignChangeError]:
    if side is not Side.PARTNER:
        return ForeignChangeError
    if row.kind in DELEGATING:
        return AssignmentChangeError
    return SaleChangeError if row.kind in SOLD else ForeignChangeError


def _beyond_disclosed(answer: Any) -> Any:
    """The answer without the sums of licences, which are told of all sellers together (a declared disclosure)."""
    if isinstance(answer, tuple):
        return tuple(one.sku if isinstance(one, Units) else one for one in answer)
    return answer


def _may_see(row: Row, tenant: UUID) -> bool:
    """A row is its partner's and its customer's; what no partner made is no partner's secret."""
    return row.partner is None or tenant == row.partner or (tenant == row.customer and not row.draft)


def _may_change(row: Row, tenant: UUID, side: Side) -> bool:
    if side is Side.PARTNER:
        return row.partner == tenant
    return row.customer == tenant and row.kind not in SOLD and row.kind != "billing_profile"


def _settled_anew(row: Row, before: Rows, after: Rows) -> bool:
    """Whether an order of the same seller for the same customer that names the row was placed or changed just now."""
    return any(
        now.kind == "purchase_order" and (now.partner, now.customer) == (row.partner, row.customer)
        and str(row.id) in now.whole and now != before.get(key)
        for key, now in after.items()
    )  # fmt: skip


def _may_add(row: Row, tenant: UUID, side: Side) -> bool:
    if side is Side.PARTNER:
        return row.partner == tenant
    return row.customer == tenant and row.kind in ("reseller_relationship", "customer_agreement")


def _words(answer: Any) -> set[str]:
    if isinstance(answer, Refusal):
        return set(_WORDS.findall(" ".join([str(answer), answer.message, *answer.data])))
    if isinstance(answer, BaseException):
        # What is no refusal is answered with a correlation id and nothing else.
        return set()
    found = set(_WORDS.findall(msgspec.json.encode(answer).decode()))
    return {word for word in found if not word.isdigit()}


def _numbers(value: Any) -> Iterable[int]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value
