"""Knows what an auditor looks for in a case that is called closed; must not know where its proof is stored.

Our own wording of what customers' closure checks ask for.
Source: ISO 9001:2015 10.2.1, IATF 16949:2016 10.2.3; domain.md B.4.
"""

from qms.rules.words import Words

TICKS: dict[str, Words] = {
    "responded": Words("Answered at once at the spot", "现场立即响应"),
    "contained": Words("Suspect stock looked for at every place", "各位置可疑品均已排查"),
    "segregated": Words("Product held and set apart", "产品已冻结并隔离"),
    "alerted": Words("Picture of the fault shown at the stations", "缺陷图片已在工位展示"),
    "watched_gate": Words("Extra check until it was proven", "验证前加严检查"),
    "solved": Words("Every step of the case finished", "各步骤均已完成"),
    "caused": Words("Causes of making and of passing on verified", "发生与流出原因均已验证"),
    "error_proofed": Words("Error-proofed, not only told", "已防错, 而非仅告知"),
    "error_proof_tried": Words("Error-proofing tried out", "防错已试验验证"),
    "tried": Words("Trial before launch", "投产前试验"),
    "change_agreed": Words("Change of the process agreed", "过程变更已批准"),
    "pfmea": Words("PFMEA revised", "PFMEA 已更新"),
    "control_plan": Words("Control plan revised", "控制计划已更新"),
    "instruction": Words("Work instruction revised", "作业指导书已更新"),
    "trained": Words("People trained", "人员已培训"),
    "audited": Words("Question added to the layered audit", "已加入分层审核"),
    "effective": Words("Effect proven by the figures", "数据证实有效"),
    "stayed_away": Words("Has not come back", "未再发生"),
    "read_across": Words("Similar places asked and answered", "类似位置均已询问并答复"),
    "learnt": Words("Lesson written down", "已记录经验教训"),
}
NO = Words("no", "无")

PROOFING = frozenset({"eliminate", "replace", "prevent"})
"""Levels of a measure that make the fault impossible or block it."""
MOST = 12
"""Cases that a matrix shows side by side."""
SAMPLE = 3
"""Cases that an auditor takes where nobody has chosen."""
