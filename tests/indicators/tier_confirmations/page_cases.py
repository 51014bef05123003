"""Page cases for the tier confirmations room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.indicators import records
from tests.support.page_cases import BOTH, EVERYBODY, VIEWER, Look, PageCase
from tests.support.tier_sittings import DRAWN_YEAR
from tests.worlds.demonstration import Scene


def _sitting(scene: Scene) -> Mapping[str, Any]:
    return {"pk": scene.sitting.sitting.pk}


CASES = (
    PageCase(
        "tier-list",
        Look("tiers", roles=EVERYBODY, states=BOTH),
        Look("tiers-country", query="?year=2025&country=KEN"),
        Look("tiers-confirmed", query=f"?year={DRAWN_YEAR}&state=confirmed"),
        Look("tiers-with-text", query="?year=2023&country=GHA"),
        Look("tiers-without-tier", query="?year=2025&country=XKX"),
        Look("tiers-nothing", roles=VIEWER, query="?q=nowhere"),
    ),
    PageCase("tier-form", url=lambda world: {"kind": "csv"}, no_page="a file"),
    PageCase(
        "tier-confirm",
        Look("tier-confirm", lambda scene: {"year": 2025, "code": "KEN"}),
        url=records.open_tier,
        second_writer="one confirmation of a tier is live; the second person is told who made it, and nothing changes",
    ),
    PageCase(
        "tier-undo",
        url=records.confirmed_tier,
        second_writer="only the person who confirmed it takes it back; it stays on file",
    ),
    PageCase(
        "tier-spot-check",
        Look("tier-spot-check", _sitting, EVERYBODY),
        url=records.tier_sitting,
    ),
    PageCase(
        "tier-read",
        Look("tier-read", lambda scene: {**_sitting(scene), "draw": scene.sitting.unread.pk}),
        Look("tier-read-own", lambda scene: {**_sitting(scene), "draw": scene.sitting.own.pk}),
        url=records.unread_draw,
        second_writer="one reading of a tier; the second reader is told so, and the first answer stays",
    ),
    PageCase(
        "tier-settle",
        Look("tier-settle", lambda scene: {**_sitting(scene), "draw": scene.sitting.differing.pk}),
        url=records.differing_draw,
        second_writer="every statement of both people is kept; one that has not read the other is refused",
    ),
)
