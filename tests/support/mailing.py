"""A real SMTP server for letters to go to."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP as SmtpServer
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class Postbox:
    """A real SMTP server, and what it was handed; `refuse` is what it says to a recipient and takes no letter."""

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    received: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    sessions: list[SmtpServer] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def known(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        """Whether somebody may hand letters in."""
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"geheim@1", handled=False)


async def listening(box: Postbox, **options: Any) -> asyncio.Server:
    """The server on a free port."""
    ours = options.pop("ssl", None)

    def session() -> SmtpServer:
        # Kept: while it turns to TLS nothing else holds a session, and the collector would take it.
        box.sessions.append(SmtpServer(box, **options))
        return box.sessions[-1]

    made = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=ours)
    box.port = made.sockets[0].getsockname()[1]
    return made
