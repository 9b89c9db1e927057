"""An operator's view: a key rotated by a command while the server runs, https by a certificate of one's own."""

import ssl
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from copartner_emulator import certificates
from support import production
from support.postgres import Database
from support.running import COPARTNER


def test_a_certificate_and_its_key_go_together(tmp_path: Path, database: Database) -> None:
    environment = production.settings(database.login_url, tmp_path, tls_certificate="/nowhere")
    code, said = production.ended(environment, "serve")
    assert code == 1
    assert "COPARTNER_TLS_KEY" in said
    environment = production.settings(database.login_url, tmp_path, trusted_proxies="10.0.0.0/33")
    assert "COPARTNER_TRUSTED_PROXIES: give addresses" in production.ended(environment, "serve")[1]


def test_a_key_is_rotated_by_a_command_and_https_is_spoken(tmp_path: Path, database: Database) -> None:
    made, port = certificates.ensure(tmp_path / "tls", datetime.now(UTC)), production.free_port()
    url = f"https://127.0.0.1:{port}"
    environment = production.settings(
        database.login_url,
        tmp_path,
        port=str(port),
        public_url=url,
        tls_certificate=str(made.certificate),
        tls_key=str(made.key),
    )
    rotated = subprocess.run([str(COPARTNER), "rotate-key"], env=environment, capture_output=True, text=True)
    assert rotated.returncode == 0, rotated.stderr
    assert "signs from" in rotated.stdout
    process = subprocess.Popen([str(COPARTNER), "serve"], env=environment, stdout=subprocess.DEVNULL)
    try:
        trusting = ssl.create_default_context(cafile=str(made.authority))
        with httpx.Client(verify=trusting, base_url=url) as http:
            for _ in range(300):
                try:
                    answer = http.get("/common/discovery/keys")
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            published = [key["kid"] for key in answer.json()["keys"]]
        # The new one is known to clients before the first token it signs, beside the one that signs now.
        assert len(published) == 2
        assert rotated.stdout.split()[1] == published[0]
    finally:
        process.terminate()
        process.wait(20)
