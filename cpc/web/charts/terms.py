"""Terms on a calendar: one as a bar with its limit, or many below each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cpc.web import formats
from cpc.web.charts.calendars import Calendar, calendar, today_label, today_line, year_ends, year_starts
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, Drawing, LegendItem, at_both_widths, legend_of
from cpc.web.charts.labels import within
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.svg import Svg, circle, line, mark, path, rect, swatch, text

WIDE, NARROW = 1172.0, 322.0
BAR_WIDE, BAR_NARROW = 762.0, 324.0
HEIGHT = 18.0


@dataclass(frozen=True, slots=True)
class Term:
    """Data to draw one term.

    `planned` is the end set at signature, `end` the one in force; both are None if the term has no dates. `limit` is
    the last day that the policy allows, `exception` the last day that an exception allows. `running` terms are drawn
    full, others pale. `events` are days marked with a ring. `label` and `over` are texts in and after the bar.
    """

    name: str
    start: dt.date | None
    planned: dt.date | None
    end: dt.date | None
    limit: dt.date | None
    exception: dt.date | None = None
    running: bool = False
    events: Sequence[dt.date] = field(default_factory=tuple)
    label: str = ""
    over: str = ""

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError(f"{self.name}: a term that is drawn has both its first and its last day.")

    @property
    def days(self) -> list[dt.date]:
        own = (self.start, self.planned, self.end, self.limit, self.exception)
        return [day for day in (*own, *self.events) if day is not None]


def gantt(key: str, title: str, finding: str, context: str, terms: Sequence[Term], today: dt.date) -> Chart:
    """Draw terms below each other on one calendar, wide and narrow, with their dates as a table.

    The part inside the limit is filled or outlined, the part past it hatched; the limit is a flagged post.
    """
    wide, narrow = at_both_widths(
        lambda is_wide: _gantt(terms, today, is_wide), True, False, key=key, title=title, desc=_description(terms)
    )
    return Chart(finding, context, wide, term_table(title, terms), narrow=narrow, legend=term_legend(terms))


def term_bar(key: str, title: str, finding: str, context: str, term: Term, today: dt.date) -> Chart:
    """Draw one dated term: the elapsed part full, the rest pale, its events, its limit, and today."""
    wide, narrow = at_both_widths(
        lambda width: (width, 64, _bar_body(term, today, width)),
        BAR_WIDE,
        BAR_NARROW,
        key=key,
        title=title,
        desc=_description([term]),
    )
    return Chart(finding, context, wide, term_table(title, [term]), narrow=narrow)


def term_table(caption: str, terms: Sequence[Term]) -> ChartTable:
    columns = ("Partnership", "Start", "Planned end", "End", "Limit", "Exception", "Dialogues")
    return ChartTable(
        caption, tuple(ChartColumn(label) for label in columns), tuple(_table_row(term) for term in terms)
    )


def term_legend(terms: Sequence[Term]) -> tuple[LegendItem, ...]:
    """Return the legend of only the marks that these terms use."""
    has_done = any(not term.running and term.start for term in terms)
    return legend_of(
        [
            (any(term.running for term in terms), swatch("k-term"), "Term, running"),
            (has_done, swatch("k-term k-term--done"), "Term, not running"),
            (any(_has_extension(term) for term in terms), swatch("k-ext"), "Extension inside the limit"),
            (any(_is_over(term) for term in terms), swatch("k-over"), "Over the limit"),
            (any(term.start is None for term in terms), swatch("k-gap"), "No dates"),
            (any(term.limit for term in terms), mark(10, 16, *_flag(5, 5, 11)), "Limit"),
            (any(term.exception for term in terms), mark(6, 16, line(3, 1, 3, 15, "k-exc")), "Exception"),
            (any(term.events for term in terms), mark(12, 12, circle(6, 6, 3.4, "k-dia")), "Dialogue"),
        ]
    )


# ---- many ----------------------------------------------------------------------------------------------------------


def _gantt(terms: Sequence[Term], today: dt.date, wide: bool) -> Drawing:
    width, left, right = (WIDE, 128.0, WIDE - 10) if wide else (NARROW, 4.0, NARROW - 8)
    row, top = (40.0, 28.0) if wide else (54.0, 26.0)
    bottom = top + row * len(terms) + 2
    first, last = year_ends([today, *(day for term in terms for day in term.days)])
    x = calendar(first, last, left, right)
    every = 1 if wide and last - first <= 18 else 5
    body: list[Svg] = []
    for year, at in year_starts(first, last, x):
        if year % every == 0:
            body += [line(at, top - 6, at, bottom, "k-grid"), _year(year, at, 14, left - 4, right + 8)]
    for index, term in enumerate(terms):
        body += _row(term, x, left, right, top + index * row, row, wide)
    body += [today_line(x(today), top - 8, bottom), today_label(today, x(today), bottom + 15, left, right)]
    return width, bottom + 22, body


def _row(term: Term, x: Calendar, left: float, right: float, top: float, row: float, wide: bool) -> list[Svg]:
    y = top + (10 if wide else 24)
    if wide:
        body = [
            text(left - 14, y + 13, term.name, "k-lb k-lb--on", "end"),
            line(left, top + row - 1, right, top + row - 1, "k-grid"),
        ]
    else:
        body = [text(left, top + 14, term.name, "k-lb k-lb--on")]
        caption = ", ".join(part for part in (term.label, term.over) if part)
        body.append(text(left + text_width(term.name, 12.5, strong=True) + 8, top + 14, caption, "k-ax k-halo"))
    body += _marks(term, x, y, left, right)
    if wide and term.start is not None and term.end is not None:
        at = _clear_of_rings(term, x)
        if at is not None:
            body.append(text(at, y + 13, term.label, "k-bar k-bar--on" if term.running else "k-bar"))
        if term.over:
            after = max(x(day) for day in term.days) + 12
            fits = after + text_width(term.over, 12.5, strong=True) <= right
            start_x, anchor = (after, None) if fits else (x(term.end) - 6, "end")
            body.append(text(start_x, y + 13, term.over, "k-lb k-lb--on", anchor))
    return body


def _clear_of_rings(term: Term, x: Calendar) -> float | None:
    """Return the start of the text in a bar: at its start, or after a ring.

    Returns None if the text does not fit.
    """
    assert term.start is not None
    assert term.end is not None
    long, end = text_width(term.label, 12), x(min(term.planned or term.end, term.limit or term.end, term.end)) - 4
    rings = sorted(x(day) for day in term.events)
    for at in (x(term.start) + 8, *(ring + 9 for ring in rings)):
        if at + long <= end and not any(at - 6 < ring < at + long + 6 for ring in rings):
            return at
    return None


def _marks(term: Term, x: Calendar, y: float, left: float, right: float) -> list[Svg]:
    """Draw the bar with extension and excess, the posts, and the rings; hatch the row of a term without dates."""
    if term.start is None or term.end is None:
        body = [rect(left, y + 4, right - left, HEIGHT - 8, "k-gap")]
    else:
        planned = min(term.planned or term.end, term.end)
        lawful = min(term.limit or term.end, term.end)
        style = "k-term" if term.running else "k-term k-term--done"
        filled = min(planned, lawful)
        body = [rect(x(term.start), y, x(filled) - x(term.start), HEIGHT, style, rx=2)]
        if lawful > filled:
            body.append(rect(x(filled) + 1, y + 0.5, x(lawful) - x(filled) - 1, HEIGHT - 1, "k-ext", rx=1))
        if term.end > lawful:
            body.append(rect(x(lawful) + 1, y + 0.5, x(term.end) - x(lawful) - 1, HEIGHT - 1, "k-over", rx=1))
    if term.exception is not None:
        body.append(line(x(term.exception), y - 5, x(term.exception), y + HEIGHT + 5, "k-exc"))
    if term.limit is not None:
        body += _flag(x(term.limit), y, HEIGHT)
    return body + [circle(x(day), y + HEIGHT / 2, 3.4, "k-dia") for day in term.events]


# ---- one -----------------------------------------------------------------------------------------------------------


def _bar_body(term: Term, today: dt.date, width: float) -> list[Svg]:
    if term.start is None or term.end is None:
        raise ValueError(f"{term.name}: a bar of one term needs its first and last day.")
    first, last = term.start.year, year_ends(term.days)[1]
    x = calendar(first, last, 2, width - 2)
    step = x(dt.date(first + 1, 1, 1)) - x(dt.date(first, 1, 1))
    every = next((years for years in (1, 2, 5) if years * step >= 50), 10)
    body: list[Svg] = []
    for year, at in year_starts(first, last, x):
        body.append(line(at, 20, at, 46, "k-grid"))
        if (year - first) % every == 0:
            body.append(_year(year, at, 60, 0, width))
    # Pale, without its rings: the elapsed part and the rings are drawn over it.
    body += _marks(replace(term, running=False, events=()), x, 24, 2, width - 2)
    lawful = min(term.planned or term.end, term.limit or term.end, term.end)
    passed = min(today, lawful)
    if term.running and passed > term.start:
        body.append(rect(x(term.start), 24, x(passed) - x(term.start), HEIGHT, "k-term", rx=2))
    body += [circle(x(day), 33, 3.4, "k-dia") for day in term.events]
    if dt.date(first, 1, 1) <= today <= dt.date(last, 1, 1):
        body.append(today_line(x(today), 16, 48))
        body.append(text(x(today) - 6, 19, "Today", "k-lb", "end"))
    if term.limit is not None:
        fits = x(term.limit) + 7 + text_width("Limit", 12) <= width
        body.append(text(x(term.limit) + (7 if fits else -7), 12, "Limit", "k-ax k-halo", None if fits else "end"))
    return body


# ---- shared --------------------------------------------------------------------------------------------------------


def _year(year: int, at: float, base: float, left: float, right: float) -> Svg:
    """Draw a year near its line, moved inward only as far as the chart's edge requires, to avoid the next one."""
    label = str(year)
    return text(within(at, text_width(label, 12), left, right), base, label, "k-ax", "middle")


def _flag(x: float, y: float, height: float) -> list[Svg]:
    """Draw the limit: a post with a flag at its head."""
    return [
        line(x, y - 5, x, y + height + 5, "k-limit"),
        path([[(x - 4, y - 6), (x + 4, y - 6), (x, y - 1)]], "k-limith", closed=True),
    ]


def _has_extension(term: Term) -> bool:
    if term.planned is None or term.end is None:
        return False
    return min(term.limit or term.end, term.end) > term.planned


def _is_over(term: Term) -> bool:
    return term.limit is not None and term.end is not None and term.end > term.limit


def _table_row(term: Term) -> tuple[str, ...]:
    days = (term.start, term.planned, term.end, term.limit, term.exception)
    events = "; ".join(formats.day(day) for day in term.events)
    return (term.name, *(formats.day(day) for day in days), events or formats.DASH)


def _description(terms: Sequence[Term]) -> str:
    return f"{'; '.join(map(_dates, terms))}." if terms else "No term."


def _dates(term: Term) -> str:
    if term.start is None:
        return f"{term.name}: no dates"
    limit = f", limit {formats.day(term.limit)}" if term.limit else ""
    return f"{term.name}: {formats.day(term.start)} to {formats.day(term.end)}{limit}"
