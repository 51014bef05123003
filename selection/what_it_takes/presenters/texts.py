"""Texts of the values, weights, and ranks of an answer, and the URLs that set them in What if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cpc.web import formats
from indicators.models import Country, Indicator
from selection.countries.published import percent_sign
from selection.model_definition.criteria_table import ModelTable
from selection.models import ScoreRun
from selection.runs import labels
from selection.what_if.question import Question
from selection.what_it_takes.case import OUT
from selection.what_it_takes.ends import ValueEnds
from selection.what_it_takes.results import WhatItTakes

NO_RANK = "no rank"

LEVEL = " Advancement"
"""End of the labels of advancement, which the name of the criterion has, too."""


@dataclass(frozen=True)
class Texts:
    """Texts of one answer; `given` are the parameters of the page that its links keep."""

    run: ScoreRun
    country: Country
    answer: WhatItTakes
    table: ModelTable
    indicators: Mapping[str, Indicator]
    given: Sequence[tuple[str, str]] = ()

    # ---- values ----------------------------------------------------------------------------------------------------

    def name(self, key: str) -> str:
        """Name a criterion inside a sentence: "births not registered"."""
        return labels.short(self.table.row(key).label)

    def text(self, key: str, value: float | str | None) -> str:
        """Return a value as a page prints it: "48.3%", "Tier 1", "30"."""
        if value is None:
            return "none"
        if isinstance(value, str):
            return labels.value_label(value).removesuffix(LEVEL)
        row, indicator = self.table.row(key), self.indicators.get(self.table.row(key).indicator)
        decimals = 1 if indicator is None else min(indicator.decimals, 1)
        return formats.number(value, decimals).removesuffix(".0") + percent_sign(row, indicator)

    def at(self, key: str, value: float | str) -> str:
        """Name a criterion with a value: "births not registered 48.3%", "Tier 1", "Moderate advancement"."""
        if key == self.answer.tier:
            return self.text(key, value)
        if isinstance(value, str) and value.endswith(LEVEL):
            return f"{self.text(key, value)} {self.name(key)}"
        return f"{self.name(key)} {self.text(key, value)}"

    def enough(self, value: ValueEnds, at: float | str) -> str:
        """Name the nearest value that is enough: "births not registered at 31.7% or more"."""
        if isinstance(at, str):
            return self.at(value.key, at)
        return f"{self.name(value.key)} at {self.text(value.key, at)}{beyond(value, at)}"

    # ---- weights ---------------------------------------------------------------------------------------------------

    def weight(self, key: str, group: str, percent: float) -> str:
        """Name a weight: "births not registered at 86% of need"; a child of the root has its percentage alone."""
        inside = self.node(group)
        of = f" of {inside}" if inside else ""
        return f"{self.node(key) or self.name(key)} at {formats.number(percent, None).removesuffix('.0')}%{of}"

    def node(self, key: str) -> str:
        """Return the name of a node inside a sentence; "" for the root and for a criterion."""
        return next((labels.lowered(node.label) for node in self.table.nodes if node.key == key), "")

    # ---- what if ---------------------------------------------------------------------------------------------------

    def url(self, question: Question) -> str:
        """Return the URL of What if with a question, following the country."""
        pairs: list[Any] = [*self.given, ("follow", self.country.code), *question.pairs()]
        return reverse("what-if", query=pairs)

    def with_values(self, values: Mapping[str, float | str]) -> str:
        return self.url(self.answer.setting(values))

    def with_weights(self, numbers: Mapping[str, float]) -> str:
        return self.url(Question(dict(numbers), changes=self.answer.setting({}).changes))


def beyond(value: ValueEnds, at: float | str) -> str:
    """Return how values farther than a number count: "or more", "or less"; "" for a label."""
    if isinstance(at, str) or not isinstance(value.now, float):
        return ""
    return " or more" if at > value.now else " or less"


def first_text(first: int) -> str:
    """Return the line inside a sentence: "first five", "first 20"."""
    return f"first {formats.spell_out(first).lower()}"


def rank_text(rank: int) -> str:
    return NO_RANK if rank == OUT else str(rank)


def would_rank(rank: int) -> str:
    """Return the rank inside a sentence: "it would rank 9", "it would have no rank"."""
    return "it would have no rank" if rank == OUT else f"it would rank {rank}"
