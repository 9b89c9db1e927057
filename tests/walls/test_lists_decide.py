"""A list whose query forgets whose rows it reads answers nothing: the rules decide each kind of row in it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from copartner.access import service as access
from copartner.access import serving
from copartner.agreements import service as agreements
from copartner.agreements.model import Attestation, Contact
from copartner.agreements.rules import TEMPLATES
from copartner.announcements import service as announcements
from copartner.attention.customer import read_customer_attention
from copartner.attention.service import read_attention
from copartner.command.context import HiddenRowError
from copartner.customers import service as customers
from copartner.delegation import administered, receipts
from copartner.delegation import service as delegation
from copartner.delegation.model import Asked
from copartner.delegation.showing import Standing, read_standing
from copartner.directory.service import showing as looking
from copartner.directory.service import users as customer_users
from copartner.kernel.functions import named
from copartner.orders import service as orders
from copartner.partners import service as partners
from copartner.partners.model import Direction
from copartner.policy.facts import Side
from copartner.programme import searching
from copartner.programme import service as programme
from copartner.relationships.service import relationships, requests
from copartner.signin import consents
from copartner.subscriptions import holding
from copartner.subscriptions import service as subscriptions
from copartner.tenants.service import groups, people, users
from copartner.versions import service as versions
from support.announcing import published
from support.delegated import READER, Delegated
from support.postgres import Server
from support.programme import PRESENT, RULEBOOK
from support.walls import changing_rules, granular, scenes
from support.walls.perform import RULES_ALONE, on_stage
from support.walls.scene import Matter, Scene
from support.walls.stage import Stage


@dataclass(frozen=True, slots=True)
class Case:
    """A list: its function, what narrows it to the actor's rows, and the rules that notice when that is gone."""

    function: str
    narrows: str
    deed: Callable[[Matter], Any]
    rules: frozenset[str]


def _on_customer(service: Callable[..., Any]) -> Callable[[Matter], Any]:
    return lambda m: service(m.seller, customer_id=m.customer_id)


async def _standing(matter: Matter) -> Standing:
    """A draft of the seller, with the groups that could be assigned."""
    name = str(matter.here.runtime.ids.new())
    asked = Asked(display_name=name, duration="P1Y", roles=(READER,))
    made = await delegation.create_relationship(matter.seller, asked=asked)
    return await read_standing(matter.seller, key=made.key)


