"""Obstacles of a round: each rule, its weight, and what it stops."""

from __future__ import annotations

import datetime as dt

import pytest

from cpc.accounts.permissions import Role
from selection.consultation.services import cut_short
from selection.consultation.services import dispositions as dispositions_services
from selection.consultation.services import requests as requests_services
from selection.consultation.services.dispositions import EditOutcome
from selection.decisions.decision_checks import decision_findings
from selection.decisions.memo import services as memo_services
from selection.decisions.obstacles import WITHOUT_NOTES, Obstacle, Step, Weight, obstacles_of, readable_by, stops
from selection.models import ConsultationRequest, Decision, Disposition, MemoPurpose, SelectionRound
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import NoteContent
from selection.rounds import services as rounds_services
from tests.partnerships.error_codes import db_error_code
from tests.selection.decisions.deliberating import committed, recommended, review
from tests.support.accounts import make_account
from tests.support.rounds import DUE, ON, Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def found(office: Office) -> SelectionRound:
    return office.consulting()


@pytest.fixture
def labor(office: Office, found: SelectionRound) -> ConsultationRequest:
    return office.ask(found, office.agency(statutory=True), "GHA", "CIV")


def by_code(found: SelectionRound, on: dt.date = ON) -> dict[str, list[Obstacle]]:
    rows: dict[str, list[Obstacle]] = {}
    for row in obstacles_of(found, on):
        rows.setdefault(row.code, []).append(row)
    return rows


def one(found: SelectionRound, code: str, on: dt.date = ON) -> Obstacle:
    [row] = by_code(found, on)[code]
    return row


@pytest.mark.parametrize(
    ("on", "detail"),
    [
        (DUE - DAY, "It is due tomorrow. The statute names it."),
        (DUE, "It is due today. The statute names it."),
        (DUE + DAY, "It was due yesterday. The statute names it."),
    ],
)
def test_missing_answers_are_one_line_an_agency(
    office: Office, found: SelectionRound, labor: ConsultationRequest, on: dt.date, detail: str
) -> None:
    row = one(found, "no_response", on)
    assert (row.key, row.weight, row.title, row.detail) == (
        f"no_response:{labor.pk}", Weight.STOPS, "DOL has not answered on any of 2.", detail,
    )  # fmt: skip
    assert row.url == f"/rounds/{found.pk}/requests/{labor.pk}/"
    assert {office.candidate(found, code).pk for code in ("GHA", "CIV")} == set(row.candidates)
    office.answer(labor, "CIV", "extension", "Travel", day=DUE + DAY)
    office.answer(labor)
    row = one(found, "no_response", on)
    assert row.title == f"DOL has not answered on {office.candidate(found, 'CIV').country}."
    assert "It asks for more time on" in row.detail
    assert row in stops(obstacles_of(found, on), Step.DELIBERATE)
    office.answer(labor, "CIV")
    assert "no_response" not in by_code(found, on)
    assert one(found, "answered", on).title == "Answers: all 2 are in."


def test_going_on_prints_with_the_reason(office: Office, found: SelectionRound, labor: ConsultationRequest) -> None:
    office.answer(labor)
    proposal = office.propose(found)
    assert one(found, "no_response").weight is Weight.STOPS
    cut_short.agree(proposal=proposal, actor=office.approver, today=ON)
    row = one(found, "gone_on")
    assert row.weight is Weight.PRINTS
    assert row.title.startswith("The round goes on without DOL on C")
    assert row.detail == "TIP Office approver agreed, before its due date: The year ends"
    assert stops(obstacles_of(found, ON), Step.DELIBERATE) == []


def test_a_statutory_agency_is_asked_or_recorded(office: Office, found: SelectionRound) -> None:
    assert one(found, "no_statutory_consultee").weight is Weight.PRINTS
    justice = office.agency("doj", "Department of Justice", statutory=True)
    row = one(found, "statutory_not_asked")
    assert (row.weight, row.citation) == (Weight.STOPS, "22 U.S.C. 7103a(d)")
    assert row in stops(obstacles_of(found, ON), Step.DELIBERATE)
    requests_services.record_not_applicable(
        selection_round=found, agency=justice, reason="No programs", actor=office.analyst
    )
    rows = by_code(found)
    assert "statutory_not_asked" not in rows
    assert rows["not_asked"][0].detail == "No programs"


