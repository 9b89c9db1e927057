"""https at the emulator: an authority of its own that vouches for this machine, and a certificate that is renewed."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509

from copartner_emulator import certificates
from support.running import temporary_place, up

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_keys_are_their_owners_and_certificates_everybodys(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "tls", NOW)
    for file in (made.key, tmp_path / "tls" / "ca.key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"PRIVATE" not in made.authority.read_bytes() + made.certificate.read_bytes()


def test_the_authority_vouches_for_this_machine_alone(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "tls", NOW)
    constraints = read(made.authority).extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    names = [str(each.value) for each in constraints.value.permitted_subtrees or ()]
    assert names == ["localhost", "127.0.0.1/32", "::1/128"]
    server = read(made.certificate)
    server.verify_directly_issued_by(read(made.authority))
    known = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(each.value) for each in known] == ["localhost", "127.0.0.1", "::1"]


def test_a_start_keeps_what_lasts_and_renews_what_ends(tmp_path: Path) -> None:
    def content(now: datetime) -> tuple[bytes, bytes]:
        made = certificates.ensure(tmp_path / "tls", now)
        return made.authority.read_bytes(), made.certificate.read_bytes()

    first = content(NOW)
    assert content(NOW + timedelta(days=366)) == first
    later = content(NOW + timedelta(days=368))
    assert later[0] == first[0]  # clients go on trusting the same authority
    assert later[1] != first[1]
    assert content(NOW + timedelta(days=3640))[0] != first[0]


def test_up_speaks_https_and_names_its_authority() -> None:
    with temporary_place() as place:
        with up(place / "data", "--tls") as running:
            assert running.url.startswith("https://127.0.0.1:")
            authority = running.ready["certificateAuthority"]
            trusting = ssl.create_default_context(cafile=authority)
            found = httpx.get(f"{running.url}/common/v2.0/.well-known/openid-configuration", verify=trusting)
            assert found.json()["token_endpoint"] == f"{running.url}/common/oauth2/v2.0/token"
            code, printed = running.interrupt()
        assert f"clients trust it by {authority}" in printed
        assert f"curl -s --cacert {authority}" in printed
        assert code in (0, 130)
