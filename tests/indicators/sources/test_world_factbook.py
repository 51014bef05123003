"""The World Factbook: the four real snapshots, and small archives in their layout."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indicators.sources import registry
from indicators.sources.base import Missing, Quality, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.world_factbook import WORLD_FACTBOOK
from tests.support.forms import problem_counts, unmatched

FILES = {
    "2017-03": ("factbook_2017-03.zip", ""),
    "2020-11": ("factbook_2020-11.zip", "factbook.json-28f7bc1/"),
    "2022-12": ("factbook_2022-12.zip", "factbook.json-61dadec0/"),
    "2026": ("factbook_2026_final.zip", "factbook/factbook.json/"),
}


# --- the real editions -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def editions(shared_data: Path) -> dict[str, ReadResult]:
    return {e: WORLD_FACTBOOK.read(Document(shared_data / "factbook" / name)) for e, (name, _) in FILES.items()}


def of(result: ReadResult, indicator: str, member: str, period: str) -> Reading:
    (reading,) = [
        r
        for r in result.readings
        if r.indicator == f"factbook.{indicator}" and r.locator.startswith(f"{member}.json") and r.period == period
    ]
    return reading


def text_at(data: Path, edition: str, member: str, path: str) -> str:
    name, folder = FILES[edition]
    with zipfile.ZipFile(data / "factbook" / name) as archive:
        node: Any = json.loads(archive.read(f"{folder}{member}.json"))
    for step in path.split(" > "):
        node = node[step]
    return str(node["text"])


BUDGET, JOBS, YOUTH = (
    "Economy > Budget",
    "Economy > Unemployment rate",
    "Economy > Youth unemployment rate (ages 15-24)",
)
BALANCE, INCOME = "Economy > Budget surplus (+) or deficit (-)", "Economy > Real GDP per capita"
PEOPLE = "People and Society"
SCHOOL = f"{PEOPLE} > School life expectancy (primary to tertiary education) > total"
LITERACY, POPULATION = f"{PEOPLE} > Literacy > total population", f"{PEOPLE} > Population"
CHILD_LABOUR = f"{PEOPLE} > Child labor - children ages 5-14 > percentage"
YOUTH_2017 = f"{PEOPLE} > Unemployment, youth ages 15-24 > total"
GH, KV, CG, CF = "africa/gh", "europe/kv", "africa/cg", "africa/cf"
AG, UK, IM, SH = "africa/ag", "europe/uk", "europe/im", "africa/sh"
PC, WF = "australia-oceania/pc", "australia-oceania/wf"
KN, KS, NG, NI = "east-n-southeast-asia/kn", "east-n-southeast-asia/ks", "africa/ng", "africa/ni"


@pytest.mark.parametrize(
    ("edition", "member", "path", "indicator", "period", "raw", "value"),
    [
        ("2026", GH, f"{BUDGET} > revenues", "revenues", "2022", "$11.684 billion (2022 est.)", 11.684e9),
        ("2026", GH, f"{BUDGET} > expenditures", "expenditures", "2022", "$19.102 billion (2022 est.)", 19.102e9),
        ("2026", GH, SCHOOL, "school_life_expectancy", "2022", "12 years (2022 est.)", 12),
        ("2026", GH, LITERACY, "literacy", "2021", "76.5% (2021 est.)", 76.5),
        ("2026", GH, f"{JOBS} > Unemployment rate 2024", "unemployment", "2024", "3.1% (2024 est.)", 3.1),
        ("2017-03", GH, CHILD_LABOUR, "child_labour", "2006", "34% (2006 est.)", 34),
        ("2017-03", GH, BALANCE, "balance_gdp", "2016", "-5.8% of GDP (2016 est.)", -5.8),
        ("2017-03", GH, SCHOOL, "school_life_expectancy", "2014", "11 years", 11),
        ("2017-03", GH, POPULATION, "population", "2016", "26,908,262", 26_908_262),
        ("2026", KV, f"{BUDGET} > revenues", "revenues", "2020", "$1.951 billion (2020 est.)", 1.951e9),
        ("2017-03", KV, LITERACY, "literacy", "2003", "91.9%", 91.9),
        ("2026", CG, LITERACY, "literacy", "2018", "73.6% (2018 est.)", 73.6),
        ("2017-03", CG, CHILD_LABOUR, "child_labour", "2010", "42% (2010 est.)", 42),
        ("2026", CF, f"{YOUTH} > total", "youth_unemployment", "2024", "40% (2024 est.)", 40),
        ("2017-03", CF, JOBS, "unemployment", "2012", "53% (2012 est.)", 53),
        ("2026", KN, f"{INCOME} > Real GDP per capita 2023", "gdp_per_capita", "2023", "$600 (2023 est.)", 600),
        ("2017-03", KS, YOUTH_2017, "youth_unemployment", "2014", "10%", 10),
        ("2026", NG, LITERACY, "literacy", "2022", "35.6% (2022 est.)", 35.6),
        ("2026", NI, f"{POPULATION} > total", "population", "2025", "244,344,065 (2025 est.)", 244_344_065),
        ("2020-11", AG, f"{BUDGET} > revenues", "revenues", "2017", "54.15 billion (2017 est.)", 54.15e9),
        ("2020-11", AG, f"{BUDGET} > expenditures", "expenditures", "2017", "70.2 billion (2017 est.)", 70.2e9),
        ("2020-11", AG, BALANCE, "balance_gdp", "2017", "-9.6% (of GDP) (2017 est.)", -9.6),
        ("2020-11", AG, LITERACY, "literacy", "2018", "81.4%", 81.4),
        ("2020-11", AG, SCHOOL, "school_life_expectancy", "2011", "14 years", 14),
        ("2020-11", PC, POPULATION, "population", "2020", "50 (2020 est. est.)", 50),
        ("2020-11", UK, POPULATION, "population", "2020", "65,761,117 United Kingdom (July 2020 est.)", 65_761_117),
        ("2020-11", WF, f"{BUDGET} > revenues", "revenues", "2015", "32.54 million NA (2015 est.)", 32.54e6),
        ("2022-12", AG, f"{BUDGET} > revenues", "revenues", "2017", "54.15 billion (2017 est.)", 54.15e9),
        ("2022-12", UK, POPULATION, "population", "2022", "67,791,400 (2022 est.) United Kingdom", 67_791_400),
        (
            "2022-12",
            SH,
            f"{INCOME} > Real GDP per capita FY09/10",
            "gdp_per_capita",
            "FY2010",
            "$7,800 (FY09/10 est.)",
            7800,
        ),
        ("2022-12", IM, f"{JOBS} > Unemployment rate April 2011", "unemployment", "2011", "2% (April 2011 est.)", 2),
    ],
)
def test_values(
    shared_data: Path,
    editions: dict[str, ReadResult],
    edition: str,
    member: str,
    path: str,
    indicator: str,
    period: str,
    raw: str,
    value: float,
) -> None:
    reading = of(editions[edition], indicator, member, period)
    assert (reading.raw, reading.value) == (raw, value)
    assert text_at(shared_data, edition, member, path) == raw
    assert reading.locator == f"{member}.json > {path}"


def test_what_the_publisher_lists_without_a_figure_is_missing(editions: dict[str, ReadResult]) -> None:
    assert of(editions["2026"], "literacy", KS, "2026").missing is Missing.NOT_COLLECTED
    unknown = of(editions["2017-03"], "unemployment", CG, "2017")
    assert (unknown.missing, unknown.raw) == (Missing.NOT_COLLECTED, "NA%")
    assert unknown.note == "the publisher states no year"
    gaza = of(editions["2026"], "revenues", "middle-east/gz", "2026")
    assert (gaza.missing, gaza.raw) == (Missing.NOT_APPLICABLE, "see entry for the West Bank")


def test_several_years_in_one_text_are_as_many_readings(editions: dict[str, ReadResult]) -> None:
    read = [
        (r.period, r.value, r.raw, r.locator.split(", ")[-1], r.note)
        for r in editions["2017-03"].readings
        if r.indicator == "factbook.gdp_per_capita" and r.locator.startswith(GH)
    ]
    assert read == [
        ("2016", 4400, "$4,400 (2016 est.)", "estimate 1", "prices of 2016"),
        ("2015", 4300, "$4,300 (2015 est.)", "estimate 2", "prices of 2016"),
        ("2014", 4300, "$4,300 (2014 est.)", "estimate 3", "prices of 2016"),
    ]


def test_the_estimates_of_2020_are_parted_by_a_stroke(editions: dict[str, ReadResult]) -> None:
    read = [
        (r.indicator, r.period, r.value, r.locator.split(", ")[-1])
        for r in editions["2020-11"].readings
        if r.locator.startswith("africa/ag.json > Economy > ") and ", estimate" in r.locator
    ]
    assert read == [
        ("factbook.unemployment", "2017", 11.7, "estimate 1"),
        ("factbook.unemployment", "2016", 10.5, "estimate 2"),
        ("factbook.gdp_per_capita", "2017", 15_200, "estimate 1"),
        ("factbook.gdp_per_capita", "2016", 15_200, "estimate 2"),
        ("factbook.gdp_per_capita", "2015", 15_100, "estimate 3"),
    ]


def test_the_balance_is_computed_where_both_sides_are_of_one_year(editions: dict[str, ReadResult]) -> None:
    balance = of(editions["2026"], "balance", GH, "2022")
    assert (balance.value, balance.quality) == (-7_418_000_000, Quality.COMPUTED)
    assert balance.locator == "africa/gh.json > Economy > Budget > revenues, expenditures"
    share = of(editions["2026"], "balance_share", GH, "2022")
    assert share.value == pytest.approx(100 * (11.684 - 19.102) / 11.684)
    for edition, members in {"2017-03": {"bb"}, "2026": {"ch", "cq"}}.items():
        uneven = {
            p.locator[:-5].split("/")[1][:2]
            for p in editions[edition].problems
            if p.reason is Reason.INCONSISTENT and "Budget" in p.locator
        }
        assert uneven == members


def test_a_year_taken_from_a_neighbor_is_named(editions: dict[str, ReadResult]) -> None:
    school = of(editions["2017-03"], "school_life_expectancy", GH, "2014")
    assert (school.quality, school.note) == (Quality.STATED, "year from the text for female")
    revenues = of(editions["2017-03"], "revenues", GH, "2016")
    assert (revenues.quality, revenues.note) == (Quality.ESTIMATED, "year from the text for expenditures")
    botswana = of(editions["2017-03"], "child_labour", "africa/bc", "2006")
    assert (botswana.value, botswana.note) == (9, "year from the note; ages 7-17")
    assert of(editions["2017-03"], "revenues", "middle-east/sy", "FY2016").value == 494_500_000


@pytest.mark.parametrize(
    ("edition", "rank", "layout", "problems", "values", "missing"),
    [
        (
            "2017-03",
            20170300,
            "several years in one text",
            {
                ("note", "not_a_country"): 19,
                ("note", "no_value"): 1,
                ("note", "inconsistent"): 1,
                ("warning", "inconsistent"): 1,
                ("rejected", "duplicate_key"): 2,
                ("rejected", "unreadable_number"): 2,
            },
            {
                "revenues": 228,
                "expenditures": 228,
                "balance": 227,
                "balance_share": 227,
                "balance_gdp": 219,
                "school_life_expectancy": 169,
                "literacy": 161,
                "child_labour": 86,
                "unemployment": 370,
                "youth_unemployment": 157,
                "population": 237,
                "gdp_per_capita": 645,
                "tip_tier": 201,
            },
            {
                "revenues": 5,
                "expenditures": 5,
                "balance_gdp": 5,
                "unemployment": 21,
                "population": 15,
                "gdp_per_capita": 3,
            },
        ),
        (
            "2020-11",
            20201100,
            "several years in one text",
            {
                ("note", "not_a_country"): 8,
                ("note", "no_value"): 15,
                ("note", "inconsistent"): 4,
                ("warning", "inconsistent"): 1,
                ("rejected", "out_of_range"): 2,
                ("rejected", "unreadable_number"): 2,
                ("rejected", "unreadable_year"): 2,
            },
            {
                "revenues": 228,
                "expenditures": 228,
                "balance": 224,
                "balance_share": 224,
                "balance_gdp": 222,
                "school_life_expectancy": 174,
                "literacy": 166,
                "unemployment": 399,
                "youth_unemployment": 180,
                "population": 238,
                "gdp_per_capita": 654,
                "tip_tier": 201,
            },
            {
                "revenues": 4,
                "expenditures": 4,
                "balance_gdp": 3,
                "unemployment": 1,
                "population": 13,
                "gdp_per_capita": 3,
            },
        ),
        (
            "2022-12",
            20221200,
            "a key for each year",
            {
                ("note", "not_a_country"): 8,
                ("note", "no_value"): 1,
                ("note", "inconsistent"): 5,
                ("rejected", "unreadable_number"): 2,
                ("rejected", "unreadable_year"): 7,
            },
            {
                "revenues": 228,
                "expenditures": 228,
                "balance": 223,
                "balance_share": 223,
                "balance_gdp": 222,
                "school_life_expectancy": 163,
                "literacy": 165,
                "unemployment": 401,
                "youth_unemployment": 181,
                "population": 238,
                "gdp_per_capita": 664,
                "tip_tier": 207,
            },
            {"revenues": 5, "expenditures": 5, "balance_gdp": 3, "literacy": 67, "unemployment": 9, "population": 14},
        ),
        (
            "2026",
            20260000,
            "a key for each year",
            {
                ("note", "not_a_country"): 8,
                ("note", "no_value"): 9,
                ("note", "inconsistent"): 2,
                ("rejected", "unreadable_number"): 3,
            },
            {
                "revenues": 211,
                "expenditures": 211,
                "balance": 209,
                "balance_share": 209,
                "school_life_expectancy": 156,
                "literacy": 122,
                "unemployment": 570,
                "youth_unemployment": 189,
                "population": 238,
                "gdp_per_capita": 657,
                "tip_tier": 201,
            },
            {"revenues": 2, "expenditures": 2, "balance_gdp": 1, "literacy": 1, "population": 13},
        ),
    ],
    ids=["2017-03", "2020-11", "2022-12", "2026"],
)
def test_counts(
    editions: dict[str, ReadResult],
    edition: str,
    rank: int,
    layout: str,
    problems: dict[tuple[str, str], int],
    values: dict[str, int],
    missing: dict[str, int],
) -> None:
    result = editions[edition]
    assert (result.edition, result.edition_rank, result.rows_read, result.layout) == (edition, rank, 254, layout)
    assert problem_counts(result) == problems
    counted = Counter((r.indicator.removeprefix("factbook."), r.missing is None) for r in result.readings)
    assert {name: n for (name, given), n in counted.items() if given} == values
    assert {name: n for (name, given), n in counted.items() if not given} == missing


def test_what_is_rejected_is_these_figures_and_no_others(editions: dict[str, ReadResult]) -> None:
    rejected = {e: [p.locator for p in r.problems if p.severity is Severity.REJECTED] for e, r in editions.items()}
    assert rejected == {
        "2017-03": [
            "africa/ni.json > Economy > Unemployment rate, estimate 2",
            "europe/ax.json > People and Society > Population",
            "europe/bk.json > Economy > Unemployment rate, estimate 2",
            "europe/dx.json > People and Society > Population",
        ],
        "2020-11": [
            "africa/er.json > People and Society > School life expectancy (primary to tertiary education) > total",
            "australia-oceania/cw.json > People and Society > School life expectancy (primary to tertiary education)"
            " > total",
            "australia-oceania/ps.json > People and Society > Unemployment, youth ages 15-24",
            "europe/ax.json > People and Society > Population",
            "europe/dx.json > People and Society > Population",
            "europe/sm.json > People and Society > Literacy > total population",
        ],
        "2022-12": [
            *(
                f"{member}.json > Economy > Youth unemployment rate (ages 15-24) > total"
                for member in ("africa/lt", "africa/ni", "africa/tp", "australia-oceania/ps")
            ),
            "central-america-n-caribbean/tk.json > People and Society"
            " > School life expectancy (primary to tertiary education) > total",
            "europe/ax.json > People and Society > Population",
            "europe/dx.json > People and Society > Population",
            "south-america/ve.json > Economy > Youth unemployment rate (ages 15-24) > total",
            "world/xx.json > Transnational Issues > Trafficking in persons > tier rating",
        ],
        "2026": [
            "australia-oceania/um.json > People and Society > Population",
            "europe/ax.json > People and Society > Population",
            "europe/dx.json > People and Society > Population",
        ],
    }


@pytest.mark.parametrize("edition", FILES)
def test_every_field_is_counted_and_none_is_lost(editions: dict[str, ReadResult], edition: str) -> None:
    result = editions[edition]
    assert not [tally.path for tally in result.fields if tally.is_lost]
    for tally in result.fields:
        assert tally.indicator
        assert tally.carried == tally.read + len(tally.in_part) + tally.empty + len(tally.unread)
    rejected = [p for p in result.problems if p.severity is Severity.REJECTED]
    assert len(rejected) == sum(len(tally.in_part) + len(tally.unread) for tally in result.fields)
    assert {tally.indicator for tally in result.fields} >= {r.indicator for r in result.readings} - {
        "factbook.balance",
        "factbook.balance_share",
    }


@pytest.mark.parametrize("edition", FILES)
def test_every_profile_is_a_country_of_the_list(editions: dict[str, ReadResult], edition: str) -> None:
    assert unmatched(editions[edition].readings, WORLD_FACTBOOK.source.key) == {}


@pytest.mark.parametrize("edition", FILES)
def test_the_archive_is_recognized_and_by_this_reader_alone(shared_data: Path, edition: str) -> None:
    adapter, recognition = registry.recognize(Document(shared_data / "factbook" / FILES[edition][0]))
    assert (adapter.key, recognition.edition) == ("world_factbook", edition)


# --- small archives ----------------------------------------------------------------------------------------------


def profile(short: str, **more: Any) -> dict[str, Any]:
    name = {"conventional long form": {"text": f"Land of {short}"}, "conventional short form": {"text": short}}
    return {"Geography": {}, "Government": {"Country name": name}, **more}


def economy(**headings: Any) -> dict[str, Any]:
    return {"Economy": {heading.replace("_", " "): node for heading, node in headings.items()}}


def write_folder(path: Path, profiles: dict[str, Any]) -> Path:
    for member, tree in profiles.items():
        target = path / f"{member}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(tree), encoding="utf-8")
    return path


def read_one(tmp_path: Path, tree: dict[str, Any], edition: str = "2020-05") -> ReadResult:
    return WORLD_FACTBOOK.read(Document(write_folder(tmp_path / "archive", {"africa/gh": tree})), edition)


def test_a_folder_reads_like_its_zip_and_tells_its_month(tmp_path: Path) -> None:
    budget = economy(Budget={"revenues": {"text": "$2 million"}, "expenditures": {"text": "$3 million (2019)"}})
    ghana = profile("Ghana", **budget)
    ghana["Government"]["Executive branch"] = {"chief of state": {"text": "President (since 7 January 2019)"}}
    folder = write_folder(tmp_path / "profiles", {"africa/gh": ghana, "oceans/oo": profile("Ocean"), "meta/list": []})
    with zipfile.ZipFile(tmp_path / "profiles.zip", "w") as archive:
        for file in sorted(folder.rglob("*.json")):
            archive.write(file, Path("top", "factbook") / file.relative_to(folder))
    results = [WORLD_FACTBOOK.read(Document(path)) for path in (folder, tmp_path / "profiles.zip")]
    for result in results:
        assert (result.edition, result.edition_rank, result.rows_read) == ("2019-01", 20190100, 1)
        assert problem_counts(result) == {("note", "not_a_country"): 2}
    assert results[0].readings == results[1].readings
    assert [(r.code, r.indicator, r.value) for r in results[0].readings] == [
        ("GEC:gh", "factbook.revenues", 2e6),
        ("GEC:gh", "factbook.expenditures", 3e6),
        ("GEC:gh", "factbook.balance", -1e6),
        ("GEC:gh", "factbook.balance_share", -50),
    ]


@pytest.mark.parametrize(
    ("node", "severity", "reason", "accepted"),
    [
        ({"text": "a lot (2019 est.)"}, Severity.REJECTED, Reason.UNREADABLE_NUMBER, []),
        ({"text": "4% - 6% (2019 est.)"}, Severity.REJECTED, Reason.UNREADABLE_NUMBER, []),
        ({"text": "4%"}, Severity.REJECTED, Reason.UNREADABLE_YEAR, []),
        ({"text": "400% (2019)"}, Severity.REJECTED, Reason.OUT_OF_RANGE, []),
        ({"text": "4% (2019) ++ 5% (2019)"}, Severity.REJECTED, Reason.DUPLICATE_KEY, [("2019", 4)]),
        ({"text": "NA% ++ 5% (2018)"}, Severity.NOTE, Reason.NO_VALUE, [("2018", 5)]),
        ({"note": {"text": "unknowable"}}, Severity.NOTE, Reason.NO_VALUE, []),
        ({"text": "4% (2019)", "rural": {"text": "9% (2019)"}}, Severity.NOTE, Reason.NOT_A_COUNTRY, [("2019", 4)]),
        ({"Unemployment rate 2018": {"text": "4% (2017)"}}, Severity.WARNING, Reason.INCONSISTENT, [("2017", 4)]),
    ],
)
def test_each_fault_is_named_at_its_locator(
    tmp_path: Path, node: dict[str, Any], severity: Severity, reason: Reason, accepted: list[tuple[str, float]]
) -> None:
    result = read_one(tmp_path, profile("Ghana", **economy(Unemployment_rate=node)))
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.country) == (severity, reason, "Ghana")
    assert problem.locator.startswith("africa/gh.json > Economy > Unemployment rate")
    assert [(r.period, r.value) for r in result.readings] == accepted


def test_name_falls_back_to_long_form_then_code(tmp_path: Path) -> None:
    unemployment = economy(Unemployment_rate={"text": "4% (2019)"})
    tree = profile("none", **unemployment)
    assert read_one(tmp_path, tree).readings[0].country == "Land of none"
    tree["Government"]["Country name"] = {"etymology": {"text": "unknown"}}
    nameless = read_one(tmp_path, tree)
    assert (nameless.readings[0].country, nameless.readings[0].code) == ("", "GEC:gh")
    assert unmatched(nameless.readings, "world_factbook") == {}


def test_an_archive_of_something_else_is_not_claimed(tmp_path: Path) -> None:
    for name, tree in {"one": {"africa/gh": {"Geography": {}}}, "two": {"data/readings": profile("Ghana")}}.items():
        assert WORLD_FACTBOOK.recognize(Document(write_folder(tmp_path / name, tree))) is None


@pytest.mark.parametrize(
    ("tree", "expected"),
    [({"africa/gh": profile("Ghana")}, "does not show its year"), ({"oceans/oo": {}}, "does not show its year")],
)
def test_an_archive_without_a_date_asks_for_the_edition(tmp_path: Path, tree: dict[str, Any], expected: str) -> None:
    with pytest.raises(UnreadableFile, match=expected) as caught:
        WORLD_FACTBOOK.read(Document(write_folder(tmp_path / "archive", tree)))
    assert "enter the edition" in caught.value.remedy


def test_an_archive_without_a_country_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="contains no country profile"):
        WORLD_FACTBOOK.read(Document(write_folder(tmp_path / "archive", {"oceans/oo": {}})), "2020")


# --- fields that are not read ------------------------------------------------------------------------------------


def test_a_renamed_heading_is_named_with_the_number_of_its_profiles(tmp_path: Path) -> None:
    renamed = {"Economy": {"Unemployment": {"text": "4% (2019)"}, "Taxes and other revenues": {"text": "9%"}}}
    folder = write_folder(
        tmp_path, {"africa/gh": profile("Ghana", **renamed), "africa/ng": profile("Niger", **renamed)}
    )
    result = WORLD_FACTBOOK.read(Document(folder), "2020-05")
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.rows) == (Severity.REJECTED, Reason.UNKNOWN_HEADING, 2)
    assert problem.locator == "africa/gh.json > Economy > Unemployment"
    lost = [tally for tally in result.fields if tally.is_lost]
    assert [(t.path, t.indicator, t.carried, t.read) for t in lost] == [("Economy > Unemployment", "", 2, 0)]
    assert lost[0].unread == [("africa/gh.json", "unknown_heading"), ("africa/ng.json", "unknown_heading")]
    absent = [tally for tally in result.fields if tally.indicator == "factbook.unemployment"]
    assert [(t.path, t.carried) for t in absent] == [("Economy > Unemployment rate", 0)]


def test_renamed_key_and_unknown_notation_count_as_unread(tmp_path: Path) -> None:
    odd = economy(
        Budget={"total revenues": {"text": "$2 million (2019)"}}, Unemployment_rate={"text": "about 4 (2019)"}
    )
    result = read_one(tmp_path, profile("Ghana", **odd))
    unread = {tally.path: tally.unread for tally in result.fields if tally.unread}
    assert unread == {
        "Economy > Budget > revenues": [("africa/gh.json", "unknown_heading")],
        "Economy > Budget > expenditures": [("africa/gh.json", "unknown_heading")],
        "Economy > Unemployment rate": [("africa/gh.json", "unreadable_number")],
    }
    assert all(tally.is_lost for tally in result.fields if tally.unread)
    assert not result.readings


def test_world_rank_is_not_read_as_part_of_the_country(tmp_path: Path) -> None:
    ranked = economy(Unemployment_rate={"text": "4% (2019)", "country comparison to the world": "12"})
    assert read_one(tmp_path, profile("Ghana", **ranked)).problems == []
