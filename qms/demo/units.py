"""Knows which units the demo plant has; must not know what happens in them."""

from typing import NamedTuple

SITE = "DEMO"
SITE_ZH, SITE_EN = "苏州支架厂（演示）", "Suzhou bracket plant (demo)"
ZONE = "Asia/Shanghai"


class Unit(NamedTuple):
    """A unit of the demo plant; `parent` is the code of the unit above it."""

    kind: str
    code: str
    zh: str
    en: str
    parent: str | None = None
    line: str | None = None
    inspects: bool = False
    final: bool = False


_A, _B = "A 座椅支架线", "B 管柱支架线"

UNITS = (
    Unit("department", "PM", "厂部", "Plant management"),
    Unit("department", "PD", "生产部", "Production"),
    Unit("department", "QD", "质量部", "Quality"),
    Unit("department", "PE", "工艺技术部", "Process engineering"),
    Unit("department", "PU", "采购部", "Purchasing"),
    Unit("department", "LG", "物流部", "Logistics"),
    Unit("department", "MT", "设备部", "Maintenance"),
    Unit("department", "HR", "人力资源部", "Human resources"),
    Unit("department", "SA", "座椅支架工段", "Seat-bracket section", "PD"),
    Unit("department", "SB", "管柱支架工段", "Steering-column section", "PD"),
    Unit("department", "SU", "涂装工段", "Coating section", "PD"),
    Unit("post", "P-PM", "厂长", "Plant manager", "PM"),
    Unit("post", "P-PD", "生产经理", "Production manager", "PD"),
    Unit("post", "P-TLA", "A 线班长", "Team leader, line A", "SA"),
    Unit("post", "P-TLB", "B 线班长", "Team leader, line B", "SB"),
    Unit("post", "P-QE", "质量工程师", "Quality engineer", "QD"),
    Unit("post", "P-SQ", "当班质量代表", "Shift quality delegate", "QD"),
    Unit("post", "P-PE", "工艺工程师", "Process engineer", "PE"),
    Unit("post", "P-SQE", "供方质量工程师", "Supplier quality engineer", "PU"),
    Unit("operation", "OP05", "来料检验", "Incoming inspection", "QD", None, inspects=True),
    Unit("operation", "OP10", "落料", "Blanking", "SA", _A),
    Unit("operation", "OP20", "冲压成形", "Press forming", "SA", _A),
    Unit("operation", "OP30", "点焊", "Spot welding", "SA", _A),
    Unit("operation", "OP50", "电泳涂装", "E-coating", "SU", None),
    Unit("operation", "OP60", "座椅支架装配", "Seat-bracket assembly", "SA", _A),
    Unit("operation", "OP110", "钢管下料", "Tube cutting", "SB", _B),
    Unit("operation", "OP120", "数控机加工", "CNC machining", "SB", _B),
    Unit("operation", "OP130", "机器人弧焊", "Robot arc welding", "SB", _B),
    Unit("operation", "OP140", "铆接装配", "Riveting and assembly", "SB", _B),
    Unit("operation", "OP70", "终检", "Final inspection", "QD", None, inspects=True, final=True),
    Unit("operation", "OP80", "包装发运", "Packing and shipping", "LG", None),
    Unit("process", "BP-OTD", "订单到交付", "Order to delivery"),
    Unit("process", "BP-NPI", "新产品导入", "New product introduction"),
    Unit("process", "BP-CC", "顾客投诉处理", "Customer complaint handling"),
    Unit("process", "BP-SUP", "供方管理", "Supplier management"),
    Unit("customer", "C01", "东辰汽车", "Dongchen Motors"),
    Unit("customer", "C02", "华岳座椅系统", "Huayue Seating Systems"),
    Unit("customer", "C03", "诺德转向系统", "Norde Steering Systems"),
    Unit("supplier", "S01", "江浦钢材加工", "Jiangpu Steel Service"),
    Unit("supplier", "S02", "永固紧固件", "Yonggu Fasteners"),
    Unit("supplier", "S03", "通泽精密钢管", "Tongze Precision Tube"),
)

LINE_OF = {unit.code: unit.line for unit in UNITS}
INSPECTING = frozenset(unit.code for unit in UNITS if unit.inspects)
