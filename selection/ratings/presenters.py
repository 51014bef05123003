"""Presentation of ratings: their evidence, the cells of a round's overview, and its export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from cpc.web import formats
from cpc.web.tables import Column
from selection.countries import published
from selection.model_definition import statutory_criteria
from selection.model_definition.criteria_table import CriterionRow, ModelTable
from selection.models import STEPS, Candidate, Rating, RatingEvidence
from selection.ratings.queries import RatedCandidate, RatedCriterion
from selection.runs.verdicts import Fact
from selection.scoring_inputs.cells import Rated


class RatedEvidenceLine(NamedTuple):
    """One piece of evidence for display.

    `url` is empty if there is no page or file to open.
    """

    kind: str
    label: str
    source: str
    url: str


def evidence(link: RatingEvidence, candidate: Candidate) -> RatedEvidenceLine:
    if (observation := link.observation) is not None:
        source = observation.indicator.source
        text = f"{published.name_of(observation.indicator)}: {published.value(observation)} ({observation.period})"
        locator = f"{source.publisher}, {observation.edition}"
        return RatedEvidenceLine("Value", text, locator, reverse("observation", args=[observation.pk]))
    if link.narrative is not None:
        locator = f"{link.narrative.report}, {link.locator}".rstrip(", ")
        return RatedEvidenceLine(
            "Sentence", f"“{link.sentence}”", locator, reverse("narrative", args=[link.narrative.pk])
        )
    if (document := link.paper) is not None:
        url = reverse("paper-file", args=[candidate.round_id, candidate.country.code, document.pk])
        return RatedEvidenceLine("Document", document.title, document.source, url)
    if (plan := link.plan) is not None:
        return RatedEvidenceLine("Plan", plan.title, plan.get_kind_display(), reverse("plan", args=[plan.pk]))
    if (program := link.program) is not None:
        return RatedEvidenceLine("Program", program.title, program.agency, reverse("program", args=[program.pk]))
    return RatedEvidenceLine("Document", link.document, "", "")


def evidence_of(rating: Rating, candidate: Candidate) -> list[RatedEvidenceLine]:
    return [evidence(link, candidate) for link in rating.evidence.all()]


def all_evidence(ratings: Iterable[Rating], candidate: Candidate) -> list[RatedEvidenceLine]:
    """Return the evidence of several ratings, each piece once."""
    return list(dict.fromkeys(line for rating in ratings for line in evidence_of(rating, candidate)))


def step(value: int | float | None) -> str:
    return "Not known" if value is None else f"{value:g} of {STEPS}"


def spread(rated: Rated | None) -> str:
    """Describe how far raters differ; empty for a single rater."""
    if rated is None or rated.spread is None:
        return ""
    low, high = min(rated.steps.values()), max(rated.steps.values())
    return "all agree" if low == high else f"{low} to {high}, spread {formats.number(rated.spread, 1)}"


def asked_by_statute(table: ModelTable, row: CriterionRow) -> list[str]:
    return [
        f"{criterion['label']} ({criterion['citation']}): {statutory_criteria.asks(row, condition['at_least'])}"
        for criterion in table.mandatory
        for condition in criterion["conditions"]
        if condition["criterion"] == row.key
    ]


def anchors(row: CriterionRow, rated: Rated | None) -> list[tuple[int, str, bool]]:
    """Return the steps of a rubric, the highest first, each with its text and whether it is the raters' median."""
    median = rated.median if rated else None
    return [(number, text, median == number) for number, text in enumerate(row.anchors)][::-1]


def rating_line(rating: Rating, candidate: Candidate) -> dict[str, Any]:
    return {"rating": rating, "step": step(rating.step), "evidence": evidence_of(rating, candidate)}


def criterion_line(rated_criterion: RatedCriterion, candidate: Candidate, table: ModelTable) -> dict[str, Any]:
    rated = rated_criterion.rated
    return {
        "criterion": rated_criterion,
        "row": rated_criterion.row,
        "median": step(rated.median) if rated else "",
        "spread": spread(rated),
        "count": formats.count_of(len(rated_criterion.ratings), "rating"),
        "anchors": anchors(rated_criterion.row, rated),
        "statute": asked_by_statute(table, rated_criterion.row),
        "ratings": [rating_line(rating, candidate) for rating in rated_criterion.shown],
        "earlier": [rating_line(rating, candidate) for rating in rated_criterion.shown_earlier],
    }


