"""Checks of the steps of a round: the rows that each looks at and the sentence that it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.utils import timezone

from cpc.accounts.models import Agency
from cpc.findings import Finding
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, owed_in
from selection.consultation.services import cut_short
from selection.models import (
    Candidate,
    ConsultationRequest,
    EvidenceVersion,
    Position,
    ScoringModel,
    SelectionRound,
)
from selection.rounds import preconditions
from selection.rounds import services as rounds_services
from tests.support.rounds import DUE, ON, Office

Check = Callable[[SelectionRound, dt.date], list[Finding]]
DAY = dt.timedelta(days=1)
FOUND = cast(SelectionRound, SimpleNamespace())


def said(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    return [(str(found.severity), found.code, found.message) for found in findings]


@pytest.mark.parametrize(
    ("state", "is_ready"), [("draft", False), ("published", True), ("superseded", True), ("withdrawn", False)]
)
def test_round_requires_a_published_or_superseded_model(state: str, is_ready: bool) -> None:
    model = ScoringModel(title="Default", number=2, state=state)
    found = preconditions.model_published(SelectionRound(model=model), ON)
    assert said(found) == ([] if is_ready else [("error", "model_not_published", f"{model} is not published.")])


# ---- positions -----------------------------------------------------------------------------------------------------


def position(*, disposed: bool = False) -> Position:
    dispositions = SimpleNamespace(all=lambda: ["Memo"] if disposed else [])
    return cast(Position, SimpleNamespace(dispositions=dispositions))


@pytest.fixture
def awaited(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets Labor's status on Ghana, its position, and whether the evidence changed since."""

    def owes(status: PositionStatus, given: Position | None = None, *, is_stale: bool = False) -> None:
        request = cast(ConsultationRequest, SimpleNamespace(agency="Labor"))
        candidate = cast(Candidate, SimpleNamespace(country="Ghana"))
        cell = PositionCell(request, candidate, status, given, is_stale)
        monkeypatch.setattr(preconditions, "owed_in", lambda _found, _on: [cell])

    return owes


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        (PositionStatus.WAITING, True),
        (PositionStatus.EXTENSION, True),
        (PositionStatus.NO_RESPONSE, True),
        (PositionStatus.CLEAR, False),
        (PositionStatus.CLEAR_WITH_EDITS, False),
        (PositionStatus.DOES_NOT_CLEAR, False),
        (PositionStatus.PROCEEDED, False),
        (PositionStatus.NO_EQUITIES, False),
    ],
)
def test_an_agency_without_an_answer_holds_the_round(
    awaited: Callable[..., None], status: PositionStatus, is_open: bool
) -> None:
    awaited(status)
    message = "Labor has not answered on Ghana. Wait, or ask the approver to agree to go on."
    assert said(preconditions.answered(FOUND, ON)) == ([("error", "no_response", message)] if is_open else [])


@pytest.mark.parametrize(
    ("status", "given", "expected"),
    [
        (
            PositionStatus.DOES_NOT_CLEAR,
            position(),
            [("error", "no_disposition", "Labor on Ghana does not clear. Record what the office did about it.")],
        ),
        (
            PositionStatus.CLEAR_WITH_EDITS,
            position(),
            [("warning", "edits_open", "Labor on Ghana clears with edits. Record whether they were made.")],
        ),
        (PositionStatus.CLEAR, position(), []),
        (PositionStatus.EXTENSION, position(), []),
        (PositionStatus.DOES_NOT_CLEAR, position(disposed=True), []),
        (PositionStatus.CLEAR_WITH_EDITS, position(disposed=True), []),
        (PositionStatus.NO_RESPONSE, None, []),
    ],
)
def test_objection_requires_a_disposition(
    awaited: Callable[..., None], status: PositionStatus, given: Position | None, expected: list[tuple[str, str, str]]
) -> None:
    awaited(status, given)
    assert said(preconditions.objections_disposed(FOUND, ON)) == expected


