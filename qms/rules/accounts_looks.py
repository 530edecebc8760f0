"""Knows whose looks at personal data are written down, and what the pages that show some are called (R-35).

Must not know where looks are stored. Names beside what people did are not meant: they belong to the record.
"""

from qms.rules.accounts import Actor
from qms.rules.accounts_grants import AUDITOR
from qms.rules.words import Words

SEE = "accounts.looks"

PAGES: dict[str, Words] = {
    "people": Words("Register of people", "人员台账"),
    "person": Words("A person", "人员"),
    "grants": Words("Grants", "授权台账"),
    "badges": Words("Badges and PINs", "工牌和 PIN"),
    "qualifications": Words("Register of qualifications", "资质台账"),
    "qualification": Words("A qualification", "资质"),
    "contacts": Words("Contacts of a customer", "顾客联系人"),
    "entry": Words("An entry of the trail about a person", "关于人员的追踪条目"),
    "export": Words("Exported file", "导出文件"),
}

EXPORTED = frozenset({"grants", "looks"})
"""The registers whose files hold personal data."""
TABLES = frozenset({"people", "grants", "badges", "qualifications", "customer_contacts"})
"""The tables of which an entry of the trail tells personal data."""


def is_onlooker(person: Actor) -> bool:
    """Tell whether somebody sees people's data only by looking across the plant: every auditor, and whoever may see
    people and does not manage them. Leaders and administrators look at their own people as part of their work.
    """
    return AUDITOR in person.roles or (person.may("accounts.view") and not person.may("accounts.manage"))
