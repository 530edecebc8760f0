"""Knows the short version of a management review as slides: title, agenda, an input a slide, what was decided."""

from collections.abc import Sequence

from exports import review_words as words
from exports.about import CHECKPOINT, DEMO, said
from exports.review_made import Made, rows_of
from exports.review_series import charts_of
from exports.review_slide import ACCENT, AMBER, EDGE, GREEN, HEIGHT, INK, MUTED, RED, WIDTH, Deck, Row
from exports.review_slide_charts import add_chart
from qms.rules.review import ROLES
from qms.rules.review_packs import Pack, PackInput
from qms.rules.review_shown import between, changed, shown, unit_of_kind
from qms.rules.review_snapshots import Chart, Figure, Table
from qms.rules.words import Words

AGENDA = Words("Agenda", "议程")
SEE = Words("… {count} more: see the workbook", "… 另有 {count} 项, 见工作簿")
CONTINUED = Words("{title} ({page} of {pages})", "{title} ({page}/{pages})")
_PERIOD = Words("{} to {}, compared with {} to {}", "{} 至 {}, 对比 {} 至 {}")
_BEFORE = Words("before {value}, {change}", "对比期 {value}, {change}")
_COLOURS = {"missing": RED, "filled": GREEN, "not_applicable": MUTED}
_FIGURES, _SENTENCES, _LINES, _IN_TABLE, _LARGE = 4, 3, 14, 7, 9


def review_slides(pack: Pack, language: str) -> Made:
    """Return a review as .pptx in zh or en."""
    mark = f" · {DEMO.to(language)}" if pack.demo else ""
    foot = f"{words.TITLE.to(language)} {pack.number} · {pack.generated_at.isoformat(' ', 'minutes')} {pack.zone}{mark}"
    deck = Deck(f"{words.TITLE.to(language)} {pack.number}", pack.generated_by, pack.generated_at, foot)
    slides = _Slides(deck, pack, language)
    slides.title()
    slides.agenda()
    for place, one in enumerate(pack.inputs, start=1):
        if one.snapshot.figures:
            slides.input(place, one)
    slides.targets()
    slides.decisions()
    return Made(deck.content(), rows_of(pack))


