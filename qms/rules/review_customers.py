"""Knows what a management review tells of outside customers, and how it is counted in words; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

NO_SURVEY = Words("no survey published", "无已发布调查")
HIDDEN = Words("hidden: too few answers", "已隐藏: 答卷过少")
PUBLISHED = Words("published", "已发布")
CUT = Words("The table holds the 50 customers with most complaints; the figures are of all of them.",
            "表中只列投诉最多的 50 个顾客; 指标涵盖全部顾客。")

FTA = Told(
    "external_satisfaction.fta", Words("First-time acceptance inside, on the way to customers",
                                       "通往顾客的内部首次接收率"), "percent",
    Words("Lots wholly accepted at first presentation out of lots decided, on links between units of the plant from "
          "which an outside customer can be reached.",
          "在厂内通往外部顾客的链接上, 首次提交即全部接收的批次占已判定批次。"))
ESCAPES = Told(
    "external_satisfaction.escapes", Words("Escapes to customers", "流出到顾客"), "count",
    Words("Rejections found at an outside customer, at its line or in the field, whatever their origin; void ones and "
          "those held for the review board left out.",
          "在外部顾客处 (产线或市场) 发现的不合格记录, 不论责任工序; 不含已作废和待评审的。"))
ESCAPED_PPM = Told(
    "external_satisfaction.escaped_ppm", Words("Pieces found at customers, PPM", "顾客处发现件数 PPM"), "ppm",
    Words("Pieces in these escapes out of pieces handed over to customers and decided. No figure where no hand-over "
          "to a customer is recorded.",
          "上述流出件数占已交给顾客并判定的件数。未记录交付时无数据。"))
COMPLAINTS = Told(
    "external_satisfaction.complaints", Words("Complaints of outside customers", "外部顾客投诉"), "count",
    Words("Complaints received from outside customers, void ones left out.", "收到的外部顾客投诉, 不含已作废的。"))
ANSWERED = Told(
    "external_satisfaction.answered", Words("First answers (D3) in time", "首次答复 (D3) 及时率"), "percent",
    Words("Of these complaints, first answers sent by their due time or imported as in time, out of those sent, "
          "imported as sent, or overdue now.",
          "上述投诉中, 按期发出 (或导入时标明及时) 的首次答复, 占已发出、已标明或现已逾期的。"))
INDEX = Told(
    "external_satisfaction.index", Words("Satisfaction index of the newest survey", "最近一次调查的满意度指数"),
    "index",
    Words("Overall question of the newest customer survey closed in the period and published, all customers "
          "together: (mean - 1) / 4 x 100. No figure where too few answered.",
          "本期截止并已发布的最近一次顾客调查总体题, 全部顾客合计: (均值 - 1) / 4 × 100。答卷过少时无数据。"))
RESPONSE = Told(
    "external_satisfaction.response", Words("Customers' answers to surveys", "顾客调查答复率"), "percent",
    Words("Answers out of people invited, over all customer surveys closed in the period and published.",
          "本期截止并已发布的全部顾客调查中, 答卷占受邀人数。"))
CUSTOMERS = Told(
    "customers", Words("Outside customers", "外部顾客"), "text",
    Words("The 50 customers with most complaints of whom anything was counted. First-time acceptance: of the links "
          "inside that lead to the customer. PPM and on-time delivery: means of the monthly scorecard readings, every "
          "plant's reading counting once. Colour: the worst of the last month. Satisfaction: overall question of the "
          "newest published survey; the change is told only where the 95 % intervals do not overlap.",
          "有数据的顾客中投诉最多的 50 个。首次接收率: 厂内通往该顾客的链接。PPM 与准时交付: 各月计分卡读数的均值, "
          "每个工厂的读数各计一次。颜色: 最后一个月的最差颜色。满意度: 最近一次已发布调查的总体题; 仅在 95 % "
          "区间不重叠时说明变化。"))
MONTHS = Told(
    "customer_complaints_months", Words("Customer complaints by month", "每月顾客投诉"), "text",
    Words("Complaints by month of receipt, void ones left out, the last 24 months of the period; from the field: by "
          "kind or by where the customer found it.",
          "按收到月份统计的投诉, 不含已作废的, 期内最后 24 个月; 市场/售后: 按类别或顾客发现地点。"))
MONTHS_COLUMNS = (
    Column("month", Words("Month", "月份")), Column("complaints", Words("Complaints", "投诉"), "count"),
    Column("field", Words("of these from the field", "其中市场/售后"), "count"))
COLUMNS = (
    Column("customer", Words("Customer", "顾客")),
    Column("fta", Words("First-time acceptance inside", "内部首次接收率"), "percent"),
    Column("lots", Words("Lots", "批次"), "count"),
    Column("escapes", Words("Escapes", "流出"), "count"),
    Column("pieces", Words("Pieces escaped", "流出件数"), "count"),
    Column("shipped", Words("Pieces shipped", "交付件数"), "count"),
    Column("ppm", Words("PPM by scorecard", "计分卡 PPM"), "ppm"),
    Column("ppm_before", Words("PPM, earlier", "PPM, 对比期"), "ppm"),
    Column("otd", Words("On-time delivery", "准时交付率"), "decimal", Words("%", "%")),
    Column("otd_before", Words("On-time delivery, earlier", "准时交付率, 对比期"), "decimal", Words("%", "%")),
    Column("complaints", Words("Complaints", "投诉"), "count"),
    Column("complaints_before", Words("Complaints, earlier", "投诉, 对比期"), "count"),
    Column("colour", Words("Scorecard, last month", "计分卡, 末月"), "state"),
    Column("index", Words("Satisfaction", "满意度"), "index"),
    Column("index_n", Words("n", "n"), "count"),
    Column("index_low", Words("95 % from", "95 % 下限"), "index"),
    Column("index_high", Words("95 % to", "95 % 上限"), "index"),
    Column("survey", Words("Survey", "调查"), "state"),
    Column("change", Words("Change", "变化"), "state"),
)
