"""Everything that can stand in the trail has a name in both languages."""

import re
from pathlib import Path

import qms.models  # noqa: F401
from qms.db import record_classes
from qms.rules.trail import TABLES
from qms.rules.trail_actions import ACTIONS
from qms.rules.trail_columns import COLUMNS

ROOT = Path(__file__).resolve().parents[2]
SILENT = {"accounts.seen", "accounts.sign_in", "accounts.sign_out", "accounts.end_session", "jobs.take", "jobs.renew",
          "jobs.finish", "trail.count_rule", "trail.checkpoint", "trail.mail_checkpoint", "satisfaction.answer",
          "accounts.take_mail", "accounts.send_mail", "accounts.forget_mail", "jobs.ask", "jobs.cancel",
          "jobs.hand_back", "accounts.prove", "health.note", "health.probe"}


def test_every_record_table_has_a_name():
    assert set(record_classes()) == set(TABLES)


def test_every_column_has_a_name():
    used = {column.name for cls in record_classes().values() for column in cls.__table__.columns}
    assert used <= set(COLUMNS), sorted(used - set(COLUMNS))


def test_every_action_has_a_name():
    called = re.compile(r'(?:saving|writing|transaction)\([^"\n]*"([a-z_]+\.[a-z_]+)"')
    used = {action for p in (ROOT / "qms").rglob("*.py") for action in called.findall(p.read_text(encoding="utf-8"))}
    assert used - SILENT <= set(ACTIONS), sorted(used - SILENT - set(ACTIONS))
