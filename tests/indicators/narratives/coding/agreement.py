"""Agreement of the coders: share of the same answers, and Cohen's kappa, by form and by figure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from indicators.sources.tip_narratives.forms import FORMS

HERE = Path(__file__).parent
FIGURES = ("investigations", "prosecutions", "convictions", "victims", "children")

Codes = Mapping[str, Mapping[str, Any]]
"""Codes by country: `forms` as a list of names, and `figures` by key, a number or None."""


def codes(name: str) -> Codes:
    """Return the codes in one file of this folder: such as `coder_1` or `agreed`."""
    loaded: Codes = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one question: in how many narratives both said yes, only one did, and neither."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def share(self) -> float:
        return (self.both + self.neither) / self.total

    @property
    def total(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def kappa(self) -> float | None:
        """Return Cohen's kappa, or None if both coders gave only one answer."""
        a, b = (self.both + self.only_a) / self.total, (self.both + self.only_b) / self.total
        chance = a * b + (1 - a) * (1 - b)
        return None if chance == 1 else (self.share - chance) / (1 - chance)


def of_forms(first: Codes, second: Codes, forms: Iterable[str] = FORMS) -> Agreement:
    """Return the agreement on these forms, over all narratives of both."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for form in forms:
        for country in first:
            counts[form in first[country]["forms"], form in second[country]["forms"]] += 1
    return Agreement(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def of_figures(first: Codes, second: Codes, figures: Iterable[str] = FIGURES) -> tuple[int, int]:
    """Return for how many figures both coders gave the same answer (a number, or none), and of how many."""
    pairs = [(first[country]["figures"][key], second[country]["figures"][key]) for country in first for key in figures]
    return sum(a == b for a, b in pairs), len(pairs)


PAIRS = (*combinations("1234", 2), ("5", "6"), ("7", "8"))


def main() -> None:
    print("| coders | both | only one | only the other | kappa | figures alike |")
    print("| --- | --- | --- | --- | --- | --- |")
    for one, other in PAIRS:
        first, second = codes(f"coder_{one}"), codes(f"coder_{other}")
        found, (same, of) = of_forms(first, second), of_figures(first, second)
        counts = f"{found.both} | {found.only_a} | {found.only_b} | {found.kappa:.3f} | {same} of {of}"
        print(f"| {one} and {other} | {counts} |")
    print()
    by_form(codes("coder_3"), codes("coder_4"))


def by_form(first: Codes, second: Codes) -> None:
    print("| form | both | only 3 | only 4 | kappa |\n| --- | --- | --- | --- | --- |")
    for form in FORMS:
        one = of_forms(first, second, [form])
        kappa = "" if one.kappa is None else f"{one.kappa:.2f}"
        print(f"| {form} | {one.both} | {one.only_a} | {one.only_b} | {kappa} |")
    print("\n| figure | the same answer | of |\n| --- | --- | --- |")
    for key in FIGURES:
        same, of = of_figures(first, second, [key])
        print(f"| {key} | {same} | {of} |")


if __name__ == "__main__":
    main()
