"""Signing of lines: what a decision refers to and records, what goes back, and what is refused, with the database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from selection.decisions.memo import services as memo_services
from selection.models import Action, Decision, DecisionVerdict, Discussion, Memo, Recommendation
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import NoteContent
from selection.rounds.services import score_round
from selection.signing.services import DISCUSS, Line, answer_discussion, changes, sign
from tests.partnerships.error_codes import db_error_code
from tests.selection.decisions.deliberating import Deliberation, in_deliberation, recommended
from tests.selection.signing.rating import rated
from tests.support import deciding
from tests.support.accounts import make_account, set_by_owner
from tests.support.outcomes import refusals
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(deliberation: Deliberation) -> Office:
    return deliberation.office


@pytest.fixture
def lines(office: Office) -> tuple[Recommendation, Recommendation]:
    """Return a recommendation to select Ghana, and one to defer Côte d'Ivoire, which is rated, too."""
    found = in_deliberation()
    rated(office, found)
    return recommended(office, found), recommended(office, found, "CIV", "defer")


@pytest.fixture
def memo(office: Office, lines: object) -> Memo:
    return memo_services.issue_memo(selection_round=in_deliberation(), actor=office.analyst, on=ON)


def signs(office: Office, memo: Memo, *lines: Line, **more: Any) -> Any:
    seen = deciding.seen([line.recommendation for line in lines], ON) if lines else []
    values: dict[str, Any] = {"actor": office.approver, "acknowledged": seen} | more
    return sign(memo=memo, lines=lines, on=ON, **values)


def test_what_is_missing_is_acknowledged_one_by_one_and_stored(office: Office, memo: Memo, lines: Any) -> None:
    ghana, ivory = lines
    keys = deciding.seen([ghana, ivory], ON)
    assert keys
    for left in keys:
        rest = [key for key in keys if key != left]
        refused = refusals(
            lambda rest=rest: signs(office, memo, Line(ghana, "approved"), Line(ivory, "approved"), acknowledged=rest)  # type: ignore[misc]  # a lambda that keeps the value of the loop
        )
        assert refused == {"acknowledged": "not_acknowledged"}
    assert not Decision.objects.exists()
    made = signs(office, memo, Line(ghana, "approved"), Line(ivory, DISCUSS, "Why?"), acknowledged=keys).decisions[0]
    stored = dict(made.acknowledgments.values_list("key", "title"))
    assert set(stored) == set(deciding.seen([ghana], ON))
    assert all(stored.values())


def test_a_note_is_acknowledged_on_the_line_that_it_is_about(office: Office, lines: Any) -> None:
    found = in_deliberation()
    made = [
        notes_services.write_note(
            selection_round=found,
            candidate=office.candidate(found, code) if code else None,
            actor=office.analyst,
            content=NoteContent(kind="major", text="Show both figures.", rationale="One of them is older."),
            visibility="office",
        )
        for code in ("GHA", "CIV", "")
    ]
    about_ghana, about_ivory, about_all = (f"major_open:{note.pk}" for note in made)
    assert {about_ghana, about_all} == {key for key in deciding.seen([lines[0]], ON) if key.startswith("major_open")}
    assert {about_ivory, about_all} == {key for key in deciding.seen([lines[1]], ON) if key.startswith("major_open")}


def test_all_lines_are_signed_at_once_each_as_a_record_of_its_own(office: Office, memo: Memo, lines: Any) -> None:
    ghana, ivory = lines
    signed = signs(
        office, memo, Line(ghana, DecisionVerdict.CONDITIONED, " Begin in the north. "), Line(ivory, "approved")
    )
    first, second = signed.decisions
    assert (first.memo, first.verdict, first.action, first.condition) == (
        memo,
        "conditioned",
        "select",
        "Begin in the north.",
    )
    assert (second.verdict, second.action, second.condition, second.decided_by) == (
        "approved",
        "defer",
        "",
        office.approver,
    )
    assert first.follows
    assert signed.discussions == []


def test_no_line_is_refused_and_one_may_be_left_open(office: Office, memo: Memo, lines: Any) -> None:
    assert refusals(lambda: signs(office, memo)) == {"": "no_line"}
    signs(office, memo, Line(lines[1], "approved"))
    assert [row.recommendation_id for row in Decision.objects.all()] == [lines[1].pk]


