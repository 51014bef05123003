"""Tiers that The World Factbook repeats, compared with the compiled list, and small archives in four layouts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indicators.countries import reference_index
from indicators.sources.base import Quality, Reading, ReadResult, Reason, Severity
from indicators.sources.documents import Document
from indicators.sources.tip_report import TIP_TIERS
from indicators.sources.world_factbook import WORLD_FACTBOOK
from indicators.sources.world_factbook_fields import NEITHER_LIST, NOT_LISTED
from tests.indicators.sources.test_world_factbook import FILES, profile, text_at, write_folder

TIER = "factbook.tip_tier"
PATH = "Transnational Issues > Trafficking in persons > tier rating"
Stated = dict[tuple[str, str], Reading]


def code_of(reading: Reading, source: str = "world_factbook") -> str:
    return reference_index().match(reading.country, reading.code, source).code


@pytest.fixture(scope="module")
def compiled(shared_data: Path) -> Stated:
    result = TIP_TIERS.read(Document(shared_data / "tip/tip_tiers_compiled.csv"))
    return {(code_of(r, "tip"), r.period): r for r in result.readings}


@pytest.fixture(scope="module")
def stated(shared_data: Path) -> dict[str, Stated]:
    found = {}
    for edition, (name, _) in FILES.items():
        readings = WORLD_FACTBOOK.read(Document(shared_data / "factbook" / name)).readings
        found[edition] = {(code_of(r), r.period): r for r in readings if r.indicator == TIER}
    return found


# Of each edition and year: stated countries that agree with the compiled tier and that differ, then of countries on
# neither list the compiled Tiers 1 and 2, special cases, and countries the report does not rank.
COMPARED = {
    ("2017-03", "2015"): (66, ["Thailand"], 120, 1, 13),
    ("2020-11", "2015"): (66, ["Thailand"], 120, 1, 13),
    ("2022-12", "2015"): (1, [], 0, 0, 0),
    ("2022-12", "2020"): (63, [], 122, 3, 13),
    ("2022-12", "2022"): (5, [], 0, 0, 0),
    ("2026", "2025"): (49, [], 139, 0, 13),
}


def test_every_statement_beside_the_compiled_tier(stated: dict[str, Stated], compiled: Stated) -> None:
    found: dict[tuple[str, str], Any] = {}
    for edition, readings in stated.items():
        for year in sorted({year for _, year in readings}):
            own = {code: r for (code, of), r in readings.items() if of == year}
            names = {code: r for code, r in own.items() if r.quality is Quality.STATED}
            tiers = {code: compiled[code, year].label for code in own if (code, year) in compiled}
            agree = sum(tiers.get(code) == r.label for code, r in names.items())
            differ = sorted(r.country for code, r in names.items() if tiers.get(code) != r.label)
            rest = Counter(tiers.get(code, "") for code in own.keys() - names.keys())
            assert rest.keys() <= {"Tier 1", "Tier 2", "Special Case", ""}
            found[edition, year] = (agree, differ, rest["Tier 1"] + rest["Tier 2"], rest["Special Case"], rest[""])
    assert found == COMPARED


def test_factbook_gives_tier_1_or_2_for_115_unconfirmed_tiers(stated: dict[str, Stated], compiled: Stated) -> None:
    weak = {key: r for key, r in compiled.items() if key[1] == "2025" and r.quality is Quality.UNCONFIRMED}
    assert len(weak) == 115
    assert {r.label for r in weak.values()} == {"Tier 1", "Tier 2"}
    assert {stated["2026"][key].label for key in weak} == {NOT_LISTED}
    assert compiled.keys() & {(c, y) for c, y in compiled if y == "2025"} <= stated["2026"].keys()


def test_the_lists_of_2025_hold_what_the_profiles_state(stated: dict[str, Stated]) -> None:
    counted = Counter((r.label, r.quality) for r in stated["2026"].values())
    assert counted == {
        ("Tier 2 Watch List", Quality.STATED): 25,
        ("Tier 3", Quality.STATED): 20,
        ("Special Case", Quality.STATED): 4,
        (NOT_LISTED, Quality.COMPUTED): 152,
    }


@pytest.mark.parametrize(
    ("edition", "code", "year", "label", "member", "begins", "ends"),
    [
        ("2026", "BOL", "2025", "Tier 2 Watch List", "south-america/bl", "Tier 2 Watch List", "bolivia/"),
        ("2026", "SOM", "2025", "Special Case", "africa/so", "Special Case;", "somalia/"),
        ("2022-12", "ZWE", "2015", "Tier 3", "africa/zi", "Tier 3", "(2015)"),
        ("2022-12", "AFG", "2022", "Tier 3", "south-asia/af", "<p>Tier 3", "(2022)</p>"),
        ("2017-03", "THA", "2015", "Tier 2 Watch List", "east-n-southeast-asia/th", "Tier 2 Watch List", "(2015)"),
    ],
)
def test_a_statement_leads_to_its_text(
    shared_data: Path, stated: dict[str, Stated], edition: str, code: str, year: str, label: str, member: str,
    begins: str, ends: str,
) -> None:  # fmt: skip
    reading = stated[edition][code, year]
    assert (reading.label, reading.locator) == (label, f"{member}.json > {PATH}")
    text = text_at(shared_data, edition, member, PATH)
    assert text.startswith(begins)
    assert text.endswith(ends)
    head, _, tail = reading.raw.partition(" … ")
    assert head in text
    assert tail in text


def test_what_is_inferred_by_elimination_leads_to_the_lists(stated: dict[str, Stated]) -> None:
    ghana = stated["2026"]["GHA", "2025"]
    assert (ghana.label, ghana.quality) == (NOT_LISTED, Quality.COMPUTED)
    assert ghana.locator == f"world/xx.json > {PATH}"
    assert ghana.raw == "Tier 2 Watch List: (25 countries) … Tier 3: (20 countries) … (2025)"
    # The profiles of 2020 name no Special Case, so fewer values are compared.
    assert stated["2022-12"]["FRA", "2020"].label == NEITHER_LIST
    assert stated["2022-12"]["FRA", "2020"].locator.endswith("> note")


# --- small archives ----------------------------------------------------------------------------------------------


def trafficking(**keys: str) -> dict[str, Any]:
    node = {key.replace("_", " "): {"text": text} for key, text in keys.items()}
    return {"Transnational Issues": {"Trafficking in persons": node}}


def read(tmp_path: Path, profiles: dict[str, dict[str, Any]]) -> ReadResult:
    return WORLD_FACTBOOK.read(Document(write_folder(tmp_path, profiles)), "2024-05")


def labels_by_country(result: ReadResult) -> dict[str, str]:
    return {r.country: f"{r.label} {r.period}" for r in result.readings if r.indicator == TIER}


LISTS = "Tier 2 Watch List: (1 countries) Ghana (2024)<br>Tier 3: (1 countries) Chad (2024)"
THREE = {"africa/gh": profile("Ghana"), "africa/cd": profile("Chad"), "africa/ng": profile("Niger")}


def world(text: str) -> dict[str, dict[str, Any]]:
    return {"world/xx": {**trafficking(tier_rating=text), "Geography": {}}}


def test_other_year_in_the_text_is_not_the_tier_year(tmp_path: Path) -> None:
    undated = "Tier 3 - Ghana is on Tier 3; in 2014, its government did little"
    result = read(tmp_path, {"africa/gh": profile("Ghana", **trafficking(tier_rating=undated))})
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.country) == (Severity.REJECTED, Reason.UNREADABLE_YEAR, "Ghana")
    assert labels_by_country(result) == {}


def test_a_text_without_a_tier_is_named(tmp_path: Path) -> None:
    result = read(tmp_path, {"africa/gh": profile("Ghana", **trafficking(tier_rating="on some list (2020)"))})
    (problem,) = result.problems
    assert (problem.severity, problem.reason) == (Severity.REJECTED, Reason.UNKNOWN_LABEL)
    (tally,) = [t for t in result.fields if t.indicator == TIER]
    assert (tally.carried, tally.read, tally.unread) == (1, 0, [("africa/gh.json", "unknown_label")])


def test_whole_lists_tell_of_every_country(tmp_path: Path) -> None:
    result = read(tmp_path, {**THREE, **world(LISTS)})
    assert result.problems == []
    assert labels_by_country(result) == {
        "Ghana": "Tier 2 Watch List 2024",
        "Chad": "Tier 3 2024",
        "Niger": f"{NEITHER_LIST} 2024",
    }


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (LISTS.replace("(1 countries) Chad", "(2 countries) Chad"), {Reason.INCONSISTENT}),
        (LISTS.replace("Chad", "Ruritania"), {Reason.UNKNOWN_COUNTRY, Reason.INCONSISTENT}),
        ("Tier 2 Watch List: Ghana (2024)", {Reason.INCONSISTENT}),
    ],
    ids=["count", "name", "one list"],
)
def test_from_lists_that_are_not_whole_nothing_is_concluded(tmp_path: Path, text: str, reasons: set[Reason]) -> None:
    result = read(tmp_path, {**THREE, **world(text)})
    assert {p.reason for p in result.problems} == reasons
    assert "Niger" not in labels_by_country(result)
    assert labels_by_country(result)["Ghana"] == "Tier 2 Watch List 2024"


def test_lists_without_a_year_are_not_read(tmp_path: Path) -> None:
    result = read(tmp_path, {**THREE, **world(LISTS.replace(" (2024)", ""))})
    (problem,) = result.problems
    assert (problem.severity, problem.reason) == (Severity.REJECTED, Reason.UNREADABLE_YEAR)
    assert labels_by_country(result) == {}
    (lists,) = [t for t in result.fields if t.path.startswith("World")]
    assert (lists.carried, lists.read, lists.is_lost) == (1, 0, True)


def test_contradicted_profile_is_read_and_reported(tmp_path: Path) -> None:
    ghana = profile("Ghana", **trafficking(tier_rating="Tier 3 — Ghana (2024)"))
    result = read(tmp_path, {**THREE, "africa/gh": ghana, **world(LISTS)})
    (problem,) = result.problems
    assert (problem.severity, problem.reason, problem.country) == (Severity.WARNING, Reason.INCONSISTENT, "Ghana")
    (reading,) = [r for r in result.readings if r.country == "Ghana"]
    assert (reading.label, reading.note) == (
        "Tier 3",
        "the World profile of the same edition lists it under Tier 2 Watch List",
    )
