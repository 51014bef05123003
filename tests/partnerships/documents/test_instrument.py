"""Text of the instrument: its content, the words that it avoids, and the limits of an edited template."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from docx import Document

from cpc.files.word_documents import TemplateNotUsable, text_of
from partnerships.completeness import ParticipantLine
from partnerships.documents.instrument import TEMPLATE, render_instrument, treaty_findings
from tests.partnerships.status.test_completeness import COMPLETE

RECORD = replace(
    COMPLETE,
    title="Ghana Child Protection Compact Partnership",
    starts_on=date(2026, 1, 15),
    ends_on=date(2031, 1, 15),
    coordination_body="Technical Committee",
    focus_regions=("Volta", "Central"),
    national_plans=("National Plan <2025> & Beyond",),
    participants=(
        ParticipantLine("us", "Department of State", True),
        ParticipantLine("partner", "Ministry of Children", True),
    ),
)


def template(*paragraphs: str) -> BytesIO:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    saved = BytesIO()
    document.save(saved)
    saved.seek(0)
    return saved


def test_the_instrument_holds_the_seven_elements_and_no_word_of_a_treaty() -> None:
    instrument = render_instrument(RECORD)
    assert instrument.findings == ()
    text = "\n".join(text_of(instrument.document))
    for expected in (
        "Government of Ghana",
        "Taking into account National Plan <2025> & Beyond",
        "over the next 5 years",
        "Have reached the following understandings",
        "Volta, Central",
        "Ministry of Children (leads)",
        "1. Protect. Outcome wanted: More children are cared for",
        "Ministry: Leads",
        "USD 1.00",
        "fiscal year 2025, staff: Posts",
        "Technical Committee",
        "Oversight: Committee. Visits (yearly)",
        "Victims identified. Counted once",
        "Safeguards: Roles",
        "Ministry: Drafts it",
        "15 January 2026 and to last until 15 January 2031",
        "not legally binding",
    ):
        assert expected in text, expected
    assert not any(mark in text for mark in ("{{", "{%"))


def test_what_is_not_known_yet_is_in_brackets() -> None:
    text = "\n".join(text_of(render_instrument(COMPLETE).document))
    assert "the next [term]" in text
    assert "come into effect on [date]" in text


@pytest.mark.parametrize(
    "sentence",
    [
        "The Parties shall meet",
        "They agree to this agreement",
        "This is a treaty",
        "An obligation of funds",
        "It enters into force today",
        "It is legally binding",
        "They undertake to act",
        "In witness whereof",
    ],
)
def test_treaty_terms_are_found_with_their_position(sentence: str) -> None:
    found = treaty_findings(["A quiet start", sentence])
    assert found
    assert all("Paragraph 2" in finding.message and finding.code == "treaty_word" for finding in found)


@pytest.mark.parametrize(
    "sentence",
    ["It is non-binding", "It is not legally binding", "A partner departs", "Each Participant intends to act"],
)
def test_words_similar_to_treaty_terms_are_ignored(sentence: str) -> None:
    assert treaty_findings([sentence]) == []


def test_a_treaty_word_in_the_record_is_found_as_well() -> None:
    responsibility = replace(COMPLETE.responsibilities[0], text="Shall train judges")
    instrument = render_instrument(replace(RECORD, responsibilities=(responsibility,)))
    (finding,) = instrument.findings
    assert '"Shall"' in finding.message


def test_an_edited_template_is_used() -> None:
    edited = template(
        "Between friends: {{ country }}", "{%p for line in objectives %}", "{{ line.title }}", "{%p endfor %}"
    )
    assert text_of(render_instrument(RECORD, template=edited).document) == ["Between friends: Ghana", "Protect"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{{ contry }}", "contry"),
        ("{{ country", "cannot be filled"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
        ("{{ country|exec }}", "exec"),
        ("{{ title.upper() }}", "call"),
        ("{{ 'x' * 100000000 }}", "mul"),
        ("{% for i in range(9) %}{{ i }}{% endfor %}", "call"),
        ("{% set x = title %}{{ x }}", "assign"),
        ("{% macro m() %}{% endmacro %}", "macro"),
        ("{{ title|attr('upper') }}", "attr"),
        (
            "{% for a in objectives %}{% for b in objectives %}{{ b.title }}{% endfor %}{% endfor %}",
            "inner one must repeat",
        ),
        ("{{ cycler }}", "cycler"),
        ("{{ title|usd }}", "usd"),
        ("{{ title|day }}", "day"),
    ],
)
def test_unfillable_template_names_the_field(written: str, expected: str) -> None:
    with pytest.raises(TemplateNotUsable, match=expected):
        render_instrument(RECORD, template=template(written))


def test_a_file_that_is_no_word_document_is_refused() -> None:
    with pytest.raises(TemplateNotUsable, match=r"\.docx"):
        render_instrument(RECORD, template=BytesIO(b"%PDF-1.7"))
    assert TEMPLATE.is_file()
