"""The harness itself: what is wrong with a page is seen by axe and by the watch; no Chromium outlives its tests."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from playwright.async_api import Browser

from support.axe import findings
from support.tree import ROOT
from support.watching import Watch

_HEAD = '<!DOCTYPE html><html lang="en"><head><title>A page</title></head>'
_PAGE = _HEAD + "<body><main><h1>A page</h1>{}</main></body></html>"
_POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'"


@contextmanager
def _served(body: str, policy: str = _POLICY) -> Iterator[str]:
    """A host with one page; everything else is not found there, and `/slam` hangs up."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/slam":
                self.connection.close()
                return
            found = self.path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(_PAGE.format(body).encode() if found else b"nothing")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("body", "policy", "fault"),
    [
        ("<script>console.error('oh')</script>", _POLICY, "console: oh"),
        ("<script>console.warn('hm')</script>", _POLICY, "console: hm"),
        ("<script>nothing.here()</script>", _POLICY, "script: nothing is not defined"),
        ("<p style='color: red'>red</p>", "default-src 'self'", "console: Applying inline style violates"),
        ("<script>1</script>", "default-src 'self'", "console: Executing inline script violates"),
        ("<img src='/missing' alt=''>", _POLICY, "404: GET"),
        ("<img src='/slam' alt=''>", _POLICY, "failed: GET"),
        ("<img src='http://elsewhere.example/' alt=''>", "default-src *", "foreign: GET http://elsewhere.example/"),
        ("<p>All is well.</p>", _POLICY, ""),
    ],
)  # fmt: skip
async def test_the_watch_sees_what_is_wrong(browser: Browser, body: str, policy: str, fault: str) -> None:
    with _served(body, policy) as root:
        context = await browser.new_context()
        watch = Watch(root)
        watch.over(context)
        page = await context.new_page()
        await page.goto(f"{root}/", wait_until="load")
        await page.wait_for_timeout(50)
        await context.close()
    if not fault:
        watch.check()
        return
    assert any(said.startswith(fault) for said in watch.faults), watch.faults
    with pytest.raises(AssertionError):
        watch.check()


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<input>", "label"),
        ("<p style='color: #bbb'>pale</p>", "color-contrast"),
        ("<h3>Deep</h3>", "heading-order"),
        ("<button style='width: 12px; height: 12px' aria-label='a'></button>" * 2, "target-size"),
        ("<p>All is well.</p>", ""),
    ],
)
async def test_axe_sees_what_is_wrong(browser: Browser, body: str, rule: str) -> None:
    page = await browser.new_page()
    await page.set_content(_PAGE.format(body))
    found = await findings(page)
    await page.close()
    assert [said for said in found if f" {rule}: " in said] == found
    assert bool(found) == bool(rule)


_RUNS = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from support.chromium import chromium
async def main():
    async with chromium("--of-test={mark}") as browser:
        await browser.new_page()
        print("up", flush=True)
        {then}
asyncio.run(main())
"""


@pytest.mark.parametrize("then", ["raise SystemExit(1)", "await asyncio.sleep(60)"], ids=["failed", "killed"])
def test_no_chromium_outlives_its_tests(then: str) -> None:
    mark = uuid4().hex
    script = _RUNS.format(tests=str(ROOT / "tests"), mark=mark, then=then)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"up\n"
        if "sleep" in then:
            assert _processes(mark)
            started.kill()
        started.wait(30)
    deadline = time.monotonic() + 30
    while left := _processes(mark):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _processes(mark: str) -> list[str]:
    """The processes of this machine that have the mark in their command line."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if f"--of-test={mark}" in line:
                found.append(line)
    return found
