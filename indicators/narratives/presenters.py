"""Table of narratives."""

from __future__ import annotations

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import link
from cpc.web.tables import PAGE_SIZE, Column, Table
from indicators.narratives.queries import NarrativeEntry


def _link(entry: NarrativeEntry) -> SafeString:
    narrative = entry.narrative
    url = reverse("narrative", args=[narrative.pk])
    return link(url, narrative.country.name, f", {narrative.report}")


def _state(entry: NarrativeEntry) -> SafeString:
    if entry.waiting:
        return status("warn", f"{entry.waiting} to confirm")
    return status("good", "Confirmed") if entry.forms or entry.figures else status("none", "Nothing read")


NARRATIVES_LIST = declare(
    ListPage("narratives", "Narratives", "narrative", "narratives", "narratives", filters=("q", "year", "as_of"))
)
NARRATIVES: Table[NarrativeEntry] = Table(
    "Narratives",
    [
        Column("Country", _link),
        Column("Report", lambda entry: "Sample" if entry.narrative.is_sample else str(entry.narrative.report_year)),
        Column("Tier", lambda entry: entry.narrative.tier or "Not stated"),
        Column("Recommendations", lambda entry: entry.recommendations, "number"),
        Column("Forms named", lambda entry: entry.forms, "number"),
        Column("Figures", lambda entry: entry.figures, "number"),
        Column("State", _state),
    ],
    caption="Narratives by country",
    css="usa-table--hover",
    per_page=PAGE_SIZE,
    more=[
        Column("Code", lambda entry: entry.narrative.country.code, width=8),
        Column("Region", lambda entry: entry.narrative.country.region),
    ],
)
