"""ms-partner-tools as published, its hosts built in: reads what to do as JSON, writes what it got as JSON.

It runs in an environment of its own, which knows ms-partner-tools and nothing of copartner.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import threading
import traceback
from pathlib import Path

from browser import as_program, enrolled, person
from partner_tools import PartnerTools
from partner_tools.auth import DeviceCode, Interactive


class Screen(io.StringIO):
    """What the client prints; whoever reads a code on it goes to the address beside it and types it in."""

    def __init__(self, asked):
        super().__init__()
        self._asked = asked

    def write(self, text):
        found = re.search(r"(https://\S+) .*enter the code ([\w-]+)", text)
        if found:
            typed = {**self._asked, "user_code": found[2]}
            threading.Thread(target=self._type, args=(found[1], typed)).start()
        return super().write(text)

    def _type(self, address, typed):
        try:
            person(self._asked["ca"], address, typed)
        except BaseException:  # the client would wait for as long as the code lasts
            traceback.print_exc()
            os._exit(1)


def device_code(asked):
    """Signed in on another device, with the secret that the client asks for and does not send."""
    with contextlib.redirect_stdout(Screen(asked)):
        return used(DeviceCode(client_id=asked["client_id"], client_secret="unused", tenant_id=asked["tenant"]), asked)


def interactive(asked):
    """Signed in by a browser that comes back to the client."""
    os.environ.update(as_program(asked))
    return used(Interactive(client_id=asked["client_id"], tenant_id=asked["tenant"]), asked)


def used(auth, asked):
    """Every call of the client, in order; what it could not read is named by its exception."""
    customers = PartnerTools(auth_info=auth).customer
    device = {"serialNumber": "1", "modelName": "A", "oemManufacturerName": "B", "hardwareHash": "", "productKey": ""}
    calls = {
        "customers": lambda: [each.dict() for each in customers.get_customers()],
        "relationship_request_url": customers.get_relationship_request_url,
        "devices": lambda: customers.get_devices(asked["customer"], "batch"),
        "enroll_devices": lambda: customers.enroll_devices([device], asked["customer"], "batch"),
    }
    return {name: outcome(call) for name, call in calls.items()}


def outcome(call):
    """What a call returned or raised."""
    try:
        return {"answer": call()}
    except Exception as error:
        return {"error": type(error).__name__}


def command(asked):
    """The client's own command, with the configuration that its `configure` writes."""
    settings = {"method": "Interactive", "client_id": asked["client_id"], "tenant_id": asked["tenant"]}
    lines = ["[DEFAULT]", *(f"{name} = {value}" for name, value in settings.items())]
    (Path(os.environ["PARTNER_TOOLS_CONFIG"]) / "config.ini").write_text("\n".join(lines) + "\n")
    told = subprocess.run(
        [str(Path(sys.executable).with_name("partnertools-cli")), "request-relationship"],
        env={**os.environ, **as_program(asked)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return told.stdout.strip()


def main():
    """Run the flow and say what came of it."""
    asked = json.load(sys.stdin)
    flows = {flow.__name__: flow for flow in (device_code, interactive, command, enrolled)}
    json.dump(flows[asked["flow"]](asked), sys.stdout, default=str)


if __name__ == "__main__":
    main()
