"""A small world: editions, an upload at its preview, a narrative, a ranking; something to show on every page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indicators.models import Country, Import, Narrative, Observation, TraffickingForm
from indicators.services import process, receive_path
from selection.models import ScoreRun
from selection.services import compute_screen
from tests.support.facts import publish_facts
from tests.support.forms import write_csv

TIERS = [("report_year", "iso3", "country", "tier"), ("2023", "GHA", "Ghana", "2"), ("2023", "XKX", "Kosovo", "2")]


@dataclass(frozen=True)
class World:
    """What was made: two published editions, an upload at its preview, a narrative, a run, and one live value."""

    first: Import
    second: Import
    upload: Import
    narrative: Narrative
    form: TraffickingForm
    run: ScoreRun
    ghana: Observation


def make_world(folder: Path) -> World:
    """Publish two editions of the Corruption Perceptions Index, the later one correcting 2023, and rank once.

    The upload's file is kept under `settings.MEDIA_ROOT`, which a test should have set to a folder of its own.
    """
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
    upload = receive_path(path=write_csv(folder / "tiers.csv", TIERS), actor=None).batch
    upload = process(batch_id=upload.pk, actor=None)
    narrative = _narrative(second)
    return World(
        first=first,
        second=second,
        upload=upload,
        narrative=narrative,
        form=narrative.forms.get(),
        run=compute_screen(actor=None),
        ghana=Observation.objects.live().get(indicator__code="cpi.score", country__code="GHA", period="2024"),
    )


def _narrative(batch: Import) -> Narrative:
    narrative = Narrative.objects.create(
        country=Country.objects.get(code="GHA"),
        report_year=2024,
        tier="Tier 2",
        title="Sample narrative",
        locator="line 1",
        file=batch.file,
        batch=batch,
        digest="0" * 64,
        valid_from=2,
    )
    TraffickingForm.objects.create(
        narrative=narrative,
        ordinal=1,
        form="domestic servitude",
        sentence="A sentence made up for the tests.",
        section="profile",
        locator="line 2",
    )
    return narrative
