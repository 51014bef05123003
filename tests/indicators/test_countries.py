"""Country matching: the lists in the repository, the rules, names that look alike, and all names of real files."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree

from indicators.countries import (
    Alias,
    CountryIndex,
    CountryListKind,
    CountryRow,
    Failure,
    aliases,
    countries,
    normalize,
    reference_index,
)
from indicators.sources import registry

CURLY, SOFT = "\N{RIGHT SINGLE QUOTATION MARK}", "\N{NO-BREAK SPACE}"

Pair = tuple[str, str]


# --- the lists ---------------------------------------------------------------------------------------------------


def test_the_list_holds_every_state_once() -> None:
    rows = countries()
    assert Counter(row.kind for row in rows) == {
        CountryListKind.STATE: 196,
        CountryListKind.TERRITORY: 86,
        CountryListKind.FORMER: 14,
    }
    assert len({row.code for row in rows}) == len(rows)
    assert all(row.name and row.short_name for row in rows)
    assert max(len(row.short_name) for row in rows) <= 26


def test_codes_have_their_forms() -> None:
    for row in countries():
        assert re.fullmatch(r"[A-Z]{3}|X(-[A-Z]+)+", row.code), row
        assert row.iso3 == ("" if row.code.startswith("X-") else row.code), row
        assert re.fullmatch(r"([A-Z]{2})?", row.iso2), row
        assert re.fullmatch(r"(\d{3})?", row.numeric), row
        assert re.fullmatch(r"([A-Z]{2})?", row.gec), row
        if row.kind is CountryListKind.STATE:
            assert row.iso2, row
            assert row.gec, row
            assert row.numeric or row.code == "XKX", row


def test_every_country_has_a_bureau_except_antarctic_territories() -> None:
    assert Counter(row.region for row in countries() if row.kind is CountryListKind.STATE) == {
        "Africa": 49,
        "East Asia and Pacific": 31,
        "Europe and Eurasia": 50,
        "Near East": 18,
        "South and Central Asia": 13,
        "Western Hemisphere": 35,
    }
    assert {row.code for row in countries() if not row.region} == {"ATA", "BVT"}


def test_a_successor_is_a_state_and_only_former_states_have_one() -> None:
    states = {row.code for row in countries() if row.kind is CountryListKind.STATE}
    successors = {row.code: row.successor for row in countries() if row.successor}
    assert set(successors.values()) <= states
    assert all(row.kind is CountryListKind.FORMER for row in countries() if row.successor)
    assert successors["SUN"] == "RUS"
    assert {row.code for row in countries() if row.kind is CountryListKind.FORMER} - successors.keys() == {
        "ANT",
        "CSK",
        "PCI",
        "YUG",
    }


def test_every_alias_is_needed_once() -> None:
    keys = [(normalize(alias.text), alias.code, alias.source) for alias in aliases()]
    assert len(set(keys)) == len(keys)
    assert all(normalize(alias.text) for alias in aliases())


def test_an_alias_of_one_source_names_a_source_that_there_is() -> None:
    assert {alias.source for alias in aliases() if alias.source} <= {source.key for source in registry.sources()}


def test_only_these_names_need_a_code() -> None:
    """A name that several countries share must be a decision, not an accident of the list."""
    meant: dict[str, set[str]] = {}
    for row in countries():
        for text in (row.name, row.short_name):
            meant.setdefault(normalize(text), set()).add(row.code)
    for alias in aliases():
        if not alias.source:
            meant.setdefault(normalize(alias.text), set()).add(alias.code)
    assert {name: codes for name, codes in meant.items() if len(codes) > 1} == {
        "congo": {"COD", "COG"},
        "korea": {"KOR", "PRK"},
        "virgin islands": {"VGB", "VIR"},
    }


# --- the rules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C&ocirc;te d'Ivoire", "cote divoire"),
        (f"CÔTE D{CURLY}IVOIRE", "cote divoire"),
        ("Bosnia &amp; Herzegovina", "bosnia and herzegovina"),
        (f"  The{SOFT}Gambia ", "gambia"),
        ("Guinea-Bissau*", "guinea bissau"),
        ("São Tomé & Príncipe", "sao tome and principe"),
        ("The", "the"),
    ],
)
def test_normalize(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("Niger", "", "NER"),
        ("Nigeria", "", "NGA"),
        ("Congo (Kinshasa)", "", "COD"),
        ("Congo (Brazzaville)", "", "COG"),
        ("Congo, Dem. Rep.", "", "COD"),
        ("Congo, Rep.", "", "COG"),
        ("Congo", "COG", "COG"),
        ("Korea, Dem. People's Rep.", "", "PRK"),
        ("Korea, Rep.", "", "KOR"),
        ("Kosovo", "KSV", "XKX"),
        ("Kosovo", "CS-KM", "XKX"),
        ("Serbia", "SRB", "SRB"),
        ("Dominica", "", "DMA"),
        ("Dominican Republic", "", "DOM"),
        ("Guinea", "", "GIN"),
        ("Guinea-Bissau", "", "GNB"),
        ("Equatorial Guinea", "", "GNQ"),
        ("Papua New Guinea", "", "PNG"),
        ("China (Tibet)", "TIB", "X-TIBET"),
        ("China", "", "CHN"),
        ("Gaza Strip", "territory", "X-GAZA"),
        ("West Bank", "territory", "X-WESTBANK"),
        ("West Bank and Gaza", "PSE", "PSE"),
        ("Hong Kong SAR, China", "HKG", "HKG"),
        ("Hong Kong", "territory", "HKG"),
        ("Georgia", "GEC:gg", "GEO"),
        ("Micronesia, Fed. Sts.", "FSM", "FSM"),
        ("Samoa", "", "WSM"),
        ("American Samoa", "", "ASM"),
        ("Sudan", "", "SDN"),
        ("South Sudan", "", "SSD"),
        ("Sudan (former)", "SDF", "X-SUDAN-FORMER"),
        ("Ireland", "", "IRL"),
        ("Northern Ireland", "territory", "X-NORTHERN-IRELAND"),
        ("Swaziland", "SWZ", "SWZ"),
        ("none", "CAF", "CAF"),
        ("", "GEC:gm", "DEU"),
        ("Czechoslovakia (former)", "NULL", "CSK"),
        ("Ghana", "gh", "GHA"),
        ("Ghana", "288", "GHA"),
    ],
)
def test_matches(name: str, code: str, expected: str) -> None:
    match = reference_index().match(name, code)
    assert (match.code, match.failure) == (expected, None)


@pytest.mark.parametrize(
    ("name", "code", "failure", "expected"),
    [
        ("East and South Africa Region", "ESN", Failure.UNKNOWN, "no country is listed"),
        ("Africa", "", Failure.UNKNOWN, "no country is listed"),
        ("Nigerr", "", Failure.UNKNOWN, "no country is listed"),
        ("Nigerr", "NER", Failure.UNKNOWN, "the code NER is Niger"),
        ("Congo", "", Failure.UNKNOWN, "Democratic Republic of the Congo or Republic of the Congo"),
        ("Korea", "", Failure.UNKNOWN, "South Korea or North Korea"),
        ("", "", Failure.UNKNOWN, "no name"),
        ("none", "AFE", Failure.UNKNOWN, "no name"),
        ("Serbia", "XKX", Failure.CONFLICT, "the code XKX is Kosovo"),
        ("Niger", "NGA", Failure.CONFLICT, "the code NGA is Nigeria"),
        ("Congo", "CAF", Failure.CONFLICT, "Central African Republic"),
        ("Zambia", "ZAR", Failure.CONFLICT, "no country has the code 'ZAR'"),
        ("Ghana", "GEC:gm", Failure.CONFLICT, "Germany"),
        ("Georgia", "territory", Failure.CONFLICT, "is a state"),
        ("Atlantis", "territory", Failure.UNKNOWN, "no territory is listed"),
    ],
)
def test_refuses(name: str, code: str, failure: Failure, expected: str) -> None:
    match = reference_index().match(name, code)
    assert (match.code, match.failure) == ("", failure)
    assert expected in match.detail


@pytest.mark.parametrize(
    ("name", "code", "source", "expected"),
    [
        ("Congo", "", "unicef", "COG"),
        ("Congo, Dem. Rep.", "ZAR", "wgi", "COD"),
        ("Serbia and Montenegro (former)", "YUG", "world_bank", "SCG"),
        ("The Dominican", "GEC:dr", "world_factbook", "DOM"),
        ("Curacao", "GEC:cc", "world_factbook", "CUW"),
        ("Kosovo", "territory", "freedom_house", "XKX"),
    ],
)
def test_an_alias_of_the_source_comes_first(name: str, code: str, source: str, expected: str) -> None:
    assert reference_index().match(name, code, source).code == expected
    assert not reference_index().match(name, code)


def row(code: str, name: str, numeric: str = "") -> CountryRow:
    return CountryRow(code, "", code, numeric, "", name, name, "Africa", CountryListKind.STATE, "")


@pytest.mark.parametrize(
    ("rows", "listed", "expected"),
    [
        ([row("AAA", "Aa")], [Alias("Bb", "BBB")], "not a listed country"),
        ([row("AAA", "Aa"), row("BBB", "The AA")], [], "more than one country is called aa"),
        ([row("AAA", "Aa", "001"), row("BBB", "Bb", "001")], [], "a code of both AAA and BBB"),
    ],
)
def test_lists_that_contradict_themselves_are_refused(
    rows: list[CountryRow], listed: list[Alias], expected: str
) -> None:
    with pytest.raises(ValueError, match=expected):
        CountryIndex(rows, listed)


AB = CountryIndex(
    [
        row("AAA", "Alpha"),
        row("BBB", "Beta"),
        CountryRow("X-C", "", "", "", "CC", "Gamma Coast", "Gamma", "Africa", CountryListKind.TERRITORY, ""),
    ],
    [
        Alias("Twin", "BBB"),
        Alias("Twin", "AAA"),
        Alias("Old Alpha", "AAA"),
        Alias("AX", "AAA"),
        Alias("BX", "BBB", "press"),
        Alias("Alpha", "BBB", "press"),
        Alias("Isle", "BBB", "press"),
    ],
)


@pytest.mark.parametrize(
    ("name", "code", "source", "expected"),
    [
        ("Twin", "", "", "'Twin' could mean Alpha or Beta; add the code"),
        ("Twin", "none", "", "'Twin' could mean Alpha or Beta; add the code"),
        ("Twin", "X-C", "", "the name 'Twin' is Alpha or Beta, the code X-C is Gamma Coast"),
        ("Twin", "ZZZ", "", "the name 'Twin' is Alpha or Beta, but no country has the code 'ZZZ'"),
        ("Alpha", "BBB", "", "the name 'Alpha' is Alpha, the code BBB is Beta"),
        ("Alpha", "ZZZ", "", "the name 'Alpha' is Alpha, but no country has the code 'ZZZ'"),
        ("Delta", "", "", "no country is listed as 'Delta'"),
        ("Delta", "aaa", "", "no country is listed as 'Delta'; the code aaa is Alpha"),
        ("", "ZZZ", "", "the row has no name, and no country has the code 'ZZZ'"),
        ("Delta", "territory", "", "no territory is listed as 'Delta'"),
        ("Twin", "territory", "", "'Twin' could mean Alpha or Beta; add the code"),
        ("Beta", " Territory ", "", "'Beta' is listed as a territory, but Beta is a state"),
        ("Beta", "territory", "press", "'Beta' is listed as a territory, but Beta is a state"),
        ("Alpha", "AAA", "press", "the name 'Alpha' is Beta, the code AAA is Alpha"),
        ("Beta", "BX", "", "the name 'Beta' is Beta, but no country has the code 'BX'"),
    ],
)
def test_a_row_without_a_match_has_the_reason(name: str, code: str, source: str, expected: str) -> None:
    match = AB.match(name, code, source)
    assert (match.code, match.detail) == ("", expected)
    assert not match


@pytest.mark.parametrize(
    ("name", "code", "source", "expected"),
    [
        ("Alpha", "", "", "AAA"),
        ("Alpha", "", "press", "BBB"),
        ("Old Alpha", "", "press", "AAA"),
        ("Twin", "BBB", "", "BBB"),
        ("Alpha", "AX", "", "AAA"),
        ("Beta", "BX", "press", "BBB"),
        ("none", "BX", "press", "BBB"),
        ("Gamma", "GEC:cc", "", "X-C"),
        ("Gamma", "territory", "", "X-C"),
        ("Isle", "territory", "press", "BBB"),
    ],
)
def test_a_row_is_matched_by_the_alias_of_its_source_or_by_any_name(
    name: str, code: str, source: str, expected: str
) -> None:
    match = AB.match(name, code, source)
    assert (match.code, match.failure, match.detail) == (expected, None, "")
    assert match


def test_an_alias_of_every_source_counts_beside_the_countries_of_that_name() -> None:
    both = CountryIndex([row("AAA", "Alpha"), row("BBB", "Beta")], [Alias("Alpha", "BBB")])
    assert both.match("Alpha").detail == "'Alpha' could mean Alpha or Beta; add the code"
    assert [both.match("Alpha", code).code for code in ("AAA", "BBB")] == ["AAA", "BBB"]
    assert both.match("Alpha", source="press").code == ""


def test_own_names_leave_aliases_out_and_spellings_have_all() -> None:
    assert [AB.named(name) for name in ("ALPHA", "Gamma", "gamma coast", "Twin", "Old Alpha")] == [
        {"AAA"}, {"X-C"}, {"X-C"}, set(), set()
    ]  # fmt: skip
    assert sorted((name, sorted(codes)) for name, codes in AB.spellings()) == [
        ("alpha", ["AAA"]),
        ("alpha", ["BBB"]),
        ("ax", ["AAA"]),
        ("beta", ["BBB"]),
        ("bx", ["BBB"]),
        ("gamma", ["X-C"]),
        ("gamma coast", ["X-C"]),
        ("isle", ["BBB"]),
        ("old alpha", ["AAA"]),
        ("twin", ["AAA", "BBB"]),
    ]


# --- every name of the real files --------------------------------------------------------------------------------


def sheet(path: Path, name: str | int) -> list[list[str]]:
    frame = pd.read_excel(path, sheet_name=name, header=None, dtype=object, na_filter=False, engine="calamine")
    return [[str(cell) for cell in line] for line in frame.to_numpy(dtype=object).tolist()]


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


def column(rows: Iterable[list[str]], name: int, code: int | None = None, start: int = 0) -> list[Pair]:
    chosen = (r for r in list(rows)[start:] if len(r) > name and r[name].strip())
    return [(r[name], r[code] if code is not None else "") for r in chosen]


def freedom_house(data: Path) -> list[Pair]:
    rows = sheet(data / "freedom_house/All_data_FIW_2013-2025.xlsx", "FIW13-25")[2:]
    return [(r[0], "territory" if r[2] == "t" else "") for r in rows]


def ratings(data: Path) -> list[Pair]:
    path = data / "freedom_house/Country_and_Territory_Ratings_and_Statuses_FIW_1973-2024.xlsx"
    states = column(sheet(path, "Country Ratings, Statuses "), 0, start=3)
    return states + [(name, "territory") for name, _ in column(sheet(path, "Territory Ratings, Statuses"), 0, start=3)]


def cpi(data: Path) -> list[Pair]:
    newest = data / "cpi/CPI2025_Results.xlsx"
    return [
        *column(sheet(data / "cpi/CPI2017.xlsx", 0), 0, 1, 3),
        *column(sheet(newest, "CPI2025"), 0, 1, 4),
        *column(sheet(newest, "CPI Historical"), 0, 1, 4),
    ]


def income_classes(data: Path) -> list[Pair]:
    return column(sheet(data / "world_bank/CLASS_2025_10_07.xlsx", "List of economies"), 0, 1, 1)


def income_history(data: Path) -> list[Pair]:
    rows = sheet(data / "world_bank/OGHIST_2025_10_07.xlsx", "Country Analytical History")
    return [pair for pair in column(rows, 1, 0, 11) if pair[1]]


def income_per_head(data: Path) -> list[Pair]:
    (path,) = (data / "world_bank").glob("API_NY.GNP.PCAP.CD*.csv")
    return column(lines(path), 0, 1, 5)


def walk_free(data: Path) -> list[Pair]:
    return column(lines(data / "walk_free/Global_Slavery_Index_2023.csv"), 0, start=1)


def walk_free_2018(data: Path) -> list[Pair]:
    return column(sheet(data / "walk_free/GSI2018.xlsx", "Global prev, vuln, govt table"), 0, start=3)


def unicef(data: Path) -> list[Pair]:
    rows = sheet(data / "unicef/XLS_Child-labour-database_Jun-2025.xlsx", "Child labour")
    return column(rows[:230], 0, start=12)


def ilab(data: Path) -> list[Pair]:
    names = []
    for year in ("2019", "2021"):
        root = etree.parse(str(data / f"ilab/countries_{year}.xml")).getroot()
        names += [str(country.findtext("Name")) for country in root.iter("Country") if country.find("Name") is not None]
    return [(name, "") for name in names]


def governance(data: Path) -> list[Pair]:
    return column(sheet(data / "mcc/wgidataset_2023update_1996-2022.xlsx", "VoiceandAccountability"), 0, 1, 15)


def tiers(data: Path) -> list[Pair]:
    rows = lines(data / "tip/tip_tiers_compiled.csv")
    return column(rows, rows[0].index("name_in_source"), rows[0].index("iso3"), 1)


def narratives(data: Path) -> list[Pair]:
    names: list[str] = []
    for name in ("normal", "special"):
        names += [n for c in json.loads((data / f"tip/narratives/{name}_cases_2018.json").read_bytes()) for n in c]
    return [(name, "") for name in names]


def factbook(data: Path) -> list[Pair]:
    pairs = []
    for name in ("factbook_2017-03.zip", "factbook_2026_final.zip"):
        with zipfile.ZipFile(data / "factbook" / name) as archive:
            for member in archive.namelist():
                if re.search(r"/[a-z]{2}\.json$", "/" + member):
                    tree: Any = json.loads(archive.read(member))
                    forms = tree.get("Government", {}).get("Country name", {})
                    short = forms.get("conventional short form", {}).get("text", "none")
                    long = forms.get("conventional long form", {}).get("text", "")
                    pairs.append((long if short == "none" else short, f"GEC:{Path(member).stem}"))
    return pairs


def foreign_assistance(data: Path) -> list[Pair]:
    rows = lines(data / "foreign_assistance/us_foreign_aid_country.csv")
    return column(rows, rows[0].index("Country Name"), rows[0].index("Country Code"), 1)


BANK_GROUPS = (
    "AFE AFW ARB CEB CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBD IBT IDA IDB IDX LAC LCN LDC LIC LMC LMY LTE MEA "
    "MIC MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS UMC WLD"
)
AID_REGIONS = (
    "AFR ANS ASN CCN CNA CRN EAG EAQ ECN EEE EEN EES ENS ESN EUN EUS LAN LCN MEN MNA MNS NAN NCN OCN SAG SAN SCN SEA "
    "SMN SSN WAN WEC WHN WLD"
)
UNICEF_REGIONS = {
    "SUMMARY",
    "East Asia and Pacific",
    "Europe and Central Asia",
    "Eastern Europe and Central Asia",
    "Western Europe",
    "Latin America and Caribbean",
    "Middle East and North Africa",
    "North America",
    "South Asia",
    "Sub-Saharan Africa",
    "Eastern and Southern Africa",
    "West and Central Africa",
    "Least developed countries",
    "World",
}


@pytest.mark.parametrize(
    ("names", "source", "distinct", "unmatched"),
    [
        (freedom_house, "freedom_house", 212, set()),
        (ratings, "freedom_house", 230, set()),
        (cpi, "cpi", 193, {"GLOBAL AVARAGE"}),
        (income_classes, "world_bank", 266, set(BANK_GROUPS.split())),
        (income_history, "world_bank", 224, set()),
        (income_per_head, "world_bank_wdi", 266, {*BANK_GROUPS.split(), "INX"}),
        (walk_free, "walk_free", 180, set()),
        (walk_free_2018, "walk_free", 186, set()),
        (unicef, "unicef", 217, UNICEF_REGIONS),
        (ilab, "ilab", 146, set()),
        (governance, "wgi", 214, set()),
        (tiers, "tip", 435, set()),
        (narratives, "tip", 187, set()),
        (factbook, "world_factbook", 268, {"GEC:ee", "GEC:oo", "GEC:xo", "GEC:xq", "GEC:xx", "GEC:zh", "GEC:zn"}),
        (foreign_assistance, "foreign_assistance", 254, set(AID_REGIONS.split())),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_every_name_of_a_real_file_is_found_but_groups_of_countries(
    shared_data: Path, names: Callable[[Path], list[Pair]], source: str, distinct: int, unmatched: set[str]
) -> None:
    pairs = set(names(shared_data))
    index = reference_index()
    missed = {code or name for name, code in pairs if not index.match(name, code, source)}
    assert (missed, len(pairs)) == (unmatched, distinct)


def test_freedom_house_s_195_countries_are_states_and_its_territories_are_not(shared_data: Path) -> None:
    index = reference_index()
    kinds = Counter(
        (index.rows[index.match(*pair).code].kind, bool(pair[1])) for pair in set(freedom_house(shared_data))
    )
    assert kinds == {(CountryListKind.STATE, False): 195, (CountryListKind.TERRITORY, True): 17}
    listed = {index.match(*pair).code for pair in freedom_house(shared_data)}
    assert {r.code for r in countries() if r.kind is CountryListKind.STATE} - listed == {"VAT"}


def test_the_iso_code_of_the_compiled_tiers_is_the_country_found(shared_data: Path) -> None:
    index = reference_index()
    assert {
        (name, code) for name, code in tiers(shared_data) if index.match(name, "", "tip").code not in (code, "")
    } == set()
    needs_code = {name for name, code in tiers(shared_data) if not index.match(name, "", "tip")}
    assert needs_code == {"Congo", "none"}
