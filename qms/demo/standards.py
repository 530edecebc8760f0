"""Knows by which standards the demo plant's customers accept; must not know what was found.

A characteristic that is measured is taken on a few pieces; one that is judged by eye on every piece or on a sample
that accepts on zero.
"""

from typing import NamedTuple


class Asked(NamedTuple):
    """One characteristic. `limits` are lower, upper and target as decimals in text; None for an attribute."""

    zh: str
    en: str
    defect: str
    limits: tuple[str, str, str] | None = None
    unit: str | None = None
    gauge: str | None = None
    method: str = "目视 visual"
    every: int | None = None
    per_mille: int | None = None
    special: str = ""


class Standard(NamedTuple):
    """What a link's standard asks for; `added` comes in with a second revision, `drafted` stands in a draft."""

    form: str
    supplier: str
    customer: str
    zh: str
    en: str
    asked: tuple[Asked, ...]
    added: tuple[Asked, ...] = ()
    drafted: tuple[Asked, ...] = ()


REACTION_ZH = "不合格: 停止接收, 冻结并贴黄色标签, 通知上工序班长; 全数挑选后复检。"
REACTION_EN = ("Not good: stop accepting, hold with a yellow tag, tell the team leader before; sort 100 % and "
               "inspect again.")

_certificate = Asked("材质证书齐全", "Material certificate there", "M05", method="核对 paper check")
_no_rust = Asked("表面无锈蚀", "No rust", "M01", per_mille=25)
_thickness = Asked("板厚", "Sheet thickness", "M02", ("1.45", "1.55", "1.50"), "mm", "千分尺 MIC-02",
                   "测量 measured", 400)
_cut_burr = Asked("切边毛刺", "Burr at the cut edge", "B01", per_mille=20, method="手感和目视 touch and sight")
_blank = Asked("坯料长度", "Blank length", "B02", ("319.6", "320.4", "320.0"), "mm", "卡尺 CAL-11", "测量 measured",
               150)
_one_kind = Asked("无混料", "One kind only", "B03")
_no_crack = Asked("R 角无裂纹", "No crack at the radius", "P01", special="SC")
_no_wrinkle = Asked("法兰无起皱", "No wrinkle on the flange", "P02", per_mille=20)
_angle = Asked("折边角度", "Flange angle", "P03", ("89.5", "90.5", "90.0"), "°", "角度规 ANG-04", "测量 measured",
               150)
_hole = Asked("安装孔距", "Distance of mounting holes", "P04", ("147.8", "148.2", "148.0"), "mm", "检具 CG-20",
              "检具 gauge", 150, special="SC")
_no_dent = Asked("外表面无压伤", "No dent on the outer face", "P05", per_mille=20)
_spots = Asked("焊点数量 12", "12 weld spots", "W03", special="CC")
_nuts = Asked("螺母 4 个, 焊牢", "4 nuts, firmly welded", "W05")
_nugget = Asked("凿检熔核直径", "Nugget diameter at chisel test", "W01", ("5.0", "7.5", "6.2"), "mm", "卡尺 CAL-17",
                "凿检 chisel test", 100, special="CC")
_no_burn = Asked("无焊穿", "No burn-through", "W02", per_mille=20)
_spatter = Asked("无飞溅", "No spatter", "W04", per_mille=25)
_pores = Asked("焊缝无气孔", "No pores in the seam", "W06", special="CC")
_seam = Asked("焊缝偏移", "Seam off position", "W07", ("0.0", "1.0", "0.3"), "mm", "焊缝规 WG-03", "测量 measured",
              100)
_film = Asked("漆膜厚度", "Film thickness", "E01", ("18.0", "28.0", "23.0"), "µm", "膜厚仪 FT-01", "测量 measured",
              80)
_no_sag = Asked("无流挂", "No sag", "E02", per_mille=20)
_no_scratch = Asked("漆面无露底划伤", "No scratch to the metal", "E04")
_thread = Asked("M8 通规旋入", "M8 GO gauge turns in", "E03", gauge="通规 GO-M8", method="量规 gauge", special="SC")
_fitted = Asked("按 BOM 装配, 无错装", "Fitted to the parts list", "A01", special="CC")
_complete = Asked("零件齐全", "All parts fitted", "A02", special="CC")
_torque = Asked("螺栓扭矩", "Bolt torque", "A03", ("22.0", "26.0", "24.0"), "N·m", "扭矩扳手 TW-06",
                "测量 measured", 80,
                special="CC")
