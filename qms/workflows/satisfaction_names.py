"""How what a survey asks about, and each group of its answers, is called."""

from collections.abc import Sequence

from qms.models.chain import Unit
from qms.models.satisfaction import SurveyComment, SurveyResult, SurveyTarget
from qms.rules.satisfaction import LEVELS
from qms.rules.words import Words
from qms.workflows.satisfaction_publishing import Group


def called(thing: SurveyResult | SurveyTarget | SurveyComment) -> Words:
    """Return what a target or a group of answers is called."""
    if thing.link is not None:
        supplier, customer = unit_words(thing.link.supplier), unit_words(thing.link.customer)
        return Words(f"{supplier.en} → {customer.en}", f"{supplier.zh} → {customer.zh}")
    return unit_words(thing.unit) if thing.unit is not None else LEVELS["total"]


def called_group(group: Group, targets: Sequence[SurveyTarget]) -> Words:
    """Return what a group of comments is called before it is published."""
    one = next(t for t in targets if t.id in group.targets)
    if group.level == "total":
        return LEVELS["total"]
    if one.link is None or group.level == "link":
        return called(one)
    unit = one.link.supplier.parent if group.level == "workshop" else one.link.supplier
    return unit_words(unit or one.link.supplier)


def unit_words(unit: Unit) -> Words:
    """Return the code and name of a unit."""
    return Words(f"{unit.code} {unit.name_en}", f"{unit.code} {unit.name_zh}")