@pytest.mark.parametrize("is_stale", [True, False])
def test_an_answer_on_older_evidence_is_a_warning(awaited: Callable[..., None], is_stale: bool) -> None:
    awaited(PositionStatus.CLEAR, position(), is_stale=is_stale)
    message = "Labor answered on Ghana based on older evidence."
    expected = [("warning", "position_stale", message)] if is_stale else []
    assert said(preconditions.positions_fresh(FOUND, ON)) == expected


def codes(found: SelectionRound, on: dt.date = ON) -> dict[str, str]:
    """Return the status of each agency that owes an answer, by agency and country."""
    cells = owed_in(found, on)
    return {f"{cell.request.agency.code} {cell.candidate.country.code}": cell.status for cell in cells}


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_answers_are_owed_on_candidates_of_sent_requests(office: Office) -> None:
    found = office.consulting()
    labor, energy, state = office.agency(), office.agency("doe", "Energy"), office.agency("drl", "State")
    request = office.ask(found, labor, "GHA", "CIV")
    office.ask(found, energy, role="info")
    office.draft(found, state)
    assert codes(found) == {"dol GHA": PositionStatus.WAITING, "dol CIV": PositionStatus.WAITING}
    assert codes(found, DUE)["dol GHA"] == PositionStatus.WAITING
    assert codes(found, DUE + DAY)["dol GHA"] == PositionStatus.NO_RESPONSE
    office.answer(request, value="does_not_clear", text="It overlaps.")
    office.answer(request)
    assert codes(found) == {"dol GHA": PositionStatus.CLEAR, "dol CIV": PositionStatus.WAITING}
    rounds_services.move_candidate(
        candidate=office.candidate(found, "CIV"), into_pool=False, reason="No partner", actor=office.analyst
    )
    assert codes(found) == {"dol GHA": PositionStatus.CLEAR}


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_extension_and_decision_to_proceed_apply_to_their_candidate(office: Office) -> None:
    found = office.consulting()
    request = office.ask(found, office.agency(), "GHA", "CIV")
    late = DUE + DAY
    proposal = office.propose(found, "Time is up.", late)
    office.answer(request, value="extension", text="Attorneys travel.", day=DUE + 14 * DAY)
    assert codes(found) == {"dol GHA": PositionStatus.EXTENSION, "dol CIV": PositionStatus.WAITING}
    office.answer(request)
    cut_short.agree(proposal=proposal, actor=office.approver, today=late)
    assert codes(found, late)["dol CIV"] == PositionStatus.PROCEEDED
    assert codes(found, late)["dol GHA"] == PositionStatus.CLEAR


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_answer_is_compared_with_the_newest_evidence_of_its_candidate(office: Office) -> None:
    found = office.consulting()
    request = office.ask(found, office.agency())
    office.answer(request)
    assert preconditions.positions_fresh(found, ON) == []
    shown = office.candidate(found).evidence.get()
    EvidenceVersion.objects.create(
        candidate=shown.candidate, number=2, as_of=shown.as_of, digest="0" * 64, cells=shown.cells
    )
    assert [one.code for one in preconditions.positions_fresh(found, ON)] == ["position_stale"]
    office.answer(request)
    assert preconditions.positions_fresh(found, ON) == []


# ---- pool, score, and statute --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_pool_needs_one_candidate(office: Office) -> None:
    found = office.step(office.open(only=("GHA",)), "screen")
    assert preconditions.pool_has_candidates(found, ON) == []
    rounds_services.move_candidate(
        candidate=office.candidate(found), into_pool=False, reason="No partner", actor=office.analyst
    )
    assert said(preconditions.pool_has_candidates(found, ON)) == [
        ("error", "pool_empty", "No country is in the pool. Change the rule or add a country by hand.")
    ]


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_a_score_is_current_if_it_includes_the_whole_pool(office: Office) -> None:
    found = office.scored()
    assert preconditions.scored(found, ON) == []

    def move(code: str, *, into: bool) -> None:
        rounds_services.move_candidate(
            candidate=office.candidate(found, code), into_pool=into, reason="Agreed", actor=office.analyst
        )

    move("GHA", into=False)
    assert preconditions.scored(found, ON) == [], "a score of more countries than the pool still counts"
    rounds_services.score_round(selection_round=found, actor=office.analyst)
    for code in ("ROU", "GHA"):
        move(code, into=True)
    assert said(preconditions.scored(found, ON)) == [
        ("error", "score_stale", "The score does not include GHA, ROU. Compute it again.")
    ]
    assert said(preconditions.scored(office.open(title="Other"), ON)) == [
        ("error", "not_scored", "This round has no full score. Compute one.")
    ]


