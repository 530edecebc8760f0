"""Draws a text as a QR code; must not know what it opens. Nothing of it is kept, for it may be a secret."""

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """Return a text as a QR code, drawn in SVG."""
    svg: str = segno.make_qr(text, error="m").svg_inline(border=4, svgclass="qr", lineclass=None, omitsize=True)
    return Markup(svg)  # noqa: S704