def test_one_bad_line_lets_none_be_signed(office: Office, memo: Memo, lines: Any) -> None:
    ghana, ivory = lines
    for line, refused in (
        (Line(ghana, "disapproved", "", "defer"), {"GHA-remarks": "remarks"}),
        (Line(ghana, "disapproved", "Not now"), {"GHA-instead": "instead"}),
        (Line(ghana, "disapproved", "Not now", "select"), {"GHA-instead": "instead"}),
        (Line(ghana, "conditioned", " "), {"GHA-remarks": "remarks"}),
        (Line(ghana, DISCUSS), {"GHA-remarks": "remarks"}),
        (Line(ghana, "perhaps", "Well"), {"GHA-choice": "verdict"}),
    ):
        assert refusals(lambda line=line: signs(office, memo, Line(ivory, "approved"), line)) == refused  # type: ignore[misc]  # a lambda that keeps the value of the loop
    selected = Line(ivory, "disapproved", "Rather now", "select")
    refused_codes = refusals(lambda: signs(office, memo, selected))
    assert set(refused_codes) == {"CIV-choice"}
    assert "no_terms" in refused_codes["CIV-choice"]
    assert not Decision.objects.exists()
    assert not Discussion.objects.exists()


def test_a_question_goes_back_and_the_other_lines_stand(office: Office, memo: Memo, lines: Any) -> None:
    ghana, ivory = lines
    signed = signs(office, memo, Line(ghana, DISCUSS, " Why five years? "), Line(ivory, "approved"))
    [asked] = signed.discussions
    assert (asked.question, asked.memo, asked.asked_by) == ("Why five years?", memo, office.approver)
    assert len(signed.decisions) == 1
    again = Line(ghana, "approved")
    assert refusals(lambda: signs(office, memo, again)) == {"GHA-choice": "in_discussion"}
    with pytest.raises(PermissionDenied):
        answer_discussion(discussion=asked, answer="The courts take three.", actor=office.approver)
    assert refusals(lambda: answer_discussion(discussion=asked, answer=" ", actor=office.analyst)) == {
        "answer": "answer"
    }
    answered = answer_discussion(discussion=asked, answer="The courts take three.", actor=office.analyst)
    assert (answered.answered_by, bool(answered.answered_at)) == (office.analyst, True)
    same = answer_discussion(discussion=asked, answer="The courts take three.", actor=office.analyst)
    assert same == answered
    other = refusals(lambda: answer_discussion(discussion=asked, answer="Another.", actor=office.analyst))
    assert other == {"": "answered"}
    assert signs(office, memo, again).decisions[0].memo == memo


def test_another_recommendation_closes_a_question(office: Office, memo: Memo, lines: Any) -> None:
    [asked] = signs(office, memo, Line(lines[0], DISCUSS, "Why?")).discussions
    recommended(office, in_deliberation(), "GHA", "shortlist")
    closed = refusals(lambda: answer_discussion(discussion=asked, answer="So.", actor=office.analyst))
    assert closed == {"": "superseded"}


def test_an_outdated_memo_is_not_signed_and_what_changed_is_named(office: Office, memo: Memo, lines: Any) -> None:
    line = Line(lines[1], "approved")
    ghana = recommended(office, in_deliberation(), "GHA", "shortlist")
    with pytest.raises(EditConflict, match=r"a recommendation changed\. Nothing was signed"):
        signs(office, memo, line)
    newer = memo_services.issue_memo(selection_round=in_deliberation(), actor=office.analyst, on=ON)
    assert newer.number == 2
    with pytest.raises(EditConflict, match="Version 2 of the memo was issued since you opened version 1"):
        signs(office, memo, line)
    office.rate(office.candidate(in_deliberation()), "forms", 2)
    score_round(selection_round=in_deliberation(), actor=office.analyst)
    with pytest.raises(EditConflict, match="a rating"):
        signs(office, newer, line)
    newest = deciding.memo_for(in_deliberation(), office.analyst, ON)
    assert len(signs(office, newest, line, Line(ghana, "approved")).decisions) == 2


def test_a_decision_does_not_outdate_the_memo_of_the_other_lines(office: Office, memo: Memo, lines: Any) -> None:
    signs(office, memo, Line(lines[1], "approved"))
    assert changes(memo) == []
    assert signs(office, memo, Line(lines[0], "approved")).decisions


def test_who_signs(office: Office, memo: Memo, lines: Any) -> None:
    for role in (Role.VIEWER, Role.ADMINISTRATOR, Role.REVIEWER):
        with pytest.raises(PermissionDenied):
            signs(office, memo, Line(lines[1], "approved"), actor=make_account(role, username=f"a-{role}"))
    with pytest.raises(PermissionDenied):
        signs(office, memo, Line(lines[1], "approved"), actor=office.analyst)
    set_by_owner(User.objects.filter(pk=office.analyst.pk), role=Role.APPROVER)
    author = User.objects.get(pk=office.analyst.pk)
    own = refusals(lambda: signs(office, memo, Line(lines[1], "approved"), actor=author))
    assert own == {"CIV-choice": "two_people"}


