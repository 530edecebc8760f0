"""Knows what a management review tells of customers' scorecards, and how it is counted; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

MOST_MONTHS = 12
TOLD, UNTOLD = Words("told", "已通知"), Words("not told yet", "尚未通知")
ALL_PLANTS = Words("all plants", "全部工厂")

ON_TARGET = Told(
    "scorecards.on_target", Words("Readings on target", "读数达标率"), "percent",
    Words("Monthly readings at their target or better (green), out of readings that had a target.",
          "达到或优于目标 (绿) 的月度读数占有目标值的读数。"))
READ = Told(
    "scorecards.read", Words("Readings", "读数"), "count",
    Words("Monthly readings of customers' scorecards in the months of the period.", "期内各月的顾客计分卡读数。"))
NOT_READ = Told(
    "scorecards.not_read", Words("Months not read", "未读取月数"), "count",
    Words("Customers and months over by now in which a metric with an agreed target has no reading, the last 12 "
          "months of the period; n: customers and months with any target.",
          "期内最后 12 个月中已结束、但有目标值的指标没有读数的顾客月份; n: 有目标值的顾客月份。"))
MISSED = Told(
    "scorecards.missed", Words("Customer targets missed", "未达成的顾客目标"), "count",
    Words("Customers and metrics with at least one reading off or near its target (red or yellow): each demands an "
          "action plan (IATF 16949 9.3.3.1).",
          "至少有一个读数未达标或接近目标 (红或黄) 的顾客与指标: 每项都须有措施计划 (IATF 16949 9.3.3.1)。"))
SPECIAL = Told(
    "scorecards.special_status", Words("Special status in force", "生效的特殊状态"), "count",
    Words("Special status put on us by customers, in force on any day of the period.",
          "期内任一天生效的顾客特殊状态。"))
BODY = Told(
    "scorecards.body_told", Words("of these, certification body told", "其中已通知认证机构"), "percent",
    Words("Of these, those of which the certification body has been told.", "其中已通知认证机构的。"))

COLOURS = Told(
    "scorecard_colours", Words("Colour by month", "各月颜色"), "text",
    Words("The worst colour of each customer's scorecard in each of the last 12 months of the period; not read: a "
          "metric with a target has no reading.",
          "期内最后 12 个月每个顾客计分卡的最差颜色; 未读取: 有目标值的指标没有读数。"))
VALUES = Told(
    "scorecard_values", Words("Readings by month", "各月读数"), "text",
    Words("Each customer, plant and metric with its readings of the last 12 months of the period and the newest "
          "target; readings, those with a target and those on target are of the whole period.",
          "每个顾客、工厂和指标在期内最后 12 个月的读数及最新目标; 读数、有目标和达标数为整个期间。"))
STATUSES = Told(
    "special_status", Words("Special status", "特殊状态"), "text",
    Words("Special status in force on any day of the period, and whether the certification body was told.",
          "期内任一天生效的特殊状态, 以及是否已通知认证机构。"))
MISSES = Told("missed_targets", Words("Missed customer targets", "未达成的顾客目标"), "text", MISSED.query)

COLOUR_COLUMNS = (Column("customer", Words("Customer", "顾客")),)
VALUE_COLUMNS = (
    Column("customer", Words("Customer", "顾客")), Column("plant", Words("Plant of the customer", "顾客工厂")),
    Column("metric", Words("Metric", "指标")), Column("unit", Words("Unit", "单位")),
    Column("target", Words("Target", "目标"), "decimal"), Column("readings", Words("Readings", "读数"), "count"),
    Column("with_target", Words("With a target", "有目标"), "count"),
    Column("on_target", Words("On target", "达标"), "count"))
STATUS_COLUMNS = (
    Column("customer", Words("Customer", "顾客")), Column("kind", Words("Special status", "特殊状态"), "state"),
    Column("from_on", Words("From", "自"), "date"), Column("to_on", Words("To", "至"), "date"),
    Column("cause", Words("Cause", "原因")), Column("exit_criteria", Words("To leave it", "退出条件")),
    Column("body", Words("Certification body", "认证机构"), "state"),
    Column("body_told_on", Words("Told on", "通知日期"), "date"))
MISS_COLUMNS = (
    Column("customer", Words("Customer", "顾客")), Column("metric", Words("Metric", "指标")),
    Column("missed", Words("Months missed", "未达成月数"), "count"), Column("months", Words("Months", "月份")))