class _Slides:
    """Makes one slide after the other."""

    def __init__(self, deck: Deck, pack: Pack, language: str) -> None:
        self.deck, self.pack, self.language = deck, pack, language

    def say(self, text: Words) -> str:
        return text.to(self.language)

    def title(self) -> None:
        pack, say = self.pack, self.say
        slide = self.deck.slide(f"{say(words.TITLE)} {pack.number}", say(words.state_of_pack(pack)), ACCENT)
        chair = [f"{one.name}, {say(ROLES[one.role])}" for one in pack.attendees if one.role == "chair"]
        lines = (pack.title, "; ".join(map(say, pack.sites)),
                 say(_PERIOD).format(pack.first_on, pack.last_on, pack.before_first_on, pack.before_last_on),
                 " ".join(str(one) for one in (pack.meeting_on, pack.place) if one), "; ".join(chair),
                 pack.conclusion or "")
        y = 1.6
        for place, line in enumerate(line for line in lines if line):
            tall = 0.95 if place == 0 else 0.6
            self.deck.text(slide, line, EDGE, y, WIDTH - 2 * EDGE, tall, size=30 if place == 0 else 18,
                           bold=place == 0, colour=INK if place == 0 else MUTED)
            y += tall + 0.1
        if pack.checkpoint:
            self.deck.text(slide, f"{say(CHECKPOINT)}: {say(said(pack.checkpoint))}", EDGE, HEIGHT - 0.9,
                           WIDTH - 2 * EDGE, 0.35, size=11, colour=MUTED)
        if pack.demo:
            self.deck.text(slide, say(DEMO), EDGE, HEIGHT - 1.5, WIDTH - 2 * EDGE, 0.5, size=18, bold=True, colour=RED)

    def agenda(self) -> None:
        """Write every input with its state, in two columns."""
        heads = (self.say(words.NO), self.say(words.INPUT), self.say(words.STATE))
        rows = [((f"{place:02}", MUTED), (self.say(one.rule.words), INK),
                 (self.say(words.state_of(one)), self.colour(one)))
                for place, one in enumerate(self.pack.inputs, start=1)]
        slide = self.deck.slide(self.say(AGENDA))
        for column, part in enumerate(_parts(rows, _LINES)[:2]):
            self.deck.table(slide, heads, part, (0.5, 4.1, 1.35), EDGE + column * 6.15, 1.3, 0.37, size=11)

    def colour(self, one: PackInput) -> str:
        return MUTED if one.state == "missing" and not self.pack.is_owed(one) else _COLOURS[one.state]

    def input(self, place: int, one: PackInput) -> None:
        """Write the first figures large, one chart, and what is said of them."""
        title, state = f"{place:02} {self.say(one.rule.words)}", self.say(words.state_of(one))
        slide = self.deck.slide(title, state, self.colour(one))
        chart = _first_chart(one)
        wide = 5.4 if chart else WIDTH - 2 * EDGE
        figures = one.snapshot.figures
        for at, figure in enumerate(figures[:_FIGURES]):
            self.figure(slide, figure, 1.3 + at * 1.08, wide)
        if len(figures) > _FIGURES:
            self.deck.text(slide, self.say(SEE).format(count=len(figures) - _FIGURES), EDGE, 5.6, wide, 0.3, size=11,
                           colour=MUTED)
        if chart:
            add_chart(slide, *chart, self.language, EDGE + 5.6, 1.3, WIDTH - 2 * EDGE - 5.6, 4.5)
        said = [*((text, AMBER) for text in words.warnings_of(one)), *((text, INK) for text in one.snapshot.said)]
        for at, (text, colour) in enumerate(said[:_SENTENCES]):
            self.deck.text(slide, self.say(text), EDGE, 5.92 + at * 0.37, WIDTH - 2 * EDGE, 0.37, size=14,
                           colour=colour)

    def figure(self, slide: object, figure: Figure, y: float, wide: float) -> None:
        now, kind, unit = figure.now, figure.kind, unit_of_kind(figure.kind)
        value = shown(now.value, kind, self.language)
        size = 28 if len(value) < _LARGE else 20
        self.deck.text(slide, value, EDGE, y, 2.3, 0.6, size=size, bold=True, colour=ACCENT, anchor="middle")
        name = self.say(figure.words) + (f" [{self.say(unit)}]" if unit else "")
        self.deck.text(slide, name, EDGE + 2.3, y, wide - 2.3, 0.6, size=14, anchor="middle",
                       link=self.pack.link(figure.path))
        limits = between(now, kind, self.language)
        parts = [f"n = {shown(now.n, 'count', self.language)}" if now.n is not None else "",
                 f"{self.say(words.INTERVAL)} {limits}" if limits else "",
                 self.say(_BEFORE).format(value=shown(figure.before.value, kind, self.language), change=changed(
                     now, figure.before, kind, self.language)) if figure.before else ""]
        self.deck.text(slide, "; ".join(part for part in parts if part), EDGE, y + 0.58, wide, 0.46, size=10.5,
                       colour=MUTED)

    def targets(self) -> None:
        """Write the missed targets with their plans; one without is red."""
        rows = [((self.say(words.target_of(missed)), INK), (words.months_of(missed), INK),
                 ("; ".join(f"{one.body} ({one.owner}, {one.due_on})" for one in plans), INK) if plans
                 else (self.say(words.NO_PLAN), RED))
                for missed, plans in ((missed, list(self.pack.plans(missed))) for missed in self.pack.missed)]
        self.listed(words.TARGETS, (words.CUSTOMER, words.MONTHS, words.PLAN), rows, (3.6, 2.6, 5.9), words.NONE_MISSED)

    def decisions(self) -> None:
        rows = [((str(one.place), MUTED), (one.body, INK), (self.say(words.output_of(one.output)), INK),
                 (one.owner, INK), (one.due_on.isoformat(), INK), (self.say(words.decision_state(one.state)), INK))
                for one in self.pack.decisions]
        heads = (words.NO, words.DECISION, words.OUTPUT, words.OWNER, words.DUE, words.STATE)
        self.listed(words.DECISIONS, heads, rows, (0.5, 5.2, 2.5, 1.6, 1.25, 1.05), words.NONE_DECIDED)

    def listed(self, title: Words, heads: Sequence[Words], rows: Sequence[Row],
               widths: Sequence[float], none: Words) -> None:
        """Write all rows, on as many slides as they take."""
        parts = _parts(rows, _IN_TABLE) or [()]
        for page, part in enumerate(parts, start=1):
            called = self.say(title) if len(parts) == 1 else self.say(CONTINUED).format(
                title=self.say(title), page=page, pages=len(parts))
            slide = self.deck.slide(called)
            if part:
                self.deck.table(slide, list(map(self.say, heads)), part, widths, EDGE, 1.3, 0.68)
            else:
                self.deck.text(slide, self.say(none), EDGE, 1.4, WIDTH - 2 * EDGE, 0.5, size=16, colour=MUTED)


def _parts(rows: Sequence[Row], most: int) -> list[Sequence[Row]]:
    return [rows[start:start + most] for start in range(0, len(rows), most)]


def _first_chart(one: PackInput) -> tuple[Table, Chart] | None:
    return next(charts_of(one.tables), None)
