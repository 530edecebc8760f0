"""Knows what a management review tells of chances to improve, and how it is counted in words; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

RECEIVED = Told(
    "improvement.received", Words("Suggestions received", "收到的改善建议"), "count",
    Words("Suggestions filed in the period.", "期内提出的改善建议。"))
ADOPTED = Told(
    "improvement.adopted", Words("Adopted", "采纳率"), "percent",
    Words("Of these, adopted or in place by now, out of those decided; on trial or to be evaluated is not decided.",
          "其中已采纳或已实施的, 占已评价的; 试行和待评价的不计。"))
DONE = Told(
    "improvement.done", Words("In place", "已实施"), "percent",
    Words("Of these, in place by now, out of all received.", "其中已实施的, 占收到的全部。"))
LESSONS = Told(
    "improvement.lessons", Words("Lessons written", "经验教训"), "count",
    Words("Lessons learned written in the period from corrective actions.", "期内由纠正措施写成的经验教训。"))
READ_ACROSS = Told(
    "improvement.read_across", Words("Read-across answered", "横向展开已答复"), "percent",
    Words("Places to which corrective actions opened in the period are to be read across: answered (applies or not), "
          "out of all named.", "期内开立的纠正措施须横向展开的对象: 已答复 (适用或不适用) 的占全部。"))
APPLIES = Told(
    "improvement.applies", Words("of these it applies to", "其中适用"), "percent",
    Words("Of the answered, those to which the action applies.", "已答复的对象中适用的。"))
UNITS = Told(
    "suggestion_units", Words("Suggestions by unit", "各单元改善建议"), "text",
    Words("The 50 units about which most suggestions were filed in the period.", "期内被建议最多的 50 个单元。"))
LESSON_LIST = Told(
    "lessons", Words("Newest lessons", "最近的经验教训"), "text",
    Words("The 50 newest lessons written in the period.", "期内写成的最近 50 条经验教训。"))
ACROSS_LIST = Told(
    "read_across", Words("Read across", "横向展开"), "text",
    Words("The 50 newest places to which an action opened in the period applies or is not answered.",
          "期内开立的措施适用或尚未答复的最近 50 个展开对象。"))
APPLIED, UNANSWERED = Words("applies", "适用"), Words("not answered", "未答复")

UNIT_COLUMNS = (
    Column("unit", Words("Unit", "单元")), Column("received", Words("Received", "收到"), "count"),
    Column("decided", Words("Decided", "已评价"), "count"), Column("adopted", Words("Adopted", "已采纳"), "count"),
    Column("done", Words("In place", "已实施"), "count"))
LESSON_COLUMNS = (
    Column("number", Words("Lesson", "经验教训")), Column("title", Words("Title", "标题")),
    Column("action", Words("Case", "案例")), Column("written_on", Words("Written", "日期"), "date"))
ACROSS_COLUMNS = (
    Column("action", Words("Case", "案例")), Column("title", Words("Title", "标题")),
    Column("place", Words("To where", "展开到")), Column("state", Words("Answer", "答复"), "state"))
