"""Knows what a management review tells of internal customers, and how it is counted in words; must not know values."""

from qms.rules.review_snapshots import Column
from qms.rules.review_told import Told
from qms.rules.words import Words

FTA = Told(
    "internal_satisfaction.fta", Words("First-time acceptance", "首次接收率"), "percent",
    Words("Lots wholly accepted at first presentation out of lots decided, on links between units of the plant.",
          "厂内链接上首次提交即全部接收的批次占已判定批次。"))
KEPT = Told(
    "internal_satisfaction.kept", Words("Promises kept", "承诺兑现率"), "percent",
    Words("Requests asked in the period whose promise was kept, out of those judged; what still waits is not judged.",
          "期内提出的服务请求中, 承诺已兑现的占已判定的; 未完成的不计。"))
COMPLAINTS = Told(
    "internal_satisfaction.complaints", Words("Internal complaints that count", "计入的内部投诉"), "count",
    Words("Internal complaints filed in the period that count: answered, accepted, no repeat, not set aside, no appeal "
          "open (R-33, R-34).",
          "期内提出且计入的内部投诉: 已答复、已受理、非重复、未搁置、无未决申诉 (R-33, R-34)。"))
RATINGS = Told(
    "internal_satisfaction.ratings", Words("Rating by who asked", "提出方评分"), "decimal",
    Words("Mean of the ratings from 1 to 5 that askers gave for requests of the period, with its t interval; a request "
          "that nobody rated is no answer.",
          "提出方对期内服务请求给出的 1 至 5 分评分均值及 t 区间; 未评分的不计。"))
INDEX = Told(
    "internal_satisfaction.index", Words("Satisfaction index of the newest survey", "最近一次调查的满意度指数"),
    "index",
    Words("Overall question of the newest internal survey closed in the period and published, all links together: "
          "(mean - 1) / 4 x 100. No figure where too few answered.",
          "本期截止并已发布的最近一次内部调查总体题, 全部链接合计: (均值 - 1) / 4 × 100。答卷过少时无数据。"))
RESPONSE = Told(
    "internal_satisfaction.response", Words("Response rate", "答复率"), "percent",
    Words("Answers out of people invited, over all internal surveys closed in the period and published.",
          "本期截止并已发布的全部内部调查中, 答卷占受邀人数。"))

_BESIDE = Words(
    "The 50 links with most lots. Routine performance (hand-overs, requests and complaints between the two units) "
    "beside perceived satisfaction (overall question of the newest published survey of the link), never mixed; a "
    "change is told only where the 95 % intervals of the two periods do not overlap.",
    "批次最多的 50 个链接。日常表现 (两单元间的交接、服务请求和投诉) 与感知满意度 (该链接最近一次已发布调查的总体题) "
    "并列, 不合并; 仅在两期 95 % 区间不重叠时说明变化。")
LINKS = Told("internal_links", Words("Links: routine beside perceived", "链接: 日常表现与感知满意度"), "text", _BESIDE)
LINKS_BEFORE = Told("internal_links_before", Words("The same links, earlier", "相同链接, 对比期"), "text",
                    Words("The same in the comparison period.", "对比期的相同数据。"))
BEST = Told(
    "links_best", Words("Links best accepted", "接收最好的链接"), "text",
    Words("At most 10 links, half of those with lots, ordered by the lower end of the 95 % interval of first-time "
          "acceptance, so that few lots do not count for much. Links that a post supplies are not ranked (R-35).",
          "至多 10 个、不超过有批次链接的一半, 按首次接收率 95 % 区间下限排序, 使批次少的不占优。"
          "岗位作为提供方的链接不排名 (R-35)。"))
WORST = Told(
    "links_worst", Words("Links least accepted", "接收最差的链接"), "text",
    Words("At most 10 links, half of those with lots, ordered by the upper end of the 95 % interval of first-time "
          "acceptance. Links that a post supplies are not ranked (R-35).",
          "至多 10 个、不超过有批次链接的一半, 按首次接收率 95 % 区间上限排序。岗位作为提供方的链接不排名 (R-35)。"))
