"""Registers as files: a small one at once, a large one as a job with its progress and download."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from qms.jobs.exports import SUFFIXES, file_name, job_file, write
from qms.jobs.exports_registers import REGISTERS
from qms.models.jobs import Job
from qms.rules.errors import Invalid, NotFound
from qms.web import database, needs, person, reading, settings, writing
from qms.web.files import TYPES
from qms.web.language import language
from qms.web.requests import close_reading
from qms.workflows import jobs
from qms.workflows.exports_filters import fields_of, filter_of

bp = Blueprint("exports", __name__, url_prefix="/exports")
bp.add_app_template_global(fields_of, "export_fields")

MOST_AT_ONCE = 5_000
KIND = "exports.write"


@bp.post("/<string:register>")
@needs("exports.run")
def write_file(register: str) -> ResponseReturnValue:
    """Send the register under the filter of the form, or begin a job when it is long. Always leaves a trail."""
    if register not in REGISTERS:
        raise NotFound
    suffix = request.form.get("format", "")
    if suffix not in SUFFIXES:
        raise Invalid("An export is a .xlsx or a .csv file.", "导出文件须为 .xlsx 或 .csv。", field="format")
    wanted = filter_of(REGISTERS[register].filter, request.form)
    size = REGISTERS[register].size(reading(), person(), wanted)
    close_reading()
    if size > MOST_AT_ONCE:
        args = {"register": register, "suffix": suffix, "filter": fields_of(wanted), "language": language(),
                "address": _address()}
        with writing("jobs.ask") as session:
            job_id = jobs.ask(session, person(), KIND, args).id
        return redirect(url_for("exports.progress", job_id=job_id), 303)
    return _at_once(register, wanted, suffix)


def _at_once(register: str, wanted: Any, suffix: str) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / file_name(register, suffix)
        write(database(), person(), register, wanted, target=target, language=language(), address=_address(),
              seed=settings().signing_seed())
        response = Response(target.read_bytes(), content_type=TYPES[suffix])
        response.headers["Content-Disposition"] = f"attachment; filename={target.name}"
    return response


def _address() -> str:
    return request.host_url.rstrip("/")


@bp.get("/<id:job_id>")
@needs("exports.run")
def progress(job_id: int) -> str:
    """Show how far a long export is, and the way to its file."""
    job = _own(job_id)
    return render_template("exports/progress.html", job=job, name=REGISTERS[job.args["register"]].name)


@bp.get("/<id:job_id>/file")
@needs("exports.run")
def download(job_id: int) -> Response:
    """Send the file of a finished export; not found once it has been cleared away."""
    job = _own(job_id)
    path = job_file(settings().files, job.id, str(job.args["suffix"])).absolute()
    if job.state != "done" or job.result is None or not path.exists():
        raise NotFound("This file is no longer there. Export again.", "此文件已不存在。请重新导出。")
    return send_file(path, as_attachment=True, download_name=job.result["file"], mimetype=TYPES[job.result["suffix"]],
                     etag=job.result["sha256"])


@bp.post("/<id:job_id>/cancel")
@needs("exports.run")
def cancel(job_id: int) -> ResponseReturnValue:
    """Stop a long export."""
    _own(job_id)
    with writing("jobs.cancel") as session:
        jobs.cancel(session, person(), job_id)
    return redirect(url_for("exports.progress", job_id=job_id), 303)


def _own(job_id: int) -> Job:
    job = jobs.own(reading(), person(), job_id)
    if job.kind != KIND:
        raise NotFound
    return job
