"""Helpers for tests of the indicators' pages: small files in the product's forms, and made-up narratives."""

from __future__ import annotations

import json
from pathlib import Path

from indicators.imports.publishing import publish
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Import, Narrative

TIER_COLUMNS = ("report_year", "iso3", "country", "tier", "source", "flag")
NARRATIVE = (
    "GHANA (Tier 2)\n"
    "The Government of Ghana does not fully meet the minimum standards for the elimination of trafficking but is "
    "making significant efforts to do so; therefore Ghana remained on Tier 2.\n"
    "PRIORITIZED RECOMMENDATIONS:\n"
    "Train every sample inspector.\n"
    "Publish the sample register.\n"
    "TRAFFICKING PROFILE\n"
    "Traffickers exploit children in domestic servitude. A second sentence names nothing.\n"
)


def tiers(*rows: tuple[str, str, str], year: int = 2023, flag: str = "") -> str:
    """Return a tier form as CSV text; each row is code, country, tier."""
    lines = [TIER_COLUMNS, *((str(year), code, country, tier, "page", flag) for code, country, tier in rows)]
    return "\n".join(",".join(line) for line in lines) + "\n"


def previewed(folder: Path, text: str, name: str = "tiers.csv") -> Import:
    """Receive a file with this text and bring it to its preview."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)


def a_snapshot(folder: Path) -> Path:
    """Make a snapshot of the Factbook whose unemployment is under a heading that is not read."""
    for code, country in (("gh", "Ghana"), ("ng", "Niger")):
        tree = {
            "Geography": {},
            "Government": {"Country name": {"conventional short form": {"text": country}}},
            "Economy": {"Unemployment": {"text": "4% (2019)"}},
            "People and Society": {"Literacy": {"total population": {"text": "70% (2018)"}}},
        }
        path = folder / "factbook_2019-05" / "africa" / f"{code}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(tree), encoding="utf-8")
    return folder / "factbook_2019-05"


def published(folder: Path, text: str, name: str = "tiers.csv") -> Import:
    """Receive a file with this text and publish it."""
    return publish(batch_id=previewed(folder, text, name).pk, actor=None).batch


def a_narrative(folder: Path) -> Narrative:
    """Publish a narrative of Ghana with one suggested form of trafficking."""
    batch = published(folder, NARRATIVE, "ghana_2023.txt")
    return Narrative.objects.live().get(batch=batch)
