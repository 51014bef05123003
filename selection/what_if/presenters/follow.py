"""The strip, the chart, the neighbors, and the fields of values of a country that the page follows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse

from cpc.web import charts, formats
from indicators.models import Country, Indicator
from selection.countries.published import percent_sign
from selection.countries.queries.withdrawn import published_values
from selection.runs import labels
from selection.runs.movements import Move
from selection.runs.rows import plain
from selection.scoring.method import Estimate
from selection.what_if.changes import VALUE, WHOLE, WITHOUT, CountryFigure
from selection.what_if.follow import Sweep, around, sweep
from selection.what_if.listing import QuestionListing
from selection.what_if.presenters.ranked_list import country_address
from selection.what_if.presenters.sentences import countries_text, say
from selection.what_if.question import written


def follow_context(listing: QuestionListing) -> dict[str, Any]:
    """Return the context of the followed country; its choices alone if there is none."""
    answered, code = listing.answered, listing.follow
    context: dict[str, Any] = {"follow": code, "follow_choices": _choices(listing), "set_texts": set_texts(listing)}
    if not code:
        return context
    is_stopped = bool(listing.asking.faults or answered.answer.error)
    facts = facts_of(listing, is_stopped=is_stopped)
    moved = None if is_stopped else sweep(answered.basis, answered.question, answered.askable, code)
    pairs = [*listing.parameters.items(), *answered.question.pairs()]
    return context | {
        "follow_name": answered.name(code),
        "follow_rank": facts["rank"] or "no rank",
        "follow_was": say("follow_was", facts),
        "follow_say": say("follow", facts),
        "follow_rest": say("follow_rest", facts),
        "sweep": _chart(listing, moved),
        "sweep_title": _title(listing, moved),
        "has_sweep": moved is not None,
        "around": [_around(listing, row.code, row.rank) for row in around(answered.shown, code)],
        "takes_url": reverse("what-it-takes", args=[code], query=_of_run(listing)),
        "stop_url": reverse("what-if", query=pairs),
        "value_fields": value_fields(listing),
        "withdrawals": withdrawals(listing),
        "opens_values": code in listing.asking.form.changes or any(n.startswith(VALUE) for n in listing.asking.faults),
        "opens_withdrawals": bool(code in listing.asking.form.changes and listing.asking.form.changes[code].without),
    }


def _of_run(listing: QuestionListing) -> dict[str, str] | None:
    return {"run": listing.parameters["run"]} if "run" in listing.parameters else None


def facts_of(listing: QuestionListing, *, is_stopped: bool) -> dict[str, Any]:
    """Return the facts of the strip's sentences; `js/what_if/follow.js` finds the same."""
    answered, code = listing.answered, listing.follow
    row, before = answered.shown.by_code[code], answered.base.ranks.get(code)
    ranked = answered.shown.ranked
    rise = (before or 0) - (row.rank or 0) if before and row.rank else 0
    line = ranked[answered.first - 1].score if len(ranked) >= answered.first else None
    return {
        "name": answered.name(code),
        "is_stopped": is_stopped,
        "rank": row.rank,
        "no_rank": row.rank is None,
        "before": before,
        "gained": row.rank is not None and before is None,
        "rise": max(rise, 0),
        "fall": max(-rise, 0),
        "inside": row.rank is not None and row.rank <= answered.first,
        "short": (row.rank or 0) - answered.first,
        "first": answered.first,
        "base": answered.base.short.lower() if answered.base.short.startswith("Run") else answered.base.short,
        "score": formats.number(row.score, 1),
        "line": formats.number(line, 1),
        "would": row.place,
    }


# ---- the rank over a weight ----------------------------------------------------------------------------------------


def _title(listing: QuestionListing, moved: Sweep | None) -> str:
    name = listing.answered.name(listing.follow)
    return say("sweep_title", {"name": name, "weight": labels.short(moved.label) if moved else ""})


def _chart(listing: QuestionListing, moved: Sweep | None) -> charts.Chart:
    """Return the chart; without a weight that is moved an empty one, which the script fills."""
    answered = listing.answered
    if moved is None:
        return charts.weight_ranks("sweep", "", "", "", [(0.0, 1), (100.0, 1)], [], first=answered.first)
    at, best = moved.best
    own, now = moved.nearest(moved.own), moved.nearest(moved.now)
    marks = [charts.WeightRank(*now, f"Now: {now[1]}", is_now=True)]
    if own[0] != now[0]:
        marks.insert(0, charts.WeightRank(*own, f"Run {answered.run.pk}: {own[1]}"))
    if at not in (own[0], now[0]):
        marks.append(charts.WeightRank(at, best, f"Best: {best}"))
    turn = moved.turn(answered.first)
    inside = now[1] <= answered.first
    facts = {
        "name": answered.name(listing.follow),
        "first": answered.first,
        "best": best,
        "at": written(at, 1),
        "turn": "" if turn is None else written(turn, 1),
        "inside": inside,
        "always": turn is None and inside,
        "never": turn is None and not inside,
    }
    context = say("sweep_context", {})
    return charts.weight_ranks(
        "sweep", say("sweep", facts), context, _title(listing, moved), moved.ranks, marks, first=answered.first
    )


