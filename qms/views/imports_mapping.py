"""The mapping of a prepared import on screen: columns to meanings, or as text. Decides nothing."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.imports import ColumnsForm, MappingForm
from qms.imports import uploads
from qms.imports.inspections import listed_names
from qms.imports.mapping_draft import ColumnChoice, Named, columns_tables, place, sample, written
from qms.imports.mapping_toml import read_mapping
from qms.imports.rows import Row
from qms.models.chain import Item, Link
from qms.rules.errors import BadFile, RuleError
from qms.rules.words import Words
from qms.web import filled, needs, person, reading, saving, settings
from qms.web.language import language
from qms.web.page import name
from qms.workflows import imports, imports_choices

LONGEST_SOURCE = 36

bp = Blueprint("imports_mapping", __name__, url_prefix="/imports")


@bp.route("/<id:import_id>/columns", methods=["GET", "POST"])
@needs("imports.run")
def columns(import_id: int) -> ResponseReturnValue:
    """Say what each column of the file means; a mapping is written from it."""
    run = imports.one(reading(), person(), import_id)
    try:
        rows = sample(uploads.kept(settings().files, import_id))
        beside = _names(import_id)
    except BadFile as error:
        return render_template("imports/unreadable.html", run=run, refusal=error), 422
    width = max(len(row.cells) for row in rows)
    form = filled(ColumnsForm, columns=[{}] * width, header="beside" if beside else "first-line",
                  lot_rule="one")
    links, items = imports_choices.links(reading(), person()), imports_choices.items(reading(), person())
    form.link_id.choices = [SelectChoice(str(each.id), _link_words(each)) for each in links]
    form.item_id.choices = [SelectChoice("", "–"), *(SelectChoice(str(each.id), f"{each.code} {name(each)}")
                                                     for each in items)]
    if form.ready:
        names = _column_names(form.header.data, rows[0], beside, width)
        text = _drafted(form, names, next(each for each in links if each.id == form.link_id.data), items)
        with saving(form, "imports.map") as session:
            imports.choose(session, person(), import_id, mapping=text)
        if form.saved:
            return redirect(url_for("imports_mapping.mapping", import_id=import_id))
    return render_template("imports/columns.html", form=form, run=run, rows=rows, beside=beside, width=width,
                           has_links=bool(links)), form.status


@bp.route("/<id:import_id>/mapping", methods=["GET", "POST"])
@needs("imports.run")
def mapping(import_id: int) -> ResponseReturnValue:
    """Read and change the mapping as text; a wrong one is refused with everything that is wrong in it."""
    run = imports.one(reading(), person(), import_id)
    form = filled(MappingForm, toml=run.mapping)
    problems: Sequence[RuleError] = () if form.submitted else _wrong(run.mapping or "")
    if form.ready:
        text = (form.toml.data or "").replace("\r\n", "\n")
        problems = _wrong(text)
        if problems:
            form.refuse(problems[0], language())
        else:
            with saving(form, "imports.map") as session:
                imports.choose(session, person(), import_id, mapping=text)
            if form.saved:
                return redirect(url_for("imports.preview", import_id=import_id))
    return render_template("imports/mapping.html", form=form, run=run, problems=problems), form.status


def _wrong(text: str) -> Sequence[RuleError]:
    try:
        read_mapping(text)
    except BadFile as error:
        return error.problems or (error,)
    return ()


def _names(import_id: int) -> tuple[str, ...]:
    path = uploads.kept_names(settings().files, import_id)
    return listed_names(path) if path else ()


def _column_names(header: str, first: Row, beside: tuple[str, ...], width: int) -> tuple[str, ...]:
    if header == "first-line":
        return first.cells
    return beside if header == "beside" and beside else tuple(f"column {number}" for number in range(1, width + 1))


def _drafted(form: ColumnsForm, names: tuple[str, ...], link: Link, items: Sequence[Item]) -> str:
    """Write the mapping that the form says."""
    chosen = [ColumnChoice(column, each.form.role.data, (each.form.more.data or "").strip())
              for column, each in zip(names, form.columns, strict=False) if each.form.role.data]
    roles = {choice.role for choice in chosen}
    site = link.site
    item = next((each for each in items if each.id == form.item_id.data), None)
    return written({
        "source": form.source.data or f"{site.code}-{link.customer.code}"[:LONGEST_SOURCE],
        "file": _file(form, names),
        **columns_tables(chosen, imports_choices.defects(reading(), link.site_id), form.defect.data or ""),
        "time": _time(form, roles),
        **({"verdict": _verdict(form)} if "verdict" in roles or form.defect.data else {}),
        **({"marks": {"yes": ["1"], "no": ["0", ""]}} if "mark" in roles else {}),
        "site": {**place(Named(site.code, Words(site.name_en, site.name_zh))), "zone": site.time_zone},
        "supplier": place(Named(link.supplier.code, _words(link.supplier), link.supplier.kind)),
        "customer": {**place(Named(link.customer.code, _words(link.customer), link.customer.kind)),
                     "inspects": link.customer.inspects},
        "link": place(Named("", Words(link.output_en, link.output_zh), link.kind)),
        **({"item": place(Named(item.code, _words(item), item.unit), "unit")} if item else {}),
        "lot": _lot(form, roles),
    })


def _file(form: ColumnsForm, names: tuple[str, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {"missing": ["", "?", "NaN"]}
    if form.header.data == "beside":
        return told | {"header": "beside", "names_file": "names.txt"}
    return told | ({"header": "here", "names": list(names)} if form.header.data == "none" else {})


def _time(form: ColumnsForm, roles: set[str]) -> dict[str, Any]:
    if "time" in roles:
        return {"format": form.time_format.data} if form.time_format.data else {}
    return {"fixed": form.fixed.data} if form.fixed.data else {"undated": True}


def _verdict(form: ColumnsForm) -> dict[str, Any]:
    told: dict[str, Any] = {"accept": (form.accept.data or "").split(), "reject": (form.reject.data or "").split()}
    return told | ({"defect": form.defect.data} if form.defect.data else {})


def _lot(form: ColumnsForm, roles: set[str]) -> dict[str, Any]:
    if "lot" in roles:
        return {"rule": "column"}
    told: dict[str, Any] = {"rule": form.lot_rule.data, "prefix": form.lot_prefix.data or ""}
    size = form.lot_size.data or ""
    return told | ({"size": int(size)} if size.isdecimal() else {})


def _words(record: Any) -> Words:
    return Words(record.name_en, record.name_zh)


def _link_words(link: Link) -> str:
    return (f"{link.site.code}: {link.supplier.code} {name(link.supplier)} → {link.customer.code} "
            f"{name(link.customer)}: {name(link, 'output')}")
