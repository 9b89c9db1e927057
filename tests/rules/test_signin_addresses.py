"""Where a browser may be sent after a sign-in: nowhere that was not registered, whatever it looks like."""

import pytest

from copartner.signin.rules import may_return_to

WEB = "https://portal.nordlicht.example/back?from=copartner"
REGISTERED = (WEB, "http://localhost", "http://127.0.0.1/signed-in", "nordlicht-app://back")


@pytest.mark.parametrize(
    "uri",
    [*REGISTERED, "http://localhost:53682", "http://127.0.0.1:1/signed-in", "http://127.0.0.1:65535/signed-in"],
)
def test_registered_addresses_hold_and_programs_on_this_machine_at_any_port(uri: str) -> None:
    assert may_return_to(uri, REGISTERED)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://evil.example/",
        f"{WEB}&next=https://evil.example",
        WEB.replace("/back", "/back/../other"),
        WEB.replace("https://", "https://evil.example@"),
        WEB.replace(".example", ".example:8443"),
        WEB.replace("https:", "HTTPS:"),
        "http://localhost:53682/",
        "http://localhost:53682@evil.example",
        "http://localhost.evil.example",
        "http://localhost:53682.evil.example",
        "http://localhost:999999",
        "https://localhost:53682",
        "http://127.0.0.1:1/signed-in/../other",
        "http://127.0.0.1:1/signed-in?next=//evil.example",
        "http://127.0.0.2:1/signed-in",
        "http://2130706433:1/signed-in",
        "https://evil.example/http://localhost",
        "javascript:alert(1)//http://localhost",
        "//localhost",
        "http://localhost:1\r\nLocation: https://evil.example",
        "http://localhost#@evil.example",
    ],
)
def test_everything_else_is_refused(uri: str) -> None:
    assert not may_return_to(uri, REGISTERED)
    assert not may_return_to(uri, ())


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "no address"])
def test_what_runs_in_a_browser_is_refused_even_when_registered(uri: str) -> None:
    assert not may_return_to(uri, (uri,))
