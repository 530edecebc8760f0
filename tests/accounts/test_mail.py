"""Mails written with what they tell of, sent once, tried again, given up."""

import smtplib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qms.db import Database
from qms.jobs import ticks
from qms.jobs.accounts_mail import connect, send
from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.rules.accounts import SYSTEM, check_email
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.rules.words import Words
from qms.settings import Settings
from qms.workflows import accounts_mail as outbox
from tests.accounts.mail_server import mail_server
from tests.plant import Plant

SUBJECT, TEXT = Words("CA-1 overdue", "CA-1 已逾期"), Words("D4 is due now.", "D4 已到期。")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def settings(tmp_path: Path, url: str) -> Settings:
    return Settings(instance=tmp_path, smtp_url=url, mail_from="qms@plant.example", public_url="https://qms.example/")


def written(db: Database, plant: Plant, *roles: str, at: datetime | None = None, language: str = "en") -> None:
    """Write a mail to people of these roles, who have an address from now on."""
    with db.transaction(SYSTEM, "tests.mail", clock=lambda: at or utc_now()) as session:
        people = [session.get_one(Person, plant.people[role].id) for role in roles]
        for person in people:
            person.email, person.language = f"{person.login}@plant.example", language
        outbox.post(session, people, SUBJECT, TEXT, path="/actions/7")


def waiting(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Mail).where(Mail.try_at.is_not(None))) or 0


@pytest.mark.parametrize(("language", "subject"), [("en", "CA-1 overdue"), ("zh", "CA-1 已逾期")])
def test_a_mail_goes_out_once_in_its_readers_language_with_a_link(db: Database, plant: Plant, tmp_path: Path,
                                                                 language: str, subject: str):
    written(db, plant, "quality_manager", language=language)
    with mail_server() as server:
        send(db, settings(tmp_path, server.url))
        send(db, settings(tmp_path, server.url))
    mail, = server.mails
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "quality_manager@plant.example", "qms@plant.example", subject)
    assert mail.get_content().split() == [*TEXT.to(language).split(), "https://qms.example/actions/7"]
    assert waiting(db) == 0


def test_without_a_server_nothing_is_sent_and_without_an_address_nothing_written(db: Database, plant: Plant,
                                                                                tmp_path: Path):
    with db.transaction(SYSTEM, "tests.mail") as session:
        outbox.post(session, [session.get_one(Person, plant.operator.id)], SUBJECT, TEXT, path="/")
    assert waiting(db) == 0
    written(db, plant, "operator")
    send(db, settings(tmp_path, ""))
    assert waiting(db) == 1


def test_a_mail_is_as_durable_as_what_it_tells_of(db: Database, plant: Plant):
    with pytest.raises(ZeroDivisionError), db.transaction(SYSTEM, "tests.mail") as session:
        person = session.get_one(Person, plant.operator.id)
        person.email = "a@b.c"
        outbox.post(session, [person], SUBJECT, TEXT, path="/")
        raise ZeroDivisionError
    assert waiting(db) == 0


def test_a_server_that_is_down_is_tried_again_later(db: Database, plant: Plant, tmp_path: Path):
    written(db, plant, "operator")
    with pytest.raises(OSError, match="refused"):
        send(db, settings(tmp_path, "smtp+plain://127.0.0.1:9"))
    with db.reading() as session:
        mail = session.scalars(select(Mail)).one()
    assert (mail.tries, mail.sent_at) == (1, None)
    assert mail.try_at is not None
    assert timedelta(seconds=50) < mail.try_at - utc_now() <= outbox.WAITS[0]


def test_one_address_that_is_refused_holds_up_no_other(db: Database, plant: Plant, tmp_path: Path):
    written(db, plant, "operator", "team_leader")
    with mail_server() as server:
        server.refuses = {"operator@"}
        send(db, settings(tmp_path, server.url))
    assert [mail["To"] for mail in server.mails] == ["team_leader@plant.example"]
    assert waiting(db) == 1


def test_what_is_a_day_old_is_given_up_and_what_is_a_month_old_forgotten(db: Database, plant: Plant):
    written(db, plant, "operator", at=NOON)
    later = NOON + outbox.GIVEN_UP_AFTER
    with db.transaction(SYSTEM, "tests.take", clock=lambda: later - timedelta(minutes=1)) as session:
        assert len(outbox.take(session)) == 1
    with db.transaction(SYSTEM, "tests.take", clock=lambda: later + timedelta(hours=1)) as session:
        assert outbox.take(session) == []
    assert waiting(db) == 0
    with db.transaction(SYSTEM, "tests.forget", clock=lambda: NOON + outbox.KEPT + timedelta(minutes=1)) as session:
        outbox.forget(session)
    with db.reading() as session:
        assert session.scalars(select(Mail)).all() == []


def test_a_mail_that_is_lent_out_is_not_lent_twice(db: Database, plant: Plant):
    written(db, plant, "operator", at=NOON)
    taken = []
    for _ in range(2):
        with db.transaction(SYSTEM, "tests.take", clock=lambda: NOON) as session:
            taken.append(len(outbox.take(session)))
    assert taken == [1, 0]


def test_nothing_is_said_in_clear_to_a_server_without_starttls():
    with mail_server() as server:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            connect(f"smtp://somebody:secret@127.0.0.1:{server.port}")
        assert not [line for line in server.said if b"secret" in line or line.startswith((b"AUTH", b"MAIL"))]


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_that_is_no_mail_server_is_refused(url: str):
    with pytest.raises(ValueError, match="QMS_SMTP_URL"):
        connect(url)


@pytest.mark.parametrize("email", ["nobody", "a b@c.d", "a@b@c", "a@b\nBcc: x@y.z", "王@plant.example", "<a@b.c>"])
def test_what_cannot_be_an_address_is_refused_and_an_empty_one_is_none(email: str):
    with pytest.raises(Invalid):
        check_email(email)
    assert check_email(" ") is None
    assert check_email(" wang.fang@plant.example ") == "wang.fang@plant.example"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_address_is_kept_with_the_person_and_a_bad_one_refused_beside_the_field(sign_in, page, db: Database,
                                                                                plant: Plant, language: str):
    admin, address = sign_in("admin", language), f"/accounts/people/{plant.operator.id}"
    given = {"name": "Li Lei", "reads": "zh", "unit_id": "", "active": "y", "rev": 1}
    page(admin, f"{address}/edit", {**given, "email": "nobody"}, status=422)
    shown = page(admin, f"{address}/edit", {**given, "email": "li@plant.example"})
    assert "li@plant.example" in shown.text


def test_every_node_sends():
    assert 10.0 in [tick.seconds for tick in ticks() if tick.run is send]