def test_two_approvers_decide_one_line_once(office: Office, memo: Memo, lines: Any) -> None:
    other = make_account(Role.APPROVER, username="second-approver")
    signs(office, memo, Line(lines[1], "approved"), actor=other)
    with pytest.raises(ValidationError) as refused:
        signs(office, memo, Line(lines[0], "approved"), Line(lines[1], "approved"))
    assert list(refused.value.message_dict) == ["CIV-choice"]
    assert f"{other} already decided on" in refused.value.message_dict["CIV-choice"][0]
    assert Decision.objects.count() == 1


def test_no_line_is_signed_before_deliberation_or_without_its_memo(office: Office, lines: Any) -> None:
    found = in_deliberation()
    insert = (
        "INSERT INTO selection_decision (recommendation_id, candidate_id, memo_id, verdict, action, remarks, "
        "decided_by_id) VALUES (%s, %s, %s, %s, %s, '', %s)"
    )
    row = lines[1]

    def by_sql(memo: int | None, verdict: str = "approved", action: str = "defer") -> object:
        with connection.cursor() as cursor:
            return cursor.execute(insert, [row.pk, row.candidate_id, memo, verdict, action, office.approver.pk])

    assert db_error_code(lambda: by_sql(None)) == "memo"
    first = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    recommended(office, found, "GHA", "shortlist")
    second = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    assert db_error_code(lambda: by_sql(first.pk)) == "memo"
    assert db_error_code(lambda: by_sql(second.pk, action="select")) == "verdict"
    assert db_error_code(lambda: by_sql(second.pk, "disapproved")) in ("verdict", "remarks")
    assert db_error_code(lambda: by_sql(second.pk, "conditioned")) == "remarks"
    by_sql(second.pk)


@pytest.mark.parametrize(
    ("amount", "months", "code"),
    [
        ("5000000.00", 60, ""),
        ("0.00", 1, ""),
        ("5000000.01", 60, "proposed_amount"),
        ("5000000.00", 61, "proposed_months"),
        ("-0.01", 60, "proposed_amount"),
        ("5000000.00", 0, "proposed_months"),
        ("NaN", 60, "proposed_amount"),
        (None, 60, "no_amount"),
        ("1.00", None, "no_months"),
    ],
)
def test_money_and_term_keep_to_the_limits_on_every_route(
    office: Office, amount: str | None, months: int | None, code: str
) -> None:
    found = in_deliberation()
    candidate = office.candidate(found)
    value = None if amount is None else Decimal(amount)

    def by_service() -> object:
        return deciding.recommend(
            candidate=candidate,
            action="select",
            rationale="Ready",
            actor=office.analyst,
            proposed_amount=value,
            proposed_months=months,
        )

    def by_sql() -> object:
        with connection.cursor() as cursor:
            return cursor.execute(
                "INSERT INTO selection_recommendation (candidate_id, action, rationale, proposed_amount, "
                "proposed_months, funding, place, drafted_by_id) VALUES (%s, 'select', 'x', %s, %s, '', 1, %s)",
                [candidate.pk, amount, months, office.analyst.pk],
            )

    if code:
        assert list(refusals(by_service).values()) in ([code], ["invalid"], ["min_value"])
        assert db_error_code(by_sql) in (code, f"recommendation_{code.removeprefix('proposed_')}", _constraint(code))
    else:
        by_service()
        assert Recommendation.objects.get().proposed_months == months


def _constraint(code: str) -> str:
    return {"no_amount": "recommendation_with_amount", "no_months": "recommendation_with_months"}.get(code, code)


def test_only_a_selection_or_a_shortlist_proposes_money(office: Office) -> None:
    candidate = office.candidate(in_deliberation())
    values: dict[str, Any] = {"candidate": candidate, "rationale": "x", "actor": office.analyst}
    for action in (Action.DEFER, Action.NOT_SELECTED):
        for more in ({"proposed_months": 12}, {"funding": "A source"}):
            assert list(refusals(lambda a=action, m=more: deciding.recommend(action=a, **values, **m)).values()) == [  # type: ignore[misc]  # a lambda that keeps the value of the loop
                "terms_unused"
            ]
    assert deciding.recommend(action="shortlist", proposed_months=48, **values).proposed_amount is None
