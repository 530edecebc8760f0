"""The yardstick: a bare Flask application over SQLAlchemy that inserts one durable row, or renders one page of 50."""

import json

from flask import Flask, render_template_string, request
from sqlalchemy import Integer, String, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from qms.db.engine import open_engine

COLUMNS = 11
PAGE = """<!doctype html><html lang="en"><head><title>Bare</title></head><body><h1>Bare</h1><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""


class Base(DeclarativeBase):
    """The bare table's metadata."""


class Line(Base):
    """One bare row."""

    __tablename__ = "bare_lines"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    site: Mapped[int] = mapped_column(Integer, index=True)
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(500))


def bare_app(url: str) -> Flask:
    """Build the bare application; its engine writes as durably as ours, without trail, numbers or permissions."""
    app = Flask("bare")
    engine = open_engine(url, writes=True, owner=True)
    Base.metadata.create_all(engine)

    @app.post("/lines")
    def add() -> tuple[str, int]:
        sent = request.get_json()
        with Session(engine) as session:
            line = Line(site=sent["site"], state="held", text=sent["text"])
            session.add(line)
            session.commit()
            return json.dumps({"id": line.id}), 201

    reader = open_engine(url, writes=False, owner=True)

    @app.get("/page")
    def page() -> str:
        with Session(reader) as session:
            rows = session.execute(
                select(Line.id, Line.site, Line.state, *[Line.text] * COLUMNS, func.lower(Line.state))
                .where(Line.site == 1, Line.state == "held").order_by(Line.id.desc()).limit(50)).all()
        return render_template_string(PAGE, rows=rows)

    @app.post("/fill/<int:count>")
    def fill(count: int) -> str:
        with Session(engine) as session:
            session.execute(insert(Line), [{"site": 1, "state": "held", "text": f"text {n}"} for n in range(count)])
            session.commit()
        return "ok"

    return app
