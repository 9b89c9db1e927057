"""Which addresses events may go to, and how much one says."""

from ipaddress import ip_address

import pytest

from copartner.kernel.errors import Invalid
from copartner.webhooks import rules


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.7", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "ff02::1",
    ],
)  # fmt: skip
def test_addresses_of_ones_own_network(address: str) -> None:
    assert not rules.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_addresses_of_the_internet(address: str) -> None:
    assert rules.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/", "ftp://a.example/", "https://", "https://a.example:99999/", "https://a.example:0/",
        "https://user:word@a.example/", "https://a.example/#x", "https://127.0.0.1/", "https://[::1]/",
        "https://localhost/", "https://a b.example/", "https://ä.example/", "https://[x/", "x" * 501, "",
    ],
)  # fmt: skip
def test_what_is_no_address_for_events(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked_url(url, private=False)
    assert refused.value.data == ("url",)


def test_what_is_one() -> None:
    for url in ("https://a.example/x?y=1", "https://93.184.216.34:8443/x"):
        assert rules.checked_url(f" {url} ", private=False) == url
    assert rules.checked_url("http://127.0.0.1:9000/x", private=True) == "http://127.0.0.1:9000/x"


def test_an_event_is_bounded() -> None:
    with pytest.raises(ValueError, match="at most"):
        rules.checked_data({"text": "x" * rules.LARGEST_DATA})
