"""Users, groups and applications by HTTP."""

from support.web import Web, refused

OWN = "/programme/v1"


async def test_users_by_http(site: Web) -> None:
    path = f"{OWN}/users"
    body = {"userPrincipalName": "neu", "displayName": "Neu", "roles": ["SalesAgent"]}
    made = await site.call("um@nordlicht", "POST", path, body)
    assert made.status_code == 201, made.text
    user = made.json()["user"]
    assert (user["userPrincipalName"], user["roles"], user["enabled"]) == (
        "neu@nordlicht.example",
        ["Sales agent"],
        True,
    )
    assert len(made.json()["password"]) == 19
    one = f"{path}/{user['id']}"
    given = await site.call("um@nordlicht", "PUT", f"{one}/roles/billing-admin")
    assert given.json()["roles"] == ["Billing admin", "Sales agent"]
    taken = await site.call("um@nordlicht", "DELETE", f"{one}/roles/Sales%20agent")
    assert taken.json()["roles"] == ["Billing admin"]
    assert refused(await site.call("um@nordlicht", "PUT", f"{one}/roles/global-admin")) == (403, "900150")
    assert refused(await site.call("ga@nordlicht", "PUT", f"{one}/roles/admin-agent")) == (400, "3000")
    reset = await site.call("ga@nordlicht", "POST", f"{one}/reset-password")
    assert reset.json()["password"] != made.json()["password"]
    off = await site.call("ga@nordlicht", "PATCH", one, {"enabled": False})
    assert off.json()["enabled"] is False
    assert (await site.get("ga@nordlicht", one)) == off.json()
    for who in ("ga@wolkenwerk", "ga@alpenblick"):
        assert refused(await site.call(who, "GET", one)) == (404, "1000")
    assert refused(await site.call("aa@nordlicht", "GET", one)) == (403, "900150")
    assert refused(await site.call("@nordlicht", "GET", one)) == (403, "900329")
    again = await site.call("ga@nordlicht", "POST", path, body)
    assert refused(again) == (400, "800024")
    last = f"{path}/{site.here.context('ga@nordlicht').caller.subject_id}"
    assert refused(await site.call("ga@nordlicht", "PATCH", last, {"enabled": False})) == (400, "800024")


async def test_pages_for_every_side(site: Web) -> None:
    address, seen = f"{OWN}/users?size=2&side=customer", []
    while address:
        part = await site.get("ga@nordlicht", address)
        seen += [one["id"] for one in part["items"]]
        address = part.get("next", "")
    assert seen == [one["id"] for one in (await site.get("ga@nordlicht", f"{OWN}/users"))["items"]]
    assert (await site.get("ga@alpenblick", f"{OWN}/users"))["items"]
    assert (await site.get("ga@wolkenstadt", f"{OWN}/users"))["items"]


async def test_groups_by_http(site: Web) -> None:
    path = f"{OWN}/groups"
    outer, inner = [(await site.call("um@nordlicht", "POST", path, {"name": name})).json() for name in ("A", "B")]
    assert outer["role"] is None
    nested = await site.call("um@nordlicht", "PUT", f"{path}/{outer['id']}/members/{inner['id']}")
    assert nested.json() == {"id": inner["id"], "kind": "group", "name": "B"}
    circle = await site.call("um@nordlicht", "PUT", f"{path}/{inner['id']}/members/{outer['id']}")
    assert refused(circle) == (400, "800024")
    members = await site.get("um@nordlicht", f"{path}/{outer['id']}/members")
    assert members["items"] == [nested.json()]
    gone = await site.call("um@nordlicht", "DELETE", f"{path}/{outer['id']}/members/{inner['id']}")
    assert gone.status_code == 200
    listed = (await site.get("um@nordlicht", path))["items"]
    assert {"Admin agent", "Helpdesk agent"} <= {one["role"] for one in listed}
    agents = next(one["id"] for one in listed if one["role"] == "Admin agent")
    own = site.here.context("um@nordlicht").caller.subject_id
    assert refused(await site.call("um@nordlicht", "PUT", f"{path}/{agents}/members/{own}")) == (403, "900150")
    assert refused(await site.call("ga@wolkenwerk", "GET", f"{path}/{agents}")) == (404, "1000")


async def test_applications_by_http(site: Web) -> None:
    path = f"{OWN}/applications"
    wrong = {"name": "App", "redirectUris": ["http://app.example/"]}
    assert refused(await site.call("ga@nordlicht", "POST", path, wrong)) == (400, "3000")
    made = await site.call("ga@nordlicht", "POST", path, {"name": "App", "redirectUris": ["https://app.example/"]})
    assert made.status_code == 201, made.text
    one = f"{path}/{made.json()['id']}"
    secret = await site.call("ga@nordlicht", "POST", f"{one}/secrets", {"description": "first"})
    assert (secret.status_code, len(secret.json()["value"])) == (201, 43)
    read = await site.get("ga@nordlicht", one)
    assert read["secrets"] == [secret.json()["secret"]]
    assert secret.json()["value"] not in str(read)
    gone = await site.call("ga@nordlicht", "DELETE", f"{one}/secrets/{read['secrets'][0]['id']}")
    assert gone.json()["removedAt"] is not None
    off = await site.call("ga@nordlicht", "PATCH", one, {"enabled": False})
    assert off.json()["enabled"] is False
    assert refused(await site.call("um@nordlicht", "GET", one)) == (403, "900150")
    assert refused(await site.call("ga@wolkenwerk", "GET", one)) == (404, "1000")
