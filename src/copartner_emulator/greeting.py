"""What `copartner up` prints when it is ready."""

import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from copartner_emulator.cast import CastTenant
from copartner_emulator.data_dir import Options


def greeting(
    url: str,
    options: Options,
    now: datetime,
    cast: Sequence[CastTenant],
    passwords: Path,
    authority: Path | None = None,
) -> str:
    """Where to go, who signs in, the programme's date, and three lines to paste; `authority` is trusted over https."""
    lines = [
        f"copartner runs at {url} for clients, and as a portal in a browser",
        *([f"clients trust it by {authority}"] if authority else []),
        f"programme date {now:%Y-%m-%d}, cloud {options.cloud}, world {options.world}",
        "",
        f"Who signs in (this installation's own passwords, kept in {passwords}):",
    ]
    width = max((len(user.user_principal_name) for tenant in cast for user in tenant.users), default=0)
    for tenant in cast:
        lines.append(f"  {tenant.name}, {tenant.kind}")
        lines += [
            f"    {user.user_principal_name:<{width}}  {user.password}  {', '.join(user.roles)}"
            for user in tenant.users
        ]
    lines += [
        "",
        "Try:",
        *(f"  {line}" for line in examples(url, cast, authority)),
        "",
        "Ctrl-C ends everything; the data stay.",
    ]
    return "\n".join(lines)


def examples(url: str, cast: Sequence[CastTenant], authority: Path | None = None) -> list[str]:
    """Three curl lines: a token for a partner's Admin agent, its customers, the link it sends to new ones."""
    curl = f"curl -s --cacert {shlex.quote(str(authority))}" if authority else "curl -s"
    for tenant in cast:
        for user in tenant.users:
            if tenant.kind == "partner" and "Admin agent" in user.roles:
                return [
                    f"TOKEN=$({curl} {url}/{tenant.tenant_id}/oauth2/token -d grant_type=password"
                    f" -d username={user.user_principal_name} -d password={user.password}"
                    """ | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')""",
                    f'{curl} -H "Authorization: Bearer $TOKEN" {url}/v1/customers',
                    f'{curl} -H "Authorization: Bearer $TOKEN" {url}/v1/customers/relationshiprequests',
                ]
    return []
