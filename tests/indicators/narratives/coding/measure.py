"""Precision and recall of the reader of narratives, against the codes that were made by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indicators.sources.base import NarrativeReading
from indicators.sources.documents import Document
from indicators.sources.tip_narratives import TIP_NARRATIVES_JSON
from indicators.sources.tip_narratives.forms import FORMS
from tests.indicators.narratives.coding.agreement import FIGURES, codes
from tests.indicators.narratives.coding.draw import draw, draw_again

CODES = {
    "investigations": "tip.investigations",
    "prosecutions": "tip.prosecutions",
    "convictions": "tip.convictions",
    "victims": "tip.victims_identified",
    "children": "tip.child_victims_identified",
}


@dataclass(slots=True)
class Tally:
    """Counts of one question: read as coded, read but not (or otherwise) coded, and coded but not read as such."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def __str__(self) -> str:
        return f"{self.right} | {self.wrong} | {self.missed} | {self.precision:.3f} | {self.recall:.3f}"


@dataclass(slots=True)
class Measured:
    forms: dict[str, Tally] = field(default_factory=lambda: {form: Tally() for form in FORMS})
    figures: dict[str, Tally] = field(default_factory=lambda: {key: Tally() for key in FIGURES})
    faults: list[str] = field(default_factory=list)


def total(tallies: Iterable[Tally]) -> Tally:
    tallies = list(tallies)
    return Tally(sum(t.right for t in tallies), sum(t.wrong for t in tallies), sum(t.missed for t in tallies))


PARTS = {"tuning": "agreed", "report": "agreed", "second": "agreed_second", "third": "agreed_third"}
"""Parts of the draw, in their order, each with the file of its codes."""


def measure(narratives: Mapping[str, NarrativeReading], part: str) -> Measured:
    """Compare what the reader finds in the narratives of a part with the agreed codes.

    A figure other than the coded one is both wrong and missed.
    """
    agreed, measured = codes(PARTS[part]), Measured()
    drawn = (*draw(narratives), draw_again(narratives, 1), draw_again(narratives, 2))
    countries = dict(zip(PARTS, drawn, strict=True))[part]
    for country in countries:
        coded, reading = agreed[country], narratives[country]
        read = {form.form for form in reading.forms}
        for form, tally in measured.forms.items():
            is_coded, is_read = form in coded["forms"], form in read
            tally.right += is_coded and is_read
            tally.wrong += is_read and not is_coded
            tally.missed += is_coded and not is_read
            if is_coded != is_read:
                measured.faults.append(
                    f"{country}: {form}, {'read but not coded' if is_read else 'coded but not read'}"
                )
        values = {figure.indicator: figure.value for figure in reading.figures}
        for key, tally in measured.figures.items():
            expected, found = coded["figures"][key], values.get(CODES[key])
            tally.right += found is not None and found == expected
            tally.wrong += found is not None and found != expected
            tally.missed += expected is not None and found != expected
            if found != expected:
                measured.faults.append(f"{country}: {key}, coded {expected}, read {found}")
    return measured


def narratives_of_2018(path: Path) -> dict[str, NarrativeReading]:
    return {narrative.country: narrative for narrative in TIP_NARRATIVES_JSON.read(Document(path)).narratives}


def main(path: str, part: str) -> None:
    measured = measure(narratives_of_2018(Path(path)), part)
    head = "right | wrong | missed | precision | recall |\n| --- | --- | --- | --- | --- | --- |"
    for title, tallies in (("form", measured.forms), ("figure", measured.figures)):
        print(f"| {title} | {head}")
        for name, tally in tallies.items():
            print(f"| {name} | {tally} |")
        print(f"| **all** | {total(tallies.values())} |\n")
    print("\n".join(f"- {fault}" for fault in measured.faults))


if __name__ == "__main__":
    main(*sys.argv[1:])
