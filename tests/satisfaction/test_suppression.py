"""R-37: nothing that is hidden can be worked out from everything that is published."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.rules.satisfaction_suppression import Atom, Counted, blocks, shown
from qms.workflows.satisfaction_publishing import Group, published_figures

K = st.integers(3, 7)
ANSWERS = st.lists(st.sampled_from([1, 2, 3, 4, 5, "dk", None]), max_size=14)


@st.composite
def organisations(draw: st.DrawFn) -> tuple[int, list[tuple[Atom, int]], dict[int, list[object]]]:
    """A threshold, links with their customer unit, and the answers to one question about each."""
    count = draw(st.integers(1, 9))
    workshop_of = draw(st.lists(st.sampled_from([None, 100, 200, 300]), min_size=5, max_size=5))
    links = []
    for number in range(1, count + 1):
        provider = draw(st.integers(0, 4))
        links.append((Atom(number, provider, workshop_of[provider]), draw(st.integers(0, 4))))
    return draw(K), links, {atom.id: draw(ANSWERS) for atom, _ in links}


def groups_of(links: list[tuple[Atom, int]]) -> list[Group]:
    """Return every line that is published, as the workflow makes them."""
    groups = [Group("total", None, None, frozenset(a.id for a, _ in links))]
    for level, key in (("workshop", lambda a, _c: a.workshop), ("provider", lambda a, _c: a.provider),
                       ("customer", lambda _a, c: c)):
        for unit in {key(a, c) for a, c in links} - {None}:
            members = frozenset(a.id for a, c in links if key(a, c) == unit)
            groups += [Group(level, unit, None, members)]
    return groups + [Group("link", None, a.id, frozenset({a.id})) for a, _ in links]


def figures(organisation: tuple) -> tuple[list[Group], list[dict], dict[int, int], dict[int, int]]:
    """Return the published groups and figures, and the true (answers, people) behind each link."""
    threshold, links, answers = organisation
    groups = groups_of(links)
    sheets = [(link, {"Q": a} if a is not None else {}) for link, given_ in answers.items() for a in given_]
    told = published_figures(["Q"], [a for a, _ in links], groups, sheets, threshold)
    n = {link: sum(isinstance(a, int) for a in given_) for link, given_ in answers.items()}
    return groups, told, n, {link: len(given_) for link, given_ in answers.items()}


def span(rows: list[list[float]]) -> np.ndarray:
    """Return an orthonormal basis of everything that can be reckoned from rows by adding and subtracting."""
    if not rows:
        return np.zeros((0, 0))
    _, values, basis = np.linalg.svd(np.array(rows, dtype=float), full_matrices=False)
    return basis[values > 1e-9]


def follows(vector: list[float], basis: np.ndarray) -> bool:
    """Tell whether a sum over links can be reckoned from the published sums."""
    if not basis.size:
        return not any(vector)
    wanted = np.array(vector, dtype=float)
    return bool(np.linalg.norm(wanted - basis.T @ (basis @ wanted)) < 1e-7)


@settings(max_examples=300, deadline=None)
@given(organisations())
def test_r37_suppression_cannot_be_undone_by_adding_and_subtracting_what_is_published(organisation: tuple):
    """Every set of links about which fewer than k people answered stays unknown, whatever is combined."""
    threshold = organisation[0]
    groups, told, n, people = figures(organisation)
    taking_part = [link for link, count in people.items() if count]
    basis = span([[1.0 if link in group.targets else 0.0 for link in taking_part]
                  for group, one in zip(groups, told, strict=True) if one["Q"] is not None])
    for size in range(1, len(taking_part) + 1):
        for chosen in combinations(taking_part, size):
            if sum(n[link] for link in chosen) < threshold:
                assert not follows([1.0 if link in chosen else 0.0 for link in taking_part], basis), chosen


@settings(max_examples=200, deadline=None)
@given(organisations())
def test_r37_suppression_hides_every_line_below_the_threshold_and_every_difference_of_two(organisation: tuple):
    threshold = organisation[0]
    groups, told, _n, people = figures(organisation)
    published = [(set(g.targets) & {t for t in people if people[t]}, sum(one["Q"]["counts"].values()))
                 for g, one in zip(groups, told, strict=True) if one["Q"] is not None]
    assert all(n >= threshold for _, n in published)
    for (small, n_small), (large, n_large) in combinations(sorted(published, key=lambda p: len(p[0])), 2):
        if small < large:
            assert n_large - n_small >= threshold


@settings(max_examples=200, deadline=None)
@given(organisations())
def test_r37_suppression_publishes_what_it_may_exactly(organisation: tuple):
    """What is shown is the truth, and the total is shown whenever enough people answered."""
    threshold, _links, answers = organisation
    groups, told, n, _people = figures(organisation)
    for group, one in zip(groups, told, strict=True):
        if one["Q"] is not None:
            assert sum(one["Q"]["counts"].values()) == sum(n[link] for link in group.targets)
            assert one["Q"]["dk"] == sum(a == "dk" for link in group.targets for a in answers[link])
    assert (told[0]["Q"] is not None) == (sum(n.values()) >= threshold)


def test_r37_a_small_line_is_rolled_up_to_its_workshop_with_another_so_that_neither_is_the_rest():
    """Of three lines of a workshop one is too small: the next smallest is hidden with it, the workshop is shown."""
    lines = [Counted(Atom(1, 10, 100), 12, 12), Counted(Atom(2, 11, 100), 8, 8), Counted(Atom(3, 12, 100), 3, 3)]
    made = blocks(lines, 5)
    assert sorted(map(sorted, made)) == [[1], [2, 3]]
    assert shown({1}, made, {1, 2, 3})
    assert shown({1, 2, 3}, made, {1, 2, 3})
    assert not shown({2}, made, {1, 2, 3})
    assert not shown({3}, made, {1, 2, 3})


def test_r37_two_small_lines_that_are_enough_together_hide_no_other():
    lines = [Counted(Atom(1, 10, 100), 12, 12), Counted(Atom(2, 11, 100), 3, 3), Counted(Atom(3, 12, 100), 3, 3)]
    assert sorted(map(sorted, blocks(lines, 5))) == [[1], [2, 3]]


def test_r37_people_who_all_said_that_they_do_not_know_are_not_singled_out():
    """Who took part is known, so a line with no answer at all must not be told by what is left over."""
    lines = [Counted(Atom(1, 10, 100), 6, 6), Counted(Atom(2, 11, 100), 2, 0)]
    made = blocks(lines, 5)
    assert made == [frozenset({1, 2})]
    assert not shown({1}, made, {1, 2})


def test_r37_the_threshold_holds_for_the_answers_to_each_question():
    groups = [Group("total", None, None, frozenset({1})), Group("link", None, 1, frozenset({1}))]
    sheets = [(1, {"A": 4, "B": 4 if number < 4 else "dk"}) for number in range(6)]
    told = published_figures(["A", "B"], [Atom(1, 10, None)], groups, sheets, 5)
    assert told[1]["A"] == {"counts": {"4": 6}, "dk": 0}
    assert told[0]["B"] is None
    assert told[1]["B"] is None
