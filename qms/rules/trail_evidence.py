"""Knows the clauses of which evidence is collected, and what a gap in it is; must not know how either is found.

Clauses are data: another edition of a standard is another reference. Words are our own, not those of a standard.
"""

from dataclasses import dataclass

from qms.rules.clauses import IATF, ISO
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause that can be asked for: its number, what it is about, and the clauses that its records answer."""

    code: str
    words: Words
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing in the evidence of a clause: what, by which rule, and at which record.

    `number` None: the record bears none.
    """

    clause: str
    rule: str | None
    what: Words
    table: str
    id: int
    number: str | None


_CLAUSES = (
    Clause("8.7", Words("Nonconforming product and what became of it", "不合格品的控制与处置"),
           (f"{ISO} 8.7.1", f"{ISO} 8.7.2", f"{IATF} 8.7.1.1", f"{IATF} 8.7.1.3", f"{IATF} 8.7.1.4",
            f"{IATF} 8.7.1.5", f"{IATF} 8.7.1.6", f"{IATF} 8.7.1.7")),
    Clause("8.6", Words("Release from one operation to the next", "工序间的验收与放行"),
           (f"{ISO} 8.6", f"{IATF} 8.6.6")),
    Clause("8.5.2", Words("Identification and traceability of lots", "批次的标识与可追溯性"),
           (f"{ISO} 8.5.2", f"{IATF} 8.5.2.1")),
    Clause("5.3.2", Words("Calls, stops and who may decide", "呼叫、停线与决定权限"),
           (f"{IATF} 5.3.2", f"{IATF} 8.5.1.4")),
    Clause("8.5.6.1.1", Words("Process controls and their bypasses", "过程控制及其旁路"),
           (f"{IATF} 8.5.6.1.1", f"{IATF} 10.2.4")),
    Clause("10.2", Words("Corrective action and its effect", "纠正措施及其有效性"),
           (f"{ISO} 10.2.1", f"{ISO} 10.2.2", f"{IATF} 10.2.3")),
    Clause("9.1.2", Words("What customers say", "顾客的意见与满意度"),
           (f"{ISO} 9.1.2", f"{IATF} 9.1.2.1", f"{IATF} 10.2.5", f"{IATF} 10.2.6")),
    Clause("9.3", Words("Management reviews and their decisions", "管理评审及其决定"),
           (f"{ISO} 9.3.2", f"{ISO} 9.3.3", f"{IATF} 9.3.2.1", f"{IATF} 9.3.3.1")),
    Clause("7.4", Words("Commitments, complaints and appeals between units", "部门间的承诺、投诉与申诉"),
           (f"{ISO} 7.4",)),
    Clause("7.2", Words("Qualifications of people", "人员资质"),
           (f"{ISO} 7.2", f"{IATF} 8.7.1.3")),
)

CLAUSES: dict[str, Clause] = {clause.code: clause for clause in _CLAUSES}

JOB_STATES: dict[str, Words] = {
    "waiting": Words("Waiting", "等待中"),
    "running": Words("Being made", "生成中"),
    "done": Words("Ready", "已完成"),
    "failed": Words("Failed", "失败"),
    "cancelled": Words("Stopped", "已停止"),
}
"""How far the making of a package is."""
