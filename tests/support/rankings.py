"""A small pool of countries with chosen values, published through the services, and its desk screen."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path

from indicators.facts.reader import read_package
from indicators.models import Country
from selection.models import ScoreRun
from selection.runs.services import compute_screen

Value = dict[str, str]

OUT = dt.date(2025, 12, 31)
"""Day of publication of every file of the pool, earlier than any reference date of a test."""

NAMED = ("GHA", "XKX", "CIV")
WITHOUT_NEED, SPECIAL, NO_SURVEY = "MLT", "HTI", "ALB"
OUTSIDE = ("ROU", "TCD", SPECIAL)
SOURCES = {
    "fa": "foreign_assistance",
    "gsi": "walk_free",
    "unicef": "unicef",
    "tip": "tip",
    "fh": "freedom_house",
    "cpi": "cpi",
    "wb": "world_bank",
    "wgi": "wgi",
    "factbook": "world_factbook",
    "ilab": "ilab",
    "wdi": "world_bank_wdi",
    "glotip": "unodc_glotip",
    "mcc": "mcc",
    "wb.gni_per_capita": "world_bank_wdi",
}


def value(indicator: str, country: str, period: str, text: str, **more: str) -> Value:
    """Return one value as a row of a package; `more` gives further columns (series, error, quality, missing)."""
    return {"indicator": indicator, "country": country, "period": period, "value": text, **more}


def publish_values(
    folder: Path, values: Iterable[Value], *, edition: str = "2025", name: str = "", out: dt.date | None = OUT
) -> None:
    """Publish values, one file per source, as one edition that was `out` on a day.

    None leaves the day to the source's own rule.
    """
    by_source: dict[str, list[Value]] = {}
    for row in values:
        code = row["indicator"]
        by_source.setdefault(SOURCES.get(code) or SOURCES[code.split(".")[0]], []).append(row)
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
            **({"cpc:published_on": {"day": out.isoformat(), "source": "The file"}} if out else {}),
            "cpc:file": {"name": file, "sha256": hashlib.sha256(file.encode()).hexdigest(), "bytes": 1},
            "cpc:sha256": [hashlib.sha256(data).hexdigest()],
        }
        (target / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
        read_package(target, actor=None)


def pool(size: int = 30) -> list[Value]:
    """Return values of `size` ranked countries and of five others.

    Need falls and feasibility rises along the list, so no two countries have the same values. Chad is on Tier 3,
    Romania has high income, and Haiti is a Special Case: they are outside the pool. Albania has no survey of child
    labor and is provisional; Malta has no data on need.
    """
    apart = [*OUTSIDE, NO_SURVEY, WITHOUT_NEED]
    codes = [*NAMED]
    others = Country.objects.states().exclude(code__in=[*codes, *apart, "USA", "AND"])
    codes += list(others.order_by("code").values_list("code", flat=True)[: size - len(codes)])
    rows = []
    for position, code in enumerate([*codes, *apart]):
        rows += _values(code, position, size + len(apart))
    return rows


def _values(code: str, position: int, size: int) -> list[Value]:
    share = position / size
    tier = {"TCD": "Tier 3", SPECIAL: "Special Case"}.get(code, "Tier 2")
    rows = [
        value("tip.tier", code, "2025", tier, quality="unconfirmed" if position % 2 else "stated"),
        value("ilab.advancement", code, "2022", "Moderate Advancement"),
        value("fh.political_rights", code, "2024", str(round(38 * share))),
        value("fh.civil_liberties", code, "2024", str(round(55 * share) + 3)),
        value("cpi.score", code, "2025", str(round(15 + 60 * share)), error="2.5"),
        value("wb.income_class", code, "FY2026", "H" if code == "ROU" else ("L", "LM", "UM")[position % 3]),
        value("wgi.control_of_corruption", code, "2022", f"{2 * share - 1:.3f}", error="0.2"),
        value("factbook.literacy", code, "2021", f"{50 + 45 * share:.1f}", quality="estimated"),
        value("factbook.school_life_expectancy", code, "2022", f"{8 + 8 * share:.1f}"),
    ]
    if code != SPECIAL:
        rows.append(value("factbook.unemployment", code, "2024", f"{15 - 12 * share:.1f}"))
    if code != WITHOUT_NEED:
        rows.append(value("gsi.prevalence", code, "2021", f"{14 - 12 * share:.2f}", series="GSI 2023"))
        rows.append(value("wdi.child_marriage", code, "2020", f"{45 - 40 * share:.1f}"))
        rows.append(value("wdi.birth_registration", code, "2020", f"{50 + 45 * share:.1f}"))
    if code not in (WITHOUT_NEED, NO_SURVEY):
        rows.append(value("unicef.child_labour_activity_or_chores", code, "2019", f"{35 - 30 * share:.1f}"))
    return rows


def make_screen(folder: Path, size: int = 30) -> ScoreRun:
    """Publish the pool and compute its desk screen."""
    publish_values(folder, pool(size))
    return compute_screen(actor=None)
