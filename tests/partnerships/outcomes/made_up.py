"""Made-up panels, and made-up observations published through the product's import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from indicators.facts.reader import read_package
from indicators.models import Country
from partnerships.outcomes.measures import FREEDOM, INCOME, LIBERTIES, RIGHTS, TIER, TIER_VALUES, edition_of
from partnerships.outcomes.panel import Panel, Series, Signature
from tests.support.facts import Fact, write_package

SIGNED = {
    "GHA": dt.date(2015, 6, 23), "PHL": dt.date(2017, 4, 11), "PER": dt.date(2017, 6, 15),
    "JAM": dt.date(2018, 5, 31), "MNG": dt.date(2020, 4, 2), "COL": dt.date(2022, 4, 26),
    "CIV": dt.date(2022, 12, 7), "ROU": dt.date(2024, 9, 17),
}  # fmt: skip
LABELS = {value: label for label, value in TIER_VALUES.items()}
YEARS = range(2005, 2026)


def publish_made_up(folder: Path, effect: int, seed: int = 1) -> None:
    """Publish made-up tiers, freedom, and income of all countries; partners rise by `effect` tiers after signature.

    Partners are on the Watch List until then, like a third of all others. Every other movement is random.
    """
    draw = np.random.default_rng(seed)
    tiers: list[Fact] = []
    freedom: list[Fact] = []
    income: list[Fact] = []
    for country in Country.objects.states().exclude(region="").order_by("code"):
        signed = SIGNED.get(country.code)
        base = 2 if signed else int(draw.integers(2, 5))
        rights, liberties = int(draw.integers(8, 36)), int(draw.integers(12, 54))
        for year in YEARS:
            rise = effect if signed and year > edition_of(signed) else 0
            moved = int(draw.choice([-1, 0, 0, 0, 0, 1])) if not rise else 0
            tier = min(max(base + rise + moved, 2), 4)
            tiers.append((TIER.indicator, country.code, str(year), LABELS[tier]))
            own_rights, own_liberties = rights + int(draw.integers(-2, 3)), liberties + int(draw.integers(-2, 3))
            freedom.append((RIGHTS.indicator, country.code, str(year), str(own_rights)))
            freedom.append((LIBERTIES.indicator, country.code, str(year), str(own_liberties)))
            freedom.append((FREEDOM, country.code, str(year), str(own_rights + own_liberties)))
            income.append((INCOME, country.code, f"FY{year}", "LM"))
    for source, adapter, name, facts in (
        ("tip", "tip_tiers", "tiers.csv", tiers),
        ("freedom_house", "freedom_house_scores", "freedom.xlsx", freedom),
        ("world_bank", "world_bank_class_history", "income.xlsx", income),
    ):
        package = write_package(
            folder / source, source=source, adapter=adapter, name=name, edition="2025", rank=20250000, facts=facts
        )
        read_package(package, actor=None)


def series(values: dict[str, dict[int, float]]) -> Series:
    periods = frozenset(period for years in values.values() for period in years)
    return Series(values, values, periods, periods)


def panel(
    partners: dict[str, dict[int, float]],
    others: dict[str, dict[int, float]],
    day: dt.date = dt.date(2015, 6, 1),
    published: int | None = None,
) -> Panel:
    """Return a panel of tiers in which all countries are alike but for their values; all partners signed on a day."""
    values = {**partners, **others}
    tiers = series(values)
    if published is not None:
        tiers = Series(values, values, tiers.published | {published}, tiers.counted | {published})
    years = range(2000, 2027)
    return Panel(
        {TIER.key: tiers},
        {code: dict.fromkeys(years, 50.0) for code in values},
        {code: dict.fromkeys(years, "LM") for code in values},
        dict.fromkeys(values, "Africa"),
        frozenset(others),
        tuple(Signature(day, code) for code in partners),
    )


def flat(value: float, first: int = 2013, last: int = 2020) -> dict[int, float]:
    return dict.fromkeys(range(first, last + 1), value)


def codes(count: int) -> Iterator[str]:
    return (f"N{number:02}" for number in range(count))
