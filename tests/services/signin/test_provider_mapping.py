"""What claims mean: tenant, roles, second factor, names; and settings that do not fit together. Nothing runs here."""

from pathlib import Path
from typing import Any

import pytest

from copartner.policy.facts import Role
from copartner.settings import Settings, SettingsError, described, read
from copartner.signin.provider import mapping
from copartner.signin.provider.errors import NotAdmitted
from copartner.signin.provider.fetch import may_be_asked
from copartner.signin.provider.model import Trust

SAID = {"sub": "s", "iat": 1_700_000_000, "tid": "north", "roles": ["admins"]}
ISSUER = {
    "COPARTNER_OIDC_ISSUER": "https://login.example/realms/one",
    "COPARTNER_OIDC_CLIENT_ID": "copartner",
    "COPARTNER_OIDC_TENANT": "nordlicht.example",
}


def trust(**changed: Any) -> Trust:
    """A provider with one tenant and one role in its tables."""
    given: dict[str, Any] = {
        "tenant_claim": "tid",
        "tenants": {"north": "Nordlicht.example"},
        "role_claim": "roles",
        "roles": {"admins": (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT), "sellers": (Role.SALES_AGENT,)},
    }
    return Trust("https://login.example", "copartner", **{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "claims", "tenant"),
    [
        ({}, {"tid": "north"}, "nordlicht.example"),
        ({}, {"tid": ["north", "else"]}, "nordlicht.example"),
        ({"tenants": {}}, {"tid": "Nordlicht.example"}, "nordlicht.example"),
        ({"tenant": "alpenblick.example", "tenant_claim": None}, {}, "alpenblick.example"),
        ({"tenant_claim": "org.id"}, {"org": {"id": "north"}}, "nordlicht.example"),
        ({"tenant_claim": "https://a.example/t"}, {"https://a.example/t": "north"}, "nordlicht.example"),
    ],
)
def test_a_tenant_is_named(changed: dict[str, Any], claims: dict[str, Any], tenant: str) -> None:
    assert mapping.tenant(trust(**changed), claims) == tenant


@pytest.mark.parametrize(
    "said", [None, "", 7, True, [], [7], {"north": 1}, "NORTH", "nordlicht.example", "constructor"]
)
def test_what_is_not_in_the_table_names_no_tenant(said: object) -> None:
    with pytest.raises(NotAdmitted):
        mapping.tenant(trust(), {"tid": said})


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        (["admins"], (Role.ADMIN_AGENT, Role.GLOBAL_ADMIN)),
        ("sellers", (Role.SALES_AGENT,)),
        (["admins", "sellers", "Global admin"], (Role.ADMIN_AGENT, Role.GLOBAL_ADMIN, Role.SALES_AGENT)),
        (["Admins", "nothing"], ()),
        ([], ()),
        (7, ()),
    ],
)
def test_roles_are_those_of_the_table(said: object, roles: tuple[Role, ...]) -> None:
    for signing_in in (True, False):
        assert mapping.roles(trust(), {"roles": said}, signing_in=signing_in) == roles


def test_a_claim_that_is_not_there_means_no_roles_at_a_sign_in_alone() -> None:
    assert mapping.roles(trust(), {}, signing_in=True) == ()
    assert mapping.roles(trust(), {}, signing_in=False) is None
    assert mapping.roles(trust(role_claim=None), {"roles": ["admins"]}, signing_in=True) == ()
    assert mapping.roles(trust(role_claim="realm_access.roles"), {"realm_access": {"roles": ["sellers"]}},
                         signing_in=True) == (Role.SALES_AGENT,)  # fmt: skip


def test_roles_that_were_left_out_are_not_taken_for_none() -> None:
    with pytest.raises(NotAdmitted, match="too many values"):
        mapping.roles(trust(), {"_claim_names": {"roles": "src1"}}, signing_in=True)


@pytest.mark.parametrize(
    ("changed", "claims", "methods"),
    [
        ({}, {"amr": ["pwd", "mfa"]}, ("fed", "mfa")),
        ({}, {"amr": ["pwd", "otp"]}, ("fed",)),
        ({}, {"acr": "mfa"}, ("fed",)),
        ({}, {}, ("fed",)),
        ({"amr": ("otp", "hwk")}, {"amr": "hwk"}, ("fed", "mfa")),
        ({"acr": ("urn:gold",)}, {"acr": "urn:gold"}, ("fed", "mfa")),
        ({"amr": ()}, {"amr": ["mfa"]}, ("fed",)),
    ],
)
def test_a_second_factor_is_what_the_operator_says(
    changed: dict[str, Any], claims: dict[str, Any], methods: tuple[str, ...]
) -> None:
    assert mapping.methods(trust(**changed), claims) == methods


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "Anna.Arendt@corp.example"}, "anna.arendt"),
        ({"preferred_username": "müller ü"}, "m-ller"),
        ({"preferred_username": "...", "email": "b@x"}, "b"),
        ({"preferred_username": "x" * 100}, "x" * 60),
        ({}, "s"),
        ({"sub": "|"}, "user"),
    ],
)
def test_a_sign_in_name_is_made_of_what_it_may_hold(claims: dict[str, Any], name: str) -> None:
    assert mapping.person(trust(), {**SAID, **claims}, signing_in=True).name == name


