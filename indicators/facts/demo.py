"""Step of the demonstration that loads the facts."""

from __future__ import annotations

from cpc.demo import Progress
from indicators.facts import PACKAGE
from indicators.facts.reader import read_package


def load_facts(progress: Progress) -> str:
    """Publish the shipped facts that are not published yet."""
    made = read_package(PACKAGE, actor=None, progress=progress)
    values = sum(batch.counts["new"] + batch.counts["changed"] for batch in made)
    return f"{values:,} values of {len(made)} publishers' files" if made else ""
