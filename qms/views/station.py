"""The station app of the tablet: its one page, its service worker, its files by content. Knows no data of a plant.

The page is public because it holds nothing: everything it shows comes from the JSON API, for enrolled tablets.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template, send_from_directory, url_for
from flask.blueprints import BlueprintSetupState

from qms.rules import rejections_intake
from qms.settings import PACKAGE
from qms.web import public
from qms.web.app import CSP

bp = Blueprint("station", __name__, url_prefix="/station")

STATIC = PACKAGE / "static"
FOLDERS = ("station", "vendor/idb", "vendor/qr", "vendor/zxing")
ICONS = "vendor/tabler/icons.svg"
ON_DEMAND = ("vendor/zxing/",)
"""Files that the first load does not fetch: the scanner is read when somebody scans with the camera."""
APP_CSP = CSP.replace("default-src 'self'", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")


@cache
def files() -> tuple[str, ...]:
    """Name every file of the app, relative to the static folder."""
    found = [path.relative_to(STATIC).as_posix() for folder in FOLDERS for path in (STATIC / folder).rglob("*")
             if path.is_file() and not path.name.startswith("LICENSE")]
    return tuple(sorted([*found, ICONS]))


@cache
def version() -> str:
    """Return the digest of every file of the app and its page: another content is another version."""
    page = Path(str(bp.root_path)).parents[1] / "templates" / "station" / "index.html"
    digest = hashlib.sha256(page.read_bytes())
    for name in files():
        digest.update(name.encode())
        digest.update((STATIC / name).read_bytes())
    return digest.hexdigest()[:12]


@bp.record
def tell_version(setup: BlueprintSetupState) -> None:
    """Let the desk compare what a tablet says it runs with what is served."""
    setup.app.extensions["qms.station"] = version


@bp.get("/")
@public
def index() -> Response:
    """Show the app; the tablet keeps this page and everything in it."""
    return _page()


def _page() -> Response:
    answer = make_response(render_template("station/index.html", version=version(), form=rejections_intake.VERSION))
    answer.headers["Content-Security-Policy"] = APP_CSP
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/enrol")
@public
def enrol() -> Response:
    """Show the app where a tablet is enrolled; the code is in the part of the address that is never sent."""
    return _page()


@bp.get("/sw.js")
@public
def worker() -> Response:
    """Send the service worker with the list of files that make up this version."""
    kept = [url_for("station.file", stamp=version(), name=name) for name in files()
            if not name.startswith(ON_DEMAND)]
    script = (STATIC / "station" / "worker.js").read_text(encoding="utf-8")
    head = f"const VERSION = {json.dumps(version())};\nconst FILES = {json.dumps(kept, indent=1)};\n"
    answer = Response(head + script, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = url_for("station.index").rstrip("/")
    return answer


@bp.get("/app.webmanifest")
@public
def manifest() -> Response:
    """Send what makes the app installable."""
    icons = [{"src": url_for("station.file", stamp=version(), name=f"station/icon-{size}.png"), "type": "image/png",
              "sizes": f"{size}x{size}", "purpose": "any maskable"} for size in (192, 512)]
    body = {"id": "/station", "name": "qms 工位 Station", "short_name": "工位 Station", "display": "fullscreen",
            "start_url": url_for("station.index").rstrip("/"), "scope": url_for("station.index").rstrip("/"),
            "background_color": "#10161c", "theme_color": "#10161c", "icons": icons}
    answer = Response(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/app/<string:stamp>/<path:name>")
@public
def file(stamp: str, name: str) -> Response:
    """Send a file of this version, to be kept for ever; a file of another version is not here."""
    if stamp != version() or name not in files():
        abort(404)
    answer = make_response(send_from_directory(STATIC, name))
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
