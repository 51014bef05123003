"""The consultation as text: badges, headings, figures, the export, and tasks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.template.loader import render_to_string

from cpc.accounts.models import Agency, User
from indicators.models import Country, Indicator, Observation, Source
from selection.consultation import presenters, queries
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, Queue, RequestSummary, RoundConsultation
from selection.evidence.queries import EvidenceLine
from selection.model_definition.criteria_table import read
from selection.models import (
    Candidate,
    ConsultationRequest,
    Disposition,
    EvidenceVersion,
    Position,
    PositionDraft,
    ProceedWithout,
    SelectionRound,
)

TODAY = dt.date(2026, 11, 25)
DAY = dt.timedelta(days=1)
MOMENT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
ROUND = SelectionRound(pk=7, title="Round 1", fiscal_year=2027)
LABOR = Agency(pk=1, code="dol", name="Department of Labor")


def asked(due_in: int | None = 5, role: str = "consult", agency: Agency = LABOR, **values: Any) -> ConsultationRequest:
    return ConsultationRequest(
        pk=2,
        round=ROUND,
        agency=agency,
        role=role,
        due_on=None if due_in is None else TODAY + due_in * DAY,
        sent_at=MOMENT,
        **values,
    )


def cell(
    status: str = "waiting", name: str = "Ghana", *, request: ConsultationRequest | None = None, **values: Any
) -> PositionCell:
    candidate = Candidate(pk=ord(name[0]), country=Country(code=name[:3].upper(), name=name), round=ROUND)
    return PositionCell(request or asked(), candidate, PositionStatus(status), **values)


def position(*disposed: str) -> Position:
    made = Position(
        pk=6, agency=Agency(name="Former Labor"), text="It overlaps.", at=MOMENT, evidence=EvidenceVersion(number=4)
    )
    dispositions = [Disposition(text=text) for text in disposed]
    made._prefetched_objects_cache = {"dispositions": dispositions}  # type: ignore[attr-defined]  # as a prefetch does
    return made


# ---- badges --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        ("clear", "good", "Clear"),
        ("clear_with_edits", "info", "Clear with edits"),
        ("clear_with_comments", "info", "Clear with comments"),
        ("does_not_clear", "bad", "Does not clear"),
        ("no_equities", "none", "No equities"),
        ("extension", "warn", "Extension requested"),
        ("waiting", "none", "Waiting"),
        ("no_response", "bad", "Late, no response"),
        ("proceeded", "warn", "No response, proceeded without"),
        ("informed", "none", "For information"),
    ],
)
def test_the_badge_of_a_position(status: str, kind: str, text: str) -> None:
    found = presenters.mark(cell(status))
    assert (found.kind, found.text) == (kind, text)


def drafts(*names: str) -> tuple[PositionDraft, ...]:
    return tuple(PositionDraft(author=User(username=name)) for name in names)


@pytest.mark.parametrize(
    ("status", "authors", "kind", "text"),
    [
        ("waiting", (), "none", "Not started"),
        ("waiting", ("ama",), "info", "Draft by ama"),
        ("waiting", ("ama", "kofi"), "info", "Two drafts"),
        ("no_response", ("ama", "kofi", "esi"), "info", "Three drafts"),
        ("extension", (), "info", "More time requested"),
        ("extension", ("ama",), "info", "More time requested"),
    ],
)
def test_the_badge_of_drafts(status: str, authors: tuple[str, ...], kind: str, text: str) -> None:
    badge = fragment("_drafts", cell=cell(status, drafts=drafts(*authors)))
    assert f"c-status--{kind}" in badge
    assert badge.endswith(f"</svg>{text}</span>")


@pytest.mark.parametrize(
    ("due_in", "role", "expected"),
    [
        (-1, "consult", ("bad", "Tue, Nov 24")),
        (0, "consult", ("warn", "Wed, Nov 25")),
        (2, "clear", ("warn", "Fri, Nov 27")),
        (3, "consult", None),
        (None, "consult", None),
        (-1, "info", None),
    ],
)
def test_a_due_date_is_marked_two_days_before_and_once_it_has_passed(
    due_in: int | None, role: str, expected: tuple[str, str] | None
) -> None:
    found = presenters.due_mark(asked(due_in, role), TODAY)
    assert (found and (found.kind, found.text)) == expected


def test_a_dropped_request_has_no_due_date_to_mark() -> None:
    assert presenters.due_mark(asked(-1, dropped_at=MOMENT), TODAY) is None


def test_questions_are_the_lines_with_text() -> None:
    assert presenters.questions(asked(questions=" Which figure? \n\n  \nDoes it overlap?")) == [
        "Which figure?", "Does it overlap?"
    ]  # fmt: skip


def queue(*waiting: PositionCell, answered: Sequence[PositionCell] = ()) -> Queue:
    return Queue(waiting, tuple(answered), (), (), {}, TODAY)


def fragment(name: str, **context: Any) -> str:
    return " ".join(render_to_string(f"selection/consultation/{name}.html", context).split())


@pytest.mark.parametrize(
    ("count", "title"),
    [
        (0, "No candidate is waiting for an answer from Labor"),
        (1, "One candidate is waiting for Labor"),
        (2, "Two candidates are waiting for Labor"),
    ],
)
def test_the_heading_of_a_queue(count: int, title: str) -> None:
    agency = SimpleNamespace(short="Labor")
    assert fragment("_queue_title", queue=queue(*[cell()] * count), agency=agency) == title


LATE, SOON, FAR = (
    cell("no_response", request=asked(-1)),
    cell("waiting", request=asked(1)),
    cell("waiting", request=asked(9)),
)
STALE, FRESH = cell("clear", is_stale=True), cell("clear")


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (queue(), ""),
        (queue(LATE), "One is late."),
        (queue(LATE, LATE), "Two are late."),
        (queue(FAR, SOON), "The next is due Thu, Nov 26, tomorrow."),
        (queue(cell(request=asked(0))), "The next is due Wed, Nov 25, today."),
        (queue(LATE, FAR), "One is late. The next is due Fri, Dec 4, in 9 days."),
        (queue(answered=[STALE, FRESH]), "One earlier answer is based on evidence that has changed since."),
        (queue(answered=[STALE, STALE]), "2 earlier answers are based on evidence that has changed since."),
        (queue(cell(request=asked(None))), ""),
    ],
)
def test_the_lede_of_a_queue(found: Queue, text: str) -> None:
    assert fragment("_queue_lede", queue=found) == text


def test_a_queue_is_empty_without_any_request() -> None:
    assert queue().is_empty
    for more in (
        queue(SOON),
        queue(answered=[FRESH]),
        Queue((), (), (cell("informed"),), (), {}, TODAY),
        Queue((), (), (), (asked(),), {}, TODAY),
    ):
        assert not more.is_empty


# ---- round ---------------------------------------------------------------------------------------------------------


def consultation(*cells: PositionCell, candidates: int = 3) -> RoundConsultation:
    sent = RequestSummary(asked(), dict(enumerate(cells)))
    return RoundConsultation(
        ROUND, tuple(one.candidate for one in [cell()] * candidates), (sent,), (), (), (), (), frozenset()
    )


def test_the_figures_of_a_consultation() -> None:
    found = consultation(
        cell("clear", is_stale=True),
        cell("clear_with_edits", is_stale=True),
        cell("does_not_clear", position=position()),
        cell("does_not_clear", position=position("Noted.")),
        cell("no_response"),
        cell("proceeded"),
        cell("waiting"),
        cell("extension"),
        cell("informed", request=asked(None, "info")),
    )
    assert shown_facts(found) == [
        "Agencies asked 1 3 candidates",
        "Answers 4 of 8 no response is not an answer",
        "Late, no response 1 proceeded without 1",
        "Does not clear 2 1 without a disposition",
        "On older evidence 2 asked to confirm",
    ]


def shown_facts(page: RoundConsultation) -> list[str]:
    html = fragment("_facts", page=page, facts=presenters.facts(page))
    return [" ".join(re.sub("<[^>]+>", " ", item).split()) for item in html.split("</div>") if "<dt>" in item]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([cell("clear")], ["0 after the due date", "0", "0"]),
        (
            [cell("does_not_clear", position=position("Noted."))],
            ["0 after the due date", "1 all with a disposition", "0"],
        ),
        ([cell("proceeded"), cell("proceeded")], ["0 proceeded without 2", "0", "0"]),
    ],
)
def test_the_notes_of_the_figures(cells: Sequence[PositionCell], expected: list[str]) -> None:
    terms = ("Late, no response", "Does not clear", "On older evidence")
    found = shown_facts(consultation(*cells))[2:]
    assert found == [f"{term} {figure}" for term, figure in zip(terms, expected, strict=True)]


def test_a_request_counts_its_answers() -> None:
    [summary] = consultation(cell("clear"), cell("proceeded"), cell("waiting"), cell("extension")).sent
    assert summary.answered == 1


def test_the_newest_disposition_counts() -> None:
    found = cell("does_not_clear", position=position("First.", "Second."))
    assert found.disposition is not None
    assert found.disposition.text == "Second."
    assert not found.needs_disposition
    assert cell("does_not_clear", position=position()).needs_disposition
    assert not cell("clear_with_edits", position=position()).needs_disposition
    assert cell("waiting").disposition is None


EXPORTED = ("Position", "Text", "Given by", "Given", "Evidence version", "On older evidence", "Disposition")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (cell(), ("Waiting", "", "", None, None, "", "")),
        (
            cell("does_not_clear", position=position("First.", "Noted.")),
            ("Does not clear", "It overlaps.", "Former Labor", MOMENT, 4, "no", "Noted."),
        ),
        (
            cell("clear", position=position(), is_stale=True),
            ("Clear", "It overlaps.", "Former Labor", MOMENT, 4, "yes", ""),
        ),
    ],
)
def test_a_row_of_the_export(found: PositionCell, expected: tuple[Any, ...]) -> None:
    values = {column.label: column.cell(found) for column in presenters.FIELDS}
    assert tuple(values[name] for name in EXPORTED) == expected
    assert (values["Agency"], values["Role"], values["Candidate"], values["Code"], values["Due"]) == (
        "Department of Labor", "Consult", "Ghana", "GHA", TODAY + 5 * DAY
    )  # fmt: skip
    assert values["Gone on without: reason"] == ""


def test_the_export_gives_the_reason_for_going_on() -> None:
    found = cell("proceeded", proceeded=ProceedWithout(reason="Time is up."))
    assert {column.label: column.cell(found) for column in presenters.FIELDS}[
        "Gone on without: reason"
    ] == "Time is up."


@pytest.mark.parametrize(
    ("reason", "text"),
    [("", ""), ("not_collected", "No estimate"), ("special_case", "Special Case"), ("odd_reason", "Odd reason")],
)
def test_a_missing_value_has_words(reason: str, text: str) -> None:
    found = presenters.line(cast(Any, SimpleNamespace(observation=None, row="row", missing=reason)))
    assert (found["missing"], found["published"], found["quality"], found["edition"], found["publisher"]) == (
        text, None, "", "", ""
    )  # fmt: skip


def test_a_line_of_the_evidence_names_its_source_and_quality() -> None:
    source = Source(key="cpi", title="CPI", publisher="Transparency International")
    indicator = Indicator(code="cpi.score", name="CPI score", source=source)
    row = read().row("cpi")
    value = Observation(
        indicator=indicator, period="2025", edition="2026", quality="estimated", value=44, country=Country(code="GHA")
    )
    found = presenters.line(EvidenceLine(row, value, "", False))
    assert (found["row"], found["observation"], found["publisher"], found["quality"]) == (
        row, value, "Transparency International", "Estimate"
    )  # fmt: skip
    assert "2026" in found["edition"]
    assert found["published"] is not None


# ---- cells -----------------------------------------------------------------------------------------------------------


def test_a_position_is_stale_only_if_it_is_an_answer_on_older_evidence() -> None:
    def stale(value: str, shown: int, newest: Mapping[int, int]) -> bool:
        request = asked()
        candidate = cell().candidate
        given = Position(candidate=candidate, value=value, evidence_id=shown)
        request.shown_positions = [given]  # type: ignore[attr-defined]  # as the prefetch does
        rows = [SimpleNamespace(candidate=candidate, candidate_id=candidate.pk)]
        request._prefetched_objects_cache = {"candidates": rows, "proceeded": []}  # type: ignore[attr-defined]
        [found] = queries.cells_of(request, newest, TODAY)
        assert found.position is given
        return found.is_stale

    ghana = cell().candidate.pk
    assert not stale("clear", 4, {ghana: 4})
    assert stale("clear", 4, {ghana: 5})
    assert not stale("extension", 4, {ghana: 5})
