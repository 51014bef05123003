"""Recommendations across two editions: comparison by words, also on real narratives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from indicators.recommendation_matching import (
    LIKELY,
    SAME,
    Change,
    Proposal,
    Text,
    compare,
    significant_words,
    similarity,
    weights,
)
from indicators.sources import registry
from indicators.sources.base import NarrativeReading
from indicators.sources.documents import Document

OLD = [
    Text("Increase efforts to prosecute and convict traffickers"),
    Text("Amend the anti-trafficking law to remove the option of a fine"),
    Text("Fund shelters for victims in every region"),
    Text("Train labor inspectors on fishing vessels"),
]
NEW = [
    Text("Continue to increase efforts to prosecute and convict traffickers."),
    Text("Train labor inspectors to find children on fishing vessels and in mines"),
    Text("Adopt a new national action plan"),
    Text("Amend the anti-trafficking law to remove the option of a fine"),
]


def changes(found: list[Proposal]) -> list[tuple[int | None, int | None, Change]]:
    return [(item.older, item.newer, item.change) for item in found]


def test_each_of_the_four_outcomes_of_a_recommendation() -> None:
    assert changes(compare(OLD, NEW)) == [
        (0, 0, Change.REPEATED),
        (3, 1, Change.REWORDED),
        (None, 2, Change.NEW),
        (1, 3, Change.REPEATED),
        (2, None, Change.DROPPED),
    ]


def test_stock_phrases_case_accents_and_endings_do_not_count() -> None:
    assert significant_words("Continue to increase efforts to PROSECUTE traffickers") == significant_words(
        "prosecuting trafficker"
    )
    assert significant_words("Côte d'Ivoire") == significant_words("cote d ivoire")


def test_similarity_is_one_for_equal_and_zero_for_disjoint_words() -> None:
    weight = weights([significant_words(item.text) for item in (*OLD, *NEW)])
    assert similarity(OLD[1], NEW[3], weight) == 1.0
    assert similarity(OLD[2], NEW[2], weight) == 0.0
    assert similarity(OLD[3], NEW[1], weight) == similarity(NEW[1], OLD[3], weight)
    assert LIKELY <= similarity(OLD[3], NEW[1], weight) < SAME


def test_absent_and_unread_recommendations_are_open() -> None:
    assert {p.change for p in compare(OLD, [])} == {Change.OPEN}
    assert {p.change for p in compare([], NEW)} == {Change.OPEN}
    cut = [*NEW[:1], Text("Amend the anti-trafficking law to", cut=True)]
    assert changes(compare(OLD, cut)) == [
        (0, 0, Change.REPEATED),
        (1, 1, Change.REPEATED),
        (2, None, Change.OPEN),
        (3, None, Change.OPEN),
    ]
    found = [p.change for p in compare(OLD, NEW, older_whole=False, newer_whole=False) if p.similarity is None]
    assert found == [Change.OPEN, Change.OPEN]


def test_settling_one_leaves_the_likeness_of_the_others_alone() -> None:
    before = {(p.older, p.newer): p.similarity for p in compare(OLD, NEW)}
    after = compare(OLD, NEW, settled=({0}, {2}))
    assert {(p.older, p.newer) for p in after} == {(3, 1), (1, 3), (None, 0), (2, None)}
    assert all(before[p.older, p.newer] == p.similarity for p in after if p.similarity is not None)


def test_every_text_is_in_exactly_one_row() -> None:
    source = random.Random(7)
    vocabulary = [
        "fund",
        "train",
        "amend",
        "shelter",
        "police",
        "child",
        "labor",
        "fish",
        "mine",
        "law",
        "plan",
        "court",
    ]
    for _ in range(200):
        lists = [
            [Text(" ".join(source.choices(vocabulary, k=source.randint(1, 6)))) for _ in range(source.randint(1, 8))]
            for _ in range(2)
        ]
        found = compare(*lists)
        assert found == compare(*lists)
        assert sorted(p.older for p in found if p.older is not None) == list(range(len(lists[0])))
        assert sorted(p.newer for p in found if p.newer is not None) == list(range(len(lists[1])))
        assert all((p.similarity or 0) >= LIKELY for p in found if p.older is not None and p.newer is not None)


def test_the_same_list_is_repeated_in_its_order() -> None:
    assert changes(compare(OLD, OLD)) == [(at, at, Change.REPEATED) for at in range(len(OLD))]


# ---- the real narratives -------------------------------------------------------------------------------------------

EDITIONS = {
    "Sierra Leone": ("sierra_leone_2024.txt", 2024, {"reworded": 4, "new": 2, "open": 9}),
    "Ghana": ("ghana_2023.txt", 2023, {"repeated": 1, "new": 2, "open": 11}),
    "Nepal": ("nepal_2024.txt", 2024, {"reworded": 1, "open": 9}),
    "Colombia": ("colombia_2025.txt", 2025, {"open": 8}),
}


@pytest.fixture(scope="module")
def of_2018(shared_data: Path) -> dict[str, NarrativeReading]:
    document = Document(shared_data / "tip/narratives/normal_cases_2018.json")
    adapter, _ = registry.recognize(document)
    return {narrative.country.title(): narrative for narrative in adapter.read(document).narratives}


def texts(narrative: NarrativeReading) -> list[Text]:
    return [Text(item.text, item.cut) for item in narrative.recommendations]


@pytest.mark.parametrize("country", EDITIONS)
def test_two_editions_of_a_country(shared_data: Path, of_2018: dict[str, NarrativeReading], country: str) -> None:
    name, year, expected = EDITIONS[country]
    document = Document(shared_data / "tip/narratives" / name)
    adapter, _ = registry.recognize(document)
    (newer,) = adapter.read(document).narratives
    assert newer.report_year == year
    whole = not any(section.cut for section in newer.sections if section.kind == "recommendations")
    found = compare(texts(of_2018[country]), texts(newer), newer_whole=whole)
    counted = {change.value: sum(p.change is change for p in found) for change in Change}
    assert {kind: count for kind, count in counted.items() if count} == expected


def test_what_was_asked_of_sierra_leone_again(shared_data: Path, of_2018: dict[str, NarrativeReading]) -> None:
    document = Document(shared_data / "tip/narratives/sierra_leone_2024.txt")
    adapter, _ = registry.recognize(document)
    (newer,) = adapter.read(document).narratives
    old, new = texts(of_2018["Sierra Leone"]), texts(newer)
    pairs = {(p.older, p.newer) for p in compare(old, new, newer_whole=False) if p.change is Change.REWORDED}
    trained = next((left, right) for left, right in pairs if left is not None and "Freetown Court" in old[left].text)
    assert trained[1] is not None
    assert "Migrant Smuggling Act of 2022" in new[trained[1]].text
