"""Knows every input of a management review, its clauses with edition and who fills it; must not know any record.

Source: ISO 9001:2015 9.3.2 (with Amd 1:2024), IATF 16949:2016 9.3.2.1 with SI 13 and SI 18. Wording is our own.
"""

from dataclasses import dataclass

from qms.rules.clauses import IATF, ISO
from qms.rules.words import Words

CLIMATE = "ISO 9001:2015/Amd 1:2024"
HOW: dict[str, Words] = {
    "system": Words("counted from the records", "由系统记录统计"),
    "typed": Words("typed or imported", "录入或导入"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One input: `clauses` empty means that no standard asks for it; `ask` says what belongs into a typed one."""

    code: str
    words: Words
    how: str
    clauses: tuple[str, ...]
    ask: Words

    def asked_by(self, profile: str) -> bool:
        """Tell whether a review under a profile (`iatf` or `iso`) must answer this input (R-40)."""
        return any(not clause.startswith("IATF") or profile == "iatf" for clause in self.clauses)


def _input(code: str, how: str, clauses: tuple[str, ...], words: Words, ask: Words) -> Input:
    return Input(code, words, how, clauses, ask)


_COUNTED = Words("Add what the records do not tell.", "补充系统记录之外的情况。")

INPUTS: dict[str, Input] = {one.code: one for one in (
    _input("earlier_actions", "system", (f"{ISO} 9.3.2 a)",),
           Words("Actions of earlier reviews", "以往评审的措施"), _COUNTED),
    _input("context", "typed", (f"{ISO} 9.3.2 b)", f"{CLIMATE} 4.1"),
           Words("Changes inside and outside, climate included", "内外部变化 (含气候变化)"),
           Words("What changed inside and outside that matters to the quality system, and whether climate change does.",
                 "影响质量管理体系的内外部变化, 以及气候变化是否相关。")),
    _input("external_satisfaction", "system", (f"{ISO} 9.3.2 c) 1)", f"{IATF} 9.3.2.1 f)"),
           Words("Satisfaction of outside customers", "外部顾客满意"), _COUNTED),
    _input("scorecards", "system", (f"{IATF} 9.3.2.1 i)",),
           Words("Customers' scorecards", "顾客计分卡"), _COUNTED),
    _input("internal_satisfaction", "system", (f"{ISO} 9.3.2 c) 1)",),
           Words("Satisfaction of internal customers", "内部客户满意"), _COUNTED),
    _input("commitments", "system", (f"{ISO} 9.3.2 c) 3)",),
           Words("Commitments and how they were kept", "服务承诺及兑现"), _COUNTED),
    _input("complaints_appeals", "system", (f"{ISO} 9.3.2 c) 1)",),
           Words("Internal complaints and appeals", "内部投诉与申诉"), _COUNTED),
    _input("link", "system", (f"{ISO} 9.3.2 c) 1)", f"{ISO} 9.1.3"),
           Words("From internal hand-overs to outside customers", "从内部交接到外部顾客"), _COUNTED),
    _input("objectives", "system", (f"{ISO} 9.3.2 c) 2)",),
           Words("Quality objectives", "质量目标"), _COUNTED),
    _input("process_performance", "system", (f"{ISO} 9.3.2 c) 3)", f"{IATF} 9.3.2.1 b)", f"{IATF} 9.3.2.1 c)"),
           Words("How effective and efficient processes are", "过程有效性和效率"), _COUNTED),
    _input("product_conformity", "system", (f"{ISO} 9.3.2 c) 3)", f"{IATF} 9.3.2.1 d)"),
           Words("Conformity of products", "产品符合性"), _COUNTED),
    _input("nonconformities", "system", (f"{ISO} 9.3.2 c) 4)", f"{IATF} 5.1.1.2"),
           Words("Nonconformities and corrective actions", "不合格与纠正措施"), _COUNTED),
    _input("stops", "system", (f"{ISO} 9.3.2 c) 5)",),
           Words("Calls and line stops", "呼叫与停线"), _COUNTED),
    _input("concessions", "system", (f"{ISO} 9.3.2 c) 5)", f"{IATF} 8.7.1.1"),
           Words("Concessions", "让步接收"), _COUNTED),
    _input("copq", "system", (f"{IATF} 9.3.2.1 a)",),
           Words("Cost of poor quality, inside and outside", "内外部不良质量成本"), _COUNTED),
    _input("audits", "typed", (f"{ISO} 9.3.2 c) 6)",),
           Words("Audit results", "审核结果"),
           Words("Internal, customer and certification audits of the period, findings and what is still open.",
                 "本期内部审核、顾客审核和认证审核的结果及未关闭项。")),
    _input("suppliers", "system", (f"{ISO} 9.3.2 c) 7)",),
           Words("Performance of outside suppliers", "外部供方绩效"), _COUNTED),
    _input("resources", "typed", (f"{ISO} 9.3.2 d)",),
           Words("Adequacy of resources", "资源充分性"),
           Words("Whether people, equipment, gauges, knowledge and training are enough.",
                 "人员、设备、量检具、知识和培训是否充分。")),
    _input("risks", "typed", (f"{ISO} 9.3.2 e)",),
           Words("Effect of actions on risks and opportunities", "风险和机遇措施的效果"),
           Words("What was done about risks and opportunities, and what it has brought.",
                 "对风险和机遇采取的措施及其效果。")),
    _input("improvement", "system", (f"{ISO} 9.3.2 f)",),
           Words("Opportunities for improvement", "改进机会"), _COUNTED),
    _input("feasibility", "typed", (f"{IATF} 9.3.2.1 e)",),
           Words("Manufacturing feasibility", "制造可行性"),
           Words("Feasibility of changes to operations, of new facilities and of new product.",
                 "过程变更、新设施和新产品的可行性评估。")),
    _input("maintenance", "typed", (f"{IATF} 9.3.2.1 g)",),
           Words("Performance against maintenance objectives", "维护目标绩效"),
           Words("Availability, time between failures, time to repair, against their objectives.",
                 "设备可用率、平均故障间隔、平均修复时间与目标对比。")),
    _input("warranty", "system", (f"{IATF} 9.3.2.1 h)",),
           Words("Warranty performance", "索赔绩效"), _COUNTED),
    _input("potential_failures", "typed", (f"{IATF} 9.3.2.1 j)",),
           Words("Potential field failures from risk analysis", "风险分析识别的潜在市场失效"),
           Words("The highest action priorities of the FMEA and what is done about them.",
                 "FMEA 中行动优先级最高的项目及措施。")),
    _input("field_failures", "system", (f"{IATF} 9.3.2.1 k)",),
           Words("Actual field failures and their effect on safety and environment", "实际市场失效及其安全环境影响"),
           Words("Effect on safety and environment of the failures below.", "下列失效对安全和环境的影响。")),
    _input("design_measurements", "typed", (f"{IATF} 9.3.2.1 l)",),
           Words("Measurements at stages of product and process design", "产品和过程设计各阶段的测量"),
           Words("Quality risks, cost, lead time, critical path and other measurements of the design stages.",
                 "各设计阶段的质量风险、成本、提前期、关键路径等测量结果。")),
    _input("culture", "system", (),
           Words("Reporting culture", "报告文化"), _COUNTED),
)}
"""In the order in which the meeting goes through them."""
