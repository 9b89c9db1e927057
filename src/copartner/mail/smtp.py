"""Letters by SMTP, one connection a letter."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from copartner.mail.model import Letter, NotSent
from copartner.mail.rules import message_of

_PATIENCE = 10.0  # seconds, for each answer of the server


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed in: with `tls` from the first byte, else turned to it where the server can.

    A password is never sent in the clear.
    """

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str) -> Server:
    """The server of a URL `smtp://[user:password@]host[:port]` or `smtps://...`; raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError("give smtp://host:587 or smtps://user:password@host:465")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("give user and password, or neither")
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 587)
    return Server(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


class Smtp:
    """The way by an SMTP server; the library blocks, so each letter goes in a thread."""

    def __init__(self, server: Server, sender: str, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._sender = sender
        self._context = context or ssl.create_default_context()

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the server; raises NotSent."""
        await asyncio.to_thread(self._send, letter)

    def _send(self, letter: Letter) -> None:
        message = message_of(letter, self._sender)
        try:
            with self._connected() as client:
                client.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            (code, said), *_ = refused.recipients.values()
            raise NotSent(f"{code} {_text(said)}", for_good=code >= 500) from refused
        except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError) as refused:
            raise NotSent(f"{refused.smtp_code} {_text(refused.smtp_error)}", of_the_way=True) from refused
        except smtplib.SMTPDataError as refused:
            for_good = refused.smtp_code >= 500
            raise NotSent(f"{refused.smtp_code} {_text(refused.smtp_error)}", for_good=for_good) from refused
        except (smtplib.SMTPException, OSError) as failure:
            raise NotSent(f"{type(failure).__name__}: {failure}", of_the_way=True) from failure

    def _connected(self) -> smtplib.SMTP:
        at = self._server
        if at.tls:
            client: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, timeout=_PATIENCE, context=self._context)
        else:
            client = smtplib.SMTP(at.host, at.port, timeout=_PATIENCE)
        try:
            client.ehlo()
            if not at.tls and client.has_extn("starttls"):
                client.starttls(context=self._context)
                client.ehlo()
            elif not at.tls and at.user:
                raise smtplib.SMTPNotSupportedError("the server has no STARTTLS, and a password is not sent without")
            if at.user:
                client.login(at.user, at.password)
        except BaseException:
            client.close()
            raise
        return client


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
