"""Knows what a management review tells of the culture of reporting, and how it is counted; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

FOUND_LATER = Words(
    "origin confirmed or decided, found two or more hand-overs after it, at the final check, at a customer or in the "
    "field", "责任工序已确认或裁定, 且在其后两次及以上交接、终检、顾客处或市场才发现")
REPORTS = Told(
    "culture.reports", Words("Reports per 1,000 lots", "每千批报告数"), "decimal",
    Words("Rejections reported, whatever their kind and origin, per 1,000 lots first presented and decided, with the "
          "exact Poisson interval; void ones and those held for the review board left out. More is better: silence is "
          "no quality.",
          "报告的不合格记录 (不论类别和责任工序) 每千批首次提交并已判定的批次, 附泊松精确区间; 不含已作废和待评审的。"
          "越多越好: 沉默不等于质量。"))
LATER = Told(
    "culture.later", Words("Found later per 1,000 lots", "每千批后续发现数"), "decimal",
    Words(f"Rejections with {FOUND_LATER.en}, per 1,000 lots, with the exact Poisson interval.",
          f"{FOUND_LATER.zh}的不合格记录, 每千批, 附泊松精确区间。"))
SELF_REPORTS = Told(
    "culture.self_reports", Words("Self-reports", "自报比例"), "percent",
    Words("Rejections reported on one's own work (not made, not passed on), out of all reported.",
          "对本工序自己的产品报告的不合格 (不制造、不传递) 占全部报告。"))
RECOGNISED = Told(
    "culture.recognised", Words("Recognitions", "表彰"), "count",
    Words("Recognitions approved in the period, for solved causes and honest self-reports.",
          "期内批准的表彰: 根治原因和诚实自报。"))
PROTECTED = Told(
    "culture.protected", Words("Protected reports", "受保护举报"), "count",
    Words("Protected reports filed in the period, of retaliation or pressure. Only their number is told.",
          "期内提交的受保护举报 (报复或压力)。只列数量。"))
MONTHS = Told(
    "culture_months", Words("Reports beside what was found later", "报告与后续发现"), "text",
    Words(f"By month, the last 24 months: all reports, those of one's own work, and what was found later "
          f"({FOUND_LATER.en}).", f"按月, 最近 24 个月: 全部报告、自报, 以及后续发现 ({FOUND_LATER.zh})。"))
UNITS = Told(
    "culture_units", Words("Units: reports beside what was found later", "单元: 报告与后续发现"), "text",
    Words("The 50 units that handed over most lots, by code: what they reported, and what they made, with confirmed or "
          "decided origin, and others found. Units are not ranked by their reports.",
          "交出批次最多的 50 个单元, 按编号: 其报告的, 以及其制造 (责任已确认或裁定) 而由他人发现的。不按报告数排名。"))
RULE = Words(
    "Under-reporting is warned of when reports per lot fell against the comparison period (exact test of two counts "
    "per lots, one-sided, 5 %), something was found later, and found later per lot is not lower.",
    "漏报警示规则: 每批报告数较对比期下降 (两期每批计数的精确检验, 单侧 5 %), 且有后续发现, 而每批后续发现数没有下降。")
LOOK = Words("have a look", "需关注")

MONTH_COLUMNS = (
    Column("month", Words("Month", "月份")), Column("lots", Words("Lots", "批次"), "count"),
    Column("reports", Words("Reports", "报告"), "count"), Column("self", Words("Self-reports", "自报"), "count"),
    Column("later", Words("Found later", "后续发现"), "count"),
    Column("reports_rate", Words("Reports per 1,000 lots", "每千批报告数"), "decimal"),
    Column("later_rate", Words("Found later per 1,000 lots", "每千批后续发现数"), "decimal"))
UNIT_COLUMNS = (
    Column("unit", Words("Unit", "单元")), Column("lots", Words("Lots handed over", "交出批次"), "count"),
    Column("reports", Words("Reports", "报告"), "count"), Column("self", Words("Self-reports", "自报"), "count"),
    Column("passed_on", Words("Found by others", "他人发现"), "count"),
    Column("lots_before", Words("Lots, earlier", "批次, 对比期"), "count"),
    Column("reports_before", Words("Reports, earlier", "报告, 对比期"), "count"),
    Column("passed_on_before", Words("Found by others, earlier", "他人发现, 对比期"), "count"),
    Column("look", Words("Under-reporting?", "漏报?"), "state"))


def warned(of: Words, reports: tuple[float, float], later: tuple[float, float]) -> Words:
    """Return the warning; figures are earlier and now, per 1,000 lots."""
    return Words(
        f"Under-reporting? {of.en}: reports fell from {reports[0]:.1f} to {reports[1]:.1f} per 1,000 lots while found "
        f"later went from {later[0]:.1f} to {later[1]:.1f}. Go and ask why less is reported.",
        f"是否漏报? {of.zh}: 每千批报告数由 {reports[0]:.1f} 降至 {reports[1]:.1f}, 而后续发现由 {later[0]:.1f} 变为 "
        f"{later[1]:.1f}。请到现场了解报告减少的原因。")
