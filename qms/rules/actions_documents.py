"""Knows which documents D7 asks for and when an answer is one (R-28); must not know where they are stored.

Source: ISO 9001:2015 7.5 and 10.2.1 e and f, IATF 16949:2016 10.2.3.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from qms.rules.errors import Refused
from qms.rules.words import Words

CLASSES: dict[str, Words] = {
    "pfmea": Words("PFMEA", "PFMEA"),
    "control_plan": Words("Control plan", "控制计划"),
    "instruction": Words("Work instruction", "作业指导书"),
    "standard": Words("Standard", "标准"),
    "drawing": Words("Drawing", "图纸"),
    "training": Words("Training plan", "培训计划"),
    "error_proofing": Words("Error-proofing list", "防错清单"),
    "layered_audit": Words("Layered audit question", "分层审核问题"),
    "maintenance": Words("Maintenance plan", "维护计划"),
}
MANDATORY = ("pfmea", "control_plan", "instruction")
"""Classes that every D7 answers (R-28); the others are answered where something changed."""


class Answer(NamedTuple):
    """What was answered for one class of document. `affected` None: nothing yet."""

    affected: bool | None = None
    rev_before: str | None = None
    rev_after: str | None = None
    reason: str | None = None


def check_answer(document: str, answer: Answer) -> None:
    """Raise Refused (R-28) for an answer that is none: no new revision, the same revision, no reason."""
    words = CLASSES[document]
    if answer.affected is None:
        raise Refused("R-28", f"Not answered yet: {words.en}.", f"尚未回答: {words.zh}。", field="affected")
    before, after = ((text or "").strip() for text in (answer.rev_before, answer.rev_after))
    if answer.affected and not (before and after):
        raise Refused("R-28", f"{words.en}: give the revision before and after.",
                      f"{words.zh}: 请填写更新前和更新后的版本。", field="rev_after" if before else "rev_before")
    if answer.affected and before == after:
        raise Refused("R-28", f"{words.en}: the revision is still {after}.", f"{words.zh}: 版本仍为 {after}, 未更新。",
                      field="rev_after")
    if not answer.affected and not (answer.reason or "").strip():
        raise Refused("R-28", f"{words.en}: say why it is not affected.", f"{words.zh}: 请说明不受影响的理由。",
                      field="reason")


def check_standard(*, approved: bool, newer: bool, same_place: bool) -> None:
    """Raise Refused (R-28) for an acceptance standard that proves nothing: a draft, an old one, another link's."""
    if not approved or not newer:
        raise Refused("R-28", "The acceptance standard has to be approved after this case was opened.",
                      "验收标准须在本案开立之后批准。", field="standard_id")
    if not same_place:
        raise Refused("R-28", "The acceptance standard belongs to another link or item.",
                      "该验收标准属于其他链接或产品。", field="standard_id")


def check_documents(answers: Mapping[str, Answer]) -> None:
    """Raise Refused (R-28) unless every class of document that has to be answered is."""
    for document in CLASSES:
        if document in MANDATORY or document in answers:
            check_answer(document, answers.get(document, Answer()))


def check_places(asked: Collection[bool | None]) -> None:
    """Raise Refused (R-28) unless similar places were asked for and each is answered.

    `asked`: for each similar line, item or site whether it applies there, None while nobody has answered.
    """
    if not asked:
        raise Refused("R-28", "Ask for at least one similar line, item or site whether it can happen there too.",
                      "至少对一处类似的产线、产品或工厂询问是否也会发生。", field="read_across")
    if None in asked:
        raise Refused("R-28", "A similar line, item or site has not been answered yet.",
                      "尚有类似的产线、产品或工厂未答复。", field="read_across")


def check_risk(risk_register: str | None) -> None:
    """Raise Refused (R-28) while nobody has said what changed in the risk register."""
    if not (risk_register or "").strip():
        raise Refused("R-28", "Say what changed in the risk register, or why nothing did.",
                      "请说明风险登记有何变更, 或为何不变。", field="risk_register")
