"""Knows what a management review tells of outside suppliers, and how it is counted in words; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

FTA = Told(
    "suppliers.fta", Words("Lots accepted at once", "来料一次接收率"), "percent",
    Words("Lots from outside suppliers wholly accepted at first presentation, out of lots decided.",
          "外部供方来料首次提交即全部接收的批次占已判定批次。"))
PPM = Told(
    "suppliers.ppm", Words("Incoming PPM", "来料 PPM"), "ppm",
    Words("Pieces rejected at hand-over from outside suppliers out of pieces received, every presentation being a "
          "receipt, with the Wilson interval.",
          "外部供方来料交接时拒收的件数占接收件数 (每次提交计一次接收), 附 Wilson 区间。"))
REJECTIONS = Told(
    "suppliers.rejections", Words("Rejections of supplier origin", "供方责任的不合格"), "count",
    Words("Rejections whose origin, confirmed or decided, is an outside supplier; void ones and those held for the "
          "review board left out (R-34).",
          "责任单元已确认或裁定为外部供方的不合格记录, 不含已作废和待评审的 (R-34)。"))
LATER = Told(
    "suppliers.later", Words("of these found after receipt", "其中进厂后才发现"), "percent",
    Words("Of these, those found later than at receipt.", "其中晚于进货验收才发现的。"))
CONTAINED = Told(
    "suppliers.contained", Words("Median time to containment (D3)", "围堵 (D3) 用时中位数"), "days",
    Words("Days from the start of the clock to D3, of cases opened in the period whose origin is an outside supplier "
          "and whose D3 is done. n: such cases.",
          "期内开立、责任为外部供方且 D3 已完成的案例, 从计时起到 D3 的天数。n: 案例数。"))
CLOSED = Told(
    "suppliers.closed", Words("Median time to the whole 8D (D8)", "8D 完成 (D8) 用时中位数"), "days",
    Words("The same to D8.", "同上, 到 D8。"))
SUPPLIERS = Told(
    "suppliers", Words("Outside suppliers", "外部供方"), "text",
    Words("The 50 suppliers with most rejected pieces of whom anything was counted.",
          "有数据的供方中拒收件数最多的 50 个。"))

COLUMNS = (
    Column("supplier", Words("Supplier", "供方")), Column("lots", Words("Lots", "批次"), "count"),
    Column("accepted_first", Words("Accepted at once", "一次接收"), "count"),
    Column("fta", Words("Accepted at once, share", "一次接收率"), "percent"),
    Column("fta_low", Words("95 % from", "95 % 下限"), "percent"),
    Column("fta_high", Words("95 % to", "95 % 上限"), "percent"),
    Column("received", Words("Pieces received", "接收件数"), "count"),
    Column("rejected", Words("Pieces rejected", "拒收件数"), "count"), Column("ppm", Words("PPM", "PPM"), "ppm"),
    Column("ppm_low", Words("PPM, 95 % from", "PPM, 95 % 下限"), "ppm"),
    Column("ppm_high", Words("PPM, 95 % to", "PPM, 95 % 上限"), "ppm"),
    Column("ppm_before", Words("PPM, earlier", "PPM, 对比期"), "ppm"),
    Column("rejections", Words("Rejections", "不合格"), "count"),
    Column("later", Words("Found after receipt", "进厂后发现"), "count"),
    Column("cases", Words("Cases", "案例"), "count"),
    Column("contained", Words("D3, median", "D3 中位数"), "days", Words("days", "天")),
    Column("closed", Words("D8, median", "D8 中位数"), "days", Words("days", "天")))
