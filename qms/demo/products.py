"""Knows the items, routings and defect codes of the demo plant; must not know how often a defect happens."""

from typing import NamedTuple


class Item(NamedTuple):
    """An item and the units it passes; `customer` is the outside customer's code."""

    code: str
    drawing_rev: str
    zh: str
    en: str
    special: str
    customer: str | None
    route: tuple[str, ...]
    unit: str = "pcs"


ITEMS = (
    Item("RM-510", "", "冷轧钢卷 DC04 t1.5", "Cold-rolled coil DC04 1.5 mm", "", None, ("OP05", "OP10"), "kg"),
    Item("RM-530", "", "精密钢管 32x2", "Precision tube 32x2", "", None, ("OP05", "OP110")),
    Item("PP-620", "A", "焊接螺母 M8", "Weld nut M8", "SC", None, ("OP05", "OP30")),
    Item("SP-110", "C", "冲压侧板", "Pressed side plate", "SC", None, ("OP10", "OP20", "OP30")),
    Item("SB-210", "D", "座椅支架总成（左）", "Seat-bracket assembly, left", "CC", "C01",
         ("OP30", "OP50", "OP60", "OP70", "OP80")),
    Item("SB-220", "D", "座椅支架总成（右）", "Seat-bracket assembly, right", "CC", "C01",
         ("OP30", "OP50", "OP60", "OP70", "OP80")),
    Item("SB-310", "B", "座椅滑轨支架", "Seat-track bracket", "SC", "C02",
         ("OP10", "OP20", "OP30", "OP50", "OP70", "OP80")),
    Item("CP-130", "B", "机加工管件", "Machined tube", "SC", None, ("OP110", "OP120", "OP130")),
    Item("CB-410", "E", "转向管柱支架总成", "Steering-column bracket assembly", "CC", "C03",
         ("OP130", "OP50", "OP140", "OP70", "OP80")),
    Item("CB-420", "C", "转向管柱下支架", "Steering-column lower bracket", "SC", "C02",
         ("OP110", "OP120", "OP130", "OP50", "OP70", "OP80")),
)


class Defect(NamedTuple):
    """A defect code with what was asked for."""

    code: str
    zh: str
    en: str
    severity: str
    zone: str
    requirement_zh: str
    requirement_en: str


DEFECTS = (
    Defect("M01", "锈蚀", "Rust", "MI", "表面 surface", "表面无锈蚀", "No rust on the surface"),
    Defect("M02", "板厚超差", "Sheet thickness out of tolerance", "MA", "板材 sheet", "1.50 ± 0.05 mm",
           "1.50 ± 0.05 mm"),
    Defect("M03", "螺母螺纹不良", "Nut thread defective", "MA", "螺纹 thread", "通规过, 止规不过",
           "GO passes, NO-GO does not"),
    Defect("M04", "钢管椭圆度超差", "Tube out of round", "MA", "管端 tube end", "椭圆度不大于 0.15 mm",
           "Out of round at most 0.15 mm"),
    Defect("M05", "材质证书缺失", "Material certificate missing", "MA", "文件 papers", "每批附材质证书",
           "A certificate with each lot"),
    Defect("B01", "毛刺超高", "Burr too high", "MI", "切边 cut edge", "毛刺不大于 0.15 mm", "Burr at most 0.15 mm"),
    Defect("B02", "落料尺寸超差", "Blank out of size", "MA", "外形 outline", "320.0 ± 0.4 mm", "320.0 ± 0.4 mm"),
    Defect("B03", "坯料混料", "Blanks mixed up", "CR", "整件 part", "只有一种坯料", "One kind of blank only"),
    Defect("P01", "开裂", "Crack", "CR", "R 角 radius", "无裂纹", "No crack"),
    Defect("P02", "起皱", "Wrinkle", "MI", "法兰 flange", "无起皱", "No wrinkle"),
    Defect("P03", "回弹角度超差", "Springback angle off", "MA", "折边 flange", "90.0 ± 0.5°", "90.0 ± 0.5°"),
    Defect("P04", "孔位偏移", "Hole off position", "MA", "安装孔 mounting hole", "孔距 148.0 ± 0.2 mm",
           "Hole distance 148.0 ± 0.2 mm"),
    Defect("P05", "压伤", "Dent", "MI", "外表面 outer face", "无压伤", "No dent"),
    Defect("W01", "虚焊", "Cold weld", "CR", "焊点 weld spot", "凿检熔核不小于 5.0 mm",
           "Nugget at least 5.0 mm at chisel test"),
    Defect("W02", "焊穿", "Burn-through", "MA", "焊点 weld spot", "无焊穿", "No burn-through"),
    Defect("W03", "漏焊", "Weld spot missing", "CR", "焊点 weld spot", "焊点 12 个", "12 weld spots"),
    Defect("W04", "飞溅", "Weld spatter", "MI", "焊接区 weld area", "无可触及的飞溅", "No spatter within reach"),
    Defect("W05", "螺母漏焊", "Weld nut missing", "CR", "螺母座 nut seat", "螺母 4 个", "4 nuts"),
    Defect("W06", "焊缝气孔", "Porosity in the seam", "MA", "焊缝 seam", "无可见气孔", "No visible pores"),
    Defect("W07", "焊缝偏移", "Seam off position", "MA", "焊缝 seam", "偏移不大于 1.0 mm", "At most 1.0 mm off"),
    Defect("T01", "管长超差", "Tube length out of tolerance", "MA", "管端 tube end", "286.0 ± 0.3 mm",
           "286.0 ± 0.3 mm"),
    Defect("T02", "切口毛刺", "Burr at the cut", "MI", "管端 tube end", "无毛刺", "No burr"),
    Defect("T03", "内孔直径超差", "Bore out of tolerance", "MA", "内孔 bore", "28.00 – 28.05 mm", "28.00 – 28.05 mm"),
    Defect("T04", "加工面粗糙", "Machined face rough", "MI", "端面 face", "Ra 不大于 3.2", "Ra at most 3.2"),
    Defect("E01", "漆膜过薄", "Coating too thin", "MA", "全表面 all faces", "18 – 28 µm", "18 – 28 µm"),
    Defect("E02", "流挂", "Sag in the coating", "MI", "下边缘 lower edge", "无流挂", "No sag"),
    Defect("E03", "螺纹堵漆", "Thread clogged by paint", "MA", "螺纹 thread", "M8 通规顺利旋入",
           "M8 GO gauge turns in freely"),
    Defect("E04", "漆面划伤", "Coating scratched", "MI", "外表面 outer face", "无露底划伤",
           "No scratch to the metal"),
    Defect("A01", "错装", "Wrong part fitted", "CR", "装配位 fitting place", "按 BOM 装配",
           "Fitted to the parts list"),
    Defect("A02", "漏装", "Part missing", "CR", "装配位 fitting place", "零件齐全", "All parts fitted"),
    Defect("A03", "扭矩不足", "Torque too low", "CR", "螺栓 bolt", "22 – 26 N·m", "22 – 26 N·m"),
    Defect("A04", "铆接松动", "Rivet loose", "MA", "铆钉 rivet", "铆钉无松动", "No loose rivet"),
    Defect("L01", "标签错误", "Wrong label", "MA", "包装 package", "标签与实物一致", "Label matches the goods"),
    Defect("L02", "数量短缺", "Count short", "MI", "包装 package", "数量与标签一致", "Count as on the label"),
)
