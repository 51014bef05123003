from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from indicators.sources.base import Missing, Reading, ReadResult
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.ilab import ILAB_FINDINGS
from tests.support.forms import problem_counts, unmatched

DASH = "\N{EN DASH}"
COMPLICIT = "Efforts Made but Complicit in Forced Child Labor"


@pytest.fixture(scope="module")
def editions(shared_data: Path) -> dict[str, ReadResult]:
    return {
        year: ILAB_FINDINGS.read(Document(shared_data / "ilab" / name))
        for year, name in (("2019", "countries_2019.xml"), ("2022", "countries_2021.xml"))
    }


def of(result: ReadResult, indicator: str, country: str) -> Reading:
    (reading,) = [r for r in result.readings if r.indicator == indicator and r.country == country]
    return reading


def text_at(tree: etree._ElementTree, path: str) -> str:
    return str(tree.xpath(f"string({path})"))


def test_the_edition_is_the_content_s_and_not_the_file_name_s(shared_data: Path) -> None:
    recognition = ILAB_FINDINGS.recognize(Document(shared_data / "ilab" / "countries_2021.xml"))
    assert recognition is not None
    assert recognition.edition == "2022"


@pytest.mark.parametrize(
    ("year", "levels", "missing", "problems"),
    [
        ("2019", [8, 67, 43, 11, 2], (12, 45), {("note", "not_a_country"): 2}),
        ("2022", [4, 69, 46, 9, 3], (12, 40), {("rejected", "inconsistent"): 1}),
    ],
)
def test_counts(
    editions: dict[str, ReadResult],
    year: str,
    levels: list[int],
    missing: tuple[int, int],
    problems: dict[tuple[str, str], int],
) -> None:
    result = editions[year]
    assert (result.edition, result.edition_rank, result.rows_read) == (year, int(year) * 10_000, 143)
    found = Counter(r.label for r in result.readings if r.indicator == "ilab.advancement" and r.label)
    assert [found[level] for level in ILAB_FINDINGS.indicators[0].labels] == levels
    absent = Counter(r.indicator for r in result.readings if r.missing)
    assert (absent["ilab.advancement"], absent["ilab.working_children"]) == missing
    assert problem_counts(result) == problems
    assert {r.period for r in result.readings} == {year}


@pytest.mark.parametrize(
    ("year", "number", "country", "level", "percent"),
    [
        ("2019", 51, "Ghana", "Minimal Advancement", 13.0),
        ("2022", 50, "Ghana", "Moderate Advancement", None),
        ("2022", 67, "Kosovo", "Moderate Advancement", 9.0),
        ("2022", 33, "Congo, Republic of the", "Minimal Advancement", 25.4),
        ("2019", 55, "Guinea-Bissau", "Minimal Advancement", 57.4),
        ("2022", 89, "Niger", "Minimal Advancement", 42.9),
        ("2022", 90, "Nigeria", "Moderate Advancement", 15.0),
        ("2022", 36, "Côte d'Ivoire", "Significant Advancement", 25.6),
        ("2019", 80, "Mexico", "No Assessment", 3.6),
    ],
)
def test_values_at_named_elements(
    shared_data: Path,
    editions: dict[str, ReadResult],
    year: str,
    number: int,
    country: str,
    level: str,
    percent: float | None,
) -> None:
    name = {"2019": "countries_2019.xml", "2022": "countries_2021.xml"}[year]
    tree = etree.parse(str(shared_data / "ilab" / name))
    path = f"/Countries/Country[{number}]"
    percentage = f"{path}/Country_Statistics/Children_Work_Statistics/Total_Percentage_of_Working_Children"
    assert text_at(tree, f"{path}/Name") == country
    advancement = of(editions[year], "ilab.advancement", country)
    assert advancement.locator == f"{path[1:]}/Advancement_Level"
    assert advancement.label == advancement.raw == text_at(tree, f"{path}/Advancement_Level") == level
    working = of(editions[year], "ilab.working_children", country)
    assert (working.locator, working.raw) == (percentage[1:], text_at(tree, percentage))
    assert working.value == percent
    assert working.missing is (Missing.NOT_COLLECTED if percent is None else None)


def test_a_qualified_level_keeps_its_qualification(shared_data: Path, editions: dict[str, ReadResult]) -> None:
    path = "/Countries/Country[32]/Advancement_Level"
    raw = text_at(etree.parse(str(shared_data / "ilab" / "countries_2019.xml")), path)
    reading = of(editions["2019"], "ilab.advancement", "Congo, Democratic Republic of the")
    assert (reading.label, reading.note) == ("No Advancement", COMPLICIT)
    assert reading.raw == raw == f"No Advancement {DASH} {COMPLICIT}"


