"""Knows every rule that is enforced: its level, its clauses with edition, its sentence; must not know who enforces it.

Clauses are data: a new edition of a standard is another reference in the tuple. Sentences are our own wording.
"""

from dataclasses import dataclass

from qms.rules.words import Words

ISO = "ISO 9001:2015"
IATF = "IATF 16949:2016"

LEVELS: dict[str, Words] = {
    "block": Words("blocks", "阻止"),
    "warn": Words("warns, needs a reason", "警告, 须说明理由"),
    "act": Words("acts", "自动执行"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One named rule. `clauses` is empty when its basis is practice or fairness, told in `basis`."""

    id: str
    iatf: str
    iso: str
    clauses: tuple[str, ...]
    words: Words
    basis: Words | None = None

    def level(self, profile: str) -> str:
        """Return block, warn or act under a profile (`iatf` or `iso`)."""
        return self.iso if profile == "iso" else self.iatf


def _rule(rule_id: str, level: str, clauses: tuple[str, ...], en: str, zh: str, *, iso: str | None = None,
          basis: Words | None = None) -> Rule:
    return Rule(rule_id, level, iso or level, clauses, Words(en, zh), basis)


_RULES = (
    _rule("R-01", "block", (f"{ISO} 8.7.1",),
          "Nonconforming or suspect quantity is not moved on, used, packed or shipped.",
          "不合格或可疑数量不得流转、使用、包装或发运。"),
    _rule("R-02", "act", (f"{IATF} 8.7.1.3",),
          "Product whose identity is unknown or cannot be read is suspect and held.",
          "标识不明或无法辨认的产品按可疑品冻结。"),
    _rule("R-03", "block", (f"{ISO} 8.6",),
          "A hand-over is accepted only with the standard in force, results, a person and a time; never by waiting.",
          "工序交接须有现行验收标准、结果、人员和时间才能接收; 超时绝不视为接收。"),
    _rule("R-04", "block", (f"{IATF} 8.6.6",),
          "Attribute sampling accepts on zero only.", "计数抽样只允许零缺陷接收 (c=0)。", iso="warn"),
    _rule("R-05", "act", (f"{IATF} 8.6.6",),
          "One nonconforming piece in the sample makes the whole lot suspect: sort it or reject it.",
          "样本中有一件不合格, 整批即为可疑, 须挑选或拒收。"),
    _rule("R-06", "block", (f"{ISO} 8.7.2",),
          "A disposition is decided only by a role that is authorised for its kind, severity, value and customer.",
          "处置只能由对该处置方式、严重度、价值和顾客有权限的角色决定。"),
    _rule("R-07", "block", (f"{ISO} 8.7.2",),
          "Dispositions add up to the whole nonconforming quantity; what went into rework comes out good, scrapped or "
          "still open.",
          "处置数量之和等于全部不合格数量; 返工投入数等于合格、报废与待处理之和。"),
    _rule("R-08", "block", (f"{IATF} 8.7.1.4",),
          "Rework follows its order: risk analysis, decision, released instruction, work, re-inspection.",
          "返工须按顺序进行: 风险分析、决定、发布作业指导、返工、复检。"),
    _rule("R-09", "block", (),
          "Re-inspection is done by another person than the one who reported, reworked or judged before.",
          "复检须由报告人、返工人或前次判定人以外的人员进行。", basis=Words("good practice", "良好惯例")),
    _rule("R-10", "block", (f"{IATF} 8.7.1.4",),
          "Rework waits for the customer's approval where the customer asks for it.",
          "顾客要求时, 返工须先获顾客批准。"),
    _rule("R-11", "block", (f"{IATF} 8.7.1.5",),
          "Repair starts only with the customer's approval and a concession that covers the product.",
          "返修须先有顾客批准和适用于该产品的让步才能开始。"),
    _rule("R-12", "block", (f"{IATF} 8.7.1.1",),
          "Product is used as is only under a concession that another person approved inside, that the customer then "
          "authorised, and that ends by quantity or by day.",
          "让步接收须先经他人内部批准、再经顾客授权, 并规定数量或有效期。"),
    _rule("R-13", "block", (f"{IATF} 8.7.1.1",),
          "A concession that is over or would be exceeded covers nothing; each container under it carries its number.",
          "让步到期或超量即不适用; 每个容器须标有让步编号。"),
    _rule("R-14", "block", (f"{IATF} 8.7.1.7",),
          "Scrap leaves only after another person has seen that it is unusable.",
          "报废品须经他人见证已毁形后才能离厂。"),
    _rule("R-15", "block", (f"{IATF} 8.7.1.7",),
          "Re-grading, or any other use, needs the customer's approval.",
          "降级或改作他用须经顾客批准。"),
    _rule("R-16", "act", (f"{IATF} 8.7.1.6",),
          "When suspect product was shipped, the customer is told against the clock; the case stays open until that "
          "and the detail that follows are recorded.",
          "可疑品已发运时须限时通知顾客; 未登记通知时间和后续报告前不得关闭。"),
    _rule("R-17", "act", (f"{IATF} 5.3.2",),
          "Everyone on the floor may call, stop or hold without asking anybody.",
          "现场每个人都可以呼叫、停线或冻结, 无须任何人批准。"),
    _rule("R-18", "act", (f"{IATF} 5.3.2",),
          "A call or stop climbs the roster by the clock until somebody has arrived at the spot.",
          "呼叫或停线按时限逐级升级, 直到有人到达现场。"),
    _rule("R-19", "block", (f"{IATF} 8.5.1.4",),
          "A line restarts only after containment, first piece and an authorised person, and with the consent of the "
          "receiving operation if that stopped it.",
          "复线须完成围堵、首件合格并由授权人员确认; 由接收工序发起的停线还须其同意。"),
    _rule("R-20", "act", (f"{IATF} 10.2.4",),
          "A device that fails its test makes everything made since its last good test suspect and held.",
          "防错装置测试失败时, 上次合格测试以来的全部产品按可疑品冻结。"),
    _rule("R-21", "block", (f"{IATF} 8.5.6.1.1",),
          "A control is bypassed only by an alternate from the approved list, looked at each day, its lots tagged, and "
          "ended with a verified restart.",
          "旁路只能使用已批准的替代方法, 每日评审, 批次加标识, 恢复后须经验证才能关闭。"),
    _rule("R-22", "act", (f"{IATF} 8.5.2.1",),
          "Containment names every location of the suspect population; zero is an answer, blank is not.",
          "围堵须覆盖可疑批次的每个位置; 零是答案, 空白不是。"),
    _rule("R-23", "block", (f"{IATF} 4.4.1.2", f"{IATF} 10.2.3"),
          "A defect of the safety class, or one that reached a customer, takes the whole 8D from D0 on.",
          "安全类缺陷或已影响顾客的缺陷, 必须从 D0 起走完整 8D。"),
    _rule("R-24", "warn", (f"{IATF} 10.2.3",),
          "Type, severity and repetition decide how deep a problem is solved; another route needs a reason.",
          "问题解决路线由类型、严重度和是否重复决定; 另选路线须说明理由。"),
    _rule("R-25", "block", (f"{IATF} 10.2.3",),
          "A corrective action needs a verified cause of occurrence and one of escape, each asked why with evidence; a "
          "chain that ends with a person alone is no cause.",
          "纠正措施须有已验证的发生原因和流出原因, 各有带证据的追问链; 只归因于人的链条不算原因。"),
    _rule("R-26", "block", (f"{ISO} 10.2.1 d",),
          "How effectiveness will be seen (metric, baseline, threshold, window) is planned before the measures are "
          "finished, and so that the figures can be proof.",
          "措施完成之前须制定有效性验证计划 (指标、基准、阈值、窗口), 且数据须足以证明。"),
    _rule("R-27", "block", (),
          "Effectiveness is confirmed by someone who owns none of the measures and did not draft the plan; what comes "
          "back reopens the search for causes.",
          "有效性须由不负责任何措施且未起草计划的人员确认; 再次发生则重新分析原因。",
          basis=Words("good practice", "良好惯例")),
    _rule("R-28", "block", (f"{ISO} 10.2.1", f"{IATF} 10.2.3"),
          "Before a case closes, PFMEA, control plan and work instruction each have a new revision or a reason why "
          "not; similar places and the risk register are answered.",
          "结案前 PFMEA、控制计划和作业指导书须各有新版本或不受影响的理由, 类似场所和风险登记均已答复。"),
    _rule("R-29", "act", (f"{IATF} 10.2.3",),
          "The same item, defect and origin within a year is a repeat: it is linked, and what was thought solved is "
          "reopened.",
          "同一产品、缺陷和责任工序一年内再次出现即为重复: 自动关联, 并重新打开原措施。"),
    _rule("R-30", "block", (f"{IATF} 10.2.6",),
          "A case names the operation of origin and the escape path, or says why they are not known.",
          "须写明责任工序和流出路径, 或说明为何未知。"),
    _rule("R-31", "block", (f"{IATF} 10.2.5",),
          "No fault found on what came from outside names the criteria agreed with the customer.",
          "外部退回判为未发现故障时, 须注明与顾客约定的判定准则。"),
    _rule("R-32", "block", (),
          "A complaint is never closed by the side it is filed against, nor a request by who served it: the side that "
          "filed or asked confirms. Silence is closed without answer, never as satisfied.",
          "被投诉方不得关闭投诉, 办理人不得关闭自己办理的请求: 须由投诉方或提出方确认; 沉默按未答复关闭, 不等于满意。",
          basis=Words("fairness between units", "互投公平")),
    _rule("R-33", "block", (),
          "An appeal is decided by someone new to the case and of neither unit; the score rests meanwhile, and nobody "
          "is worse off for appealing.", "申诉由未参与且不属于双方的人员裁定; 期间不计分, 不因申诉受罚。",
          basis=Words("principle of ISO 10003:2018", "ISO 10003:2018 原则")),
    _rule("R-34", "act", (),
          "An origin counts in scores only when it is confirmed or decided.", "责任工序经确认或裁定后才计入评分。",
          basis=Words("fairness", "公平")),
    _rule("R-35", "block", (),
          "No fine and no wage follows from a record; whoever reports is protected, and each look at a protected "
          "report is written down.", "任何记录不得用于罚款或扣薪; 举报人受保护, 每次查看受保护举报均留痕。",
          basis=Words("PRC labour law, no-blame rule", "劳动法规, 无责备原则")),
    _rule("R-36", "act", (),
          "What people report of their own work before handing it over never counts against them.",
          "交接前自报的不合格绝不作负面计分。", basis=Words("no-blame rule", "无责备原则")),
    _rule("R-37", "block", (),
          "No survey figure is shown below its threshold, or can be worked out from what is shown; comments from 10 "
          "answers on; nothing before the survey is closed and published.",
          "低于匿名阈值的调查数值不显示, 也不能由已公布数值推算; 意见须有 10 份以上答卷才公布; "
          "截止并发布前不显示任何结果。",
          basis=Words("anonymity of those who answer", "保护答卷人匿名")),
    _rule("R-38", "act", (f"{ISO} 9.1.3",),
          "Every rate is shown with its n and confidence interval.", "每个比率都显示样本量 n 和置信区间。"),
    _rule("R-39", "block", (f"{ISO} 9.1.3",),
          "An association over time is told from 24 periods on, with the independent periods it is worth, its interval "
          "and every lag that was tried, and never as a cause.",
          "时间序列的关联须满 24 期才给出, 并说明等效独立期数、置信区间和尝试过的全部滞后, 且绝不称为因果。"),
    _rule("R-40", "block", (f"{ISO} 9.3.2", f"{IATF} 9.3.2.1"),
          "A management review is signed when each of its inputs is filled or has a reason why it does not apply; what "
          "was signed stays as it was.",
          "管理评审的每项输入均已填写或说明不适用理由后方可签署; 签署后内容不变。"),
    _rule("R-41", "block", (f"{IATF} 9.3.3.1",),
          "A customer target that was missed has an action plan in the review.",
          "未达成的顾客目标须在管理评审中有措施计划。"),
    _rule("R-42", "warn", (f"{IATF} 9.1.2.1",),
          "Each customer's scorecard is read every month, a value off target has an action or a reason, and the "
          "certification body is told of a special status.",
          "每月读取每个顾客的计分卡, 未达标的值须有措施或理由, 特殊状态须通知认证机构。"),
    _rule("R-43", "block", (f"{ISO} 7.5.3",),
          "Nothing is deleted: a correction is a new version with a reason; a void record keeps its number.",
          "不删除任何记录: 更正即带理由的新版本; 作废保留编号。"),
    _rule("R-44", "block", (f"{ISO} 7.5.3.2", f"{IATF} 7.5.3.2.1"),
          "Records are kept for the time of their class and while a legal hold stands; disposal is approved by another "
          "person and leaves a tombstone that keeps the trail verifiable.",
          "记录按类别规定的期限保存, 法律保全期间不得销毁; 销毁须经他人批准, 并留下墓碑记录使审计追踪仍可验证。"),
    _rule("R-45", "block", (f"{ISO} 7.5.3",),
          "A signature takes the password again, says what it means and is tied to exactly what was signed.",
          "签署须再次输入密码, 说明含义, 并与所签内容严格绑定。"),
    _rule("R-46", "block", (f"{ISO} 7.5.3", "21 CFR 11.10(e)", "EU GMP Annex 11:2011 9"),
          "The audit trail is append-only and hash-chained and cannot be switched off. It is reviewed at regular "
          "intervals, and each review says which part was looked through and what was found.",
          "审计追踪只能追加、以散列链接, 且不能关闭; 定期审查, 每次审查须注明范围和发现。"),
    _rule("R-47", "act", (f"{ISO} 7.5.3",),
          "Numbers run without gaps per kind, site and year.", "编号按种类、工厂和年份连续无缺号。"),
    _rule("R-48", "act", (f"{ISO} 7.5.3",),
          "A record made offline keeps the tablet's time beside the server's, is marked when it came late, and is "
          "taken once by its id.",
          "离线记录同时保留平板时间与服务器时间, 迟到须标记, 同一标识只收一次。"),
    _rule("R-49", "block", (f"{IATF} 5.3.2",),
          "A decision keeps the role and the grant by which it was made, and on whose behalf. A delegation has a "
          "reason, a first and a last day, and reaches no further than who gives it. An auditor's access ends.",
          "决定须保留作出决定时的角色和授权, 以及代表何人。委托须有原因和起止日期, 且不超出委托人的权限; "
          "审核员的访问须有截止日期。"),
    _rule("R-50", "act", (f"{ISO} 7.5.3",),
          "Standards and routings take effect by date; a record keeps the revision that was valid then.",
          "标准和工艺路线按日期生效; 记录保留当时有效的版本。"),
    _rule("R-51", "warn", (f"{ISO} 7.2", f"{ISO} 7.1.5", f"{IATF} 8.7.1.3"),
          "Sorting, rework, repair, verification, containment and tests of devices are done by people whose training "
          "is in force: the site's setting warns, blocks or does not look. A challenge part beyond its last day always "
          "blocks.",
          "挑选、返工、返修、验证、围堵和防错装置测试须由资质有效的人员进行: 按工厂设置警告、阻止或不检查; "
          "挑战件过期一律阻止。"),
    _rule("R-52", "block", (),
          "Whoever reported a rejection does not alone decide its origin, nor does the operation it is laid to; who "
          "answers for production there does not chair its review board.",
          "报告人不得单独裁定责任工序, 被指工序也不得自行裁定; 相关生产负责人不得主持其评审。",
          basis=Words("separation of duties", "职责分离")),
    _rule("R-53", "act", (f"{ISO} 7.5.3",),
          "An export records who made it, when, with which filter, how many rows and its hash.",
          "导出须记录导出人、时间、筛选条件、行数和散列值。"),
    _rule("R-54", "act", (f"{IATF} 9.3.2.1",),
          "Cost rates keep every revision; a closed month is frozen, and a cost that comes late goes to the next open "
          "month.",
          "费率保留每个版本; 月结后数据冻结, 迟到的成本计入下一个未结月份。"),
    _rule("R-55", "block", (f"{ISO} 8.7.1",),
          "A lot is not accepted while it, or a lot it was made from, has an open hold or a bypass tag that nobody has "
          "reviewed.",
          "批次或其来源批次有未解除的冻结或未评审的旁路标识时不得接收。"),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _RULES}
