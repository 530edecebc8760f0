"""Knows the words and laws of the review board; must not know where reviews are stored."""

from collections.abc import Collection, Iterable

from qms.rules.accounts import Grant
from qms.rules.dispositions import CODES
from qms.rules.errors import Invalid, Refused
from qms.rules.rejections import LEADING
from qms.rules.steps import State, Step, StepTable
from qms.rules.words import Words

STEPS = StepTable(
    what=Words("Board review", "评审"), first="asked",
    states={
        "asked": State(Words("Votes asked for", "征求意见中"), "pending"),
        "closed": State(Words("Closed", "已结论"), "accepted"),
        "withdrawn": State(Words("Withdrawn", "已撤回"), "void"),
    },
    steps=(
        Step("vote", Words("Vote", "发表意见"), ("asked",), None, "dispositions.vote"),
        Step("close", Words("Close with an outcome", "形成结论"), ("asked",), "closed", "dispositions.decide"),
        Step("withdraw", Words("Withdraw the question", "撤回评审"), ("asked",), "withdrawn", "dispositions.decide"),
    ),
)
STATES = STEPS.words
FUNCTIONS: dict[str, Words] = {
    "quality": Words("Quality", "质量"),
    "engineering": Words("Process or design engineering", "工艺或设计"),
    "production": Words("Production", "生产"),
    "purchasing": Words("Purchasing", "采购"),
    "customer_quality": Words("Customer quality", "顾客质量"),
}
VOTES: dict[str, Words] = {
    "agree": Words("Agrees", "同意"),
    "disagree": Words("Disagrees", "不同意"),
    "abstain": Words("Abstains", "弃权"),
}
QUORUM = 2
"""Functions that a board hears at least before it closes."""


def asked(number: str, proposal: str) -> tuple[Words, Words]:
    """Return subject and text of what is told to those whom the board's question is for."""
    return (Words(f"{number}: the review board is asked", f"{number}: 请评审委员会评审"), Words(proposal, proposal))


def check_vote(function: str, vote: str, code: str | None) -> None:
    """Raise Invalid for a vote that is none."""
    if function not in FUNCTIONS:
        raise Invalid("Say for which function you speak.", "请选择您代表的职能。", field="function")
    if vote not in VOTES:
        raise Invalid("Agree, disagree or abstain.", "请选择同意、不同意或弃权。", field="vote")
    if code is not None and code not in CODES:
        raise Invalid(f"There is no disposition {code}.", f"没有处置方式 {code}。", field="code")


def check_close(code: str | None, functions: Collection[str]) -> None:
    """Raise for a board that closes without saying on what it agreed, or before enough functions were heard."""
    if code not in CODES:
        raise Invalid("Say on which disposition the board agreed.", "请选择评审同意的处置方式。", field="code")
    if len(set(functions)) < QUORUM:
        raise Refused("R-06", f"The board hears {QUORUM} functions at least; {len(set(functions))} voted.",
                      f"评审至少须听取 {QUORUM} 个职能的意见; 现有 {len(set(functions))} 个。")


def leads_production(grants: Iterable[Grant], *, site_id: int, paths: Collection[str]) -> bool:
    """Tell whether somebody answers for the production of one of these units."""
    return any(grant.role in LEADING and grant.site_id in {None, site_id}
               and (grant.unit_path is None or any(path.startswith(grant.unit_path) for path in paths))
               for grant in grants)


def check_chair(grants: Iterable[Grant], *, site_id: int, paths: Collection[str]) -> None:
    """Raise Refused (R-52) for a chair who answers for the production of the origin or of the finding unit."""
    if leads_production(grants, site_id=site_id, paths=paths):
        raise Refused("R-52", "Whoever answers for production there does not chair the board.",
                      "相关生产负责人不得主持评审。", field="chair_id")
