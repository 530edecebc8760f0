"""How the requests of a help-desk log are kept, each with what the log itself says of its promise. Knows no file.

The clock of this system recomputes nothing: what was promised is not in the log.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db.bulk import add_many
from qms.db.search import searchable
from qms.models.chain import Site, Unit
from qms.models.service_requests import ServiceRequest
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile, Problem
from qms.rules.imports import PERMISSION
from qms.rules.inspections import Place
from qms.rules.service_requests_import import RequestLine, RequestMapping, Tally
from qms.rules.words import Words
from qms.workflows.imports_places import LONGEST_UNIT_CODE, by_code, code_of, known_site, site_of, unit_of
from qms.workflows.numbers import REQUEST, Number, next_numbers

KIND = "department"
AT_ONCE = 500
"""Keys that one question to the database names at most."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the requests of a log belong: the site, and its units by the names in the log."""

    site: Site
    units: dict[str, Unit]


def unknown_units(session: Session, person: Actor, mapping: RequestMapping,
                  lines: Iterable[RequestLine]) -> list[str]:
    """Name the groups of a log that the site lacks, in the order of the alphabet: they would be made or refused."""
    wanted = _names(mapping, lines)
    site = known_site(session, person, mapping.site_code)
    known = by_code(session, Unit, site.id, list(wanted)) if site is not None else {}
    return sorted(name for code, name in wanted.items() if code not in known)


def desk_of(session: Session, person: Actor, mapping: RequestMapping, lines: Sequence[RequestLine]) -> Desk:
    """Return the site and units of a log; those that are not there are made as departments, or refused.

    Raises BadFile, with the list, where the mapping refuses them; Invalid, NotAllowed.
    """
    lacking = unknown_units(session, person, mapping, lines)
    if lacking and mapping.units == "refuse":
        raise BadFile(
            f"{len(lacking)} units are not known: {', '.join(lacking[:5])}.",
            f"有 {len(lacking)} 个单元未知：{'、'.join(lacking[:5])}。",
            [Problem(f"The unit {name} is not known.", f"单元 {name} 未知。", kind="unit") for name in lacking])
    site = site_of(session, person, Place(mapping.site_code, mapping.site), mapping.zone)
    made = {code: unit_of(session, person, site, Place(code, _named(mapping, name), KIND))
            for code, name in _names(mapping, lines).items()}
    return Desk(site, {"": made.get(mapping.unknown_code, next(iter(made.values()))),
                       **{line_name: made[code_of(line_name, LONGEST_UNIT_CODE)]
                          for line_name in _written(lines)}})


def load(session: Session, person: Actor, run_id: int, desk: Desk, mapping: RequestMapping,
         lines: Sequence[RequestLine]) -> int:
    """Keep those requests that are not kept yet; return how many that were. Raises NotAllowed."""
    person.need(PERMISSION, site_id=desk.site.id)
    known = known_keys(session, desk.site.id, mapping, lines)
    fresh = [line for line in lines if key_of(mapping, line) not in known]
    numbers = next_numbers(session, REQUEST, desk.site, len(fresh)) if fresh else []
    add_many(session, ServiceRequest, [
        _row(person, run_id, desk, mapping, line, number) for line, number in zip(fresh, numbers, strict=True)])
    return len(fresh)


def known_keys(session: Session, site_id: int, mapping: RequestMapping, lines: Sequence[RequestLine]) -> set[str]:
    """Return the keys of those requests that the site keeps already."""
    found: set[str] = set()
    for first in range(0, len(lines), AT_ONCE):
        keys = [key_of(mapping, line) for line in lines[first:first + AT_ONCE]]
        found |= {key for key in session.scalars(select(ServiceRequest.source_key).where(
            ServiceRequest.site_id == site_id, ServiceRequest.source_key.in_(keys))) if key is not None}
    return found


def count_kept(session: Session, site_id: int, mapping: RequestMapping, lines: Sequence[RequestLine],
               tally: Tally) -> None:
    """Count, as the database keeps them, the requests of these lines, whichever run brought them."""
    for first in range(0, len(lines), AT_ONCE):
        keys = [key_of(mapping, line) for line in lines[first:first + AT_ONCE]]
        for passed, reopened, kept in session.execute(
                select(ServiceRequest.passed, ServiceRequest.reopened, ServiceRequest.kept).where(
                    ServiceRequest.site_id == site_id, ServiceRequest.source_key.in_(keys))):
            tally.add(passed, reopened, kept)


def key_of(mapping: RequestMapping, line: RequestLine) -> str:
    """Return the key by which a request of a log is known again."""
    return f"{mapping.source}:{line.number}"


def _row(person: Actor, run_id: int, desk: Desk, mapping: RequestMapping, line: RequestLine,
         number: Number) -> dict[str, object]:
    provider, asker, key = desk.units[line.provider], desk.units[line.asker], key_of(mapping, line)
    return {
        "site_id": desk.site.id, "year": number.year, "serial": number.serial, "number": number.text,
        "state": line.state, "asker_id": asker.id, "provider_id": provider.id, "first_provider_id": provider.id,
        "title": line.title, "asked_at": line.asked_at, "asked_by_id": person.id, "done_at": line.done_at,
        "closed_at": line.closed_at, "kept": line.kept, "judged": "import" if line.kept is not None else None,
        "passed": line.passed, "reopened": line.reopened, "source": "import", "import_id": run_id, "source_key": key,
        "search_text": searchable(number.text, key, line.title, *(
            word for unit in dict.fromkeys((asker, provider)) for word in (unit.code, unit.name_zh, unit.name_en)))}


def _written(lines: Iterable[RequestLine]) -> list[str]:
    """Return every name of a unit that the log writes, each once."""
    return [name for name in dict.fromkeys(name for line in lines for name in (line.provider, line.asker)) if name]


def _names(mapping: RequestMapping, lines: Iterable[RequestLine]) -> dict[str, str]:
    """Map the code of each unit that the log needs to its name; one stands for what the log does not say."""
    kept = list(lines)
    names = {code_of(name, LONGEST_UNIT_CODE): name for name in _written(kept)}
    if any(not line.provider or not line.asker for line in kept):
        names.setdefault(mapping.unknown_code, mapping.unknown_code)
    return names


def _named(mapping: RequestMapping, name: str) -> Words:
    return mapping.unknown if name == mapping.unknown_code else Words(name, name)


def count_known(session: Session, person: Actor, mapping: RequestMapping, lines: Sequence[RequestLine]) -> int:
    """Count the requests of a log that are kept already. Raises NotAllowed."""
    site = known_site(session, person, mapping.site_code)
    return 0 if site is None else len(known_keys(session, site.id, mapping, lines))


def check_totals(session: Session, run_id: int, *, added: int, kept: int, expected: int) -> None:
    """Hold what is stored against the file. Raises BadFile where a request is missing or there twice."""
    stored = session.scalar(select(func.count()).select_from(ServiceRequest)
                            .where(ServiceRequest.import_id == run_id)) or 0
    if stored < added or kept != expected:
        raise BadFile(f"The requests do not add up to the file: {kept} kept, {expected} in the file.",
                      f"请求与文件不符：已存 {kept}，文件 {expected}。")