def test_objections_and_edits_are_settled(office: Office, found: SelectionRound, labor: ConsultationRequest) -> None:
    against = office.answer(labor, value="does_not_clear", text="It overlaps.")
    edits = office.answer(labor, "CIV", "clear_with_edits", "Name the ministry.\n\nCut page 2.\n")
    row = one(found, "no_disposition")
    assert (row.weight, row.title, row.detail) == (
        Weight.STOPS, "DOL does not clear Ghana; no answer from us yet.", "“It overlaps.”",
    )  # fmt: skip
    assert "with 2 edits, not settled." in one(found, "edits_open").title
    assert {row.code for row in stops(obstacles_of(found, ON), Step.DELIBERATE)} == set(), "it may be deliberated"
    assert {"no_disposition", "edits_open"} <= {row.code for row in stops(obstacles_of(found, ON), Step.DECISION)}
    dispositions_services.dispose(position=against, text="Narrowed.", actor=office.analyst)
    dispositions_services.dispose(
        position=edits,
        outcomes=[EditOutcome(True), EditOutcome(False, "It names the funds.")],
        actor=office.analyst,
    )
    rows = by_code(found)
    assert rows["objection"][0].detail == "What we did: Narrowed."
    assert rows["edits_rejected"][0].weight is Weight.PRINTS
    assert rows["edits_rejected"][0].detail == "“Cut page 2.”: It names the funds."
    assert not {"no_disposition", "edits_open"} & set(rows)


@pytest.mark.parametrize(
    ("kind", "outcome", "concurs", "code", "weight"),
    [
        ("critical", None, None, "critical_open", Weight.STOPS),
        ("critical", "deferred", None, "critical_open", Weight.STOPS),
        ("critical", "rejected", None, "critical_rejected", Weight.STOPS),
        ("critical", "rejected", False, "critical_rejected", Weight.STOPS),
        ("critical", "rejected", True, "note_rejected", Weight.PRINTS),
        ("critical", "accepted", None, "", None),
        ("major", None, None, "major_open", Weight.PRINTS),
        ("major", "rejected", None, "note_rejected", Weight.PRINTS),
        ("substantive", None, None, "", None),
    ],
)
def test_notes_stop_or_print(
    office: Office, found: SelectionRound, labor: ConsultationRequest, kind: str, outcome: str | None,
    concurs: bool | None, code: str, weight: Weight | None,
) -> None:  # fmt: skip
    contact = office.contact(labor.agency)
    note = notes_services.write_note(
        selection_round=found,
        candidate=office.candidate(found),
        content=NoteContent(kind=kind, text="Shelters are full.", rationale="Visited in May."),
        visibility="office",
        actor=contact,
    )
    if outcome:
        adjudications_services.adjudicate(note=note, outcome=outcome, rationale="Noted.", actor=office.analyst)
    if concurs is not None:
        adjudications_services.concur(note=note, concurs=concurs, text="As said.", actor=contact)
    rows = [row for row in obstacles_of(found, ON) if row.about == "notes" and row.weight is not Weight.FINE]
    assert [(row.code, row.weight) for row in rows] == ([(code, weight)] if code else [])
    assert readable_by(office.analyst, rows) == rows
    for row in readable_by(make_account(Role.VIEWER), rows):
        assert row.title == WITHOUT_NOTES[code]
        assert (row.code, row.weight, row.detail, row.url, row.candidates) == (code, weight, "", "", ())


def test_scores_and_ratings(office: Office, found: SelectionRound) -> None:
    row = one(found, "mandatory_not_known")
    assert row.weight is Weight.STOPS
    assert "not possible for C" in row.title
    assert row in stops(obstacles_of(found, ON), Step.DECISION)
    assert row not in stops(obstacles_of(found, ON), Step.DELIBERATE)
    for criterion in ("prosecution", "protection", "prevention"):
        office.rate(office.candidate(found), criterion, 3)
    older = one(found, "score_older")
    assert older.title == "The score is older than 3 ratings."
    rounds_services.score_round(selection_round=found, actor=office.analyst)
    rows = by_code(found)
    assert "score_older" not in rows
    ghana = office.candidate(found).pk
    assert ghana not in rows["mandatory_not_known"][0].candidates
    assert ghana in rows["ratings_missing"][0].candidates
    rounds_services.move_candidate(
        candidate=office.candidate(found, "XKX"), into_pool=False, reason="No", actor=office.analyst
    )
    rounds_services.move_candidate(
        candidate=office.candidate(found, "XKX"), into_pool=True, reason="Yes", actor=office.analyst
    )
    assert "score_stale" not in by_code(found)


