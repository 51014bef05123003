"""A small world with data for every page: editions, an upload at its preview, a narrative, and a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indicators.imports.publishing import publish
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Country, Import, Narrative, Observation, TraffickingForm
from selection.models import ScoreRun
from selection.runs.services import compute_screen
from tests.support.facts import publish_facts
from tests.support.forms import write_csv

HEADER = ("report_year", "iso3", "country", "tier")
TIERS = [HEADER, ("2024", "GHA", "Ghana", "2"), ("2024", "XKX", "Kosovo", "2")]
LATER_TIERS = [HEADER, ("2025", "GHA", "Ghana", "2"), ("2025", "XKX", "Kosovo", "1")]


@dataclass(frozen=True)
class World:
    """Records of the small world that tests use.

    They are publications 1 and 2 (and 3, the tiers), an import at its preview, a narrative, a run, and a value.
    """

    first: Import
    second: Import
    upload: Import
    narrative: Narrative
    form: TraffickingForm
    run: ScoreRun
    ghana: Observation


def make_world(folder: Path) -> World:
    """Publish two editions of the Corruption Perceptions Index and tiers, and rank once.

    The later edition corrects 2023. The upload's file is stored under `settings.MEDIA_ROOT`, which a test should have
    set to a folder of its own.
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
    tiers = _read(write_csv(folder / "tiers.csv", TIERS))
    publish(batch_id=tiers.pk, actor=None)
    upload = _read(write_csv(folder / "later_tiers.csv", LATER_TIERS))
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


def _read(path: Path) -> Import:
    return process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)


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
