"""A small world: two editions of one source, an account, a ranking; enough for every page to have something to show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cpc.accounts.models import User
from indicators.models import Import, Observation
from selection.models import ScoreRun
from selection.services import compute_screen
from tests.support.facts import publish_facts


@dataclass(frozen=True)
class World:
    """What was made: the first and the second edition, and a run on both."""

    first: Import
    second: Import
    run: ScoreRun
    ghana: Observation


def make_world(folder: Path, actor: User | None = None) -> World:
    """Publish two editions of the Corruption Perceptions Index, the later one correcting 2023, and rank once."""
    first = publish_facts(
        folder,
        name="CPI2023.xlsx",
        edition="2023",
        facts=[
            ("cpi.score", "GHA", "2023", "43"),
            ("cpi.score", "XKX", "2023", "41"),
            ("cpi.rank", "GHA", "2023", "70"),
        ],
    )
    second = publish_facts(
        folder,
        name="CPI2024.xlsx",
        edition="2024",
        facts=[
            ("cpi.score", "GHA", "2023", "44"),
            ("cpi.score", "XKX", "2023", "41"),
            ("cpi.score", "GHA", "2024", "42"),
        ],
    )
    run = compute_screen(actor=actor)
    ghana = Observation.objects.live().get(indicator__code="cpi.score", country__code="GHA", period="2024")
    return World(first, second, run, ghana)
