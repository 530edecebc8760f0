"""Knows the default questions of surveys, in our own wording; must not know where they are stored.

Perceptions of one link are asked for, with importance in place of expectations: difference scores are unstable.
Source: shared reference F.2.
"""

from typing import NamedTuple

from qms.rules.errors import Invalid
from qms.rules.satisfaction import MOST_QUESTIONS, check_code
from qms.rules.words import Words

KINDS: dict[str, Words] = {
    "rating": Words("Rating, with importance", "评分题 (含重要度)"),
    "overall": Words("Overall rating", "总体评分"),
    "recommend": Words("Would recommend, 0 to 10", "推荐意愿 (0-10)"),
    "open": Words("Open question", "开放题"),
}


class Question(NamedTuple):
    """One question in both languages. `code` stays the same over versions, so that a trend can follow it."""

    code: str
    kind: str
    words: Words


def _rating(code: str, en: str, zh: str) -> Question:
    return Question(code, "rating", Words(en, zh))


INTERNAL: tuple[Question, ...] = (
    _rating("QUALITY", "What I receive is right: I can work on without checking or mending it first.",
            "收到的产品或服务质量合格, 不用先返修或重新检查就能往下做。"),
    _rating("ON_TIME", "It arrives when it was promised, in the quantity that was promised.",
            "按约定的时间和数量交给我。"),
    _rating("IDENTITY", "Tags, counts and papers that come with it are complete and true.",
            "随附的标识、数量和单据齐全、准确。"),
    _rating("INFORMATION", "I am told early of changes, delays and known problems.",
            "变更、延误和已知问题会提前告诉我。"),
    _rating("REACTION", "When I complain, somebody comes quickly and contains the problem.",
            "我提出问题后, 对方很快到场并采取围堵措施。"),
    _rating("LASTING", "Problems that I reported are solved for good.", "我反映的问题得到彻底解决, 不再重复发生。"),
    _rating("PROMISE", "They keep what they have publicly promised.", "对方兑现公开承诺的事项。"),
    _rating("COMPETENCE", "They know their work and what my process needs from it.",
            "对方熟悉业务, 也了解我这道工序的需要。"),
    _rating("ATTITUDE", "They treat me as a customer: friendly, fair, open to a word.",
            "对方把我当客户: 态度友好、公平、听得进意见。"),
    _rating("SUPPORT", "They help when my process is in trouble.", "我这道工序有困难时, 对方愿意支援。"),
    Question("OVERALL", "overall", Words("All in all, how satisfied are you with what this unit does for you?",
                                         "总体来说, 您对该单元为您所做的工作满意吗?")),
    Question("COMMENT", "open", Words("What is the one thing they should change or keep? Name no person.",
                                      "最希望对方改进或保持的一件事是什么? 请勿写出人名。")),
)

CUSTOMERS: tuple[Question, ...] = (
    _rating("QUALITY", "The parts arrive without defects.", "零件到货质量合格, 没有缺陷。"),
    _rating("ON_TIME", "Deliveries arrive on the day and in the quantity ordered.", "按订单日期和数量交货。"),
    _rating("PACKING", "Packaging, labels and delivery papers are right.", "包装、标签和随货单据正确。"),
    _rating("CONTAINMENT", "When there is a problem, we are protected within a day.",
            "出现问题时, 一天内就能得到围堵保护。"),
    _rating("SOLVING", "8D reports find the real cause and the problem stays away.",
            "8D 报告找到真正原因, 问题不再发生。"),
    _rating("CHANGES", "We are told of changes and asked before they are made.", "变更会事先通知并征得我们同意。"),
    _rating("PROJECTS", "New parts start on time and are right from the first sample.",
            "新产品按期启动, 首批样件即合格。"),
    _rating("CONTACT", "The people we speak to answer quickly and know their business.",
            "联系人答复及时, 业务熟练。"),
    Question("OVERALL", "overall", Words("All in all, how satisfied are you with us as a supplier?",
                                         "总体来说, 您对我们这家供应商满意吗?")),
    Question("RECOMMEND", "recommend", Words("How likely would you recommend us to another plant or company?",
                                             "您有多大可能把我们推荐给其他工厂或公司?")),
    Question("COMMENT", "open", Words("What should we change first?", "您最希望我们先改进什么?")),
)

DEFAULTS: dict[str, tuple[Question, ...]] = {"internal": INTERNAL, "customers": CUSTOMERS}
NAMES: dict[str, Words] = {
    "internal": Words("Internal customer satisfaction", "内部客户满意度"),
    "customers": Words("Customer satisfaction", "顾客满意度"),
}


def checked(kind: str, questions: list[Question]) -> list[Question]:
    """Return the questions of a set as they are kept, empty ones left out. Raises Invalid."""
    kept = [Question(check_code(q.code), q.kind, Words(q.words.en.strip(), q.words.zh.strip()))
            for q in questions if q.code.strip() or q.words.en.strip() or q.words.zh.strip()]
    if len({q.code for q in kept}) < len(kept):
        raise Invalid("Each code is used once.", "题号不得重复。", field="code")
    if not any(q.kind == "rating" for q in kept) or len(kept) > MOST_QUESTIONS:
        raise Invalid(f"A set has at least one rating and at most {MOST_QUESTIONS} questions.",
                      f"问卷至少有一道评分题, 最多 {MOST_QUESTIONS} 题。", field="code")
    for question in kept:
        _check_one(kind, question)
    if sum(q.kind == "open" for q in kept) > 1 or sum(q.kind == "overall" for q in kept) > 1:
        raise Invalid("A set has one overall and one open question at most.", "总体评分和开放题各最多一题。",
                      field="kind")
    return kept


def _check_one(kind: str, question: Question) -> None:
    if question.kind not in KINDS:
        raise Invalid(f"There is no kind of question {question.kind}.", f"没有题型 {question.kind}。", field="kind")
    if question.kind == "recommend" and kind != "customers":
        raise Invalid("Whether somebody would recommend us is asked of outside customers only.",
                      "推荐意愿只询问外部顾客。", field="kind")
    if not question.words.en or not question.words.zh:
        raise Invalid(f"{question.code}: say it in both languages.", f"{question.code}: 请填写中英文。", field="text")
