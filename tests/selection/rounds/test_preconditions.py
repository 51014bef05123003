"""Checks of the steps of a round: the rows that each looks at and the sentence that it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.utils import timezone

from cpc.accounts.models import Agency
from cpc.findings import Finding
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import owed_in
from selection.consultation.services import cut_short
from selection.decisions.obstacles import obstacles_of
from selection.models import EvidenceVersion, ScoringModel, SelectionRound
from selection.rounds import preconditions
from selection.rounds import services as rounds_services
from tests.support.rounds import DUE, ON, Office

DAY = dt.timedelta(days=1)


def said(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    return [(str(found.severity), found.code, found.message) for found in findings]


@pytest.mark.parametrize(
    ("state", "is_ready"), [("draft", False), ("published", True), ("superseded", True), ("withdrawn", False)]
)
def test_round_requires_a_published_or_superseded_model(state: str, is_ready: bool) -> None:
    model = ScoringModel(title="Default", number=2, state=state)
    found = preconditions.model_published(SelectionRound(model=model), ON)
    assert said(found) == ([] if is_ready else [("error", "model_not_published", f"{model} is not published.")])


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
    assert titles(found, "position_stale") == []
    shown = office.candidate(found).evidence.get()
    EvidenceVersion.objects.create(
        candidate=shown.candidate, number=2, as_of=shown.as_of, digest="0" * 64, cells=shown.cells
    )
    assert titles(found, "position_stale") == ["Ghana changed after DOL answered."]
    office.answer(request)
    assert titles(found, "position_stale") == []


def titles(found: SelectionRound, *wanted: str) -> list[str]:
    """Return the titles of what stands in the way of a round, of some codes."""
    return [row.title for row in obstacles_of(found, ON) if row.code in wanted]


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
    score = ("not_scored", "score_stale")
    assert titles(found, *score) == []

    def move(code: str, *, into: bool) -> None:
        rounds_services.move_candidate(
            candidate=office.candidate(found, code), into_pool=into, reason="Agreed", actor=office.analyst
        )

    move("GHA", into=False)
    assert titles(found, *score) == [], "a score of more countries than the pool still counts"
    rounds_services.score_round(selection_round=found, actor=office.analyst)
    for code in ("ROU", "GHA"):
        move(code, into=True)
    assert titles(found, *score) == ["The score does not include Ghana and Romania."]
    assert titles(office.open(title="Other"), *score) == ["This round has no full score."]


@pytest.mark.django_db
def test_agencies_named_by_the_statute_are_named_and_none_marked_is_printed(office: Office) -> None:
    found = office.open()
    Agency.objects.update(statutory=False)
    assert titles(found, "no_statutory_consultee") == ["No agency is marked as named by the statute."]
    labor = office.agency(statutory=True)
    office.agency("doe", "Department of Energy")
    assert titles(found, "no_statutory_consultee") == []
    assert titles(found, "statutory_not_asked") == [f"{labor} is not asked for its position."]


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
        "open_consultation": ["pool_has_candidates", "check"],
        "deliberate": ["check"],
        "decide": ["check", "all_decided", "memo_issued"],
    }
