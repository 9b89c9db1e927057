"""Applications, consents to them and addresses of events as pages: secrets are shown once, what ends has ended."""

import re

from copartner.policy.facts import Side
from copartner.signin import consents
from copartner.tenants.service import applications
from support.portal import House, heading
from support.visiting import act, forms, secret_of, submit, visitor


async def test_an_application_is_registered_and_has_its_secrets_shown_once(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await browser.open("/settings/applications")
    (form,) = forms(page, "redirectUris")
    refused = await submit(browser, form, name="Werkzeug", redirectUris="https://a.example/back\nftp://x")
    assert (refused.status_code, "ftp://x&#39; cannot be used" in refused.text) == (400, True)
    assert "https://a.example/back\nftp://x</textarea>" in refused.text
    (form,) = forms(refused, "redirectUris")
    place = (await submit(browser, form, redirectUris="https://a.example/back")).headers["location"]
    shown = await browser.open(place)
    assert "It has no secret" in shown.text
    assert "https://a.example/back" in shown.text
    late = await act(browser, shown, "secret", description="Server", expiresAt="2099-01-01")
    assert (late.status_code, 'value="Server"' in late.text) == (400, True)
    once, twice = [await act(browser, shown, "secret", description="Server", expiresAt="2027-03-01") for _ in range(2)]
    assert secret_of(once) == secret_of(twice)
    listed = await browser.open(place)
    assert secret_of(once) not in listed.text
    assert listed.text.count('name="secret-') == 1
    secret = re.search(r'name="(secret-[0-9a-f-]+)"', listed.text)
    assert secret
    for _ in range(2):
        removed = await browser.follow(await act(browser, listed, "remove", **{secret.group(1): "on"}))
        assert "It has no secret" in removed.text
    changed = await browser.follow(await act(browser, removed, "change", name="Anderes", redirectUris=""))
    assert heading(changed.text) == "Anderes"
    blocked = await browser.follow(await act(browser, changed, "block", sure="on"))
    assert 'value="unblock"' in blocked.text


async def test_consents_are_seen_by_their_users_and_withdrawn(home: House) -> None:
    context = home.here.context("ga@alpenblick", Side.CUSTOMER)
    made = await applications.create_application(context, name="Werkzeug")
    user = home.here.context("user@alpenblick", Side.CUSTOMER)
    own = await consents.consent(user, application_id=made.id, offline=True)
    tenants = await consents.consent(context, application_id=made.id, offline=False, for_all=True)
    browser = visitor(home, "user@alpenblick", Side.CUSTOMER)
    page = await browser.open("/settings/consents")
    assert (page.text.count("Werkzeug"), f"consent-{tenants.id}" in page.text) == (3, False)
    (form,) = forms(page, "consent-")
    assert "Tick the consents" in (await submit(browser, form)).text
    both = await submit(browser, form, **{f"consent-{own.id}": "on", f"consent-{tenants.id}": "on"})
    assert both.status_code == 403
    assert f"consent-{own.id}" in (await browser.open("/settings/consents")).text, "one denied, none withdrawn"
    for _ in range(2):
        done = await browser.follow(await submit(browser, form, **{f"consent-{own.id}": "on"}))
        assert f"consent-{own.id}" not in done.text
    assert (await browser.open("/settings/consents?of=tenant")).status_code == 403
    admin = visitor(home, "ga@alpenblick", Side.CUSTOMER)
    everybody = await admin.open("/settings/consents?of=tenant")
    assert "everybody of the tenant" in everybody.text
    shown = await admin.open(f"/settings/applications/{made.id}")
    assert "everybody of the tenant" in shown.text


async def test_events_have_an_address_with_a_secret_shown_once(home: House) -> None:
    browser = visitor(home, "ga@nordlicht", Side.PARTNER)
    page = await browser.open("/settings/events")
    assert "No events are sent" in page.text
    refused = await act(browser, page, "set", url="http://10.0.0.1/x")
    assert (refused.status_code, 'value="http://10.0.0.1/x"' in refused.text) == (400, True)
    made = await act(browser, page, "set", url="https://events.example/x")
    assert secret_of(made).startswith("copartner-")
    again = await browser.follow(await act(browser, page, "set", url="https://events.example/x"))
    assert "events go there already" in again.text
    assert secret_of(made) not in again.text
    newer = await act(browser, again, "set", url="https://events.example/x", newSecret="on")
    assert secret_of(newer) != secret_of(made)
    assert (await act(browser, again, "remove")).status_code == 400
    for _ in range(2):
        gone = await browser.follow(await act(browser, again, "remove", sure="on"))
        assert "No events are sent any more" in gone.text