def _around(listing: QuestionListing, code: str, rank: int | None) -> dict[str, Any]:
    before = listing.answered.base.ranks.get(code)
    return {
        "name": listing.answered.name(code),
        "href": country_address(listing, code),
        "rank": rank,
        "before": formats.DASH if before is None else before,
        "move": Move(code, before, rank),
        "is_own": code == listing.follow,
    }


# ---- the form ------------------------------------------------------------------------------------------------------


def _choices(listing: QuestionListing) -> list[tuple[str, str, bool]]:
    """Return the countries that can be followed: code, name, and whether it is selected."""
    answered = listing.answered
    named = sorted(((code, answered.name(code)) for code in answered.askable.countries), key=lambda one: plain(one[1]))
    return [(code, name, code == listing.follow) for code, name in named]


def value_fields(listing: QuestionListing) -> list[dict[str, Any]]:
    """Return a field for each figure of the followed country: what is set, and what counts in the run."""
    code, basis = listing.follow, listing.asking.basis
    assert basis is not None  # the view has checked it
    i = basis.result.snapshot.position[code]
    change = listing.asking.form.changes.get(code)
    indicators = {one.code: one for one in Indicator.objects.filter(code__in=_codes(listing))}
    fields = []
    for figure in listing.answered.askable.figures:
        name = f"{VALUE}{code}-{figure.key}"
        value = change.values.get(figure.key, "") if change else ""
        shown = value if isinstance(value, str) else written(value)
        fields.append(
            {
                "name": name,
                "label": figure.label,
                "value": listing.asking.typed.get(name, shown),
                "labels": [(label, labels.value_label(label), label == value) for label in figure.labels],
                "now": _now(listing, figure, i, indicators),
                "least": figure.least,
                "most": figure.most,
                "error": listing.asking.faults[name].hint if name in listing.asking.faults else "",
                "is_changed": bool(value),
            }
        )
    return fields


def _codes(listing: QuestionListing) -> list[str]:
    table = listing.answered.ranking.table
    return [table.row(figure.key).indicator for figure in listing.answered.askable.figures]


def _now(listing: QuestionListing, figure: CountryFigure, i: int, indicators: Mapping[str, Indicator]) -> str:
    basis, table = listing.asking.basis, listing.answered.ranking.table
    assert basis is not None  # the view has checked it
    cell, row = basis.cells[figure.key], table.row(figure.key)
    if figure.labels:
        found = next(item.column.labels for item in basis.result.prepared if item.criterion.key == figure.key)
        label = found[i] if found else None
        return labels.value_label(label) if label else "none"
    if math.isnan(float(cell.best[i])):
        return "none"
    scale = (cell.criterion.estimate or Estimate()).scale
    number = formats.number(float(scale.back(cell.best[i : i + 1])[0]), 1).removesuffix(".0")
    return number + percent_sign(row, indicators.get(row.indicator))


def withdrawals(listing: QuestionListing) -> list[dict[str, Any]]:
    """Return the published values of the followed country that a question may withdraw."""
    code, table = listing.follow, listing.answered.ranking.table
    country = Country.objects.get(code=code)
    change = listing.asking.form.changes.get(code)
    published = published_values(listing.run, country)
    rows = []
    for figure in listing.answered.askable.figures if published else ():
        parts = {str(part["key"]): str(part["label"]) for part in table.row(figure.key).series_rows}
        for one in published.get(figure.key, ()) if figure.series else ():
            series = one.series or WHOLE
            label = f"{labels.raised(labels.short(figure.label))}, {one.year}"
            rows.append(
                {
                    "name": f"{WITHOUT}{code}-{figure.key}",
                    "value": series,
                    "label": label,
                    "note": parts.get(one.series, "") if len(parts) > 1 else "",
                    "is_on": bool(change and series in change.without.get(figure.key, ())),
                }
            )
    return rows


def set_texts(listing: QuestionListing) -> dict[str, Any]:
    """Return what is changed of countries, and the URL without it."""
    question = listing.answered.question
    if not question.changes:
        return {}
    pairs = [*listing.parameters.items(), *listing.followed, *replace(question, changes={}).pairs()]
    return {
        "text": countries_text(question, listing.answered.askable, listing.answered.name),
        "clear_url": reverse("what-if", query=pairs),
    }