def test_restrictions_stop_a_selection_and_print_for_any_other(office: Office, found: SelectionRound) -> None:
    committed(office, found)
    assert one(found, "restrictions_not_reviewed").weight is Weight.PRINTS
    assert one(found, "restrictions_not_reviewed").detail == "For each: 14 not reviewed."
    ghana = office.candidate(found)

    def codes(action: str) -> set[str]:
        return {row.code for row in decision_findings(ghana, action, ON) if row.severity == "error"}

    assert codes("select") == {"restrictions_not_reviewed"}
    assert codes("not_selected") == codes("shortlist") == codes("defer") == set()
    for code in ("GHA", "CIV"):
        review(office, found, code)
    assert one(found, "restrictions_not_reviewed").detail == "Kosovo: 14 not reviewed."
    review(office, found, "XKX")
    assert one(found, "restrictions").title.endswith("reviewed for 3 candidates.")
    assert codes("select") == set()
    review(office, found, status="triggered")
    assert codes("select") == {"restriction_bars"}


@pytest.mark.parametrize("action", ["select", "shortlist", "not_selected", "defer"])
def test_every_kind_of_decision_has_the_same_preconditions(
    office: Office, found: SelectionRound, labor: ConsultationRequest, action: str
) -> None:
    committed(office, found)
    review(office, found)
    ghana = office.candidate(found)
    errors = {row.code for row in decision_findings(ghana, action, ON) if row.severity == "error"}
    assert errors == {"no_response"}
    office.answer(labor, value="does_not_clear", text="It overlaps.")
    errors = {row.code for row in decision_findings(ghana, action, ON) if row.severity == "error"}
    assert errors == {"no_disposition"}
    other = decision_findings(office.candidate(found, "XKX"), action, ON)
    assert "no_disposition" not in {row.code for row in other}


# ---- the database ----------------------------------------------------------------------------------------------------


def test_the_database_decides_on_what_is_settled(office: Office, labor: ConsultationRequest) -> None:
    found = labor.round
    committed(office, found)
    office.answer(labor, "CIV")
    against = office.answer(labor, value="does_not_clear", text="It overlaps.")
    found = office.step(found, "deliberate")
    row = recommended(office, found, action="defer")
    memo = memo_services.bring_memo_up_to_date(found, office.analyst, ON, MemoPurpose.FOR_DECISION)

    def decides(state: str = "approved") -> None:
        Decision(
            recommendation=row, candidate=row.candidate, memo=memo, verdict=state, action=row.action,
            decided_by=office.approver,
        ).save()  # fmt: skip

    assert db_error_code(decides) == "no_disposition"
    dispositions_services.dispose(position=against, text="Narrowed.", actor=office.analyst)
    contact = office.contact(labor.agency)
    content = NoteContent(kind="critical", text="Shelters are full.", rationale="Visited in May.")
    for candidate in (None, office.candidate(found)):
        note = notes_services.write_note(
            selection_round=found, candidate=candidate, content=content, visibility="office", actor=contact
        )
        memo = memo_services.bring_memo_up_to_date(found, office.analyst, ON, MemoPurpose.FOR_DECISION)
        assert db_error_code(decides) == "critical_open"
        rows = SelectionRound.objects.filter(pk=found.pk)
        assert db_error_code(lambda: rows.update(state="decided")) == "critical_open"  # noqa: B023  # called at once
        adjudications_services.adjudicate(note=note, outcome="rejected", rationale="No.", actor=office.analyst)
        assert db_error_code(decides) == "critical_open", "rejected against its agency"
        adjudications_services.concur(note=note, concurs=True, text="", actor=contact)
    edits = office.answer(labor, value="clear_with_edits", text="Cut page 2.")
    memo = memo_services.bring_memo_up_to_date(found, office.analyst, ON, MemoPurpose.FOR_DECISION)
    assert db_error_code(decides) == "edits_open"
    unsettled = Disposition(position=edits, text="Done.", by=office.analyst)
    assert db_error_code(unsettled.save) == "edits_open"
    unsettled.outcomes = [{"edit": "Cut page 2.", "accepted": False, "reason": " "}]
    assert db_error_code(unsettled.save) == "edits_open"
    outcomes = [EditOutcome(False, "It names the funds.")]
    dispositions_services.dispose(position=edits, outcomes=outcomes, actor=office.analyst)
    decides()
