from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from partnerships.models import Progress, Risk, RiskState, SustainabilityMeasure

HIGH, MIDDLE = 15, 8
"""Lowest exposures (likelihood times impact, 1 to 25) of a high and of a middle risk."""


def measures_table(today: date, *, may_edit: bool) -> Table[SustainabilityMeasure]:
    kinds = {Progress.DONE: "good", Progress.DROPPED: "none", Progress.UNDER_WAY: "info", Progress.PLANNED: "info"}
    return Table(
        "Measures",
        [
            Column(
                "Measure",
                lambda row: row.text,
                detail=lambda row: f"{row.get_kind_display()}{f' · {row.objective}' if row.objective else ''}",
            ),
            Column("Owner", lambda row: str(row.owner)),
            Column("Next review", lambda row: review_text(row.review_on, today), phone="Review"),
            Column(
                "State",
                lambda row: Badge(kinds[Progress(row.status)], row.get_status_display()),
                "badge",
                detail=lambda row: row.evidence,
            ),
            *_edit("measure", may_edit=may_edit),
        ],
        caption="Measures that sustain progress",
    )


def risks_table(today: date, *, may_edit: bool) -> Table[Risk]:
    kinds = {RiskState.OPEN: "info", RiskState.OCCURRED: "bad", RiskState.CLOSED: "none"}
    return Table(
        "Risks",
        [
            Column("Risk", lambda row: row.text, detail=lambda row: row.mitigation),
            Column("Exposure", exposure_badge, "badge"),
            Column("Owner", lambda row: str(row.owner)),
            Column(
                "Next review",
                lambda row: "" if row.state == RiskState.CLOSED else review_text(row.review_on, today),
                phone="Review",
            ),
            Column(
                "State",
                lambda row: Badge(kinds[RiskState(row.state)], row.get_state_display()),
                "badge",
                detail=lambda row: row.closing_note,
            ),
            *_edit("risk", may_edit=may_edit),
        ],
        caption="Risks and mitigation",
    )


def _edit(kind: str, *, may_edit: bool) -> list[Column[Any]]:

    def edit(row: SustainabilityMeasure | Risk) -> SafeString:
        return link(reverse("partnership-outlook-edit", args=[row.partnership_id, kind, row.pk]), "Edit", f" {row}")

    return [Column("Edit", edit, hidden_label=True)] if may_edit else []


def exposure_badge(row: Risk) -> Badge:
    label, kind = (
        ("High", "bad") if row.exposure >= HIGH else ("Medium", "warn") if row.exposure >= MIDDLE else ("Low", "info")
    )
    return Badge(kind, f"{label}, {row.exposure} of 25")


def review_text(day: date, today: date) -> str:
    if day < today:
        return f"Review overdue since {formats.day(day)}"
    return f"{formats.day(day)}, {formats.relative_day(day, today)}"