_rivet = Asked("铆钉无松动", "No loose rivet", "A04")
_label = Asked("标签正确", "Label right", "L01")
_count = Asked("数量相符", "Count right", "L02")
_length = Asked("管段长度", "Tube length", "T01", ("285.7", "286.3", "286.0"), "mm", "卡尺 CAL-21", "测量 measured",
                150)
_tube_burr = Asked("切口无毛刺", "No burr at the cut", "T02", per_mille=20)
_bore = Asked("内孔直径", "Bore diameter", "T03", ("28.00", "28.05", "28.02"), "mm", "内径表 BG-02",
              "测量 measured", 120,
              special="SC")
_rough = Asked("端面粗糙度", "Roughness of the face", "T04", ("0.8", "3.2", "1.6"), "µm", "粗糙度仪 RT-01",
               "测量 measured", 200)
_round = Asked("管端椭圆度", "Out of round", "M04", ("0.00", "0.15", "0.05"), "mm", "卡尺 CAL-05", "测量 measured",
               300)
_nut_thread = Asked("螺母通止规", "GO and NO-GO of nuts", "M03", per_mille=10, gauge="通止规 G-M8",
                    method="量规 gauge",
                    special="SC")

_final = (_no_scratch, _label, _count)

STANDARDS = (
    Standard("QF-0501", "S01", "OP05", "钢卷来料检验", "Incoming coil",
             (_certificate, _thickness, _no_rust)),
    Standard("QF-0502", "S02", "OP05", "螺母来料检验", "Incoming weld nuts", (_certificate, _nut_thread)),
    Standard("QF-0503", "S03", "OP05", "钢管来料检验", "Incoming tube", (_certificate, _round)),
    Standard("QF-0510", "OP05", "OP10", "钢卷上线交接", "Coil to blanking", (_no_rust,)),
    Standard("QF-0530", "OP05", "OP30", "螺母上线交接", "Nuts to spot welding", (_nut_thread,)),
    Standard("QF-0511", "OP05", "OP110", "钢管上线交接", "Tube to cutting", (_no_rust,)),
    Standard("QF-1020", "OP10", "OP20", "坯料交接", "Blanks to press", (_one_kind, _cut_burr, _blank)),
    Standard("QF-2030", "OP20", "OP30", "冲压件交接", "Pressed parts to welding",
             (_no_crack, _no_wrinkle, _angle, _hole)),
    Standard("QF-3050", "OP30", "OP50", "点焊总成交接", "Spot-welded assemblies to coating",
             (_spots, _nuts, _nugget, _spatter), drafted=(_no_burn,)),
    Standard("QF-5060", "OP50", "OP60", "涂装件交接（座椅支架）", "Coated seat brackets to assembly",
             (_film, _no_sag, _no_scratch)),
    Standard("QF-5070", "OP50", "OP70", "涂装成品交接", "Coated finished parts to final inspection",
             (_film, _hole, _no_scratch), added=(_thread,)),
    Standard("QF-5140", "OP50", "OP140", "涂装件交接（管柱支架）", "Coated column brackets to assembly",
             (_film, _no_scratch, _thread)),
    Standard("QF-6070", "OP60", "OP70", "座椅支架总成终检", "Final inspection of seat brackets",
             (_fitted, _complete, _torque, _no_scratch)),
    Standard("QF-1112", "OP110", "OP120", "钢管段交接", "Cut tubes to machining", (_length, _tube_burr)),
    Standard("QF-1213", "OP120", "OP130", "机加工管件交接", "Machined tubes to welding", (_bore, _rough)),
    Standard("QF-1350", "OP130", "OP50", "弧焊总成交接", "Arc-welded assemblies to coating",
             (_pores, _seam, _spatter)),
    Standard("QF-1470", "OP140", "OP70", "管柱支架总成终检", "Final inspection of column brackets",
             (_rivet, _complete, _no_scratch)),
    Standard("QF-7080", "OP70", "OP80", "终检放行交接", "Release to packing", (_label, _count)),
    Standard("QF-8001", "OP80", "C01", "顾客收货（东辰）", "Receipt at Dongchen Motors", _final),
    Standard("QF-8002", "OP80", "C02", "顾客收货（华岳）", "Receipt at Huayue Seating", _final),
    Standard("QF-8003", "OP80", "C03", "顾客收货（诺德）", "Receipt at Norde Steering", _final),
)
