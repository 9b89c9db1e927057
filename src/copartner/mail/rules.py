"""What a letter may hold, how it looks on its way, and when it is tried again. Pure."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

from copartner.kernel.errors import Invalid
from copartner.mail.model import Letter

LONGEST_SUBJECT = 200
ATTEMPTS = 12
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
# Read by the database too, between ^ and $.
ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
_ADDRESS = re.compile(ADDRESS)


def is_address(text: str) -> bool:
    """Whether the text is one address and nothing else."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def checked(letter: Letter) -> Letter:
    """The letter; raises Invalid when recipient or subject could become other headers than they are."""
    if not is_address(letter.recipient):
        raise Invalid("recipient: give one address, such as anna@partner.example.", "recipient")
    check_subject(letter.subject)
    return letter


def check_subject(subject: str) -> None:
    """Raise Invalid when a subject could become other headers than it is."""
    if not subject.strip() or not subject.isprintable() or len(subject) > LONGEST_SUBJECT:
        raise Invalid(f"subject: give one line of 1 to {LONGEST_SUBJECT} printable characters.", "subject")


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it is sent, plain text; every attempt has the same Message-ID, so that a copy is known as one."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = letter.recipient
    made["Subject"] = letter.subject
    made["Date"] = letter.written_at
    made["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    # RFC 3834: nobody's holiday notice answers a machine.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.body)
    made["Content-Language"] = letter.language
    return made


def retry_at(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after so many attempts, each wait twice the one before; None to give up."""
    if attempts >= ATTEMPTS:
        return None
    wait: timedelta = min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)
    return now + wait
