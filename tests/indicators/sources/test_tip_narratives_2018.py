"""The whole TIP Report of 2018, from an extraction of its printed form. The tests never repeat its text."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indicators.sources.base import ReadResult
from indicators.sources.documents import Document, UnreadableFile
from indicators.sources.tip_narratives import TIP_NARRATIVES_JSON
from indicators.sources.tip_narratives.forms import FORMS
from indicators.sources.tip_report import TIER, tier_label
from tests.support.forms import problem_counts, unmatched

PROFILE_OF_REPORT = ["intro", "recommendations", "prosecution", "protection", "prevention", "profile"]


@pytest.fixture(scope="module")
def report(shared_data: Path) -> tuple[ReadResult, ReadResult]:
    folder = shared_data / "tip" / "narratives"
    normal, special = (
        TIP_NARRATIVES_JSON.read(Document(folder / f"{kind}_cases_2018.json")) for kind in ("normal", "special")
    )
    return normal, special


@pytest.fixture(scope="module")
def raw_report(shared_data: Path) -> dict[str, list[dict[str, str]]]:
    data = json.loads((shared_data / "tip" / "narratives" / "normal_cases_2018.json").read_text(encoding="utf-8"))
    return {name: fields for entry in data for name, fields in entry.items()}


def test_every_narrative_of_2018_is_whole(report: tuple[ReadResult, ReadResult]) -> None:
    normal, special = report
    assert (normal.rows_read, len(normal.narratives), normal.edition_rank) == (183, 183, 20180000)
    assert {tuple(s.kind for s in n.sections) for n in normal.narratives} == {tuple(PROFILE_OF_REPORT)}
    assert (special.rows_read, len(special.narratives)) == (4, 4)
    assert {tuple(s.kind for s in n.sections) for n in special.narratives} == {("intro", "efforts", "profile")}
    assert not any(s.cut or not s.text for n in normal.narratives + special.narratives for s in n.sections)


def test_the_tiers_of_2018_are_the_compiled_ones(shared_data: Path, report: tuple[ReadResult, ReadResult]) -> None:
    normal, special = report
    with (shared_data / "tip" / "tip_tiers_compiled.csv").open(newline="") as handle:
        compiled = {r["name_in_source"]: r["tier"] for r in csv.DictReader(handle) if r["report_year"] == "2018"}
    readings = [r for r in normal.readings + special.readings if r.indicator == TIER.code]
    assert Counter(r.label for r in readings) == {
        "Tier 1": 39,
        "Tier 2": 80,
        "Tier 2 Watch List": 42,
        "Tier 3": 22,
        "Special Case": 4,
    }
    assert len(compiled) == 187
    by_name = {r.country.casefold(): r.label for r in readings}
    other = {
        name: tier_label(tier) for name, tier in compiled.items() if by_name.get(name.casefold()) != tier_label(tier)
    }
    assert other == {"Sint Maarten": "Special Case"}  # written "ST. MAARTEN" in the narrative
    assert by_name["st. maarten"] == "Special Case"
    assert unmatched(readings, "tip") == {}


def test_a_heading_that_disagrees_with_the_text_is_overruled(report: tuple[ReadResult, ReadResult]) -> None:
    normal, special = report
    assert problem_counts(normal) == {("warning", "inconsistent"): 6}
    assert special.problems == []
    assert {(p.country, p.raw) for p in normal.problems} == {
        (country, "Tier 2")
        for country in ("BANGLADESH", "GUINEA-BISSAU", "MADAGASCAR", "SAUDI ARABIA", "SIERRA LEONE", "SOUTH AFRICA")
    }
    assert {n.tier for n in normal.narratives if n.country in {p.country for p in normal.problems}} == {
        "Tier 2 Watch List"
    }


def test_the_number_of_recommendations_of_2018(report: tuple[ReadResult, ReadResult]) -> None:
    normal, special = report
    assert sum(len(n.recommendations) for n in normal.narratives) == 1747
    assert sum(len(n.recommendations) for n in special.narratives) == 0
    assert not any(r.cut for n in normal.narratives for r in n.recommendations)


@pytest.mark.parametrize(
    ("index", "country", "field", "count"),
    [
        (66, "GHANA", 2, 12),
        (91, "KOSOVO", 2, 10),
        (124, "NIGER", 2, 12),
        (125, "NIGERIA", 2, 14),
        (42, "COTE D'IVOIRE", 2, 10),
        (133, "PERU", 2, 13),
        # the extraction put all sections of these into the introduction
        (39, "CONGO, DEMOCRATIC REPUBLIC OF THE", 0, 9),
        (40, "CONGO, REPUBLIC OF THE", 0, 11),
        (89, "KOREA, DEMOCRATIC PEOPLE'S REPUBLIC OF", 0, 11),
        (90, "KOREA, REPUBLIC OF", 0, 13),
    ],
)
def test_first_and_last_recommendation(
    report: tuple[ReadResult, ReadResult],
    raw_report: dict[str, list[dict[str, str]]],
    index: int,
    country: str,
    field: int,
    count: int,
) -> None:
    narrative = report[0].narratives[index]
    assert narrative.country == country
    ((key, text),) = raw_report[country][field].items()
    if key == "INTRO":
        # "RECOMMENDATIONS FOR ... KOREA Increase": drop the heading up to the first word in small letters
        text = text.split("RECOMMENDATIONS FOR")[1].split("PROSECUTION")[0]
        start = next(i for i in range(len(text)) if text[i].isupper() and text[i + 1].islower())
        text = text[start:]
    items = [item.strip() for item in text.split(";")]
    first, last = narrative.recommendations[0], narrative.recommendations[-1]
    assert len(narrative.recommendations) == len(items) == count
    assert first.text == items[0]
    assert items[-1].startswith(f"and {last.text}")
    assert first.locator.startswith(f'$[{index}]["{country}"][{field}]["{key}"]')
    assert (first.locator[-6:], last.locator.rsplit(", ", 1)[1]) == ("item 1", f"item {count}")


@pytest.mark.parametrize(
    ("special", "index", "country", "forms"),
    [
        (
            False,
            66,
            "GHANA",
            "Child sex trafficking|Forced begging|Domestic servitude|Street vending|Agriculture|Herding|Fishing"
            "|Mining and quarrying|Porters, mechanics and transport",
        ),
        (False, 91, "KOSOVO", "Child sex trafficking|Forced begging"),
        (
            False,
            124,
            "NIGER",
            "Child sex trafficking|Forced begging|Begging and labor imposed by religious schools|Domestic servitude"
            "|Child soldiering and use by armed groups|Forced and early marriage|Agriculture|Herding"
            "|Mining and quarrying|Factories and workshops|Hereditary and customary slavery",
        ),
        (
            False,
            40,
            "CONGO, REPUBLIC OF THE",
            "Child sex trafficking|Domestic servitude|Agriculture|Fishing|Factories and workshops",
        ),
        (
            False,
            89,
            "KOREA, DEMOCRATIC PEOPLE'S REPUBLIC OF",
            "Child sex trafficking|Agriculture|Mining and quarrying|Logging, charcoal and timber",
        ),
        (True, 0, "LIBYA", "Child sex trafficking|Child soldiering and use by armed groups"),
        (False, 76, "ICELAND", ""),
    ],
)
def test_forms_of_2018(
    report: tuple[ReadResult, ReadResult], special: bool, index: int, country: str, forms: str
) -> None:
    narrative = report[special].narratives[index]
    assert (narrative.country, "|".join(f.form for f in narrative.forms)) == (country, forms)
    for form in narrative.forms:
        (section,) = [s for s in narrative.sections if s.kind == form.section]
        assert form.sentence in section.text
        assert form.locator.startswith(section.locator)


def test_forms_at_full_scale(report: tuple[ReadResult, ReadResult]) -> None:
    counts = Counter(f.form for result in report for n in result.narratives for f in n.forms)
    assert set(counts) <= set(FORMS)
    assert sum(counts.values()) == 939
    assert counts["Child sex trafficking"] == 177


def test_the_extraction_s_damage_is_mended(report: tuple[ReadResult, ReadResult]) -> None:
    text = " ".join(s.text for result in report for n in result.narratives for s in n.sections)
    for damage in ("conftict", " ftow", "116BURMA", "\ufb01", "\u0160", "\N{BULLET}"):
        assert damage not in text
    assert "conflict" in text
    assert "\N{EURO SIGN}876,000" in text


def extraction(tmp_path: Path, entries: list[Any], name: str = "cases_2031.json") -> Document:
    path = tmp_path / name
    path.write_text(json.dumps(entries), encoding="utf-8")
    return Document(path)


def test_an_unknown_section_and_tier_of_an_extraction_are_named(tmp_path: Path) -> None:
    fields = [{"INTRO": "Ruritania remained on Tier 2."}, {"TIER": "TIER 9"}, {"ANNEX": "Words."}]
    result = TIP_NARRATIVES_JSON.read(extraction(tmp_path, [{"RURITANIA": fields}]))
    assert problem_counts(result) == {("warning", "unknown_label"): 1, ("warning", "unknown_column"): 1}
    assert [p.locator for p in result.problems] == ['$[0]["RURITANIA"][1]["TIER"]', '$[0]["RURITANIA"][2]["ANNEX"]']
    assert result.readings[0].label == "Tier 2"


@pytest.mark.parametrize("entries", [[], [{"RURITANIA": [{"INTRO": "Words."}]}], [["RURITANIA"]], [{"A": [], "B": []}]])
def test_another_json_is_not_claimed(tmp_path: Path, entries: list[Any]) -> None:
    document = extraction(tmp_path, entries)
    assert TIP_NARRATIVES_JSON.recognize(document) is None
    with pytest.raises(UnreadableFile, match="is not a list of countries"):
        TIP_NARRATIVES_JSON.read(document)
