"""Sends the mails of the outbox, on whichever node is first. Without `QMS_SMTP_URL` nothing is sent.

The address of the server says how it is spoken to: smtps:// is TLS from the first byte, smtp:// is STARTTLS and nothing
in clear, smtp+plain:// is clear text for a server on the same machine.
"""

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import SplitResult, unquote, urlsplit

import structlog

from qms.db import Database
from qms.jobs.worker import Tick
from qms.models.accounts_mail import Mail
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import accounts_mail as outbox

log = structlog.get_logger()
TIMEOUT_SECONDS = 10
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def send(database: Database, settings: Settings | None = None) -> None:
    """Send what is due; what fails is tried again later. Writes only when something waits."""
    settings = settings or Settings()
    if not settings.smtp_url:
        return
    with database.reading() as session:
        if not outbox.is_due(session, utc_now()):
            return
    with database.transaction(SYSTEM, "accounts.take_mail") as session:
        mails = outbox.take(session)
    gone: list[int] = []
    try:
        gone.extend(_delivered(settings, mails))
    finally:
        if gone:
            with database.transaction(SYSTEM, "accounts.send_mail") as session:
                outbox.sent(session, gone)


def forget(database: Database) -> None:
    """Forget old mails, sent or not."""
    with database.transaction(SYSTEM, "accounts.forget_mail") as session:
        outbox.forget(session)


def message(settings: Settings, mail: Mail) -> EmailMessage:
    """Return a mail as it goes over the wire; the same mail tried again has the same id."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = settings.mail_from, str(mail.person.email), mail.subject
    made["Date"] = formatdate(mail.written_at.timestamp())
    made["Message-ID"] = f"<qms-{mail.id}-{mail.written_at:%Y%m%d%H%M%S%f}@{settings.mail_from.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{settings.public_url.rstrip('/')}{mail.path}" if settings.public_url else ""
    made.set_content(f"{mail.body}{link}\n")
    return made


def connect(url: str) -> smtplib.SMTP:
    """Open a connection to a mail server and sign in where the address names somebody. Raises OSError, ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        msg = "QMS_SMTP_URL begins with smtp://, smtps:// or smtp+plain:// and names a host"
        raise ValueError(msg)
    port = parts.port or PORTS[parts.scheme]
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, port, timeout=TIMEOUT_SECONDS,
                                                context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(parts.hostname, port, timeout=TIMEOUT_SECONDS)
    try:
        _greet(server, parts)
    except BaseException:
        server.close()
        raise
    return server


def _greet(server: smtplib.SMTP, parts: SplitResult) -> None:
    if parts.scheme == "smtp":
        server.starttls(context=ssl.create_default_context())
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))


def _delivered(settings: Settings, mails: Iterable[Mail]) -> Iterator[int]:
    """Yield the id of each mail that the server has taken over. What it refuses is logged without its content."""
    with connect(settings.smtp_url) as server:
        for mail in mails:
            try:
                server.send_message(message(settings, mail))
            except smtplib.SMTPResponseException as error:
                log.warning("a mail was refused", mail=mail.id, tries=mail.tries, code=error.smtp_code)
            except smtplib.SMTPRecipientsRefused:
                log.warning("a mail was refused", mail=mail.id, tries=mail.tries, code="recipient")
            else:
                yield mail.id


TICKS = (Tick(10.0, send), Tick(3600.0, forget))