@pytest.mark.parametrize("year", ["2019", "2022"])
def test_countries_outside_the_findings_are_missing(editions: dict[str, ReadResult], year: str) -> None:
    korea = of(editions[year], "ilab.advancement", "North Korea")
    assert (korea.missing, korea.label) == (Missing.NOT_COLLECTED, "")
    assert of(editions[year], "ilab.working_children", "North Korea").missing is Missing.NOT_COLLECTED


def test_percentages_that_cannot_be_used_are_named(editions: dict[str, ReadResult]) -> None:
    (montserrat,) = [p for p in editions["2022"].problems if p.country == "Montserrat"]
    assert montserrat.raw == "0.968"
    assert "equals the country's primary completion rate" in montserrat.message
    notes = {p.country: p.raw for p in editions["2019"].problems}
    assert notes == {"Pakistan": "0.124, 0.215", "Somalia": "Unavailable"}
    assert of(editions["2019"], "ilab.working_children", "Pakistan").value == 9.8


@pytest.mark.parametrize("year", ["2019", "2022"])
def test_every_country_matches(editions: dict[str, ReadResult], year: str) -> None:
    assert unmatched(editions[year].readings, "ilab") == {}


def country(
    name: str = "Ghana",
    level: str = "Moderate Advancement",
    share: str = "0.13",
    ages: str = "5-14",
    description: str = "In 2031, the government acted.",
) -> str:
    return (
        f"<Country><Name>{name}</Name><Advancement_Level>{level}</Advancement_Level>"
        f"<Description>{description}</Description><Country_Statistics><Children_Work_Statistics>"
        f"<Age_Range>{ages}</Age_Range>"
        f"<Total_Percentage_of_Working_Children>{share}</Total_Percentage_of_Working_Children>"
        "</Children_Work_Statistics></Country_Statistics></Country>"
    )


def document(tmp_path: Path, *countries: str, root: str = "Countries") -> Document:
    path = tmp_path / "countries_2030.xml"
    path.write_text(f"<{root}>{''.join(countries)}</{root}>", encoding="utf-8")
    return Document(path)


@pytest.mark.parametrize(
    ("changed", "reason", "end", "accepted"),
    [
        ({"level": "Good Advancement"}, "unknown_label", "Advancement_Level", "ilab.working_children"),
        ({"share": "about a tenth"}, "unreadable_number", "Working_Children", "ilab.advancement"),
        ({"share": "13"}, "out_of_range", "Working_Children", "ilab.advancement"),
        ({"share": "NaN"}, "unreadable_number", "Working_Children", "ilab.advancement"),
        ({"ages": ""}, "inconsistent", "Working_Children", "ilab.advancement"),
    ],
)
def test_a_bad_value_is_rejected_with_its_locator(
    tmp_path: Path, changed: dict[str, str], reason: str, end: str, accepted: str
) -> None:
    result = ILAB_FINDINGS.read(document(tmp_path, country(**changed)))
    assert problem_counts(result) == {("rejected", reason): 1}
    assert result.problems[0].locator.startswith("Countries/Country[1]/")
    assert result.problems[0].locator.endswith(end)
    assert [r.indicator for r in result.readings] == [accepted]


def test_without_a_common_year_the_edition_must_be_named(tmp_path: Path) -> None:
    unclear = document(tmp_path, country(), country(name="Togo", description="In 2030, little was done."))
    recognition = ILAB_FINDINGS.recognize(unclear)
    assert recognition is not None
    assert recognition.edition == ""
    with pytest.raises(UnreadableFile, match="does not show the year of its Findings"):
        ILAB_FINDINGS.read(unclear)
    assert {r.period for r in ILAB_FINDINGS.read(unclear, "2031").readings} == {"2031"}


def test_another_xml_is_not_claimed(tmp_path: Path) -> None:
    assert ILAB_FINDINGS.recognize(document(tmp_path, country(), root="Nations")) is None
    other = document(tmp_path, "<Country><Name>Ghana</Name></Country>")
    assert ILAB_FINDINGS.recognize(other) is None
    with pytest.raises(UnreadableFile, match="Advancement_Level"):
        ILAB_FINDINGS.read(other)
