"""Sample content of the parts for choosing countries on the page "States and messages"; no fact about any country."""

from __future__ import annotations

from typing import Any

from cpc.web.charts import (
    Area,
    Chart,
    Dot,
    Doubt,
    Locator,
    Position,
    Slope,
    View,
    axis_bar,
    bounds,
    chance_bar,
    drivers,
    locator,
    position,
    scatter,
    shapes,
    slope,
    whisk,
    worldmap,
)
from cpc.web.charts.worldmap import ANTARCTICA
from cpc.web.parts import GroupTab

FIRST = 20
POOL = 92
HERE = "#choosing"

SUB = (
    GroupTab("Ranking", HERE, current=True),
    GroupTab("How sure", HERE),
    GroupTab("Runs", HERE),
    GroupTab("Model versions", HERE),
)
GROUPS = (
    GroupTab("Ranked", HERE, current=True, count=POOL),
    GroupTab("Provisional", HERE, count=34, more="(bounds only)"),
    GroupTab("Outside the pool", HERE, count=61),
    GroupTab("Not rankable", HERE, count=9),
)
VIEWS = (
    GroupTab("Scatter", HERE, current=True, icon="grid_view"),
    GroupTab("Map", HERE, icon="map"),
    GroupTab("List only", HERE, icon="list"),
)

FACTORS = (
    ("Need", 34.2, "below the median of 37.6", (("Prevalence", "2.9 per 1,000", 0.18, 2023, False),)),
    (
        "Political will",
        70.0,
        "at the median of 70.0",
        (("TIP Report tier", "Tier 2", 0.7, 2025, False), ("Action on child labor", "Moderate", 0.7, 2022, False)),
    ),
    (
        "Governance",
        61.3,
        "above the median of 36.8",
        (("Corruption perceptions", "43 of 100", 0.41, 2025, False),),
    ),
    ("Development", 71.5, "below the median of 73.7", (("Literacy", "76.5%", 0.68, 2014, True),)),
)
"""Sample groups: name, score, position, and factors (name, value, value from 0 to 1, year, whether that is old)."""


def _ranked(
    rank: int | None,
    name: str,
    need: float,
    feasibility: float,
    interval: tuple[int, int],
    chance: float | None,
    missing: str,
    best: int = 1,
    worst: int = 1,
) -> dict[str, Any]:
    low, high = interval
    return {
        "rank": rank,
        "name": name,
        "need": need,
        "feasibility": feasibility,
        "low": low,
        "high": high,
        "chance": chance,
        "missing": missing,
        "best": best,
        "worst": worst,
        "need_bar": axis_bar(need, "need"),
        "feasibility_bar": axis_bar(feasibility, "feas"),
        "whisk": whisk(rank, low, high, POOL, first=FIRST),
        "bounds": bounds(best, worst, low, high, POOL + 1, first=FIRST),
        "chance_bar": chance_bar(chance),
    }


RANKED = (
    _ranked(1, "Country A", 73.4, 51.7, (1, 16), 0.996, ""),
    _ranked(2, "Country B", 69.7, 53.9, (1, 28), 0.81, "Survey of 2014"),
    _ranked(20, "A country with a long name, the United Republic of", 48.9, 61.4, (7, 41), 0.44, ""),
    _ranked(21, "Country D", 52.2, 55.0, (30, 64), 0.004, "School life, literacy"),
    _ranked(22, "Country E", 51.0, 54.0, (12, 55), None, ""),
)
PROVISIONAL = (
    _ranked(None, "Country P", 57.6, 70.7, (2, 32), 0.8, "Prevalence, corruption", 1, 46),
    _ranked(None, "Country Q", 49.4, 72.9, (8, 77), 0.31, "Child labor", 4, 93),
    _ranked(None, "Country R", 12.0, 40.9, (60, 60), 0.0, "Child labor", 58, 62),
)


def dots(count: int = 64) -> list[Dot]:
    """Return sample countries on both axes: two at the same spot, partners, and some likely to fail a hurdle."""
    sample: list[Dot] = []
    for index in range(count):
        need, feasibility = 72.0 - index * 0.8 + (index * 37) % 13 - 6, 42.0 + (index * 53) % 41
        chance = max(0.0, 0.97 - index * 0.027 - (index % 3) * 0.05)
        sample.append(
            Dot(
                f"Country {chr(65 + index % 26)}{index // 26 or ''}",
                HERE,
                need if index != 30 else sample[29].need,
                feasibility if index != 30 else sample[29].feasibility,
                chance,
                index + 1,
                (max(1, index - 8), index + 14),
                need_range=(need - 7, need + 9),
                feasibility_range=(feasibility - 4, feasibility + 4),
                partner=index % 11 == 4,
                likely_fail=index % 7 == 2,
            )
        )
    return sample


