"""Knows the procedure sheets of the demo plant; must not know the units' other fields.

A field of a sheet has one text: Chinese first, then a short English line, as plants with foreign customers write it.
"""

from typing import NamedTuple


class Sheet(NamedTuple):
    """What a unit's procedure sheet says; the fields are those of the unit."""

    purpose: str
    scope: str
    responsibilities: str
    steps: str
    records_used: str


SHEETS = {
    "OP05": Sheet(
        "防止不合格来料进入生产。\nKeep nonconforming purchased material out of production.",
        "钢卷、钢管、焊接螺母的每一到货批次。\nEvery delivered lot of coil, tube and weld nuts.",
        "检验员检验并放行; 供方质量工程师与供方联系。\n"
        "The inspector checks and releases; the supplier quality engineer talks to the supplier.",
        "1. 核对送货单和材质证书。\n2. 按抽样规则取样。\n3. 检验并记录。\n4. 放行, 或冻结并贴黄色标签。\n"
        "Check papers, sample, inspect, release or hold with a yellow tag.",
        "来料检验标准, 工序交接记录, 不合格记录。\nStandards, hand-overs, rejections."),
    "OP20": Sheet(
        "把坯料冲压成符合图纸的零件。\nForm blanks into parts to drawing.",
        "侧板和滑轨支架。\nSide plates and track brackets.",
        "操作工首件自检并每 100 件自检; 班长互检首件。\n"
        "The operator checks the first piece and every 100th; the team leader checks the first piece too.",
        "1. 装模并确认参数。\n2. 首件检验。\n3. 生产中自检。\n4. 自检合格后提交点焊。\n"
        "Set the die, first piece, run with self-checks, hand over.",
        "作业指导书 WI-20, 检具 CG-20, 工序交接记录。\nWork instruction WI-20, gauge CG-20, hand-overs."),
    "OP30": Sheet(
        "把冲压件和螺母可靠地点焊成总成。\nWeld pressed parts and nuts into sound assemblies.",
        "全部座椅支架和滑轨支架。\nAll seat brackets and track brackets.",
        "焊工负责自检和修磨电极; 班长负责首件; 设备部负责焊机保养。\n"
        "The welder checks and dresses electrodes, the team leader the first piece, maintenance the welding "
        "guns.",
        "1. 核对焊接参数。\n2. 每 400 点修磨电极。\n3. 首件凿检。\n4. 逐件目视焊点数量。\n5. 提交涂装。\n"
        "Check parameters, dress electrodes every 400 spots, chisel test the first piece, count spots, hand "
        "over.",
        "焊接参数表, 电极修磨记录, 凿检记录。\nParameter sheet, dressing log, chisel tests."),
    "OP50": Sheet(
        "为零件提供防腐涂层, 且不堵塞螺纹。\nProtect against corrosion and keep threads free.",
        "全部点焊和弧焊总成。\nAll spot-welded and arc-welded assemblies.",
        "涂装工负责挂件和螺纹遮蔽; 化验员负责槽液。\nThe coater hangs and masks, the laboratory keeps the bath.",
        "1. 前处理。\n2. 遮蔽螺纹。\n3. 电泳。\n4. 烘烤。\n5. 抽测膜厚并提交。\n"
        "Pretreat, mask threads, coat, bake, measure film, hand over.",
        "槽液日报, 膜厚记录, 烘烤曲线。\nBath log, film thickness, oven curve."),
    "OP70": Sheet(
        "只让合格品离开工厂。\nOnly good parts leave the plant.",
        "全部成品批次, 发运前。\nEvery finished lot, before shipping.",
        "终检员独立于生产; 当班质量代表有权停止发运。\n"
        "The inspector is independent of production; the shift quality delegate may stop shipping.",
        "1. 核对标签和数量。\n2. 按验收标准检验。\n3. 合格放行, 不合格冻结并通知责任工序。\n"
        "Check label and count, inspect, release or hold and tell the origin.",
        "终检标准, 质量台账。\nStandards of final inspection, quality ledger."),
    "OP80": Sheet(
        "按时、按量、按标签交付顾客。\nDeliver on time, complete and labelled.",
        "发往三家顾客的全部订单。\nAll orders of three customers.",
        "包装工核对数量; 物流班长记录顾客收货结果。\n"
        "The packer counts, the logistics leader records what the customer received.",
        "1. 核对放行状态。\n2. 包装并贴标签。\n3. 装车。\n4. 登记顾客收货结果。\n"
        "Check release, pack, load, record receipt.",
        "装箱单, 发运单。\nPacking list, delivery note."),
    "QD": Sheet(
        "让每道工序像对待顾客一样对待下道工序。\nEvery operation treats the next one as its customer.",
        "从来料到顾客投诉。\nFrom incoming goods to customer complaints.",
        "质量经理批准标准; 质量工程师处理不合格; 检验员独立判定。\n"
        "The quality manager approves standards, engineers handle rejections, inspectors judge independently.",
        "1. 制定验收标准。\n2. 监督交接。\n3. 组织围堵。\n4. 确认责任工序。\n5. 每月报告。\n"
        "Set standards, watch hand-overs, contain, settle origins, report monthly.",
        "验收标准, 质量台账, 月度质量报告。\nStandards, ledger, monthly report."),
    "MT": Sheet(
        "让设备随时可用并保持能力。\nKeep equipment available and capable.",
        "全部生产和检验设备。\nAll production and inspection equipment.",
        "值班维修工 10 分钟内到场; 设备工程师制定保养计划。\n"
        "The mechanic on duty is there in 10 minutes; the engineer plans maintenance.",
        "1. 接报修。\n2. 到场并判断。\n3. 维修。\n4. 首件合格后交还生产。\n"
        "Take the call, look, repair, give back after a good first piece.",
        "报修单, 保养计划。\nFault calls, maintenance plan."),
    "P-TLA": Sheet(
        "保证本班组不接受、不制造、不传递缺陷。\nThe crew does not accept, make or pass on defects.",
        "A 线各工序, 当班。\nLine A, during the shift.",
        "首件确认, 异常十分钟内到场, 填写围堵清单。\n"
        "Confirm first pieces, be on the spot in ten minutes, answer containment.",
        "1. 班前会。\n2. 首件。\n3. 巡线。\n4. 处理拒收。\n5. 交班。\n"
        "Briefing, first pieces, rounds, rejections, hand over the shift.",
        "班次日报, 围堵清单。\nShift report, containment."),
    "BP-OTD": Sheet(
        "把订单按时、按质、按量变成交付。\nTurn orders into good deliveries, on time and complete.",
        "从订单评审到顾客收货。\nFrom order review to the customer's receipt.",
        "流程负责人: 物流部经理。\nOwner: head of logistics.",
        "1. 订单评审。\n2. 排产。\n3. 备料。\n4. 生产。\n5. 终检。\n6. 发运。\n"
        "Review, schedule, supply, make, inspect, ship.",
        "订单评审表, 生产计划, 发运单。\nOrder review, production plan, delivery note."),
    "BP-CC": Sheet(
        "快速保护顾客, 找到责任工序和流出点。\nProtect the customer fast; find origin and escape point.",
        "全部顾客投诉。\nAll customer complaints.",
        "流程负责人: 质量经理; 24 小时内给出围堵结果。\nOwner: quality manager; containment within 24 hours.",
        "1. 登记。\n2. 冻结并围堵。\n3. 确认责任工序。\n4. 答复顾客。\n"
        "Record, hold and contain, settle the origin, answer.",
        "不合格记录, 围堵清单, 8D 报告。\nRejections, containment, 8D reports."),
}