CASES = (
    Case("fn_list_subscriptions", "s.partner_tenant_id = p_tenant", _on_customer(subscriptions.list_subscriptions),
         frozenset({"mp-visibility"})),
    Case("fn_list_orders", "o.partner_tenant_id = p_tenant", _on_customer(orders.list_orders),
         frozenset({"mp-visibility"})),
    Case("fn_list_agreements", "a.partner_tenant_id = p_tenant", _on_customer(agreements.list_agreements),
         frozenset({"rel-own-name"})),
    Case("fn_list_requests", "r.partner_tenant_id = p_tenant", lambda m: requests.list_requests(m.seller),
         frozenset({"rel-own-request"})),
    Case("fn_list_admin_relationships", "r.partner_tenant_id = $1",
         lambda m: delegation.list_relationships(m.seller), frozenset({"gdap-own"})),
    Case("fn_list_admin_customers", "r.partner_tenant_id = p_tenant",
         lambda m: administered.list_admin_customers(m.seller), frozenset({"gdap-own"})),
    Case("fn_list_receipts", "r.tenant_id = p_tenant", lambda m: receipts.list_receipts(m.seller),
         frozenset({"own-tenant"})),
    Case("fn_list_customers", "r.partner_tenant_id = p_tenant", lambda m: customers.list_customers(m.seller),
         frozenset({"rel-required", "rel-own-name"})),
    Case("fn_search_customers", "r.partner_tenant_id = p_tenant", lambda m: customers.search_customers(m.seller),
         frozenset({"rel-required", "rel-own-name"})),
    Case("fn_list_audit", "a.tenant_id = p_tenant", lambda m: programme.list_audit(m.seller),
         frozenset({"own-tenant"})),
    Case("fn_list_directory", "e.tenant_id = p_tenant", lambda m: users.list_users(m.chief),
         frozenset({"own-directory"})),
    Case("fn_find_users", "u.tenant_id = p_tenant AND u.deleted_at IS NULL",
         lambda m: people.find_people(m.chief), frozenset({"own-directory"})),
    Case("fn_search_groups", "d.tenant_id = p_tenant AND (v_name IS NULL OR (lower(d.name), d.id) > (v_name, p_after))",
         lambda m: groups.search_groups(m.chief), frozenset({"own-directory"})),
    Case("fn_search_audit", "a.tenant_id = p_tenant", lambda m: searching.search_audit(m.seller),
         frozenset({"own-tenant"})),
    Case("fn_list_groups", "d.tenant_id = $1", lambda m: groups.find_groups(m.chief), frozenset({"own-directory"})),
    Case("fn_list_partner_relationships", "r.own = p_tenant",
         lambda m: partners.list_relationships(m.seller, direction=Direction.RESELLERS), frozenset({"own-tenant"})),
    Case("fn_list_application_consents", "s.tenant_id = p_tenant", lambda m: consents.list_consents(m.chief),
         frozenset({"own-directory"})),
    Case("fn_list_customer_users", "u.tenant_id = p_customer", _on_customer(customer_users.list_users),
         frozenset({"rel-required", "behalf-own"})),
    Case("fn_read_customer_directory", "u.tenant_id = p_customer", _on_customer(looking.read_directory),
         frozenset({"rel-required", "behalf-own"})),
    Case("fn_read_admin_standing", "d.tenant_id = p_tenant", lambda m: _standing(m), frozenset({"own-directory"})),
    Case("fn_list_held", "s.customer_tenant_id = p_tenant", lambda m: subscriptions.list_held(m.buyer),
         frozenset({"own-tenant"})),
    Case("fn_list_own_relationships", "r.customer_tenant_id = p_tenant",
         lambda m: relationships.list_own_relationships(m.buyer), frozenset({"own-tenant"})),
    Case("fn_list_rule_versions", "r.tenant_id = p_tenant",
         lambda m: versions.list_versions(changing_rules.operator(m)), frozenset({"rules-own"})),
    Case("fn_list_announcements", "p_side = ANY (a.audience)", lambda m: announcements.list_announcements(m.seller),
         frozenset({"announcement-told"})),
    Case("fn_is_told", "p_side = ANY (a.audience)",
         lambda m: announcements.read_month(m.seller, month=m.here.clock.now().date()),
         frozenset({"announcement-told"})),
    Case("fn_access_grants", "r.customer_tenant_id = p_customer", lambda m: access.list_access(m.buyer),
         frozenset({"access-told"})),
    Case("fn_waiting_requests", "r.partner_tenant_id = p_tenant", lambda m: read_attention(m.seller),
         frozenset({"rel-own-request"})),
    Case("fn_waiting_approvals", "r.partner_tenant_id = p_tenant", lambda m: read_attention(m.seller),
         frozenset({"gdap-own"})),
    Case("fn_ending_approvals", "r.partner_tenant_id = p_tenant", lambda m: read_attention(m.seller),
         frozenset({"gdap-own"})),
    Case("fn_due_subscriptions", "s.partner_tenant_id = p_tenant", lambda m: read_attention(m.seller),
         frozenset({"mp-visibility"})),
    Case("fn_newest_denials", "a.tenant_id = p_tenant", lambda m: read_attention(m.seller),
         frozenset({"own-tenant"})),
)  # fmt: skip
CUSTOMERS = (
    Case("fn_list_terms", "s.customer_tenant_id = p_tenant", lambda m: holding.list_terms(m.buyer),
         frozenset({"own-tenant"})),
    Case("fn_list_serving", "r.customer_tenant_id = p_tenant", lambda m: serving.list_serving(m.buyer),
         frozenset({"access-told"})),
    Case("fn_requests_to_answer", "r.customer_tenant_id = p_tenant", lambda m: read_customer_attention(m.buyer),
         frozenset({"rel-addressee"})),
    Case("fn_approvals_to_answer", "r.customer_tenant_id = p_tenant", lambda m: read_customer_attention(m.buyer),
         frozenset({"gdap-addressee"})),
    Case("fn_approvals_that_end", "r.customer_tenant_id = p_tenant", lambda m: read_customer_attention(m.buyer),
         frozenset({"gdap-addressee"})),
    Case("fn_terms_that_end", "s.customer_tenant_id = p_tenant", lambda m: read_customer_attention(m.buyer),
         frozenset({"own-tenant"})),
    Case("fn_newest_denials", "a.tenant_id = p_tenant", lambda m: read_customer_attention(m.buyer),
         frozenset({"own-tenant"})),
)  # fmt: skip
ATTENTION = {
    "fn_waiting_requests", "fn_waiting_approvals", "fn_ending_approvals", "fn_due_subscriptions", "fn_newest_denials",
    *(case.function for case in CUSTOMERS),
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage without row security."""
    with on_stage(postgres, tmp_path_factory.mktemp("lists"), RULES_ALONE) as made:
        yield made


def _full(scene: Scene) -> Matter:
    """What two partners did for a customer, seen by the second; the customer that looks is another one."""
    matter = scenes.foreign_sale(scene)
    sold = scene.matter(scene.first, scene.buyer)
    attestation = Attestation(
        contact=Contact("A", "B", "a@b.example"), agreed_at=PRESENT - timedelta(days=1), template_id=TEMPLATES[0].id
    )
    scene.run(agreements.attest_agreement(sold.seller, customer_id=sold.customer_id, attestation=attestation))
    scene.run(requests.send_request(sold.seller))
    for audience in ((Side.PARTNER,), (Side.CUSTOMER,)):
        scene.run(published(scene.here, audience=audience))
    granular.approved(scene, scene.first, scene.buyer)
    for number, context in enumerate((changing_rules.operator(matter), matter.seller), 1):
        changing_rules.checked(scene, context.caller, number)
    for provider, reseller in ((scene.first, scene.third), (scene.second, scene.first)):
        scene.run(
            scene.stage.owner.execute(
                """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
            VALUES ($1, $2, $3, 'active', $4)""",
                *(scene.here.id(provider), scene.here.id(reseller), scene.here.runtime.ids.new(), PRESENT),
            )
        )
    return matter


async def _assigned(scene: Scene) -> None:
    """A group of the first partner holds a role at the customer."""
    pair = Delegated(scene.here, scene.stage.owner, scene.first, scene.buyer)
    group = await pair.group(str(scene.here.runtime.ids.new()))
    await pair.assign(await pair.relationship(READER), group, READER)


async def _urgent(scene: Scene) -> None:
    """What the first partner has needs attention: something waits, ends, renews and was denied."""
    owner, partner, soon = scene.stage.owner, scene.here.id(scene.first), PRESENT + timedelta(days=3)
    await owner.execute("UPDATE subscription SET commitment_ends_at = $1", soon)
    await owner.execute("UPDATE admin_relationship SET ends_at = $1", soon)
    pair = Delegated(scene.here, owner, scene.first, scene.buyer)
    waiting = await pair.relationship(READER, status="approvalPending", activated_at=None, ends_at=None)
    await owner.execute("UPDATE admin_relationship SET asked_at = $2 WHERE id = $1", waiting, PRESENT)
    await owner.execute(
        """INSERT INTO audit_record (tenant_id, at, id, operation_type, resource_type, status)
        VALUES ($1, $2, $3, 'customer.edit', 'Customer', 'denied')""",
        *(partner, PRESENT, scene.here.runtime.ids.new()),
    )
    asking = scene.here.context(f"sa@{scene.first}")
    await requests.send_request(asking, customer_tenant_id=scene.here.id(scene.third))


@pytest.mark.parametrize("case", [*CASES, *CUSTOMERS], ids=lambda case: case.function)
def test_a_list_without_its_condition_answers_nothing(stage: Stage, case: Case) -> None:
    stage.reset()
    scene = Scene(stage)
    matter = _full(scene)
    if case.function == "fn_access_grants":
        stage.run(_assigned(scene))
    if case.function in ATTENTION:
        stage.run(_urgent(scene))
    if case in CUSTOMERS or case.function in ("fn_list_held", "fn_list_own_relationships", "fn_access_grants"):
        matter = replace(matter, customer=scene.affiliate)
    whole = stage.run(case.deed(matter))
    right = stage.run(stage.owner.fetchval("SELECT pg_get_functiondef($1::regproc)", named(case.function)))
    assert case.narrows in right
    stage.run(stage.owner.execute(right.replace(case.narrows, "true")))
    try:
        with pytest.raises(HiddenRowError):
            stage.run(case.deed(matter))
        unruled = replace(matter, here=stage.programme.under(RULEBOOK.variant(drop=case.rules)))
        # The names of strangers' sellers are not there to be read, which no rule has to see to.
        with suppress(msgspec.ValidationError):
            assert len(msgspec.json.encode(stage.run(case.deed(unruled)))) > len(msgspec.json.encode(whole))
    finally:
        stage.run(stage.owner.execute(right))


def test_every_list_is_tried(stage: Stage) -> None:
    rows = stage.run(
        stage.owner.fetch(
            "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'copartner'::regnamespace "
            "AND proname LIKE 'fn\\_list\\_%'"
        )
    )
    assert {row["proname"] for row in rows} == {
        named(case.function) for case in (*CASES, *CUSTOMERS) if case.function.startswith("fn_list_")
    }