def dossier_line(rated_criterion: RatedCriterion, candidate: Candidate) -> dict[str, Any]:
    rated = rated_criterion.rated
    median = rated.median if rated else None
    anchor = (
        rated_criterion.row.anchors[int(median)]
        if median is not None and median == int(median) and rated_criterion.row.anchors
        else ""
    )
    return {
        "criterion": rated_criterion,
        "row": rated_criterion.row,
        "median": step(median) if rated else "",
        "anchor": anchor,
        "spread": spread(rated),
        "count": formats.count_of(len(rated_criterion.ratings), "rating"),
        "not_known": rated_criterion.not_known,
        "evidence": all_evidence(rated_criterion.shown, candidate),
        "ratings": [rating_line(rating, candidate) for rating in rated_criterion.shown],
    }


# ---- overview ------------------------------------------------------------------------------------------------------


class RatingCell(NamedTuple):
    text: str
    small: str
    label: str
    url: str
    kind: str


def cell(rated_criterion: RatedCriterion, candidate: Candidate) -> RatingCell:
    page_url = reverse("ratings-of", args=[candidate.round_id, candidate.country.code])
    url, count, rated = f"{page_url}#{rated_criterion.row.key}", len(rated_criterion.ratings), rated_criterion.rated
    ratings = formats.count_of(count, "rating")
    if rated_criterion.is_hidden:
        return RatingCell("", str(count), f"{ratings}, shown once you have rated", url, "hidden")
    if rated is None:
        small = f"{count} not known" if count else ""
        return RatingCell(formats.DASH, small, "Evidence does not say" if count else "Not rated", url, "none")
    apart = spread(rated)
    small = f"{len(rated.steps)} · {apart.partition(',')[0]}" if apart else str(len(rated.steps))
    label = ", ".join(filter(None, (f"median {step(rated.median)}", ratings, apart)))
    return RatingCell(f"{rated.median:g}", small, label, url, "rated")


def overview(rows: Sequence[RatedCandidate]) -> list[dict[str, Any]]:
    return [
        {
            "candidate": row.candidate,
            "cells": [(rated_criterion.row, cell(rated_criterion, row.candidate)) for rated_criterion in row.criteria],
            "missing": row.missing,
            "mine_open": row.mine_open,
        }
        for row in rows
    ]


def facts(rows: Sequence[RatedCandidate], *, rates: bool) -> list[Fact]:
    cells = sum(len(row.criteria) for row in rows)
    missing = sum(row.missing for row in rows)
    raters = {rating.rater_id for row in rows for criterion in row.criteria for rating in criterion.ratings}
    figures = [
        Fact("Rated", f"{cells - missing} of {cells}", "criteria of candidates with a step"),
        Fact("Nobody rated", str(missing), "drawn from 0 to 4 in a score"),
        Fact("Raters", str(len(raters)), "each judges apart"),
    ]
    if rates:
        figures.append(Fact("Open for you", str(sum(row.mine_open for row in rows)), "criteria you have not rated"))
    return figures


Flat = tuple[Candidate, RatedCriterion]


def flat(rows: Sequence[RatedCandidate]) -> list[Flat]:
    return [(row.candidate, rated_criterion) for row in rows for rated_criterion in row.criteria]


def _why_none(rated_criterion: RatedCriterion) -> str:
    if rated_criterion.is_hidden:
        return "shown once you have rated"
    if rated_criterion.rated is not None:
        return ""
    return "the evidence does not say" if rated_criterion.ratings else "not rated"


FIELDS: tuple[Column[Flat], ...] = (
    Column("Country", lambda line: line[0].country.name, width=28),
    Column("Code", lambda line: line[0].country.code, width=8),
    Column("Criterion", lambda line: line[1].row.label, width=40),
    Column("Of the fact sheet", lambda line: line[1].row.factor, width=40),
    Column("Median step, 0 to 4", lambda line: rated.median if (rated := line[1].rated) else None, width=12),
    Column("Spread, steps", lambda line: rated.spread if (rated := line[1].rated) else None, width=12),
    Column("Ratings", lambda line: len(line[1].ratings), width=10),
    Column("Why there is none", lambda line: _why_none(line[1]), width=26),
)


IN_A_SCORE = (
    "The median counts. Its error is the spread, or one step for a single rater. "
    "What nobody rated is drawn over all steps."
)


def notes(title: str, today: dt.date) -> Sequence[tuple[str, str]]:
    return (
        ("Round", title),
        ("Day", formats.day(today)),
        ("Spread", "Standard deviation of the steps of the raters; empty for a single rater."),
        ("In a score", IN_A_SCORE),
    )
