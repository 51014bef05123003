"""Every publisher's real file, end to end: readings, published values, problems, and the same file again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from indicators.facts.reader import read_package
from indicators.facts.writer import write_package
from indicators.models import Import, ImportIssue, Narrative, Observation, SourceFile
from tests.support.unguarded import owner_rights, unguarded

pytestmark = pytest.mark.django_db

# File, rows read, values that go in (new, changed, of an earlier edition, unchanged), rows rejected by reason.
FILES: dict[str, tuple[int, tuple[int, int, int, int], dict[str, int]]] = {
    "tip/tip_tiers_compiled.csv": (4130, (4130, 0, 0, 0), {}),
    "ilab/countries_2019.xml": (143, (286, 0, 0, 0), {}),
    "ilab/countries_2021.xml": (143, (285, 0, 0, 0), {"inconsistent": 1}),
    "freedom_house/All_data_FIW_2013-2025.xlsx": (2723, (35399, 0, 0, 0), {}),
    "freedom_house/Country_and_Territory_Ratings_and_Statuses_FIW_1973-2024.xlsx": (230, (27492, 0, 0, 7545), {}),
    "cpi/CPI2025_Results.xlsx": (2494, (7482, 0, 0, 0), {}),
    "cpi/CPI2017.xlsx": (361, (68, 0, 124, 2160), {}),
    "cpi/CPI2012.xlsx": (176, (0, 0, 0, 528), {}),
    "factbook/factbook_2017-03.zip": (254, (3209, 0, 0, 0), {"duplicate_key": 2, "unreadable_number": 2}),
    "factbook/factbook_2026_final.zip": (254, (2990, 1, 0, 1), {"unreadable_number": 3}),
    "factbook/factbook_2020-11.zip": (
        254,
        (2128, 429, 50, 559),
        {"out_of_range": 2, "unreadable_number": 2, "unreadable_year": 2},
    ),
    "factbook/factbook_2022-12.zip": (254, (1374, 28, 68, 1776), {"unreadable_number": 2, "unreadable_year": 7}),
    "world_bank/API_NY.GNP.PCAP.CD_DS2_en_csv_v2_1519779.csv": (217, (13888, 0, 0, 0), {}),
    "world_bank/CLASS_2026_07_15.xlsx": (218, (218, 0, 0, 0), {}),
    "world_bank/CLASS_2025_10_07.xlsx": (218, (216, 0, 0, 0), {}),
    "world_bank/OGHIST_2025_10_07.xlsx": (224, (8296, 0, 0, 216), {}),
    "walk_free/Global_Slavery_Index_2023.csv": (180, (540, 0, 0, 0), {}),
    "walk_free/GSI2018.xlsx": (186, (558, 0, 0, 0), {}),
    "unicef/XLS_Child-labour-database_Jun-2025.xlsx": (203, (1218, 0, 0, 0), {}),
    "mcc/wgidataset_2023update_1996-2022.xlsx": (1284, (30816, 0, 0, 0), {}),
    "foreign_assistance/us_foreign_aid_country.csv": (22356, (20428, 0, 0, 0), {}),
    "world_bank_wdi/SP.M18.2024.FE.ZS.csv": (415, (415, 0, 0, 0), {}),
    "world_bank_wdi/SP.REG.BRTH.ZS.csv": (589, (588, 0, 0, 0), {"unknown_country": 1}),
    "world_bank_wdi/SL.TLF.0714.ZS.csv": (280, (280, 0, 0, 0), {}),
    "world_bank_wdi/SE.ADT.LITR.ZS.csv": (1100, (1100, 0, 0, 0), {}),
    "ilab/countries_2016.xml": (148, (296, 0, 0, 0), {}),
    "ilab/countries_2017.xml": (142, (282, 0, 0, 0), {"unreadable_number": 2}),
    "ilab/countries_2018.xml": (141, (282, 0, 0, 0), {}),
    "ilab/countries_2020.xml": (143, (286, 0, 0, 0), {}),
    "unodc/data_glotip_2023-05-30.xlsx": (1456, (1456, 0, 0, 0), {}),
}

# Rows of sovereign countries that are rejected, with their locators; no other row of a country is rejected.
REFUSED_OF_STATES = {
    ("Nigeria", "duplicate_key"),
    ("Bosnia and Herzegovina", "duplicate_key"),
    ("Eritrea", "out_of_range"),
    ("Lesotho", "unreadable_year"),
    ("Nigeria", "unreadable_year"),
    ("Palau", "unreadable_year"),
    ("San Marino", "unreadable_year"),
    ("Sao Tome and Principe", "unreadable_year"),
    ("Venezuela", "unreadable_year"),
    ("Pakistan", "unreadable_number"),
    ("Somalia", "unreadable_number"),
}

CHECK = {
    ("fh.status", "2024"): "F",
    ("fh.pr_rating", "2024"): 2,
    ("fh.cl_rating", "2024"): 2,
    ("fh.political_rights", "2024"): 35,
    ("fh.civil_liberties", "2024"): 45,
    ("fh.total", "2024"): 80,
    ("cpi.score", "2025"): 43,
    ("cpi.rank", "2025"): 76,
    ("cpi.sources", "2025"): 10,
    ("factbook.revenues", "2022"): 11.684e9,
    ("factbook.expenditures", "2022"): 19.102e9,
    ("factbook.literacy", "2021"): 76.5,
    ("factbook.unemployment", "2024"): 3.1,
    ("factbook.child_labour", "2006"): 34,
    ("wb.income_class", "FY2026"): "LM",
    ("wb.income_class", "FY2027"): "LM",
    ("wb.gni_per_capita", "2023"): 2340,
    ("fa.obligations", "FY2022"): 211_104_701,
    ("fa.disbursements", "FY2022"): 211_002_006,
    ("wdi.child_marriage", "2022"): 16.1,
    ("wdi.birth_registration", "2018"): 70.6,
    ("ilab.advancement", "2016"): "Significant Advancement",
    ("fa.region", "FY2025"): "Africa",
    ("tip.tier", "2023"): "Tier 2",
    ("tip.tier", "2025"): "Tier 2",
}
CPI_SERIES = [45, 46, 48, 47, 43, 40, 41, 41, 43, 43, 43, 43, 42, 43]


@pytest.fixture(scope="module")
def imported(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, own_database: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, dict[str, Any]]]:
    """Publish all files in a database of the module."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield {name: ingest(shared_data / name) for name in FILES}


