"""Holds what people answered and the tokens by which they may, so that nothing leads from one to the other.

None of these tables is a record table, so that no row of them reaches the trail: the trail numbers every row and says
when and by whom it was written, which would pair a spent token with the answer beside it for ever. What the trail keeps
instead is the seal: how many answers there were when the survey closed, and the hash of all of them with their random
keys, without which a few answers could be tried out against it. Therefore:

- A token is a random number of 256 bits of which only the hash is kept, and its row is deleted when it is spent. No
  row says that it was used, when, or by whom. What is left is destroyed at close.
- An answer is kept under a random key. It has no time, not even the day, no person, device, session or address, and no
  column of the token. Its comment is kept apart from its ratings, under another random key.
- SQLite would number rows in the order in which they came: these tables have no rowid, their rows lie in the order of
  their random keys. PostgreSQL keeps the order and the transaction of each row on the page (ctid, xmin): at close all
  answers are written anew in random order in one transaction.
- Spending and answering are one transaction, so that no answer is lost or given twice. It writes no record, hence no
  entry in the trail. It is done by the system, also when somebody is signed in.

What this cannot do: hide an answer from someone who reads the database while an answer is written, or who takes its
files and journals apart before the survey closes. Who runs the database is trusted not to watch it.
"""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from qms.db import Base

_UNORDERED = {"sqlite_with_rowid": False}


class SurveyToken(Base):
    """A place that is not yet taken. The row is deleted when it is."""

    __tablename__ = "survey_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the random token")
    target_id: Mapped[int] = mapped_column(ForeignKey("survey_targets.id"), index=True)

    __table_args__ = _UNORDERED


class SurveyKiosk(Base):
    """Places left at a kiosk for one target. The code is shown once to whoever started it; no badge is asked for."""

    __tablename__ = "survey_kiosks"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the random code")
    target_id: Mapped[int] = mapped_column(ForeignKey("survey_targets.id"), primary_key=True, autoincrement=False,
                                           index=True)
    places: Mapped[int] = mapped_column(Integer, comment="left")

    __table_args__ = _UNORDERED


class SurveySheet(Base):
    """The ratings of one person on one target."""

    __tablename__ = "survey_sheets"

    key: Mapped[str] = mapped_column(String(32), primary_key=True, comment="random")
    target_id: Mapped[int] = mapped_column(ForeignKey("survey_targets.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, comment="code -> 0 to 10, or dk; code.w -> importance")

    __table_args__ = _UNORDERED


class SurveyRemark(Base):
    """A comment before it is published. Names are taken out of it, so that it can forget them."""

    __tablename__ = "survey_remarks"

    key: Mapped[str] = mapped_column(String(32), primary_key=True, comment="random, another than that of the ratings")
    target_id: Mapped[int] = mapped_column(ForeignKey("survey_targets.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    withheld: Mapped[bool] = mapped_column(default=False, comment="not to be published")

    __table_args__ = _UNORDERED
