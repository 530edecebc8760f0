"""Knows what pictures of items and defects are for; must not know where they lie."""

from qms.rules.words import Words

ROLES: dict[str, Words] = {
    "item": Words("Item", "产品图"),
    "ok": Words("Good (OK)", "合格样 (OK)"),
    "ng": Words("Not good (NG)", "不合格样 (NG)"),
}
MOST = 12
"""Pictures in use that an item or a defect has at most."""