def ingest(*paths: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("ingest", *map(str, paths), "--publish", "--json", stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue())["imports"][0]
    return report


def ghana(indicator: str, period: str) -> Observation:
    return Observation.objects.live().get(
        indicator__code=indicator, country__code="GHA", period=period, series__in=("", "GSI 2023")
    )


@pytest.mark.parametrize("name", FILES)
def test_what_goes_in_and_what_is_refused(imported: dict[str, dict[str, Any]], name: str) -> None:
    rows, (new, changed, older, unchanged), rejected = FILES[name]
    report = imported[name]
    counts = report["counts"]
    assert report["state"] == "published"
    assert report["rows_read"] == rows
    assert (counts["new"], counts["changed"], counts["older"], counts["unchanged"]) == (new, changed, older, unchanged)
    issues = ImportIssue.objects.filter(batch=report["import"], severity="rejected")
    found = Counter[str]()
    for issue in issues:
        found[issue.reason] += issue.rows
        assert issue.remedy
        assert issue.locator
    assert found == rejected


def test_no_row_of_a_sovereign_country_is_refused_but_the_listed_ones(imported: dict[str, Any]) -> None:
    from indicators.imports.matching import country_index

    index = country_index()
    issues = ImportIssue.objects.filter(severity="rejected").exclude(country_text="")
    codes = {(issue.country_text, issue.reason): index.match(issue.country_text).code for issue in issues}
    states = {key for key, code in codes.items() if code and index.rows[code].kind == "state"}
    assert states == REFUSED_OF_STATES


@pytest.mark.parametrize(("indicator", "period"), CHECK)
def test_values_to_check(imported: dict[str, Any], indicator: str, period: str) -> None:
    row = ghana(indicator, period)
    expected = CHECK[(indicator, period)]
    assert (row.label if isinstance(expected, str) else row.value) == expected
    assert row.locator
    assert row.file.sha256


def test_values_to_check_with_their_errors_and_years(imported: dict[str, Any]) -> None:
    assert ghana("cpi.score", "2025").standard_error == pytest.approx(1.540763, abs=5e-7)
    assert [ghana("cpi.score", str(year)).value for year in range(2012, 2026)] == CPI_SERIES
    newest = Observation.objects.live().filter(country__code="GHA", value__isnull=False).order_by("-year")
    chores = newest.filter(indicator__code="unicef.child_labour_activity_or_chores", series="")[0]
    assert (round(chores.value or 0, 1), chores.locator) == (20.1, "Child labour!I82")
    activity = newest.filter(indicator__code="unicef.child_labour_activity", series="")[0]
    assert round(activity.value or 0, 1) == 5.5
    assert newest.filter(indicator__code="gsi.prevalence")[0].value == 2.9
    assert newest.filter(indicator__code="factbook.school_life_expectancy")[0].value == 12
    assert ghana("tip.tier", "2023").quality == "stated"
    assert ghana("tip.tier", "2025").quality == "unconfirmed"


def test_an_earlier_edition_changes_nothing_of_the_later_one(imported: dict[str, Any]) -> None:
    series = Observation.objects.filter(edition="2025", indicator__source__key="cpi")
    assert series.count() == 7482
    assert not series.filter(superseded_at__isnull=False).exists()


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_again_changes_nothing(imported: dict[str, Any], shared_data: Path, name: str) -> None:
    before = (Observation.objects.count(), Import.objects.count())
    report = ingest(shared_data / name)
    assert report["new_file"] is False
    assert report["import"] == imported[name]["import"]
    assert (Observation.objects.count(), Import.objects.count()) == before


FACT = (
    "indicator__code", "country__code", "period", "year", "series", "value", "label", "missing", "standard_error",
    "low", "high", "quality", "edition", "edition_rank", "precedence", "file__name", "file__sha256", "locator",
    "raw_text", "note",
)  # fmt: skip


def test_facts_are_read_back_to_the_same_rows(imported: dict[str, Any], tmp_path: Path) -> None:
    exported = set(Observation.objects.live().values_list(*FACT))
    files, rows = write_package(tmp_path / "facts")
    assert rows == len(exported) > 100_000
    # The CPI of 2012 only confirms what later workbooks state.
    assert files == len(FILES) - 1
    with unguarded(), owner_rights(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE indicators_sourcefile, indicators_observation, indicators_confirmation CASCADE")
    assert not Observation.objects.exists()
    read_package(tmp_path / "facts", actor=None)
    assert set(Observation.objects.live().values_list(*FACT)) == exported
    again = write_package(tmp_path / "again")
    assert again == (files, rows)
    for file in (tmp_path / "facts").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_narratives_at_full_scale(shared_data: Path, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    report = ingest(shared_data / "tip/narratives/normal_cases_2018.json")
    assert report["counts"]["rejected"] == 0
    assert Narrative.objects.live().count() == report["counts"]["narratives"] == 183
    whole = Narrative.objects.live().get(country__code="HND")
    ingest(shared_data / "tip/narratives/honduras_2018.txt")
    assert Narrative.objects.live().get(country__code="HND") == whole
    assert SourceFile.objects.get(name="honduras_2018.txt").narratives.get().superseded_at is not None
