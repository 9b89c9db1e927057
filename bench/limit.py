"""The limit: pgbench runs the SQL that a request cannot do without, as superuser, whom row security does not concern.

The scripts are limits/*.sql. In them `customer_id(:c)` and the like stand for the identifier of that number, put
together from it as in world.py, and `@name@` for a number of the world or a sample of what a checkout writes.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import world
from database import Database

from copartner_emulator import binaries, cluster

_SCRIPTS = Path(__file__).with_name("limits")
_CALL = re.compile(r"\b(customer_id|partner_id|relationship_id|subscription_id|fresh_id)\(([^)]+)\)")
_FIXED = {"customer_id": "7000", "partner_id": "7001", "relationship_id": "7004"}
_ID = "01890000-0000-7000-8000-000000000000"
_MOMENT = "2026-11-22T09:00:00.123456Z"
_LINE = {
    "number": 0,
    "catalog_item_id": "CFQ7TTC0E4TR:0001:0FQ7TTC0AAAA",
    "title": "Office 365 Enterprise",
    "nickname": "Office 365 Enterprise",
    "quantity": 3,
    "term": "P1Y",
    "billing_cycle": "monthly",
    "parent_id": None,
    "partner_of_record": None,
    "unit_price": "352.5100",
}
_ORDER = {
    "id": _ID,
    "customer_tenant_id": _ID,
    "partner_tenant_id": _ID,
    "relationship_id": _ID,
    "cart_id": _ID,
    "billing_cycle": "monthly",
    "placed_at": _MOMENT,
    "placed_by": _ID,
    "version": 1,
}
_CART = {
    "id": _ID,
    "customer_tenant_id": _ID,
    "partner_tenant_id": _ID,
    "state": "open",
    "created_at": _MOMENT,
    "lines": [{**_LINE, "currency": "EUR", "parent_number": None}],
    "modified_at": _MOMENT,
    "expires_at": _MOMENT,
    "version": 1,
}
_SUBSCRIPTION = {
    "id": _ID,
    "customer_tenant_id": _ID,
    "partner_tenant_id": _ID,
    "order_id": _ID,
    "line_number": 0,
    "partner_of_record": None,
    "parent_id": None,
    "product_id": "CFQ7TTC0E4TR",
    "sku_id": "0001",
    "availability_id": "CFQ7TTC0AAAA",
    "kind": "license",
    "offer_name": "Office 365 Enterprise",
    "nickname": "Office 365 Enterprise",
    "quantity": 3,
    "status": "active",
    "auto_renew": True,
    "term": "P1Y",
    "billing_cycle": "monthly",
    "created_at": _MOMENT,
    "starts_at": _MOMENT,
    "commitment_ends_at": _MOMENT,
    "is_trial": False,
    "term_starts_at": _MOMENT,
    "next_term": None,
    "version": 1,
}
_TENANT = {
    "id": _ID,
    "cloud": "commercial",
    "country": "DE",
    "markets": ["AT", "BE", "DE", "FI", "FR", "LU", "NL"],
    "enrolled": True,
    "restricted": False,
    "organisation": _ID,
    "sharedServices": False,
    "agreementSigned": True,
    "indirectReseller": False,
}
_ORGANISATION = {"id": _ID, "enrolled": True, "providers": [], "affiliates": []}
_JUDGED = {
    "context": {
        "agreement": {"id": _ID, "customer": _ID},
        "azureOnly": False,
        "relationship": {"id": _ID, "active": True, "partner": _ID, "customer": _ID, "privileges": False},
        "azureElsewhere": False,
    },
    "tenants": [_TENANT, {**_TENANT, "markets": []}],
    "resource": {"id": _ID, "type": "Cart", "partner": _ID, "customer": _ID},
    "principal": {
        "id": _ID,
        "door": "api",
        "side": "partner",
        "roles": ["Admin agent", "Sales agent", "User"],
        "tenant": _ID,
        "appOnly": False,
        "enrolled": True,
        "multiFactor": True,
    },
    "organisations": [_ORGANISATION, _ORGANISATION],
}
_PARTS = {
    "judged": _JUDGED,
    "order_lines": [{**_LINE, "subscription_id": _ID}],
    "cart": _CART,
    "cart_checked_out": {**_CART, "state": "checked_out", "version": 2},
    "order": {**_ORDER, "currency": "EUR", "lines": [{**_LINE, "subscription_id": _ID}]},
    "order_for_customer": _ORDER,
    "subscription": {**_SUBSCRIPTION, "unit_price": "352.5100", "currency": "EUR"},
    "subscription_for_customer": _SUBSCRIPTION,
}


def script(name: str) -> str:
    """The script of one request as pgbench runs it."""
    text = (_SCRIPTS / f"{name}.sql").read_text()
    text = re.sub(r"@(\w+)@", lambda found: _part(found.group(1)), text)
    return _CALL.sub(lambda found: _identifier(found.group(1), found.group(2)), text)


def _part(name: str) -> str:
    if name in _PARTS:
        # With a blank after each colon: pgbench takes a colon before a letter for a variable.
        return msgspec.json.format(msgspec.json.encode(_PARTS[name]), indent=0).decode()
    return str(getattr(world, name.upper()))


def _identifier(kind: str, argument: str) -> str:
    if kind in _FIXED:
        text = f"'01890000-0000-{_FIXED[kind]}-8000-' || {_hex(argument)}"
    elif kind == "subscription_id":
        moment, number = argument.split(", ")
        text = f"{_hex(moment)} || '70008000' || {_hex(number)}"
    else:
        # Of no other transaction of this or any other run: its time, the client, and a count of its own.
        text = f"{_hex(':run')} || '7{int(argument):03}8000' || {_hex(':client_id * 100000000 + :i')}"
    return f"({text})::uuid"


def _hex(number: str) -> str:
    return f"lpad(to_hex(({number})::bigint), 12, '0')"


def rate(database: Database, name: str, *, connections: int, seconds: int, run: int) -> float:
    """Transactions a second of one script with that many connections."""
    found, parts = binaries.find(None), urlsplit(database.superuser_url)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / f"{name}.sql"
        file.write_text(script(name))
        command = [
            *(str(found.directory / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--file={file}"),
            *(f"--client={connections}", f"--jobs={os.cpu_count()}", f"--time={seconds}"),
            *("--define=i=0", f"--define=run={run}"),
            *("--host", parse_qs(parts.query)["host"][0], "--username", str(parts.username), cluster.DATABASE),
        ]
        environment = {
            **cluster.environment(found),
            "PGPASSWORD": str(parts.password),
            "PGOPTIONS": "-c search_path=copartner -c timezone=UTC",
        }
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    measured = re.search(r"tps = ([\d.]+) \(without", said.stdout)
    if said.returncode or measured is None:
        raise SystemExit(f"pgbench {name}: {said.stdout}\n{said.stderr}")
    return float(measured.group(1))
