"""The rows of the table of factors, and the hurdles beside it: on the page of a country and in a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.web import charts, formats
from indicators.queries.witness import Witness
from selection import words
from selection.model_table import ModelTable
from selection.models import STEPS
from selection.queries.country import CountryPage, Factor, FactorGroup
from selection.tables import country as said

HIDDEN = "Shown once you have rated it"


def groups(page: CountryPage, seen: Mapping[int, Witness]) -> list[tuple[FactorGroup, str, list[dict[str, Any]]]]:
    """Each branch and node with what it counts for, and the rows of its counted factors."""
    return [
        (group, said.counts_for(group), [line(f, witness_of(f, seen)) for f in group.factors if f.is_counted])
        for group in page.groups
    ]


def witness_of(factor: Factor, seen: Mapping[int, Witness]) -> Witness | None:
    """Return the second witness of a factor's value, if there is one."""
    return seen.get(factor.observation.pk) if factor.observation else None


def line(factor: Factor, witness: Witness | None = None) -> dict[str, Any]:
    """One row of the factor table, with the second witness of its value where there is one."""
    made = factor.made
    return {
        "factor": factor,
        "value": said.value(factor.observation) if factor.observation else "",
        "quality": words.QUALITY[factor.observation.quality] if factor.observation else "",
        "witness": witness,
        "rated": f"Rated {factor.step:g} of {STEPS}" if factor.step is not None else "",
        "raters": len(factor.ratings),
        "missing": HIDDEN if factor.is_hidden else said.missing(factor) if factor.missing else "",
        "also": said.also(factor),
        "age": said.age(factor),
        "goalposts": said.rule(factor),
        "now": _now(factor),
        "mark": charts.profile(made.u, made.median, width=86) if made else None,
        "edition": words.edition(factor.observation.edition) if factor.observation else "",
    }


def _now(factor: Factor) -> str:
    """The weight that counts, where it is printed differently from the model's; empty where it is not."""
    made = factor.made
    if made is None or made.u is None:
        return ""
    now = formats.number(made.effective, 1)
    return "" if now == formats.number(made.nominal, 1) else now


def hurdles(page: CountryPage, table: ModelTable) -> list[dict[str, Any]]:
    """The hurdles of the model with how the country stands to each; none without a run."""
    if page.row is None:
        return []
    return [
        {
            "label": hurdle["label"],
            "citation": hurdle["citation"],
            "mark": words.CHANCE_MARKS[page.row.hurdles[hurdle["key"]].kind],
            "words": words.chance(page.row.hurdles[hurdle["key"]]),
            "likelihood": _likelihood(page.row.hurdles[hurdle["key"]].probability),
        }
        for hurdle in table.hurdles
        if hurdle["key"] in page.row.hurdles
    ]


def _likelihood(probability: float | None) -> str:
    return "" if probability is None else words.likelihood(probability)
