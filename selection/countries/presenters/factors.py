"""Rows of the table of factors, and the hurdles next to it, for a country's page and a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cpc.web import charts, formats
from indicators.queries import Witness, witnesses
from selection.countries.presenters import country as country_presenters
from selection.countries.published import Published, published
from selection.countries.queries.country import CountryPage, Factor, FactorGroup
from selection.model_definition.criteria_table import ModelTable
from selection.models import STEPS
from selection.runs import labels

HIDDEN = "Shown once you have rated it"


@dataclass(frozen=True)
class Rows:
    """Rows of the table of factors, each value with a second source's value if there is one."""

    page: CountryPage
    witnesses: Mapping[int, Witness]

    def groups(self) -> list[tuple[FactorGroup, str, list[dict[str, Any]]]]:
        """Return each branch and node with what it counts for, and the rows of its counted factors."""
        return [
            (
                group,
                country_presenters.counts_for(group),
                [self.line(factor) for factor in group.factors if factor.is_counted],
            )
            for group in self.page.groups
        ]

    def beside(self) -> list[dict[str, Any]]:
        return [self.line(factor) for factor in self.page.factors if not factor.is_counted]

    def line(self, factor: Factor) -> dict[str, Any]:
        return line(factor, self.witnesses.get(factor.observation.pk) if factor.observation else None)


def rows(page: CountryPage, as_of: int | None) -> Rows:
    """Return the rows of a page, with the witnesses known at the publication `as_of`, or now."""
    return Rows(page, witnesses([factor.observation for factor in page.factors if factor.observation], as_of=as_of))


def line(factor: Factor, witness: Witness | None = None) -> dict[str, Any]:
    made = factor.made
    return {
        "factor": factor,
        "published": _published(factor),
        "on_record": country_presenters.on_record(factor.row, factor.observation) if factor.observation else "",
        "quality": labels.QUALITY[factor.observation.quality] if factor.observation else "",
        "witness": witness,
        "rated": f"Rated {factor.step:g} of {STEPS}" if factor.step is not None else "",
        "raters": len(factor.ratings),
        "missing": HIDDEN if factor.is_hidden else country_presenters.missing(factor) if factor.missing else "",
        "also": country_presenters.also(factor),
        "age": country_presenters.age(factor),
        "goalposts": country_presenters.rule(factor),
        "now": _now(factor),
        "mark": charts.profile(made.u, made.median, width=86) if made else None,
        "edition": labels.edition(factor.observation.edition) if factor.observation else "",
    }


def _published(factor: Factor) -> Published | None:
    """Return the value as published; the run's estimate belongs to it only if the run used it."""
    if factor.observation is None:
        return None
    if factor.used is None:  # on record, never counted
        return replace(published(factor.row, factor.observation), counts_as="")
    return published(factor.row, factor.used, factor.estimate)


def _now(factor: Factor) -> str:
    """Return the weight that counts if it prints differently from the model's weight, else ""."""
    made = factor.made
    if made is None or made.u is None:
        return ""
    now = formats.number(made.effective, 1)
    return "" if now == formats.number(made.nominal, 1) else now


def hurdles(page: CountryPage, table: ModelTable) -> list[dict[str, Any]]:
    if page.row is None:
        return []
    results = [(hurdle, page.row.hurdles.get(hurdle["key"])) for hurdle in table.hurdles]
    return [
        {
            "label": hurdle["label"],
            "citation": hurdle["citation"],
            "mark": labels.CHANCE_MARKS[chance.kind],
            "result": labels.chance(chance),
            "likelihood": "" if chance.probability is None else labels.likelihood(chance.probability),
        }
        for hurdle, chance in results
        if chance is not None
    ]
