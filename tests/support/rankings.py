"""A small pool of countries with chosen values, published through the services, and its desk screen."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path

from indicators.facts.reader import read_package
from indicators.models import Country
from selection.models import ScoreRun
from selection.services import compute_screen

Value = dict[str, str]

NAMED = ("GHA", "XKX", "CIV", "TZA", "PHL")
WITHOUT_NEED, SPECIAL, NO_SURVEY, RICH, TIER3 = "MLT", "HTI", "ALB", "ROU", "TCD"
UNRANKED = (NO_SURVEY, RICH, TIER3, WITHOUT_NEED, SPECIAL)
"""Provisional, outside the pool twice, not rankable, and outside again."""
SOURCES = {
    "fa": "foreign_assistance",
    "gsi": "walk_free",
    "unicef": "unicef",
    "tip": "tip",
    "fh": "freedom_house",
    "cpi": "cpi",
    "wb": "world_bank",
    "wgi": "wgi",
    "wdi": "world_bank_wdi",
    "factbook": "world_factbook",
    "ilab": "ilab",
}


def value(indicator: str, country: str, period: str, text: str, **more: str) -> Value:
    """One value as a row of a package; `more` names further columns (series, error, quality, missing)."""
    return {"indicator": indicator, "country": country, "period": period, "value": text, **more}


def publish_values(folder: Path, values: Iterable[Value], *, edition: str = "2025", name: str = "") -> None:
    """Publish values, one file a source, as of one edition."""
    by_source: dict[str, list[Value]] = {}
    for row in values:
        by_source.setdefault(SOURCES[row["indicator"].split(".")[0]], []).append(row)
    for source, rows in by_source.items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, [*columns, "locator"], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "locator": f"Sheet!C{line}"} for line, row in enumerate(rows, 2))
        data = buffer.getvalue().encode()
        file = f"{name or source}-{edition}.csv"
        target = folder / file
        target.mkdir(parents=True)
        (target / "facts.csv").write_bytes(data)
        resource = {
            "name": file,
            "path": ["facts.csv"],
            "cpc:source": source,
            "cpc:adapter": source,
            "cpc:edition": edition,
            "cpc:edition_rank": int(edition) * 10_000,
            "cpc:layout": "",
            "cpc:file": {"name": file, "sha256": hashlib.sha256(file.encode()).hexdigest(), "bytes": 1},
            "cpc:sha256": [hashlib.sha256(data).hexdigest()],
        }
        (target / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
        read_package(target, actor=None)


def pool(size: int = 30) -> list[Value]:
    """Values of `size` ranked countries, and of five without a rank.

    Need falls and feasibility rises along the list, so that no two countries are alike. Albania has no survey of child
    labor, Romania has high income, Chad is on Tier 3, Malta has no fact of need, Haiti is a Special Case.
    """
    others = Country.objects.states().exclude(code__in=[*NAMED, *UNRANKED, "USA", "AND"])
    codes = [*NAMED, *others.order_by("code").values_list("code", flat=True)[: size - len(NAMED)], *UNRANKED]
    return [row for place, code in enumerate(codes) for row in _values(code, place, size)]


def _values(code: str, place: int, size: int) -> list[Value]:
    share = place / (size + len(UNRANKED))
    tier = {TIER3: "Tier 3", SPECIAL: "Special Case"}.get(code, "Tier 2")
    rows = [
        value("tip.tier", code, "2025", tier, quality="unconfirmed" if place % 2 else "stated"),
        value("ilab.advancement", code, "2022", "Moderate Advancement"),
        value("fh.political_rights", code, "2024", str(round(38 * share))),
        value("fh.civil_liberties", code, "2024", str(round(55 * share) + 3)),
        value("cpi.score", code, "2025", str(round(15 + 60 * share)), error="2.5"),
        value("wb.income_class", code, "FY2026", "H" if code == RICH else ("L", "LM", "UM")[place % 3]),
        value("wgi.control_of_corruption", code, "2022", f"{2 * share - 1:.3f}", error="0.2"),
        value("factbook.literacy", code, "2021", f"{50 + 45 * share:.1f}", quality="estimated"),
        value("factbook.school_life_expectancy", code, "2022", f"{8 + 8 * share:.1f}"),
    ]
    if code != SPECIAL:
        rows.append(value("factbook.unemployment", code, "2024", f"{15 - 12 * share:.1f}"))
    if code != WITHOUT_NEED:
        rows += _need(code, place, share)
    return rows


def _need(code: str, place: int, share: float) -> list[Value]:
    """The facts of need; a third of the countries have no survey of the World Bank's after 2010."""
    year = "2010" if place % 3 == 1 else "2021"
    rows = [
        value("gsi.prevalence", code, "2021", f"{14 - 12 * share:.2f}", series="GSI 2023"),
        value("wdi.child_marriage", code, year, f"{40 - 35 * share:.1f}"),
        value("wdi.birth_registration", code, year, f"{45 + 50 * share:.1f}"),
    ]
    if code != NO_SURVEY:
        rows.append(value("unicef.child_labour_activity_or_chores", code, "2019", f"{35 - 30 * share:.1f}"))
    return rows


def make_screen(folder: Path, size: int = 30) -> ScoreRun:
    """Publish the pool and compute its desk screen."""
    publish_values(folder, pool(size))
    return compute_screen(actor=None)
