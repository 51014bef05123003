"""Records of the small world for URLs of imports, values, programs, and plans, and for the tests of two writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.curated.services import record_row
from indicators.models import (
    Country,
    Narrative,
    NationalPlan,
    Observation,
    Source,
    TierConfirmation,
    TierDraw,
    TierSitting,
    UnpublishedEdition,
    Update,
    UpdateFile,
    USGProgram,
)
from indicators.name_mappings.services import map_name
from indicators.observations.services import record_unpublished
from indicators.tier_confirmations.services import confirm_tier
from tests.support.accounts import make_account
from tests.support.forms import write_csv
from tests.support.tier_sittings import HEADER, THIRD_PARTY, drawn_sitting, read_file
from tests.worlds.small_world import World

Arguments = Callable[[World], Mapping[str, Any]]
Kwargs = dict[str, Any]


def upload(world: World) -> Mapping[str, Any]:
    return {"pk": world.upload.pk}


def update(world: World) -> Mapping[str, Any]:
    """Return an update with the upload at its preview."""
    found, _ = Update.objects.get_or_create(state="open")
    UpdateFile.objects.get_or_create(update=found, batch=world.upload, defaults={"file_name": "later_tiers.csv"})
    return {"pk": found.pk}


def published_update(world: World) -> Mapping[str, Any]:
    """Return an update of which a file is published."""
    found, _ = Update.objects.get_or_create(state="published")
    UpdateFile.objects.get_or_create(update=found, batch=world.second, defaults={"file_name": "CPI2024.xlsx"})
    return {"pk": found.pk}


def mapping(world: World) -> Mapping[str, Any]:
    """Return a mapping of a source other than the upload's, whose import would be matched again."""
    source = Source.objects.get(key="cpi")
    return {"pk": map_name(source=source, name="Ruritania", meaning="group", actor=None)[0].pk}


def unpublished(world: World) -> Mapping[str, Any]:
    """Return a live statement that an edition of the TIP Report is not published."""
    found = UnpublishedEdition.objects.live().first()
    if found is None:
        found = record_unpublished(
            source=Source.objects.get(key="tip"),
            edition="2026",
            as_of=timezone.now().date(),
            evidence="A sample",
            actor=User.objects.filter(role=Role.ANALYST).first() or make_account(Role.ANALYST),
        )
    return {"pk": found.pk}


def program(world: World) -> Mapping[str, Any]:
    """Return a program with a document, without which its URL answers 404."""
    found = USGProgram.objects.live().first()
    if found is None:
        found = record_row(
            row=USGProgram(
                country=Country.objects.get(code="GHA"),
                agency="Department of Labor",
                title="Sample program",
                sector="child_labor",
                source="A sample",
                document=SimpleUploadedFile("paper.txt", b"A sample."),
            ),
            actor=None,
        )
    return {"pk": found.pk}


def plan(world: World) -> Mapping[str, Any]:
    found = NationalPlan.objects.live().first()
    if found is None:
        found = record_row(
            row=NationalPlan(
                country=Country.objects.get(code="GHA"),
                kind="action_plan",
                title="Sample plan",
                status="adopted",
                source="A sample",
                document=SimpleUploadedFile("paper.txt", b"A sample."),
            ),
            actor=None,
        )
    return {"pk": found.pk}


def open_tier(world: World) -> Mapping[str, Any]:
    """Return a tier that no one has confirmed."""
    _publish_unconfirmed(2019, "GHA")
    return {"year": 2019, "code": "GHA"}


def confirmed_tier(world: World) -> Mapping[str, Any]:
    """Return a tier that a person has confirmed, beside one that is open."""
    if not TierConfirmation.objects.filter(sitting__report_year=2018).exists():
        _publish_unconfirmed(2018, "GHA", "KEN")
        ghana = Country.objects.get(code="GHA")
        confirm_tier(year=2018, country=ghana, tier="Tier 2", page="7", actor=_analyst("tiers-other"))
    return {"year": 2018, "code": "GHA"}


def _publish_unconfirmed(year: int, *codes: str) -> None:
    if Observation.objects.filter(indicator__code="tip.tier", year=year).exists():
        return
    with TemporaryDirectory() as folder:
        rows = [(str(year), code, Country.objects.get(code=code).name, "2", THIRD_PARTY) for code in codes]
        read_file(write_csv(Path(folder) / f"tiers_{year}.csv", [HEADER, *rows]))


def _analyst(username: str) -> User:
    return User.objects.filter(username=username).first() or make_account(Role.ANALYST, username=username)


def tier_sitting(world: World) -> Mapping[str, Any]:
    """Return a sitting whose spot check is open."""
    return {"pk": _sitting().pk}


def unread_draw(world: World) -> Mapping[str, Any]:
    """Return a drawn tier that no second person has read."""
    sitting = _sitting()
    return {"pk": sitting.pk, "draw": TierDraw.objects.filter(drawing__sitting=sitting, answers=None).latest("pk").pk}


def differing_draw(world: World) -> Mapping[str, Any]:
    """Return a drawn tier on which two people differ."""
    sitting = _sitting()
    return {
        "pk": sitting.pk,
        "draw": TierDraw.objects.filter(drawing__sitting=sitting, answers__kind="settlement")[0].pk,
    }


def _sitting() -> TierSitting:
    found = TierSitting.objects.filter(report_year=2017).first()
    if found is None:
        _publish_unconfirmed(2017, "GHA", "KEN", "TGO")
        reader = User.objects.filter(role=Role.ANALYST).exclude(username="tiers-other").first()
        reader = reader or _analyst("tiers-reader")
        found = drawn_sitting(reader, _analyst("tiers-other"), 2017).sitting
    return found


def editions(world: World) -> Mapping[str, Any]:
    """Add a second narrative of the country, so that two can be compared."""
    first = world.narrative
    Narrative.objects.get_or_create(
        country=first.country,
        report_year=first.report_year - 1,
        defaults={
            "title": "Sample",
            "locator": "",
            "file": first.file,
            "batch": first.batch,
            "digest": "1" * 64,
            "valid_from": 2,
        },
    )
    return {"code": "GHA", "editions": f"{first.report_year - 1}-{first.report_year}"}
