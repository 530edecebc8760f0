"""Knows which registers about people, roles and the trail can be written to a file. Writes nothing."""

from exports import accounts, trail
from qms.jobs.exports_register import Register
from qms.models.accounts import Person
from qms.rules.accounts import GRANT_STATES, ROLES
from qms.rules.accounts_looks import PAGES, SEE
from qms.rules.trail_reviews import FINDINGS
from qms.rules.words import Words
from qms.workflows import accounts_grants, accounts_looks, trail_reviews
from qms.workflows.exports_filters import COMMON, Meaning

ACCOUNTS: dict[str, Register] = {
    "grants": Register(
        accounts.GRANTS, accounts_grants.Filter, accounts_grants.VIEW, accounts_grants.lines, accounts_grants.count,
        {"site_id": COMMON["site_id"], "role": Meaning(Words("Role", "角色"), ROLES),
         "state": Meaning(Words("State", "状态"), GRANT_STATES),
         "delegated": Meaning(Words("Only delegated", "仅委托"))},
        accounts.grants, accounts.grants_csv),
    "looks": Register(
        accounts.LOOKS, accounts_looks.Filter, SEE, accounts_looks.lines, accounts_looks.count,
        {"site_id": COMMON["site_id"], "by_id": Meaning(Words("Seen by", "查看人"), model=Person),
         "person_id": Meaning(Words("Whose data", "被查看人"), model=Person),
         "page": Meaning(Words("Page", "页面"), PAGES), "first": COMMON["first"], "last": COMMON["last"]},
        accounts.looks, accounts.looks_csv),
    "trail-reviews": Register(
        trail.REVIEWS, trail_reviews.Filter, trail_reviews.VIEW, trail_reviews.lines, trail_reviews.count,
        {"site_id": COMMON["site_id"], "finding": Meaning(Words("Finding", "结论"), FINDINGS)},
        trail.reviews, trail.reviews_csv),
    "roles": Register(
        accounts.MATRIX, accounts_grants.MatrixFilter, accounts_grants.VIEW, accounts_grants.matrix,
        accounts_grants.matrix_size, {"site_id": COMMON["site_id"]}, accounts.matrix, accounts.matrix_csv),
}