@pytest.mark.django_db
def test_agencies_named_by_the_statute_are_named_and_none_marked_is_a_warning(office: Office) -> None:
    found = office.open()
    Agency.objects.update(statutory=False)
    assert said(preconditions.statutory_asked(found, ON)) == [
        (
            "warning",
            "no_statutory_consultee",
            "No agency is marked as named by the statute. An administrator can mark them.",
        )
    ]
    labor = office.agency(statutory=True)
    office.agency("doe", "Department of Energy")
    [finding] = preconditions.statutory_asked(found, ON)
    assert finding.message == (
        f"{labor} is not asked for its position. Ask it, or record why asking it is not applicable."
    )
    assert (finding.field, finding.citation) == ("requests", "22 U.S.C. 7103a(d)")


# ---- decisions -----------------------------------------------------------------------------------------------------


def recommendation(country: str, place: int, *, decided: bool = False, superseded: bool = False) -> Any:
    row = SimpleNamespace(
        candidate=SimpleNamespace(country=country), place=place, superseded_at=timezone.now() if superseded else None
    )
    if decided:
        row.decision = "approved"
    return row


def round_of(*candidates: Sequence[Any]) -> SelectionRound:
    rows = [SimpleNamespace(recommendations=SimpleNamespace(all=lambda found=found: found)) for found in candidates]
    return cast(SelectionRound, SimpleNamespace(candidates=SimpleNamespace(prefetch_related=lambda *_: rows)))


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], ["No recommendations yet. Write one for each candidate."]),
        ([[], []], ["No recommendations yet. Write one for each candidate."]),
        ([[recommendation("Ghana", 1, superseded=True)]], ["No recommendations yet. Write one for each candidate."]),
        ([[recommendation("Ghana", 1, decided=True)]], []),
        ([[recommendation("Ghana", 1, superseded=True), recommendation("Ghana", 1, decided=True)]], []),
        (
            [[recommendation("Ghana", 2)], [recommendation("Peru", 1)], [recommendation("Chad", 3, decided=True)]],
            [
                "The recommendation on Peru is waiting for the approver's decision.",
                "The recommendation on Ghana is waiting for the approver's decision.",
            ],
        ),
    ],
)
def test_undecided_recommendations_are_listed_in_the_order_of_the_memo(
    candidates: Sequence[Sequence[Any]], expected: list[str]
) -> None:
    assert [found.message for found in preconditions.all_decided(round_of(*candidates), ON)] == expected


@pytest.mark.parametrize("has_memo", [True, False])
def test_a_round_is_closed_with_its_memo(has_memo: bool) -> None:
    found = cast(SelectionRound, SimpleNamespace(memos=SimpleNamespace(exists=lambda: has_memo)))
    assert said(preconditions.memo_issued(found, ON)) == (
        [] if has_memo else [("error", "no_memo", "The memo is not issued. Issue it before you close the round.")]
    )


def test_the_checks_of_each_step() -> None:
    names = {step: [check.__name__ for check in checks] for step, checks in preconditions.ROUND_CHECKS.items()}
    assert names == {
        "screen": ["model_published"],
        "start_scoring": ["pool_has_candidates"],
        "open_consultation": ["pool_has_candidates", "scored"],
        "deliberate": ["scored", "statutory_asked", "answered"],
        "decide": [
            "scored",
            "statutory_asked",
            "answered",
            "objections_disposed",
            "positions_fresh",
            "critical_notes_answered",
            "all_decided",
            "memo_issued",
        ],
    }
