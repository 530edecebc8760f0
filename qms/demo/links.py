"""Knows who is whose customer in the demo plant, and for what; must not know what is handed over day by day."""

from typing import NamedTuple


class Link(NamedTuple):
    """A link of the demo plant, between unit codes. `source` and `observed` tell how it was found when proposed."""

    supplier: str
    customer: str
    kind: str
    zh: str
    en: str
    proposed: bool = False
    observed: int = 0


def _flow(supplier: str, customer: str, zh: str, en: str) -> Link:
    return Link(supplier, customer, "operation", zh, en)


def _function(supplier: str, customer: str, zh: str, en: str) -> Link:
    return Link(supplier, customer, "function", zh, en)


LINKS = (
    _flow("S01", "OP05", "冷轧钢卷", "Cold-rolled coil"),
    _flow("S02", "OP05", "焊接螺母", "Weld nuts"),
    _flow("S03", "OP05", "精密钢管", "Precision tube"),
    _flow("OP05", "OP10", "已检钢卷", "Inspected coil"),
    _flow("OP05", "OP30", "已检焊接螺母", "Inspected weld nuts"),
    _flow("OP05", "OP110", "已检钢管", "Inspected tube"),
    _flow("OP10", "OP20", "落料坯料", "Blanks"),
    _flow("OP20", "OP30", "冲压件", "Pressed parts"),
    _flow("OP30", "OP50", "点焊总成", "Spot-welded assemblies"),
    _flow("OP50", "OP60", "涂装后座椅支架", "Coated seat brackets"),
    _flow("OP50", "OP70", "涂装后成品件", "Coated finished parts"),
    _flow("OP50", "OP140", "涂装后管柱支架", "Coated column brackets"),
    _flow("OP60", "OP70", "座椅支架总成", "Seat-bracket assemblies"),
    _flow("OP110", "OP120", "钢管段", "Cut tubes"),
    _flow("OP120", "OP130", "机加工管件", "Machined tubes"),
    _flow("OP130", "OP50", "弧焊总成", "Arc-welded assemblies"),
    _flow("OP140", "OP70", "管柱支架总成", "Column-bracket assemblies"),
    _flow("OP70", "OP80", "终检合格品", "Finally inspected goods"),
    _flow("OP80", "C01", "座椅支架总成", "Seat-bracket assemblies"),
    _flow("OP80", "C02", "滑轨支架和下支架", "Track and lower brackets"),
    _flow("OP80", "C03", "管柱支架总成", "Column-bracket assemblies"),
    _flow("OP20", "OP80", "售后备件（未涂装）", "Service parts, uncoated"),
    Link("OP60", "OP80", "operation", "座椅支架总成", "Seat-bracket assemblies", proposed=True, observed=3),
    _function("MT", "PD", "设备维修和保养", "Repair and maintenance of equipment"),
    _function("PD", "MT", "设备故障报修", "Fault calls with what was seen"),
    _function("QD", "PD", "检验结果和质量信息", "Inspection results and quality news"),
    _function("PD", "QD", "自检和报工记录", "Self-inspection and production records"),
    _function("PE", "PD", "作业指导书和工装", "Work instructions and tooling"),
    _function("PD", "PE", "工艺改进建议", "Suggestions on the process"),
    _function("PU", "LG", "采购订单和到货计划", "Purchase orders and arrival plan"),
    _function("LG", "PD", "按时配送物料", "Material delivered to the line on time"),
    _function("QD", "PU", "供方来料质量数据", "Incoming quality by supplier"),
    _function("PU", "QD", "供方 8D 答复", "Suppliers' 8D answers"),
    _function("PE", "QD", "控制计划和 PFMEA", "Control plans and PFMEA"),
    Link("PM", "PD", "rank_condition", "人员、设备和预算", "People, equipment and budget"),
    Link("PD", "PM", "rank_task", "产量和质量目标达成", "Output and quality targets met"),
    Link("PM", "QD", "rank_condition", "停线和放行授权", "Authority to stop and release"),
    Link("QD", "PM", "rank_task", "月度质量报告", "Monthly quality report"),
    *(Link("PD", section, "rank_condition", "班次计划和人员", "Shift plan and crew") for section in ("SA", "SB", "SU")),
    *(Link(section, "PD", "rank_task", "班次计划完成", "Shift plan met") for section in ("SA", "SB", "SU")),
    Link("P-PD", "P-TLA", "rank_condition", "班组人员和培训", "Crew and training"),
    Link("P-TLA", "P-PD", "rank_task", "班次产量和质量日报", "Daily report of the shift"),
    Link("P-PD", "P-TLB", "rank_condition", "班组人员和培训", "Crew and training"),
    Link("P-TLB", "P-PD", "rank_task", "班次产量和质量日报", "Daily report of the shift"),
    Link("P-PM", "P-PD", "rank_condition", "年度目标和资源", "Targets and resources of the year"),
    Link("P-QE", "P-SQ", "rank_condition", "检验标准和限度样品", "Standards and limit samples"),
    Link("P-SQ", "P-QE", "rank_task", "当班质量报告", "Quality report of the shift"),
    _function("P-PE", "P-TLA", "换型和调机支持", "Help with change-over and setting"),
    _function("P-SQE", "P-QE", "供方问题状态", "State of supplier problems"),
    Link("BP-OTD", "C01", "process", "按时足量交付", "Delivery in full and on time"),
    Link("BP-OTD", "C02", "process", "按时足量交付", "Delivery in full and on time"),
    Link("BP-OTD", "C03", "process", "按时足量交付", "Delivery in full and on time"),
    Link("BP-NPI", "BP-OTD", "process", "批准的产品和过程", "Approved product and process"),
    Link("BP-OTD", "BP-CC", "process", "发运批次追溯信息", "Traceability of what was shipped"),
    Link("BP-CC", "C02", "process", "投诉答复和 8D", "Answers to complaints, 8D"),
    Link("BP-CC", "BP-NPI", "process", "经验教训", "Lessons learned"),
    Link("BP-SUP", "BP-OTD", "process", "合格供方名录", "Approved suppliers"),
)

WITHOUT_STANDARD = ("OP20", "OP80")
"""The flow link that nobody wrote a standard for: what is presented on it cannot be accepted (R-03)."""
