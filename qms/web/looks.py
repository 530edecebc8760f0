"""Knows that a page with people's data is sent only after the look at it was written down; must not know the page."""

import functools
from collections.abc import Callable
from typing import Any

from flask import g, make_response, request

from qms.rules.accounts_looks import PAGES, is_onlooker
from qms.web.needs import View
from qms.web.requests import person, writing
from qms.workflows import accounts_looks as looks


def shows_people(page: str, whose: str = "") -> Callable[[View], View]:
    """Write each look of an onlooker down before the page is sent (R-35). Stands below `needs`.

    `page` is a code of PAGES; `whose` names the part of the address that is a person. Any other view tells by `seen`
    whose data it shows; where it tells nothing, nobody's are shown.
    """
    if page not in PAGES:
        raise KeyError(page)

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def watched(*args: Any, **kwargs: Any) -> Any:
            g.seen = (1, kwargs[whose]) if whose else (0, None)
            answer = make_response(view(*args, **kwargs))
            people, person_id = g.seen
            if people and answer.status_code < 300 and is_onlooker(person()):
                with writing("accounts.look") as session:
                    looks.note(session, person(), page, people=people, person_id=person_id,
                               address=request.full_path.rstrip("?"))
            return answer

        watched.shows = page  # type: ignore[attr-defined]
        return watched

    return wrap


def seen(people: int, person_id: int | None = None) -> None:
    """Tell how many people's data this page shows; `person_id`: whose, where it is one of ours."""
    g.seen = (people, person_id)
