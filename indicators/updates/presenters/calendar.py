"""Table of the calendar of editions."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web.badges import Badge
from cpc.web.lists import ListPage, declare
from cpc.web.markup import badge, lines, link, small
from cpc.web.tables import Column, Table
from indicators.updates.calendar import Due, DueState, due_text, state_text

CALENDAR_LIST = declare(ListPage("calendar", "Calendar of editions", "edition", "editions", "calendar"))

_GROUPS: Mapping[DueState, str] = {
    DueState.LATE: "Late",
    DueState.UNPUBLISHED: "Recorded as not published",
    DueState.NEXT: "Next",
    DueState.UNDATED: "Without a date",
    DueState.ENDED: "Ended",
}
_MARKS: Mapping[DueState, tuple[str, str]] = {
    DueState.LATE: ("warn", ""),
    DueState.UNPUBLISHED: ("info", "visibility"),
    DueState.NEXT: ("info", "schedule"),
    DueState.UNDATED: ("unknown", ""),
    DueState.ENDED: ("none", ""),
}


def _state(row: Due) -> Badge:
    kind, icon = _MARKS[row.state]
    return Badge(kind, state_text(row), icon)


def _edition(row: Due) -> SafeString:
    return lines(link(reverse("source", args=[row.source.key]), row.title), small(row.source.publisher))


def _where(row: Due) -> SafeString:
    return link(row.source.homepage, row.host, f", {row.source.title}")


CALENDAR: Table[Due] = Table(
    "Editions",
    [
        Column("Edition", lambda row: row.title, html=_edition),
        Column("Due", due_text),
        Column("State", lambda row: state_text(row), html=lambda row: badge(_state(row))),
        Column("Loaded now", lambda row: row.loaded or "None"),
        Column("Where", lambda row: row.source.homepage, html=_where),
    ],
    more=[
        Column("Publisher", lambda row: row.source.publisher),
        Column("Where somebody looked", lambda row: row.looked_at),
    ],
    caption="Editions by the day on which they are due",
    css="usa-table--hover",
    group=lambda row: _GROUPS[row.state],
)