@pytest.mark.parametrize("sub", [None, "", 7, "x" * 256, "a\nb"])
def test_without_a_subject_it_is_nobody(sub: object) -> None:
    with pytest.raises(NotAdmitted, match="usable sub"):
        mapping.person(trust(), {**SAID, "sub": sub}, signing_in=True)


@pytest.mark.parametrize(
    ("claims", "application"),
    [
        ({"sub": "a", "client_id": "a"}, True),
        ({"sub": "a", "azp": "a"}, True),
        ({"sub": "a", "oid": "a"}, True),
        ({"sub": "a", "idtyp": "app"}, True),
        ({"sub": "a", "azp": "b", "client_id": ["a"], "oid": "c"}, False),
    ],
)
def test_an_application_is_told_from_a_person(claims: dict[str, Any], application: bool) -> None:
    assert mapping.is_application(claims) == application


@pytest.mark.parametrize(
    ("address", "issuer", "may"),
    [
        ("https://login.example/keys", "https://login.example", True),
        ("https://keys.example:8443/k?x=1", "https://login.example", True),
        ("http://login.example/keys", "https://login.example", False),
        ("http://127.0.0.1/keys", "https://login.example", False),
        ("http://127.0.0.1:1/keys", "http://localhost:2", True),
        ("http://login.example/keys", "http://127.0.0.1", False),
        ("https://u:p@login.example/", "https://login.example", False),
        ("https://login.example/#f", "https://login.example", False),
        ("file:///etc/passwd", "http://127.0.0.1", False),
        ("https://login.example:99999/", "https://login.example", False),
        ("https://[bad", "https://login.example", False),
        (None, "https://login.example", False),
    ],
)
def test_only_https_is_asked_but_on_this_machine(address: object, issuer: str, may: bool) -> None:
    assert may_be_asked(address, issuer=issuer) == may


def test_settings_of_a_provider_are_read(tmp_path: Path) -> None:
    secret, table = tmp_path / "secret", tmp_path / "roles.json"
    secret.write_text("geheim\n")
    table.write_text('{"CN=admins,OU=x": ["Global admin", "Admin agent"], "sellers": "Sales agent"}')
    more = {
        "COPARTNER_OIDC_CLIENT_SECRET_FILE": str(secret),
        "COPARTNER_OIDC_ROLE_CLAIM": "groups",
        "COPARTNER_OIDC_ROLES": str(table),
        "COPARTNER_OIDC_AUDIENCES": "api://copartner, https://copartner.example",
    }
    found = read({**ISSUER, **more}).identity_provider()
    assert found is not None
    assert found.client_secret == "geheim"
    assert "geheim" not in repr(found)
    assert found.audiences == ("api://copartner", "https://copartner.example")
    assert found.roles["CN=admins,OU=x"] == (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT)
    assert Settings().identity_provider() is None


def test_a_client_secret_is_never_shown() -> None:
    given = {**ISSUER, "COPARTNER_OIDC_CLIENT_SECRET": "geheim"}
    shown = {row[0]: row[1:3] for row in described(given)}
    assert shown["COPARTNER_OIDC_CLIENT_SECRET"] == ("***", "environment")
    assert shown["COPARTNER_OIDC_ISSUER"] == ("https://login.example/realms/one", "environment")
    assert shown["COPARTNER_OIDC_MFA_AMR"] == ("mfa", "default")
    assert "geheim" not in repr(read(given))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ISSUER": ""}, "https address"),
        ({"ISSUER": "http://login.example"}, "https address"),
        ({"ISSUER": "https://login.example/?x=1"}, "https address"),
        ({"ISSUER": None}, "ISSUER is not set"),
        ({"ISSUER": None, "CLIENT_ID": None, "TENANT": None, "MFA_ACR": "gold"}, "ISSUER is not set"),
        ({"CLIENT_ID": None}, "needs COPARTNER_OIDC_CLIENT_ID"),
        ({"TENANT": None}, "set one of them, so that people have a tenant"),
        ({"TENANT_CLAIM": "tid"}, "set one of them, so that people have a tenant"),
        ({"TENANTS": '{"a": "b.example"}'}, "needs COPARTNER_OIDC_TENANT_CLAIM"),
        ({"TENANT": None, "TENANT_CLAIM": "tid", "TENANTS": "{}"}, "nobody could sign in"),
        ({"TENANTS": "[1]"}, "give a JSON object"),
        ({"TENANTS": '{"a": 1}'}, "give a JSON object"),
        ({"ROLE_CLAIM": "groups"}, "go together"),
        ({"ROLES": "{}"}, "go together"),
        ({"ROLES": '{"a": "Boss"}'}, "Boss is no role"),
        ({"ROLES": '{"a": "User"}'}, "User is no role"),
        ({"ROLES": "/nowhere/roles.json"}, "path of a file"),
        ({"CLIENT_SECRET": "a", "CLIENT_SECRET_FILE": "/b"}, "set one of them"),
        ({"SCOPES": "profile"}, "has to hold openid"),
        ({"AUDIENCES": "copartner"}, "may not hold the client id"),
        ({"SESSION_HOURS": "0"}, "whole number"),
        ({"ISSUERS": "x"}, "is no setting"),
    ],
)
def test_what_does_not_fit_together_stops_the_start(changed: dict[str, str | None], said: str) -> None:
    given = ISSUER | {f"COPARTNER_OIDC_{name}": value for name, value in changed.items()}
    with pytest.raises(SettingsError, match=said):
        read({name: value for name, value in given.items() if value is not None})
