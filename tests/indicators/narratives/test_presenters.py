"""The list of narratives cell by cell, and the sentences that are marked in a section."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.imports.staging import digest
from indicators.models import Country, FormReview, Narrative, NarrativeSection, TraffickingForm
from indicators.narratives.presenters import NARRATIVES
from indicators.narratives.publishing import _is_cut
from indicators.narratives.queries import (
    FormEntry,
    NarrativeEntry,
    NarrativePage,
    SectionEntry,
    Segment,
    _section,
    segments,
    sentences_of,
)
from tests.support.cells import cells, links, marks


def entry(
    recommendations: int = 14, forms: int = 5, waiting: int = 2, tier: str = "Tier 2", figures: int = 4
) -> NarrativeEntry:
    narrative = Narrative(pk=31, country=Country(name="Ghana"), report_year=2023, tier=tier)
    return NarrativeEntry(narrative, recommendations, forms, figures, waiting)


def test_a_row_of_the_list_of_narratives() -> None:
    assert cells(NARRATIVES.columns, entry()) == {
        "Country": "Ghana, TIP Report 2023",
        "Report": "2023",
        "Tier": "Tier 2",
        "Recommendations": "14",
        "Forms named": "5",
        "Figures": "4",
        "State": "2 to confirm",
    }
    assert links(NARRATIVES.columns, entry()) == ["/data/narratives/31/"]
    assert cells(NARRATIVES.columns, entry(tier=""))["Tier"] == "Not stated"


@pytest.mark.parametrize(
    ("forms", "figures", "waiting", "text", "kind"),
    [
        (5, 0, 5, "5 to confirm", "warn"),
        (5, 4, 1, "1 to confirm", "warn"),
        (5, 4, 0, "Confirmed", "good"),
        (1, 0, 0, "Confirmed", "good"),
        (0, 1, 0, "Confirmed", "good"),
        (0, 0, 0, "Nothing read", "none"),
    ],
)
def test_the_state_of_a_narrative(forms: int, figures: int, waiting: int, text: str, kind: str) -> None:
    row = entry(forms=forms, figures=figures, waiting=waiting)
    assert cells(NARRATIVES.columns, row)["State"] == text
    assert marks(NARRATIVES.columns, row) == [kind]


# ---- a narrative's page --------------------------------------------------------------------------------------------


def form(number: int, sentence: str, section: str = "profile", verdict: str = "") -> FormEntry:
    found = TraffickingForm(form="x", sentence=sentence, section=section)
    return FormEntry(found, number, number, FormReview(verdict=verdict) if verdict else None)


def page(*kinds: str, recommendations: Any = (), forms: Any = ()) -> NarrativePage:
    sections = [SectionEntry(NarrativeSection(kind=kind), kind, []) for kind in kinds]
    return NarrativePage(Narrative(), list(recommendations), sections, list(forms), [], None)


def test_a_page_counts_the_forms_without_a_verdict_and_names_absent_sections() -> None:
    forms = [form(1, "A."), form(2, "B.", verdict="confirmed"), form(3, "C.", verdict="rejected"), form(4, "D.")]
    assert page(forms=forms).waiting == 2
    assert [entry.verdict for entry in forms] == ["", "confirmed", "rejected", ""]
    assert page("intro", "profile").absent == ["Recommendations", "Prosecution", "Protection", "Prevention"]
    assert page("intro", recommendations=["x"]).absent == [
        "Prosecution",
        "Protection",
        "Prevention",
        "Trafficking profile",
    ]
    whole = page("intro", "prosecution", "protection", "prevention", "profile", recommendations=["x"])
    assert whole.absent == []


@pytest.mark.parametrize(
    ("text", "sentences", "found"),
    [
        ("One. Two. Three.", {}, [Segment("One. Two. Three.")]),
        ("One. Two. Three.", {"Two.": [4]}, [Segment("One. "), Segment("Two.", (4,)), Segment(" Three.")]),
        ("One. Two.", {"One.": [1, 3]}, [Segment("One.", (1, 3)), Segment(" Two.")]),
        ("One. Two.", {"Two.": [2]}, [Segment("One. "), Segment("Two.", (2,))]),
        ("One.", {"One.": [1]}, [Segment("One.", (1,))]),
        ("One.Two.", {"One.": [1], "Two.": [2]}, [Segment("One.", (1,)), Segment("Two.", (2,))]),
        ("Two. One.", {"One.": [1], "Two.": [2]}, [Segment("Two.", (2,)), Segment(" "), Segment("One.", (1,))]),
        ("One two. End", {"One two.": [1], "two.": [2]}, [Segment("One two.", (1,)), Segment(" End")]),
        ("One.", {"": [1], "Elsewhere.": [2]}, [Segment("One.")]),
        ("", {}, []),
    ],
)
def test_a_text_is_cut_at_the_sentences_that_it_contains(
    text: str, sentences: dict[str, list[int]], found: list[Segment]
) -> None:
    assert segments(text, sentences) == found


def test_a_section_marks_the_sentences_of_its_own_forms_only() -> None:
    section = NarrativeSection(kind="profile", text="Children beg. Others fish.\n\n  \nBoys mine.")
    forms = [
        form(1, "Others fish."),
        form(2, "Others fish."),
        form(3, "Boys mine.", section="protection"),
        form(4, "Children beg."),
    ]
    found = _section(section, forms)
    assert found.name == "Trafficking profile"
    assert found.paragraphs == [
        [Segment("Children beg.", (4,)), Segment(" "), Segment("Others fish.", (1, 2))],
        [Segment("Boys mine.")],
    ]
    assert _section(NarrativeSection(kind="annex", text=""), []).name == "annex"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("The U.S. Department of Labor and Dr. Mensah. Then", ["The U.S. Department of Labor and Dr. Mensah.", "Then"]),
        ("See No. 5. Mr. A and Ms. B left.", ["See No. 5.", "Mr. A and Ms. B left."]),
        ("It rose to 2.5 percent. it fell", ["It rose to 2.5 percent. it fell"]),
        ("A heading\nOne.\n\nTwo.", ["A heading", "One.", "Two."]),
        ("", []),
    ],
)
def test_the_sentences_of_a_section(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


def test_one_cut_section_makes_a_narrative_incomplete() -> None:
    assert not _is_cut({"sections": []})
    assert not _is_cut({"sections": [{"cut": False}, {"cut": False}]})
    assert _is_cut({"sections": [{"cut": False}, {"cut": True}]})


CONTENT: dict[str, Any] = {
    "tier": "Tier 2",
    "locator": "page 1",
    "sections": [{"kind": "intro", "text": "A.", "locator": "p. 1"}],
    "recommendations": [{"text": "B.", "locator": "p. 2"}],
}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"locator": "page 9"}, True),
        ({"sections": [{"kind": "intro", "text": "A.", "locator": "p. 9"}]}, True),
        ({"recommendations": [{"text": "B.", "locator": "p. 9"}]}, True),
        ({"tier": "Tier 3"}, False),
        ({"sections": [{"kind": "profile", "text": "A."}]}, False),
        ({"sections": [{"kind": "intro", "text": "C."}]}, False),
        ({"recommendations": [{"text": "C."}]}, False),
        ({"recommendations": []}, False),
    ],
)
def test_two_narratives_are_the_same_if_tier_and_texts_are(change: dict[str, Any], same: bool) -> None:
    assert (digest({**CONTENT, **change}) == digest(CONTENT)) is same
