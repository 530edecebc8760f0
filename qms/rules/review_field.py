"""Knows what a management review tells of warranty and field failures, and how it is counted; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

_FIELD = Words("Complaints received in the period by kind field, or found in the field; void ones left out",
               "期内收到的市场/售后类投诉或在市场发现的投诉, 不含已作废的")

CLAIMS = Told(
    "warranty.claims", Words("Warranty claims", "索赔"), "count",
    Words("Sum of the monthly readings of warranty claims on customers' scorecards; a reading for all plants of a "
          "customer stands before those of single plants. n: readings.",
          "顾客计分卡上各月索赔读数之和; 同月有全部工厂读数的以其为准。n: 读数个数。"))
RETURNS = Told(
    "warranty.returns", Words("Pieces returned", "退货件数"), "count",
    Words("Sum of the monthly readings of returns on customers' scorecards, likewise. n: readings.",
          "顾客计分卡上各月退货读数之和, 口径同上。n: 读数个数。"))
COMPLAINTS = Told(
    "warranty.complaints", Words("Field complaints", "市场/售后投诉"), "count",
    Words(f"{_FIELD.en}.", f"{_FIELD.zh}。"))
NO_FAULT = Told(
    "warranty.no_fault", Words("No fault found", "未发现故障"), "percent",
    Words("Field complaints in which no fault was found by the criteria agreed with the customer, out of those "
          "analysed.", "按与顾客约定的准则未发现故障的市场/售后投诉, 占已分析的。"))
CUSTOMERS = Told(
    "warranty_customers", Words("Warranty by customer", "各顾客索赔"), "text",
    Words("The 50 customers with most claims and field complaints.", "索赔和市场/售后投诉最多的 50 个顾客。"))
MONTHS = Told(
    "warranty_months", Words("Warranty by month", "每月索赔"), "text",
    Words("Claims and returns by month of the scorecard, field complaints by month of receipt, the last 24 months of "
          "the period. Empty: nothing was read.",
          "按计分卡月份的索赔和退货, 按收到月份的市场/售后投诉, 期内最后 24 个月。空白: 无读数。"))

FAILURES = Told(
    "field_failures.failures", Words("Field failures", "市场失效"), "count", Words(f"{_FIELD.en}.", f"{_FIELD.zh}。"))
PIECES = Told(
    "field_failures.pieces", Words("Pieces confirmed", "确认件数"), "count",
    Words("Pieces confirmed in these complaints. n: complaints in which a quantity was confirmed.",
          "上述投诉中确认的件数。n: 已确认数量的投诉。"))
SAFETY = Told(
    "field_failures.safety", Words("With effect on safety", "涉及安全"), "count",
    Words("Of these, those whose corrective action is of the safety class, or whose item has a critical "
          "characteristic (CC). n: those for which either is recorded.",
          "其中纠正措施为安全类, 或产品有关键特性 (CC) 的。n: 有其中任一记录的。"))
CRITICAL = Told(
    "field_failures.critical", Words("Critical by severity", "致命严重度"), "percent",
    Words("Of these, those of critical severity.", "其中严重度为致命的。"))
FOUND = Told(
    "field_failures.found", Words("Rejections found in the field", "市场发现的不合格"), "count",
    Words("Rejections whose escape class is EF (found in the field), void ones and those held for the review board "
          "left out.", "流出等级为 EF (市场售后发现) 的不合格记录, 不含已作废和待评审的。"))
LIST = Told(
    "field_failures", Words("Newest field failures", "最近的市场失效"), "text",
    Words(f"{_FIELD.en}; the 50 newest. Safety: by the class of the corrective action, else by the item's special "
          "characteristic.", f"{_FIELD.zh}; 最近 50 条。安全: 按纠正措施的等级, 否则按产品的特殊特性。"))
YES, NO, NOT_RECORDED = Words("yes", "是"), Words("no", "否"), Words("not recorded", "未记录")

_CLAIMED = (Column("claims", Words("Claims", "索赔"), "count"),
            Column("returns", Words("Returned", "退货件数"), "count"),
            Column("complaints", Words("Field complaints", "市场/售后投诉"), "count"))
CUSTOMER_COLUMNS = (
    Column("customer", Words("Customer", "顾客")), *_CLAIMED,
    Column("claims_before", Words("Claims, earlier", "索赔, 对比期"), "count"),
    Column("complaints_before", Words("Field complaints, earlier", "市场/售后投诉, 对比期"), "count"))
MONTH_COLUMNS = (Column("month", Words("Month", "月份")), *_CLAIMED)
LIST_COLUMNS = (
    Column("number", Words("Complaint", "投诉")), Column("received_on", Words("Received", "收到"), "date"),
    Column("customer", Words("Customer", "顾客")), Column("item", Words("Item", "产品")),
    Column("defect", Words("Defect", "缺陷")), Column("severity", Words("Severity", "严重度"), "state"),
    Column("claimed", Words("Pieces claimed", "投诉件数"), "count"),
    Column("confirmed", Words("Pieces confirmed", "确认件数"), "count"),
    Column("safety", Words("Safety", "安全"), "state"), Column("state", Words("State", "状态"), "state"))
