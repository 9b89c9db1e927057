"""msal as published, driven through one flow: reads what to do as JSON, writes what it got as JSON.

It runs in an environment of its own, which knows msal and nothing of copartner.
"""

import json
import sys
from urllib.parse import parse_qsl, urlsplit

import msal
from browser import enrolled, person

SCOPES = ["https://api.partnercenter.microsoft.com/.default"]
BACK = "http://localhost:53682"
SECOND_FACTOR = json.dumps({"id_token": {"amr": {"values": ["mfa"]}}})


def signed_in(asked, start):
    """What a person in a browser is sent back with."""
    return dict(parse_qsl(urlsplit(person(asked["ca"], start, asked, BACK).url).query))


def application(asked, kind=msal.ConfidentialClientApplication, **options):
    """An msal application at the authority asked for, instance discovery off unless it says otherwise."""
    secret = {"client_credential": asked["secret"]} if kind is msal.ConfidentialClientApplication else {}
    return kind(
        asked["client_id"],
        authority=f"{asked['url']}/{asked['tenant']}",
        verify=asked["ca"],
        instance_discovery=asked["instance_discovery"],
        **secret,
        **options,
    )


def client_credentials(asked):
    """An application by itself; the second answer comes from msal's cache."""
    app = application(asked)
    first = app.acquire_token_for_client(SCOPES)
    return [first, app.acquire_token_for_client(SCOPES)]


def authorization_code(asked):
    """A person in a browser, asked for consent; then silently from the cache, then by the refresh token, twice."""
    app = application(asked)
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=BACK, login_hint=asked["username"], prompt="consent")
    back = signed_in(asked, flow["auth_uri"])
    answers = [app.acquire_token_by_auth_code_flow(flow, back)]
    if "error" in answers[0]:
        return answers
    account = app.get_accounts()[0]
    answers.append(app.acquire_token_silent(SCOPES, account))
    for _ in range(2):
        answers.append(app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True))
    return answers


def second_factor(asked):
    """A person who has no authenticator app, at an application that wants a second factor."""
    app = application(asked)
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=BACK, claims_challenge=SECOND_FACTOR)
    return [app.acquire_token_by_auth_code_flow(flow, signed_in(asked, flow["auth_uri"]))]


def mixed_up_state(asked):
    """An answer that belongs to another request: msal refuses it before the code is sent anywhere."""
    app = application(asked)
    flows = [app.initiate_auth_code_flow(SCOPES, redirect_uri=BACK) for _ in range(2)]
    back = signed_in(asked, flows[0]["auth_uri"])
    try:
        return [app.acquire_token_by_auth_code_flow(flows[1], back)]
    except ValueError as error:
        return [{"error": "refused", "error_description": str(error)}]


def device_code(asked):
    """A device, and a person who types its code elsewhere before it asks."""
    # The application has a secret, which msal's public client, the one with the device flow, cannot hold.
    public = application(asked, msal.PublicClientApplication)
    flow = public.initiate_device_flow(SCOPES)
    if "user_code" not in flow:
        return [flow]
    url = flow.get("verification_uri") or flow["verification_url"]
    person(asked["ca"], url, {**asked, "user_code": flow["user_code"]})
    proved = {"data": {"client_secret": asked["secret"]}}
    return [public.acquire_token_by_device_flow(flow, **proved)]


def password(asked):
    """Name and password, which the emulator alone takes."""
    return [application(asked).acquire_token_by_username_password(asked["username"], asked["password"], SCOPES)]


FLOWS = (
    client_credentials, authorization_code, second_factor, mixed_up_state, device_code, password, enrolled,
)  # fmt: skip


def main():
    """Run the flow and say what came of it."""
    asked = json.load(sys.stdin)
    flows = {flow.__name__: flow for flow in FLOWS}
    json.dump(flows[asked["flow"]](asked), sys.stdout, default=str)


if __name__ == "__main__":
    main()
