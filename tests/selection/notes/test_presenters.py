"""Notes as text: badges, audience, columns of the matrix, progress, and tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cpc.accounts.models import Agency, User
from indicators.models import Country, Indicator, Narrative, Observation
from selection.models import Adjudication, Candidate, Concurrence, Note, SelectionRound
from selection.notes.matrix_columns import BY_KEY, agreement, cells_of, plain, section_of
from selection.notes.presenters import notes as presenters
from selection.notes.queries import Thread, beside, label_of
from selection.queue import office

MOMENT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
LABOR = Agency(pk=1, code="dol", name="Department of Labor")
GHANA = Candidate(pk=3, country=Country(code="GHA", name="Ghana"))


def note(**values: Any) -> Note:
    usual: dict[str, Any] = {
        "round": SelectionRound(pk=7, title="Round 1", fiscal_year=2027),
        "candidate": GHANA,
        "agency": LABOR,
        "author": User(username="ama"),
        "series": "DOL",
        "number": 3,
        "kind": "major",
        "status": "open",
        "visibility": "office",
        "anchor": "candidate",
        "text": "Show the later figure.",
    }
    return Note(**{**usual, **values})


def answered(outcome: str = "accepted", **values: Any) -> Adjudication:
    return Adjudication(outcome=outcome, by=User(username="kofi"), at=MOMENT, rationale="Shown now.", **values)


def thread(
    answer: str = "", *, concurs: bool | None = None, why: str = "", label: str = "The candidate", **values: Any
) -> Thread:
    agrees = None if concurs is None else Concurrence(concurs=concurs, text=why)
    return Thread(note(**values), label, answered(answer) if answer else None, agrees, [], [])


# ---- badges --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "answer", "status", "agrees"),
    [
        (thread(), ("info", "Open"), ("info", "Open"), ("", "Waiting for the office")),
        (
            thread("accepted", status="adjudicated"),
            ("good", "Accepted"),
            ("none", "Adjudicated"),
            ("", "Waiting for the agency"),
        ),
        (
            thread("modified", status="closed", concurs=True),
            ("good", "Accepted with change"),
            ("good", "Closed"),
            ("good", "Yes"),
        ),
        (
            thread("rejected", status="escalated", concurs=False),
            ("bad", "Rejected"),
            ("warn", "Escalated"),
            ("warn", "No, disclosed in memo"),
        ),
        (thread("noted", status="closed", agency=None), ("none", "Noted"), ("good", "Closed"), None),
        (thread("deferred"), ("unknown", "Deferred"), ("info", "Open"), ("", "Waiting for the agency")),
        (
            thread(status="closed", withdrawn_at=MOMENT),
            ("none", "Withdrawn"),
            ("none", "Withdrawn"),
            None,
        ),
        (
            thread("accepted", status="closed", superseded_at=MOMENT, concurs=True),
            ("good", "Accepted"),
            ("none", "Superseded"),
            None,
        ),
        (thread(agency=None), ("info", "Open"), ("info", "Open"), None),
    ],
)
def test_the_badges_of_a_note(
    found: Thread, answer: tuple[str, str], status: tuple[str, str], agrees: tuple[str, str] | None
) -> None:
    line = presenters.line(found)
    badges = [line[name] and (line[name].kind, line[name].text) for name in ("answer", "status", "agrees")]
    assert badges == [answer, status, agrees]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"visibility": "agency"}, "Seen by Department of Labor only"),
        ({"visibility": "office"}, "Seen by the office and Department of Labor"),
        ({"visibility": "office", "agency": None}, "Seen by the office"),
        ({"visibility": "all"}, "Seen by the office and all consultees asked"),
        ({"visibility": "all", "agency": None}, "Seen by the office and all consultees asked"),
    ],
)
def test_the_audience_of_a_note(values: dict[str, Any], text: str) -> None:
    assert presenters.line(thread(**values))["audience"] == text


@pytest.mark.parametrize(
    ("found", "is_office", "offers"),
    [
        (thread(), True, True),
        (thread(), False, False),
        (thread("accepted"), True, True),
        (thread("accepted", withdrawn_at=MOMENT), True, False),
        (thread("accepted", superseded_at=MOMENT), True, False),
    ],
)
def test_the_office_may_answer_a_note_that_is_in_force(found: Thread, is_office: bool, offers: bool) -> None:
    assert presenters.line(found, may_answer=is_office)["may_answer"] == offers


@pytest.mark.parametrize(
    ("values", "blocks"),
    [
        ({"kind": "critical"}, True),
        ({"kind": "major"}, False),
        ({"kind": "critical", "status": "adjudicated"}, False),
        ({"kind": "critical", "visibility": "agency"}, False),
        ({"kind": "critical", "visibility": "all"}, True),
    ],
)
def test_a_critical_open_note_before_the_office_blocks(values: dict[str, Any], blocks: bool) -> None:
    assert presenters.line(thread(**values))["blocks"] is blocks


@pytest.mark.parametrize(
    ("of_agency", "from_", "expected"),
    [
        (True, "", ["agency", "office", "all"]),
        (True, "office", ["office", "all"]),
        (True, "all", ["all"]),
        (False, "", ["office", "all"]),
        (False, "all", ["all"]),
        (False, "agency", ["office", "all"]),
    ],
)
def test_a_note_is_shown_to_more_people_and_never_to_fewer(of_agency: bool, from_: str, expected: list[str]) -> None:
    found = presenters.visibilities(of_agency=of_agency, from_=from_)
    assert [value for value, _ in found] == expected
    labels = {
        "agency": "My agency only",
        "office": "The office and my agency" if of_agency else "The office",
        "all": "The office and all consultees asked",
    }
    assert [label for _, label in found] == [labels[value] for value in expected]


def test_a_note_that_the_office_enters_is_seen_by_the_office() -> None:
    assert presenters.ENTERED_VISIBILITIES == [
        ("office", "The office and the agency"),
        ("all", "The office and all consultees asked"),
    ]


# ---- subjects ------------------------------------------------------------------------------------------------------

VALUE = Observation(pk=8, indicator=Indicator(name="CPI score"), period="2025")
REPORT = Narrative(pk=9, report_year=2026)


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ({"anchor": "criterion", "criterion": "courts"}, "Courts"),
        ({"anchor": "criterion", "criterion": "gone"}, "gone"),
        ({"anchor": "observation", "observation": VALUE}, "CPI score, 2025"),
        ({"anchor": "sentence", "narrative": REPORT}, "TIP Report 2026, a sentence"),
        ({"section": "Annex"}, "Annex"),
        ({}, "The candidate as a whole"),
        ({"candidate": None, "anchor": "round"}, "The round as a whole"),
    ],
)
def test_the_label_of_a_subject(values: dict[str, Any], label: str) -> None:
    assert label_of(note(**values), {"courts": "Courts"}) == label


@pytest.mark.parametrize(
    ("values", "section"),
    [
        ({"anchor": "criterion", "criterion": "courts"}, "Courts"),
        ({"anchor": "criterion", "section": "Annex"}, "Annex"),
        ({"anchor": "candidate"}, ""),
        ({"anchor": "round", "candidate": None}, ""),
        ({"anchor": "candidate", "section": "Annex"}, "Annex"),
    ],
)
def test_the_section_of_a_note(values: dict[str, Any], section: str) -> None:
    found = thread(label="Courts", **values)
    assert section_of(found) == section
    subject = found.note.subject
    assert presenters.line(found)["about"] == (f"{subject}, {section}" if section else subject)


def test_notes_are_grouped_by_subject() -> None:
    found = [
        thread(anchor="criterion", criterion="courts", number=1),
        thread(anchor="observation", observation=VALUE, number=2),
        thread(anchor="criterion", criterion="courts", number=3),
        thread(anchor="sentence", narrative=REPORT, number=4),
        thread(number=5),
        thread(anchor="round", candidate=None, number=6),
    ]
    assert {key: [one.number for one in notes] for key, notes in beside(found).items()} == {
        "criterion:courts": [1, 3], "observation:8": [2], "sentence:9": [4], "candidate:": [5], "round:": [6]
    }  # fmt: skip


# ---- matrix --------------------------------------------------------------------------------------------------------


def test_the_cells_of_a_note() -> None:
    found = thread(
        "rejected",
        concurs=False,
        why="It is older.",
        reviewer="J. Doe",
        document_version="Draft 2",
        section="Annex",
        kind="critical",
        status="escalated",
        proposed_text="Use 2025.",
        rationale="It is newer.",
    )
    assert cells_of(found) == {
        "number": "DOL-3",
        "agency": "Department of Labor",
        "reviewer": "J. Doe",
        "candidate": "Ghana",
        "document_version": "Draft 2",
        "section": "Annex",
        "kind": "Critical",
        "text": "Show the later figure.",
        "proposed_text": "Use 2025.",
        "rationale": "It is newer.",
        "outcome": "Rejected",
        "answer": "Shown now.",
        "by": str(found.answer.by) if found.answer else "",
        "at": "Nov 24, 2026",
        "agrees": "Does not concur: It is older.",
        "status": "Escalated",
    }
    assert [column.cell(found) for column in presenters.FIELDS] == list(cells_of(found).values())
    assert [column.label for column in presenters.FIELDS] == [column.heading for column in BY_KEY.values()]


def test_the_cells_of_an_unanswered_note_of_the_office_on_the_round() -> None:
    found = cells_of(thread(agency=None, candidate=None, anchor="round"))
    assert (found["agency"], found["candidate"], found["reviewer"]) == ("TIP Office", "All", str(User(username="ama")))
    assert [found[key] for key in ("outcome", "answer", "by", "at", "agrees", "status")] == ["", "", "", "", "", "Open"]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"withdrawn_at": MOMENT}, "Withdrawn"),
        ({"superseded_at": MOMENT}, "Superseded"),
        ({"status": "adjudicated"}, "Adjudicated"),
    ],
)
def test_the_status_in_the_matrix(values: dict[str, Any], status: str) -> None:
    assert cells_of(thread(**values))["status"] == status


@pytest.mark.parametrize(
    ("concurs", "why", "text"),
    [
        (None, "", ""),
        (True, "", "Concurs"),
        (True, "Thanks.", "Concurs: Thanks."),
        (False, "", "Does not concur"),
        (False, "Old.", "Does not concur: Old."),
    ],
)
def test_the_concurrence_in_the_matrix(concurs: bool | None, why: str, text: str) -> None:
    assert agreement(thread("accepted", concurs=concurs, why=why)) == text


def test_the_office_fills_the_last_six_columns() -> None:
    assert [column.key for column in BY_KEY.values() if column.by_office] == [
        "outcome", "answer", "by", "at", "agrees", "status"
    ]  # fmt: skip


def test_plain_text_has_no_outer_blanks_and_one_kind_of_line_end() -> None:
    assert plain(" One\r\ntwo\rthree\x07 ") == "One\ntwo\nthree\N{REPLACEMENT CHARACTER}"


# ---- progress ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "outcomes", "answered", "counts"),
    [
        (0, {}, 0, [0, 0, 0, 0, 0]),
        (1, {}, 0, [0, 0, 0, 0, 1]),
        (1, {"accepted": 1}, 1, [1, 0, 0, 0, 0]),
        (20, {"accepted": 1, "modified": 2, "deferred": 3, "rejected": 4, "noted": 5}, 15, [3, 3, 4, 5, 5]),
    ],
)
def test_the_progress_of_the_answers(total: int, outcomes: dict[str, int], answered: int, counts: list[int]) -> None:
    made = presenters.progress(outcomes, total)
    assert made["answered"] == answered
    assert [label for _, label, _ in made["parts"]] == [
        "Accepted, also with change", "Deferred", "Rejected", "Noted", "Not answered"
    ]  # fmt: skip
    assert [count for *_, count in made["parts"]] == counts
    assert str(made["bar"]).count("<rect") == sum(count > 0 for count in counts)


def test_the_bar_is_as_wide_as_its_frame() -> None:
    bar = str(presenters.progress({"accepted": 1, "rejected": 1}, 4)["bar"])
    assert 'x="0.5"' in bar
    assert 'width="128"' in bar, "a quarter of 516, less the line"
    assert 'width="257"' in bar, "half of 516, less the line"
    assert 'x="262.5"' in bar
    assert 'width="519"' in str(presenters.progress({"accepted": 4}, 4)["bar"])


@pytest.mark.parametrize(
    ("critical", "text"),
    [
        (0, "None of them is critical, so none holds up the decision of the round."),
        (1, "One is critical and must be answered before the decision."),
        (2, "Two are critical and must be answered before the decision."),
    ],
)
def test_why_notes_need_an_answer(critical: int, text: str) -> None:
    assert office._because(critical) == text
