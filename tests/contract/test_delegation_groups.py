"""Which groups of a partner hold which roles of a relationship, through Graph's contract."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from support.granular import (
    CONSENT,
    EXCHANGE,
    GLOBAL_ADMINISTRATOR,
    GRAPH,
    HELPDESK,
    answer,
    approved_by,
    asked_of,
    assigned,
    assigning,
    draft,
    group,
    request,
    roles_of,
)
from support.web import Web

AA, GA, ANY = "aa@nordlicht", "ga@alpenblick", {"If-Match": "*"}
UNKNOWN = "01a20000-0000-7000-8000-000000000001"


def failed(answered: httpx.Response) -> tuple[int, str]:
    return answered.status_code, answered.json()["error"]["code"]


def held(body: Any) -> set[str]:
    """The roles in an answer."""
    return {one["roleDefinitionId"] for one in body["accessDetails"]["unifiedRoles"]}


def below(site: Web, location: str) -> str:
    """The path of an absolute address."""
    return location.removeprefix(site.here.runtime.public_url.rstrip("/"))


async def test_a_group_gets_roles_others_and_none(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick", HELPDESK, EXCHANGE)
    container = await group(site, "ga@nordlicht", "Technik")
    everything = f"{GRAPH}/{relationship}/accessAssignments"
    made = await site.call(AA, "POST", everything, assigning(container, HELPDESK))
    assert (made.status_code, made.json()["status"]) == (201, "pending")
    assert made.json()["accessContainer"] == {"accessContainerId": container, "accessContainerType": "securityGroup"}
    path, tag = below(site, made.headers["location"]), made.json()["@odata.etag"]
    assert path == f"{everything}/{made.json()['id']}"
    seen = await site.get(AA, path)
    assert (seen["status"], held(seen), seen["@odata.etag"]) == ("active", {HELPDESK}, tag)

    same = await site.call(AA, "PATCH", path, roles_of(HELPDESK), headers={"If-Match": tag})
    assert (same.status_code, held(same.json()), same.json()["@odata.etag"]) == (200, {HELPDESK}, tag)
    begun = await site.call(AA, "PATCH", path, roles_of(EXCHANGE, HELPDESK), headers={"If-Match": tag})
    assert (begun.status_code, begun.json(), begun.headers["retry-after"]) == (202, {}, "10")
    operation = await site.get(AA, below(site, begun.headers["location"]))
    assert (operation["operationType"], operation["status"]) == ("delegatedAdminAccessAssignmentUpdate", "succeeded")
    told = json.loads(operation["data"])
    assert (told["id"], told["accessContainer"]["accessContainerId"]) == (seen["id"], container)
    assert held(told) == {EXCHANGE, HELPDESK}
    seen = await site.get(AA, path)
    assert held(seen) == {EXCHANGE, HELPDESK}

    assert failed(await site.call(AA, "DELETE", path, headers={"If-Match": tag})) == (412, "preconditionFailed")
    gone = await site.call(AA, "DELETE", path, headers={"If-Match": seen["@odata.etag"]})
    assert (gone.status_code, gone.content) == (204, b"")
    over = await site.get(AA, path)
    assert (over["status"], held(over)) == ("deleted", {EXCHANGE, HELPDESK})
    assert failed(await site.call(AA, "DELETE", path, headers=ANY)) == (409, "conflict")
    assert failed(await site.call(AA, "PATCH", path, roles_of(HELPDESK), headers=ANY)) == (409, "conflict")
    # The group is free for another assignment.
    assert (await site.call(AA, "POST", everything, assigning(container, EXCHANGE))).status_code == 201
    listed = await site.get(AA, f"{everything}?$count=true")
    assert (listed["@odata.count"], [one["status"] for one in listed["value"]]) == (2, ["deleted", "active"])


async def test_what_a_group_held_is_kept_with_its_times(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick", HELPDESK, EXCHANGE)
    path = await assigned(site, AA, relationship, await group(site, "ga@nordlicht", "Technik"), HELPDESK)
    begun = site.here.clock.moment
    steps: tuple[tuple[str, Any], ...] = (
        ("PATCH", roles_of(EXCHANGE)),
        ("PATCH", roles_of(HELPDESK)),
        ("DELETE", None),
    )
    for day, (method, body) in enumerate(steps, 1):
        site.here.clock.moment = begun + timedelta(days=day)
        assert (await site.call(AA, method, path, body, headers=ANY)).status_code in (202, 204)
    async with site.here.owner() as owner:
        rows = await owner.fetch("SELECT role_id::text AS role, given_at, taken_at FROM access_assignment_role")
        audit = await owner.fetch(
            "SELECT DISTINCT tenant_id, operation_type FROM audit_record WHERE resource_type = 'AccessAssignment'"
        )
    spans = {(row["role"], (row["given_at"] - begun).days, (row["taken_at"] - begun).days) for row in rows}
    assert spans == {(HELPDESK, 0, 1), (EXCHANGE, 1, 2), (HELPDESK, 2, 3)}
    told = {(row["tenant_id"], row["operation_type"].partition(".")[2]) for row in audit}
    both = (site.here.id("nordlicht"), site.here.id("alpenblick"))
    assert told == {(tenant, step) for tenant in both for step in ("create", "change", "delete")}


async def test_a_role_taken_and_given_at_one_moment_was_never_gone(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick", HELPDESK, EXCHANGE)
    path = await assigned(site, AA, relationship, await group(site, "ga@nordlicht", "Technik"), HELPDESK)
    for role in (EXCHANGE, HELPDESK):
        assert (await site.call(AA, "PATCH", path, roles_of(role), headers=ANY)).status_code == 202
        assert held(await site.get(AA, path)) == {role}


async def test_what_is_refused(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick", HELPDESK)
    container = await group(site, "ga@nordlicht", "Technik")
    everything = f"{GRAPH}/{relationship}/accessAssignments"
    foreign = await group(site, "ga@suedwind", "Fremde")
    for body, expected in (
        (assigning(container, EXCHANGE), (400, "badRequest")),
        (assigning(container, HELPDESK, GLOBAL_ADMINISTRATOR), (400, "badRequest")),
        (assigning(container), (400, "badRequest")),
        (assigning(container, UNKNOWN), (400, "badRequest")),
        ({"accessContainer": assigning(container)["accessContainer"]}, (400, "badRequest")),
        (roles_of(HELPDESK), (400, "badRequest")),
        ({**assigning(container, HELPDESK), "accessContainer": {"accessContainerId": container}}, (400, "badRequest")),
        (assigning(foreign, HELPDESK), (404, "notFound")),
        (assigning(UNKNOWN, HELPDESK), (404, "notFound")),
    ):
        assert failed(await site.call(AA, "POST", everything, body)) == expected, body
    path = await assigned(site, AA, relationship, container, HELPDESK)
    assert failed(await site.call(AA, "POST", everything, assigning(container, HELPDESK))) == (409, "conflict")
    for body, expected in (
        (roles_of(EXCHANGE), (400, "badRequest")),
        (roles_of(), (400, "badRequest")),
        (assigning(foreign, HELPDESK), (400, "badRequest")),
    ):
        assert failed(await site.call(AA, "PATCH", path, body, headers=ANY)) == expected, body
    for method, body in (("PATCH", roles_of(HELPDESK)), ("DELETE", None)):
        assert failed(await site.call(AA, method, path, body)) == (400, "badRequest")
        assert failed(await site.call(AA, method, path, body, headers={"If-Match": '"x"'}))[0] == 412
    unchanged = await site.call(AA, "PATCH", path, assigning(container, HELPDESK), headers=ANY)
    assert unchanged.status_code == 200


async def test_only_while_the_relationship_is_active(site: Web) -> None:
    container = await group(site, "ga@nordlicht", "Technik")
    waiting = await asked_of(site, AA, "Wartet", "alpenblick")
    for relationship in (await draft(site, AA, "Entwurf"), waiting):
        everything = f"{GRAPH}/{relationship}/accessAssignments"
        assert failed(await site.call(AA, "POST", everything, assigning(container, HELPDESK))) == (409, "conflict")
    active = await approved_by(site, AA, "Aktiv", "alpenblick", HELPDESK, EXCHANGE)
    path = await assigned(site, AA, active, container, HELPDESK)
    site.here.clock.moment += timedelta(days=366)
    assert (await site.get(AA, path))["status"] == "deleted"
    assert failed(await site.call(AA, "PATCH", path, roles_of(EXCHANGE), headers=ANY)) == (409, "conflict")
    assert failed(await site.call(AA, "DELETE", path, headers=ANY)) == (409, "conflict")
    everything = f"{GRAPH}/{active}/accessAssignments"
    assert failed(await site.call(AA, "POST", everything, assigning(container, HELPDESK))) == (409, "conflict")


@pytest.mark.parametrize("side", ["partner", "customer"])
async def test_with_a_relationship_end_its_assignments_and_no_others(site: Web, side: str) -> None:
    container = await group(site, "ga@nordlicht", "Technik")
    ends, stays = [await approved_by(site, AA, name, "alpenblick") for name in ("Endet", "Bleibt")]
    foreign = await approved_by(site, "aa@suedwind", "Fremd", "alpenblick")
    over, left = [await assigned(site, AA, one, container, HELPDESK) for one in (ends, stays)]
    theirs = await assigned(site, "aa@suedwind", foreign, await group(site, "ga@suedwind", "Fremde"), HELPDESK)
    if side == "partner":
        assert (await request(site, AA, ends, "terminate")).status_code == 201
    else:
        assert (await site.call(GA, "POST", f"{CONSENT}/{ends}/terminate")).status_code == 200
    assert ((await site.get(AA, over))["status"], held(await site.get(AA, over))) == ("deleted", {HELPDESK})
    assert (await site.get(AA, left))["status"] == "active"
    assert (await site.get("aa@suedwind", theirs))["status"] == "active"
    async with site.here.owner() as owner:
        open_rows = await owner.fetchval("SELECT count(*) FROM access_assignment_role WHERE taken_at IS NULL")
        told = await owner.fetch(
            "SELECT tenant_id FROM audit_record WHERE resource_type = 'AccessAssignment' AND operation_type = $1",
            "admin_relationship.terminate" if side == "partner" else "admin_relationship.end",
        )
    assert open_rows == 2
    assert {row["tenant_id"] for row in told} == {site.here.id("nordlicht"), site.here.id("alpenblick")}


@pytest.mark.parametrize(
    ("who", "may"),
    [("aa", True), ("ga", True), ("um", True), ("sa", False), ("hd", False), ("ba", False), ("", True)],
)
async def test_who_assigns_groups(site: Web, who: str, may: bool) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick", HELPDESK, EXCHANGE)
    technics, others = [await group(site, "ga@nordlicht", name) for name in ("Technik", "Andere")]
    path, everything = await assigned(site, AA, relationship, technics, HELPDESK), f"{GRAPH}/{relationship}"
    said = [
        (await site.call(f"{who}@nordlicht", method, address, body, headers=ANY)).status_code
        for method, address, body in (
            ("GET", everything, None),
            ("GET", f"{everything}/accessAssignments", None),
            ("GET", path, None),
            ("GET", f"{everything}/operations", None),
            ("GET", f"{everything}/requests", None),
            ("POST", f"{everything}/accessAssignments", assigning(others, HELPDESK)),
            ("PATCH", path, roles_of(EXCHANGE)),
            ("DELETE", path, None),
        )
    ]
    assert said == ([200, 200, 200, 200, 200, 201, 202, 204] if may else [403] * 8)


async def test_foreign_and_unknown_ids_answer_alike(site: Web) -> None:
    foreign = await approved_by(site, "aa@suedwind", "Fremd", "alpenblick")
    theirs = await assigned(site, "aa@suedwind", foreign, await group(site, "ga@suedwind", "Fremde"), HELPDESK)
    container = await group(site, "ga@nordlicht", "Technik")
    unknown = f"{UNKNOWN}-{site.here.id('suedwind')}"
    mixed = f"{foreign[:36]}-{site.here.id('nordlicht')}"
    one = theirs.rpartition("/")[2]
    for method, tail, body in (
        ("GET", "accessAssignments", None),
        ("POST", "accessAssignments", assigning(container, HELPDESK)),
        ("GET", f"accessAssignments/{one}", None),
        ("PATCH", f"accessAssignments/{one}", roles_of(HELPDESK)),
        ("DELETE", f"accessAssignments/{one}", None),
    ):
        said = set()
        for relationship in (foreign, unknown, mixed):
            answered = await site.call(AA, method, f"{GRAPH}/{relationship}/{tail}", body, headers=ANY)
            said.add((*failed(answered), answered.json()["error"]["message"]))
        assert said == {(404, "notFound", "There is no such delegated admin relationship among yours.")}, tail
    own = await approved_by(site, AA, "Eigen", "lavande")
    for method, body in (("GET", None), ("PATCH", roles_of(HELPDESK)), ("DELETE", None)):
        said = set()
        for wanted in (one, UNKNOWN):
            answered = await site.call(AA, method, f"{GRAPH}/{own}/accessAssignments/{wanted}", body, headers=ANY)
            said.add((*failed(answered), answered.json()["error"]["message"]))
        assert said == {(404, "notFound", "This relationship has no such assignment.")}, method
    assert (await site.get("aa@suedwind", theirs))["status"] == "active"


async def test_the_same_request_id_assigns_once(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick")
    body = assigning(await group(site, "ga@nordlicht", "Technik"), HELPDESK)
    headers = {"MS-RequestId": "7b2f9a5e-0001-4000-8000-000000000001"}
    path = f"{GRAPH}/{relationship}/accessAssignments"
    first, again = [(await site.call(AA, "POST", path, body, headers=headers)) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len((await site.get(AA, path))["value"]) == 1


async def test_assignments_in_pages_both_ways(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick")
    made = [
        (await assigned(site, AA, relationship, await group(site, "ga@nordlicht", f"G{number}"), HELPDESK))[-36:]
        for number in range(3)
    ]
    for order, expected in (("", made), ("&$orderby=createdDateTime desc", made[::-1])):
        page = await site.get(AA, f"{GRAPH}/{relationship}/accessAssignments?$top=2&$select=status{order}")
        found = []
        while True:
            assert all(one.keys() == {"id", "status", "@odata.etag"} for one in page["value"])
            found += [one["id"] for one in page["value"]]
            if "@odata.nextLink" not in page:
                break
            page = await site.get(AA, below(site, page["@odata.nextLink"]))
        assert found == expected


async def test_a_group_that_holds_roles_cannot_go(site: Web) -> None:
    """No operation removes a group; the database would not let one go whose assignment is not settled."""
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick")
    container = await group(site, "ga@nordlicht", "Technik")
    await assigned(site, AA, relationship, container, HELPDESK)
    async with site.here.owner() as owner:
        found = await owner.fetchval(
            "SELECT confdeltype FROM pg_constraint WHERE conrelid = 'access_assignment'::regclass "
            "AND confrelid = 'directory_group'::regclass"
        )
    assert found == b"a"
    assert (await answer(site, GA, relationship, "approve")).status_code == 400
