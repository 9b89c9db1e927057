"""Each forbid denies something that is asked of a service; without it the rules would let the same through."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.directory.service import users
from copartner.kernel.errors import Refusal
from copartner.kernel.functions import named
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook
from support.postgres import Server
from support.programme import RULEBOOK, SEED_DAY
from support.walls import behalf
from support.walls.objections import CASES, C, Case, Deed, G, V, accept, ask, at_a_customer
from support.walls.perform import ALL, on_stage
from support.walls.scene import Matter, Scene
from support.walls.stage import Stage

_WAYS = "r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer"
# Rule, function, what it says, what it says when it is wrong about whose a thing is, a deed.
WRONG_FACTS = (
    ("own-tenant", "fn_home_facts", "'tenant', p_tenant", "'tenant', {partner}",
     lambda m: customers.list_customers(m.seller)),
    ("rel-own-name", "fn_customer_facts", "'partner', p_tenant", "'partner', {partner}",
     at_a_customer(customers.read_customer)),
    ("behalf-own", "fn_delegations", _WAYS, _WAYS.replace("p_partner", "{partner}"), at_a_customer(users.list_users)),
    ("behalf-own", "fn_delegations", _WAYS, _WAYS.replace("p_customer", "{customer}"), at_a_customer(users.list_users)),
)  # fmt: skip
# One case for each rule is what a builder waits for.
_FIRST = {case.rule: case for case in reversed(CASES)}
CHOSEN = [case if case is _FIRST[case.rule] else pytest.param(case, marks=pytest.mark.verify) for case in CASES]


@pytest.fixture(scope="module")
def stages(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Cloud, Stage]]:
    """A stage with every wall in each cloud."""
    place = tmp_path_factory.mktemp
    with ExitStack() as open_:
        yield {cloud: open_.enter_context(on_stage(postgres, place(cloud), ALL, cloud)) for cloud in (C, G, V)}


def asked(stage: Stage, rulebook: Rulebook, deed: Deed, matter: Matter) -> Any:
    """What comes of a deed under a rulebook: an answer or a refusal."""
    try:
        return stage.run(deed(replace(matter, here=stage.programme.under(rulebook))))
    except Refusal as refusal:
        return refusal


@cache
def opened(without: str | None = None) -> Rulebook:
    """Everything permitted, with every forbid or all but one."""
    return RULEBOOK.variant(permit_all=True, drop={without} if without else ())


def matters(stage: Stage, rule: str, deed: Deed, matter: Matter) -> None:
    """The rule alone denies the deed, to everybody; without it the rules do not."""
    for rulebook in (RULEBOOK, opened()):
        denied = asked(stage, rulebook, deed, matter)
        assert isinstance(denied, Denied), denied
        assert denied.rules == (rule,)
    answer = asked(stage, opened(rule), deed, matter)
    assert not isinstance(answer, Denied), answer.rules


@pytest.mark.parametrize("case", CHOSEN, ids=str)
def test_a_forbid_alone_stands_in_the_way(stages: dict[Cloud, Stage], case: Case) -> None:
    stage = stages[case.cloud]
    stage.reset()
    stage.programme.clock.moment = case.day
    matters(stage, case.rule, case.deed, case.scene(Scene(stage)))


@pytest.mark.parametrize(("rule", "name", "written", "wrong", "deed"), WRONG_FACTS)
def test_a_forbid_stands_in_the_way_of_wrong_facts(
    stages: dict[Cloud, Stage], rule: str, name: str, written: str, wrong: str, deed: Deed
) -> None:
    stage = stages[C]
    stage.reset()
    scene = Scene(stage)
    matter = behalf.others_approvals(scene)
    right = stage.run(stage.owner.fetchval("SELECT pg_get_functiondef($1::regproc)", named(name)))
    others = {"partner": scene.here.id(scene.second), "customer": scene.here.id(scene.affiliate)}
    assert right.count(written) == 1
    said = wrong.format(**{name: f"'{other}'::uuid" for name, other in others.items()})
    stage.run(stage.owner.execute(right.replace(written, said)))
    try:
        matters(stage, rule, deed, matter)
    finally:
        stage.run(stage.owner.execute(right))


def test_privileges_come_only_where_they_were_asked_for(stages: dict[Cloud, Stage]) -> None:
    come = {}
    for without in (frozenset[str](), frozenset({"rel-dap-asked"})):
        stage = stages[C]
        stage.reset()
        stage.programme.clock.moment = SEED_DAY
        scene = Scene(stage)
        matter = scene.matter(scene.first, scene.buyer)
        made = scene.run(ask(privileges=False)(matter))
        here = stage.programme.under(RULEBOOK.variant(drop=without))
        accepted = scene.run(accept(replace(matter, here=here, request=made.id)))
        come[bool(without)] = accepted.relationship.privileges
    assert come == {False: False, True: True}


def test_every_forbid_matters() -> None:
    shown = {case.rule for case in CASES} | {rule for rule, *_ in WRONG_FACTS} | {"rel-dap-asked"}
    assert shown == {rule.id for rule in RULEBOOK.rules if not rule.permits}