HAPPIEST = Told(
    "links_happiest", Words("Links with the most satisfied customers", "客户最满意的链接"), "text",
    Words("At most 10 links, half of those whose survey is shown, ordered by the lower end of the 95 % interval of "
          "the index. Links that a post supplies are not ranked (R-35).",
          "至多 10 个、不超过可显示调查结果链接的一半, 按指数 95 % 区间下限排序。岗位作为提供方的链接不排名 (R-35)。"))
UNHAPPIEST = Told(
    "links_unhappiest", Words("Links with the least satisfied customers", "客户最不满意的链接"), "text",
    Words("At most 10 links, half of those whose survey is shown, ordered by the upper end of the 95 % interval of "
          "the index. Links that a post supplies are not ranked (R-35).",
          "至多 10 个、不超过可显示调查结果链接的一半, 按指数 95 % 区间上限排序。岗位作为提供方的链接不排名 (R-35)。"))
SURVEYS = Told(
    "internal_surveys", Words("Surveys", "调查"), "text",
    Words("Internal surveys closed in the period and published, oldest first, all links together.",
          "本期截止并已发布的内部调查, 由早到晚, 全部链接合计。"))

_LINK = (Column("link", Words("Link", "链接")), Column("output", Words("Output", "输出")))
_ACCEPTED = (Column("lots", Words("Lots", "批次"), "count"),
             Column("accepted_first", Words("Accepted at once", "首次接收"), "count"),
             Column("fta", Words("First-time acceptance", "首次接收率"), "percent"),
             Column("fta_low", Words("95 % from", "95 % 下限"), "percent"),
             Column("fta_high", Words("95 % to", "95 % 上限"), "percent"))
_KEPT = (Column("judged", Words("Promises judged", "已判定承诺"), "count"),
         Column("kept", Words("Promises kept", "承诺兑现率"), "percent"),
         Column("kept_low", Words("95 % from", "95 % 下限"), "percent"),
         Column("kept_high", Words("95 % to", "95 % 上限"), "percent"),
         Column("complaints", Words("Complaints", "投诉"), "count"))
_PERCEIVED = (Column("index_n", Words("Answers", "答卷"), "count"),
              Column("index", Words("Satisfaction", "满意度"), "index"),
              Column("index_low", Words("95 % from", "95 % 下限"), "index"),
              Column("index_high", Words("95 % to", "95 % 上限"), "index"),
              Column("survey", Words("Survey", "调查"), "state"))
_CHANGES = (Column("fta_change", Words("Change of acceptance", "接收率变化"), "state"),
            Column("index_change", Words("Change of satisfaction", "满意度变化"), "state"))
BEFORE_COLUMNS = (*_LINK, *_ACCEPTED, *_KEPT, *_PERCEIVED)
LINK_COLUMNS = (*BEFORE_COLUMNS, *_CHANGES)
RANKED_COLUMNS = (*_LINK, *_ACCEPTED, *_PERCEIVED)
SURVEY_COLUMNS = (
    Column("number", Words("Survey", "调查")), Column("name", Words("Name", "名称")),
    Column("closed_on", Words("Closed", "截止"), "date"), Column("invited", Words("Invited", "受邀"), "count"),
    Column("responded", Words("Answered", "答复"), "count"),
    Column("response", Words("Response rate", "答复率"), "percent"), *_PERCEIVED)


def weak(number: str, responded: int, invited: int) -> Words:
    """Return the warning that a survey stands on few answers."""
    return Words(f"{number} stands on a weak basis: {responded} of {invited} invited answered.",
                 f"{number} 依据薄弱: 受邀 {invited} 人中 {responded} 人答复。")


def hidden(count: int, asked: int) -> Words:
    """Return how many links are hidden."""
    return Words(f"Of {asked} links asked about, {count} are hidden because too few answered (R-37).",
                 f"所调查的 {asked} 个链接中, {count} 个因答卷过少而隐藏 (R-37)。")
