"""How what was counted becomes figures of a review that stand beside the comparison period, and how tables say it.

Counts nothing itself.
"""

from collections.abc import Callable, Sequence

from qms.models.chain import Link
from qms.rules.measures import Period
from qms.rules.review_snapshots import Estimate, Figure, Formula
from qms.rules.words import Words
from qms.workflows.review_estimates import MOST_ROWS
from qms.workflows.review_scope import Scope


def both(scope: Scope, key: str, words: Words, kind: str, query: Words, taken: Callable[[Period], Estimate], *,
         path: str | None = None, formula: Formula | None = None) -> Figure:
    """Return a figure of the period beside the same of the comparison period."""
    return Figure(key, words, kind, taken(scope.period), query, taken(scope.before), path, formula)


def called(link: Link) -> Words:
    """Return the name of a link: who hands over to whom."""
    return Words(f"{link.supplier.name_en} → {link.customer.name_en}",
                 f"{link.supplier.name_zh} → {link.customer.name_zh}")


def only_site(scope: Scope) -> int | None:
    """Return the one site of a scope; None of several."""
    return scope.site_ids[0] if len(scope.site_ids) == 1 else None


def most(rows: Sequence[object]) -> Words:
    """Say that a table shows not everything; empty where it does."""
    if len(rows) <= MOST_ROWS:
        return Words("", "")
    return Words(f" The {MOST_ROWS} with most of {len(rows)}.", f" 共 {len(rows)} 项, 仅列最多的 {MOST_ROWS} 项。")


def plus(words: Words, more: Words) -> Words:
    """Return two sentences as one text."""
    return Words(words.en + more.en, words.zh + more.zh)
