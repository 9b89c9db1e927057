"""The ready file: where a running emulator is and who signs in, as JSON for scripts."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from copartner_emulator.cast import CastTenant


def content(url: str, clock: datetime, cast: Sequence[CastTenant], authority: Path | None = None) -> dict[str, Any]:
    """The documented shape; `clock` is the programme's time at the start, in ISO 8601.

    `certificateAuthority`, present over https alone, is the file that clients trust.
    """
    return {
        "url": url,
        **({"certificateAuthority": str(authority)} if authority else {}),
        "clock": clock.isoformat().replace("+00:00", "Z"),
        "tenants": [
            {
                "name": tenant.name,
                "tenantId": tenant.tenant_id,
                "kind": tenant.kind,
                "users": [
                    {
                        "userPrincipalName": user.user_principal_name,
                        "password": user.password,
                        "roles": list(user.roles),
                    }
                    for user in tenant.users
                ],
                "applications": [
                    {"clientId": application.client_id, "clientSecret": application.client_secret}
                    for application in tenant.applications
                ],
            }
            for tenant in cast
        ],
    }


def write(file: Path, shown: dict[str, Any]) -> None:
    """Writes it at once and for its owner alone: whoever sees the file sees all of it."""
    replace_private(file, json.dumps(shown, indent=2, ensure_ascii=False) + "\n")


def replace_private(file: Path, text: str) -> None:
    """Replaces a file of mode 0600 in one step, on disk before it is named."""
    staging = file.with_name(f".{file.name}.{os.getpid()}")
    staging.unlink(missing_ok=True)
    with os.fdopen(os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    staging.replace(file)
