"""Knows what sessions on internal service and notices must tell, and how their rates are counted; knows no table.

Attendance is counted per unit; nobody is named. Source: ISO 9001:2015 7.3 and 7.4 (awareness, communication).
"""

from qms.rules.errors import Invalid

TEACH = "service.teach"


def check_attendance(expected: int, attended: int) -> None:
    """Raise Invalid for counts that cannot be."""
    if expected < 1:
        raise Invalid("Say how many were expected, one at least.", "请填写应到人数, 至少 1 人。", field="expected")
    if not 0 <= attended <= expected:
        raise Invalid("No more attended than were expected.", "实到人数不能超过应到人数。", field="attended")


def check_notice(title_zh: str, title_en: str, body_zh: str, body_en: str) -> None:
    """Raise Invalid for a notice that one of the two languages lacks."""
    for value, field in ((title_zh, "title_zh"), (title_en, "title_en"), (body_zh, "body_zh"), (body_en, "body_en")):
        if not value.strip():
            raise Invalid("A notice is written in both languages.", "通知须有中英文两种文本。", field=field)
