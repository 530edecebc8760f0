"""Knows what a management review tells of internal complaints and appeals, and how it is counted in words."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

FILED = Told(
    "complaints.filed", Words("Internal complaints filed", "提出的内部投诉"), "count",
    Words("Internal complaints filed in the period, withdrawn ones included.", "期内提出的内部投诉, 含已撤回的。"))
COUNTED = Told(
    "complaints.counted", Words("of these that count", "其中计入的"), "percent",
    Words("Of these, those that count against a unit: answered, accepted, no repeat, not set aside, no appeal open "
          "(R-33, R-34).", "其中计入单元的: 已答复、已受理、非重复、未搁置、无未决申诉 (R-33, R-34)。"))
ANSWERED = Told(
    "complaints.answered", Words("Answered in time", "按时答复率"), "percent",
    Words("Complaints answered by their due time, out of those answered or overdue now; withdrawn before an answer: "
          "left out.", "按期答复的投诉占已答复或现已逾期的; 答复前撤回的不计。"))
CONFIRMED = Told(
    "complaints.confirmed", Words("Confirmed as solved", "确认已解决"), "percent",
    Words("Complaints that the complaining unit confirmed as solved, out of those reported as done; closed without "
          "answer is not confirmed.", "投诉方确认已解决的, 占已报告完成的; 无答复关闭不算确认。"))
REOPENED = Told(
    "complaints.reopened", Words("Reopened", "重新打开"), "percent",
    Words("Complaints reopened at least once, out of those reported as done or reopened.",
          "至少重新打开一次的投诉, 占已报告完成或曾重新打开的。"))
APPEALS = Told(
    "complaints.appeals", Words("Appeals filed", "提出的申诉"), "count",
    Words("Appeals filed in the period, by either party and of both levels.", "期内双方提出的各级申诉。"))
OVERTURNED = Told(
    "complaints.overturned", Words("Decisions overturned", "改判率"), "percent",
    Words("Of these appeals, those by which the first decision was overturned, out of those decided.",
          "上述申诉中推翻原决定的, 占已裁定的。"))
PROTECTED = Told(
    "complaints.protected", Words("Protected reports", "受保护举报"), "count",
    Words("Protected reports filed in the period. Only their number is told.", "期内提交的受保护举报。只列数量。"))
UNITS = Told(
    "complaint_units", Words("By unit complained of", "按被投诉单元"), "text",
    Words("The 50 units with most complaints filed on them in the period; those that count as above.",
          "期内被投诉最多的 50 个单元; 计入口径同上。"))
TOPICS = Told(
    "complaint_topics", Words("Repeat topics", "重复问题"), "text",
    Words("Complaining unit, unit complained of, and defect or standard that came up two or more times in the period; "
          "the 50 with most.", "期内出现两次及以上的投诉方、被投诉方与缺陷或标准的组合; 最多的 50 项。"))
MONTHS = Told(
    "complaint_months", Words("Internal complaints by month", "每月内部投诉"), "text",
    Words("Complaints by month of filing, the last 24 months of the period.", "按提出月份的投诉, 期内最后 24 个月。"))

UNIT_COLUMNS = (
    Column("unit", Words("Unit complained of", "被投诉单元")), Column("filed", Words("Filed", "提出"), "count"),
    Column("counted", Words("Count", "计入"), "count"),
    Column("in_time", Words("Answered in time", "按时答复"), "count"),
    Column("judged", Words("Answered or overdue", "已答复或逾期"), "count"),
    Column("confirmed", Words("Confirmed", "已确认"), "count"),
    Column("done", Words("Reported done", "报告完成"), "count"),
    Column("reopened", Words("Reopened", "重新打开"), "count"),
    Column("filed_before", Words("Filed, earlier", "提出, 对比期"), "count"))
TOPIC_COLUMNS = (
    Column("complaining", Words("Complaining unit", "投诉方")),
    Column("accused", Words("Unit complained of", "被投诉单元")),
    Column("topic", Words("Defect or standard", "缺陷或标准")),
    Column("times", Words("Times", "次数"), "count"))
MONTH_COLUMNS = (Column("month", Words("Month", "月份")), Column("filed", Words("Filed", "提出"), "count"))
