"""Score runs on little or no data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from indicators.facts.reader import read_package
from selection.runs.services import compute_screen
from tests.support.facts import publish_facts, write_package

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 25)


def test_without_any_data_each_country_has_a_reason_for_no_rank() -> None:
    run = compute_screen(actor=None, on=ON)
    assert run.ranked == 0
    assert set(run.countries.values_list("status", flat=True)) == {"not_listed", "not_candidate"}


def test_an_old_value_counts_with_a_wider_error_and_gives_no_rank(tmp_path: Path) -> None:
    tiers = [("tip.tier", code, "2025", "Tier 2") for code in ("GHA", "NER")]
    package = write_package(
        tmp_path / "tiers", source="tip", adapter="tip_tiers", name="tiers", edition="2025", rank=20250000, facts=tiers
    )
    read_package(package, actor=None)
    publish_facts(
        tmp_path,
        name="cpi",
        edition="2025",
        facts=[("cpi.score", "GHA", "2025", "43"), ("cpi.score", "NER", "2019", "32")],
    )
    run = compute_screen(actor=None, on=ON)
    rows = {row.country.code: row for row in run.countries.exclude(lines=[]).select_related("country")}
    lines = {code: next(line for line in row.lines if line["key"] == "cpi") for code, row in rows.items()}
    assert {code: line["state"] for code, line in lines.items()} == {"GHA": "observed", "NER": "observed"}
    assert {code: line["estimate"]["age"] for code, line in lines.items()} == {"GHA": 1, "NER": 7}
    assert lines["NER"]["estimate"]["error"] > lines["GHA"]["estimate"]["error"]
    assert {(row.status, row.reason_code) for row in rows.values()} == {("outside_pool", "no_income_class")}