def areas() -> list[Area]:
    """Return every shape of the map in one of its states; names are numbers, because only the shapes are real here."""
    world = shapes.load()
    sample: list[Area] = []
    for index, shape in enumerate(sorted(world.polygons.keys() - {"", ANTARCTICA} if world else ())):
        kind = index * 29 % 100
        name = f"Country {index + 1}"
        if kind < 38:
            sample.append(Area(shape, name, HERE, "outside"))
        elif kind < 52:
            sample.append(Area(shape, name, HERE, "provisional", kind % 7 / 10))
        else:
            sample.append(Area(shape, name, HERE, "ranked", (kind - 52) ** 2 / 2209, kind))
    return sample


def views() -> list[View]:
    return [
        scatter(
            "sample-many",
            "High need and the means to act are rarely found together.",
            f"Crosses show the middle 90% of draws for the first {FIRST}.",
            dots(),
            first=FIRST,
        ),
        worldmap("sample-map", "Most are outside the pool.", "Sample values on real outlines.", areas(), first=FIRST),
        scatter(
            "sample-one",
            "One country matches.",
            "Medians are of the whole pool.",
            dots(1),
            first=FIRST,
            pool=[(dot.need, dot.feasibility) for dot in dots()],
        ),
        scatter("sample-empty", "No country matches.", "", [], first=FIRST),
        View(
            "The map can't be drawn here.", "The list below has every country.", None, None, (), absent=shapes.MISSING
        ),
    ]


def certainty() -> list[Chart]:
    needs = [dot.need for dot in dots()]
    doubts = [
        Doubt("All together", 5, 48, strong=True),
        Doubt("Measurement", 21, 26),
        Doubt("Age of the figures", 15, 39),
        Doubt("Series that stands in", 23, 23),
        Doubt("Missing values", None, None),
        Doubt("Weights", 9, 41),
        Doubt("One value at a time", 18, 30),
        Doubt("Other designs", 16, 34),
    ]
    known = Position("Country A", 34.2, needs, 37.6, (28.0, 44.0))
    unknown = Position("Country Q", None, needs, 37.6)
    context = "Dot: rank of the run. Line: 90% of draws, one doubt at a time."
    return [
        position("sample-need", f"Need 34.2, rank 40 of {POOL}", "", known, axis="Need"),
        position("sample-unknown", "Need is not known", "", unknown, axis="Need"),
        drivers("sample-doubts", "The weights decide.", context, 23, POOL, doubts, first=FIRST),
        drivers("sample-undrawn", "No draws yet.", "", 23, POOL, [], first=FIRST),
    ]


def slopes() -> list[Chart]:
    order = [1, 3, 2, 4, 7, 5, None, 9, 6, 8, 14, 10]
    moved = [Slope(f"Country {chr(64 + rank)}", rank, after, "#choosing") for rank, after in enumerate(order, 1)]
    same = [Slope(f"Country {chr(64 + rank)}", rank, rank) for rank in range(1, 13)]
    titles = ("Run 14", "Run 15")
    context = "Blue enters the first eight; dashed orange leaves it."
    return [
        slope("sample-slope", "Country I enters the first eight.", context, titles, moved, first=8, top=12),
        slope("sample-same", "Both runs agree.", "", titles, same, first=8, top=12),
    ]


def locators() -> list[Locator]:
    """Draw crops of a region, of a small state and across the date line, and return one that cannot be drawn."""
    names = {area.shape: area.name for area in areas()}
    return [
        *(
            locator(f"sample-crop-{shape}", names.get(shape, "Country"), shape, names)
            for shape in ("288", "470", "242")
        ),
        Locator(None, None, shapes.MISSING),
    ]


def context() -> dict[str, Any]:
    return {
        "sub": SUB,
        "groups": GROUPS,
        "views": VIEWS,
        "pictures": views(),
        "ranked": RANKED,
        "provisional": PROVISIONAL,
        "first": FIRST,
        "pool": POOL,
        "certainty": certainty(),
        "slopes": slopes(),
        "locators": locators(),
        "factors": [
            (
                title,
                score,
                label,
                [
                    (name, value, axis_bar(part * 100, "feas", width=200), year, old)
                    for name, value, part, year, old in rows
                ],
            )
            for title, score, label, rows in FACTORS
        ],
    }
