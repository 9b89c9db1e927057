"""Deeds with versions of the rules, in whose way one forbid stands."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from copartner.command.context import Caller, Context
from copartner.operating import service as operating
from copartner.policy.facts import Cloud, Side
from copartner.versions import service
from support.programme import PRESENT
from support.walls import scenes
from support.walls.scene import Matter, Scene

Deed = Callable[[Matter], Coroutine[Any, Any, Any]]


def operator(matter: Matter, *, other: bool = False) -> Context:
    """The operator's Global admin who proposes, or the other one."""
    tenant = next(one for one in matter.here.world.tenants if one.kind == "operator")
    person = "approver" if other else "ga"
    return matter.here.context(f"{person}@{tenant.domain.removesuffix('.example')}", Side.OPERATOR)


def checked(scene: Scene, caller: Caller, number: int = 1, days: int = 30) -> UUID:
    """A version of a tenant's that begins in so many days and was checked."""
    version, now = scene.here.runtime.ids.new(), scene.here.clock.now()
    scene.execute(
        """INSERT INTO rule_version (tenant_id, id, number, title, reason, text, ends, begins, state, difference,
            proposed_at, proposed_by, checked_rulebook)
        VALUES ($1, $2, $6, 'x', 'x', '', '{rel-market}', $3, 'checked', '{"new": [], "restated": [], "ended": []}',
            $4, $5, '')""",
        *(caller.tenant_id, version, (now + timedelta(days=days)).date(), now, caller.subject_id, number),
    )
    return version


def _proposed(days: int) -> Callable[[Scene], Matter]:
    """A matter whose request is such a version."""

    def scene(scene: Scene) -> Matter:
        matter = scenes.strangers(scene)
        return replace(matter, request=checked(scene, operator(matter).caller, days=days))

    return scene


async def _approve(matter: Matter, *, other: bool, proved: bool = True) -> Any:
    """Approve it, checked with whatever rulebook is played by."""
    ctx = operator(matter, other=other)
    source = ctx.runtime.rulebook.source
    digest = (source.digest if source else "") if proved else "another"
    async with matter.here.owner() as owner:
        await owner.execute("UPDATE rule_version SET checked_rulebook = $1", digest)
    return await service.approve_version(ctx, version_id=matter.request)


def _seeing_tenants(matter: Matter) -> Coroutine[Any, Any, Any]:
    return operating.list_tenants(matter.here.context(f"ga@{matter.partner}", Side.OPERATOR))


def _as_stranger(matter: Matter) -> Coroutine[Any, Any, Any]:
    return service.list_versions(matter.here.context(f"ga@{matter.partner}", Side.OPERATOR))


CASES: tuple[tuple[str, str, Deed, Callable[[Scene], Matter], datetime, Cloud], ...] = tuple(
    (rule, name, deed, scene, PRESENT, Cloud.COMMERCIAL)
    for rule, name, deed, scene in (
        ("rules-operator", "list", _as_stranger, scenes.strangers),
        ("operating-alone", "list", _seeing_tenants, scenes.strangers),
        ("rules-own", "read", lambda m: service.read_version(operator(m), version_id=m.customer_id), scenes.strangers),
        ("rules-second", "approve", lambda m: _approve(m, other=False), _proposed(30)),
        ("rules-proved", "approve", lambda m: _approve(m, other=True, proved=False), _proposed(30)),
        ("rules-notice", "approve", lambda m: _approve(m, other=True), _proposed(29)),
    )
)  # fmt: skip
