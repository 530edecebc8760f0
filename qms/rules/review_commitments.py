"""Knows what a management review tells of commitments and requests, and how it is counted; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

ANY_UNIT = Words("any unit", "任何单元")
REACHED, NOT_REACHED = Words("reached", "达成"), Words("not reached", "未达成")

KEPT = Told(
    "commitments.kept", Words("Commitments kept", "承诺兑现率"), "percent",
    Words("Requests asked in the period under a commitment whose promise was kept, out of those judged or overdue now; "
          "what is still in time counts in neither way.",
          "期内按承诺提出的服务请求中, 已兑现的占已判定或现已逾期的; 仍在时限内的不计。"))
BREACHED = Told(
    "commitments.breached", Words("Breaches", "未兑现"), "count",
    Words("Of these requests, those whose promise was not kept, or whose time has run out.",
          "上述请求中, 承诺未兑现或已超时的。"))
IN_FORCE = Told(
    "commitments.in_force", Words("Commitments in force", "有效承诺"), "count",
    Words("Commitments in force on the last day of the period.", "期末当日有效的承诺。"))
OPEN = Told(
    "commitments.open", Words("Requests open", "未完成请求"), "count",
    Words("Requests that are not done as of the counting, whenever they were asked.",
          "统计时尚未完成的服务请求, 不论何时提出。"))
OVERDUE = Told(
    "commitments.overdue", Words("of these overdue", "其中逾期"), "count",
    Words("Of these, those whose time has run out.", "其中已超时的。"))
COMMITMENTS = Told(
    "commitments", Words("How commitments were kept", "各承诺兑现情况"), "text",
    Words("The 50 commitments with most requests of the period, all revisions together, and those in force on its "
          "last day; kept out of judged as above.",
          "期内请求最多的 50 项承诺 (各版本合计) 及期末有效的承诺; 兑现占已判定, 口径同上。"))
BREACHES = Told(
    "commitment_breaches", Words("Newest breaches", "最近的未兑现"), "text",
    Words("The 50 newest requests of the period under a commitment whose promise was not kept, or whose time has run "
          "out.", "期内按承诺提出、未兑现或已超时的最近 50 条请求。"))

COLUMNS = (
    Column("number", Words("Commitment", "承诺")), Column("service", Words("Service", "服务事项")),
    Column("provider", Words("Provider", "提供方")), Column("customer", Words("For whom", "对象")),
    Column("target", Words("Target", "目标"), "percent"), Column("asked", Words("Requests", "请求"), "count"),
    Column("judged", Words("Judged", "已判定"), "count"), Column("kept", Words("Kept", "已兑现"), "count"),
    Column("rate", Words("Kept, share", "兑现率"), "percent"),
    Column("rate_low", Words("95 % from", "95 % 下限"), "percent"),
    Column("rate_high", Words("95 % to", "95 % 上限"), "percent"),
    Column("rate_before", Words("Earlier", "对比期"), "percent"),
    Column("judged_before", Words("Judged, earlier", "已判定, 对比期"), "count"),
    Column("target_state", Words("Target", "目标"), "state"))
BREACH_COLUMNS = (
    Column("number", Words("Request", "请求")), Column("service", Words("Service", "服务事项")),
    Column("provider", Words("Provider", "提供方")), Column("asker", Words("Asked by", "提出方")),
    Column("asked_on", Words("Asked", "提出日期"), "date"), Column("due_on", Words("Due", "期限"), "date"),
    Column("done_on", Words("Done", "完成日期"), "date"), Column("state", Words("State", "状态"), "state"))
