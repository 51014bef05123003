"""Tables and facts of saved views."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from cpc.saved_views.models import Audience, Outcome, SavedViewVersion
from cpc.web.badges import Badge
from cpc.web.lists import COLUMNS, list_of
from cpc.web.markup import link
from cpc.web.tables import SORT, Column, Table


def label_of(key: str) -> str:
    """Return the name of a list, or its key if there is no such list anymore."""
    page = list_of(key)
    return page.label if page else key


def list_url(key: str) -> str:
    """Return the URL of a list, or "" for one of a record, such as the pool of a round."""
    page = list_of(key)
    try:
        return reverse(page.url) if page else ""
    except NoReverseMatch:
        return ""


def state_of(version: SavedViewVersion) -> Badge:
    if version.is_waiting:
        return Badge("warn", "Waits for an approver's consent")
    if version.outcome == Outcome.REFUSED:
        return Badge("bad", "Not shared with everyone")
    icon = "lock" if version.audience == Audience.PRIVATE else ""
    return Badge("none", Audience(version.audience).label, icon)


def facts_of(parameters: str) -> list[tuple[str, Any]]:
    """Return what a view holds, as label and value."""
    given = QueryDict(parameters)
    filters = [f"{name}: {', '.join(given.getlist(name))}" for name in given if name not in (SORT, COLUMNS)]
    columns = ",".join(given.getlist(COLUMNS))
    return [
        ("Filters", "\n".join(filters) or "None"),
        ("Order", given.get(SORT, "The usual one")),
        ("Columns", columns.replace(",", ", ") or "The usual ones"),
    ]


VIEWS: Table[SavedViewVersion] = Table(
    "Views",
    [
        Column("View", lambda row: link(reverse("saved-view", args=[row.view_id]), row.view.name)),
        Column("List", lambda row: label_of(row.view.list_key)),
        Column("Who sees it", state_of, "badge"),
        Column("Owner", lambda row: str(row.view.owner)),
        Column("Changed", lambda row: row.at, "day"),
    ],
    caption="Saved views of lists",
    css="usa-table--hover",
)
VERSIONS: Table[SavedViewVersion] = Table(
    "Versions",
    [
        Column("Made", lambda row: row.at, "moment"),
        Column("By", lambda row: str(row.made_by)),
        Column("Who sees it", lambda row: Audience(row.audience).label),
        Column("Holds", lambda row: row.parameters or "The usual list", css="u-break"),
        Column("Decision", lambda row: f"{Outcome(row.outcome).label}, {row.decided_by}" if row.outcome else ""),
        Column("Reason", lambda row: row.reason, css="is-wide"),
        Column("Replaced", lambda row: row.superseded_at, "moment"),
    ],
    caption="Versions of the view, newest first",
)
