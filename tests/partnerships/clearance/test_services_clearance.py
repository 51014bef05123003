"""Services of clearance, and the rules of the database behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.findings import errors
from cpc.notifications.models import Notification
from cpc.site.mailed_queue import agenda_of
from cpc.site.queue import Desk
from cpc.web.formats import dollars
from partnerships.agreements.services import edit_partnership
from partnerships.clearance.services.answers import (
    Given,
    decide_going_on,
    propose_going_on,
    record_answers,
    record_finding,
)
from partnerships.clearance.services.reminders import remind, remind_by_hand
from partnerships.clearance.services.texts import (
    add_language,
    add_version,
    ask_offices,
    move_due_day,
    submit_text,
    take_off_list,
)
from partnerships.lookups.clearance import clearance_of
from partnerships.models import (
    AnswerKind,
    ClearanceAnswer,
    ClearanceReminder,
    ClearanceRequest,
    ClearanceRole,
    Contribution,
    Government,
    LegalReview,
    Participant,
    Partnership,
    Silence,
    StatusChange,
    TextVersion,
)
from partnerships.money.services import record_contribution
from partnerships.queue.agency import lanes
from partnerships.status.signing import record_signing, sign
from partnerships.terms.services import add_term, edit_term, set_amounts
from tests.partnerships.error_codes import db_error_code
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import START, Stage

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ASKED, DUE = START - 30 * DAY, START - 20 * DAY
CLEARS, INFORMED = ClearanceRole.CLEARS, ClearanceRole.INFORMED


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    """Return a complete draft in negotiation."""
    partnership = stage.draft()
    stage.restrictions(partnership)
    stage.complete(partnership)
    for name in ("invite", "open_negotiations"):
        stage.step(partnership, name, ASKED)
    return partnership


def office(code: str) -> Agency:
    return Agency.objects.get(code=code)


def text(name: str = "text") -> ContentFile[bytes]:
    return ContentFile(name.encode(), name=f"{name}.txt")


def error_codes(write: Callable[[], object]) -> list[str]:
    """Return the codes of the error that a write raises; none if it passes."""
    try:
        with transaction.atomic():
            write()
    except ValidationError as error:
        named = getattr(error, "error_dict", None) or {"": error.error_list}
        return [one.code or "" for errors_of_field in named.values() for one in errors_of_field]
    return []


def submit(stage: Stage, draft: Partnership, *, second: str = "", **offices: ClearanceRole) -> TextVersion:
    return submit_text(
        partnership=draft,
        files={"English": text()},
        offices={office(code): role for code, role in (offices or {"lt": CLEARS}).items()},
        asked_on=ASKED,
        due_on=DUE,
        second_language=second,
        actor=stage.analyst,
    )


def answer(
    stage: Stage, version: TextVersion, code: str, kind: str = "clear", comment: str = "", on: dt.date = DUE
) -> None:
    record_answers(version=version, answers=[Given(office(code), AnswerKind(kind), on, comment)], actor=stage.analyst)


def found(stage: Stage, version: TextVersion, on: dt.date = DUE) -> None:
    record_finding(version=version, result=LegalReview.NON_BINDING, found_on=on, actor=stage.analyst)


def next_version(stage: Stage, draft: Partnership, *, is_material: bool, also: tuple[str, ...] = ()) -> TextVersion:
    return add_version(
        partnership=draft,
        files={"English": text("next")},
        changed="Article 5.",
        is_material=is_material,
        reason="Data may be shared.",
        asked_on=DUE,
        due_on=DUE + 5 * DAY,
        also_ask=[office(code) for code in also],
        actor=stage.analyst,
    )


def propose(stage: Stage, draft: Partnership, actor: User | None = None, **reasons: str) -> list[Silence]:
    by_office = {office(code): reason for code, reason in reasons.items()}
    return propose_going_on(clearance=clearance_of(draft), reasons=by_office, actor=actor or stage.analyst)


def decide(actor: User, *, agree: bool = True) -> list[Silence]:
    return decide_going_on(silences=list(Silence.objects.all()), agree=agree, actor=actor)


def stops(partnership: Partnership) -> set[str]:
    """Return the codes that stop the signature, after comparing them with the database."""
    codes = {finding.code for finding in errors(clearance_of(partnership).findings(START))}
    with connection.cursor() as cursor:
        cursor.execute("SELECT cpc_clearance_stop(%s, NULL)", [partnership.pk])
        first = cursor.fetchone()[0]
    assert (first is None) is (not codes)
    assert first is None or first in codes
    return codes


def sign_by_sql(stage: Stage, partnership: Partnership) -> str:
    step = StatusChange(
        partnership=partnership, transition="sign", from_status="in_clearance", to_status="signed",
        effective_on=START, actor=stage.approver,
    )  # fmt: skip
    return db_error_code(step.save)


# ---- terms and text -----------------------------------------------------------------------------------------------


def set_amount(stage: Stage, partnership: Partnership, amount: str, government: str = "us") -> None:
    program = partnership.programs.get()
    amounts = [(program, Government(government), Decimal(amount))]
    set_amounts(partnership=partnership, amounts=amounts, actor=stage.analyst)


def change_term(stage: Stage, draft: Partnership, change: str) -> None:
    """Make one change of the record; those of the second half are no change of its terms."""
    objective = draft.objectives.get(number=1)
    match change:
        case "amount":
            set_amount(stage, draft, "3400000.00")
        case "partner's amount":
            set_amount(stage, draft, "2000.00", "partner")
        case "title":
            edit_partnership(partnership=draft, actor=stage.analyst, values={"title": "Another title"})
        case "last day":
            assert draft.ends_on is not None
            edit_partnership(partnership=draft, actor=stage.analyst, values={"ends_on": draft.ends_on - DAY})
        case "objective":
            edit_term(term=objective, values={"title": "Another objective"}, actor=stage.analyst)
        case "participant":
            row = Participant(partnership=draft, government="us", name="Another office")
            add_term(term=row, actor=stage.analyst)
        case "withdrawn":
            mechanism = draft.mechanisms.order_by("pk")[0]
            edit_term(term=mechanism, values={"withdrawn": True}, actor=stage.analyst)
        case "same amount":
            set_amount(stage, draft, str(draft.programs.get().amounts.filter(government="us").latest("pk").amount))
        case "progress":
            duty = draft.responsibilities.order_by("pk")[0]
            edit_term(term=duty, values={"status": "under_way"}, actor=stage.analyst)
        case "status":
            stage.step(draft, "return_to_negotiation", START, reason="More to say")


TERMS = ("amount", "partner's amount", "title", "last day", "objective", "participant", "withdrawn")
OTHERS = ("same amount", "progress", "status")


@pytest.mark.parametrize("change", TERMS)
def test_terms_that_change_after_a_version_stop_its_signature_until_the_next(
    stage: Stage, draft: Partnership, change: str
) -> None:
    change_term(stage, draft, change)
    stage.clear(draft, ASKED)
    assert stops(draft) == set()
    draft.refresh_from_db()
    if change == "withdrawn":
        row = draft.mechanisms.order_by("pk")[0]
        edit_term(term=row, values={"withdrawn": False}, actor=stage.analyst)
    else:
        change_term(stage, draft, "objective" if change != "objective" else "amount")
    [said] = clearance_of(draft).changed
    assert stops(draft) == {"terms_changed"}
    assert sign_by_sql(stage, draft) == "terms_changed"
    assert "terms_changed" in error_codes(lambda: stage.step(draft, "sign"))
    assert said
    next_version(stage, draft, is_material=False)
    assert stops(draft) == set()


@pytest.mark.parametrize("change", OTHERS)
def test_what_is_no_term_leaves_the_text_cleared(stage: Stage, draft: Partnership, change: str) -> None:
    stage.clear(draft, ASKED)
    draft.refresh_from_db()
    change_term(stage, draft, change)
    assert (clearance_of(draft).changed, stops(draft)) == ([], set())


def test_a_term_that_is_set_back_no_longer_stops_the_signature(stage: Stage, draft: Partnership) -> None:
    before = draft.programs.get().amounts.filter(government="us").latest("pk").amount
    stage.clear(draft, ASKED)
    set_amount(stage, draft, "3400000.00")
    title = draft.programs.get().title
    changed = f"Amount of “{title}”, United States: $3,400,000.00, before {dollars(before)}"
    assert clearance_of(draft).changed == [changed]
    [finding] = clearance_of(draft).findings(START)
    assert finding.message.startswith(f"The record's terms changed after version 1 was sent. {changed}.")
    set_amount(stage, draft, str(before))
    assert stops(draft) == set()


def test_a_pledged_contribution_is_a_term_and_a_reported_one_is_not(stage: Stage, draft: Partnership) -> None:
    stage.clear(draft, ASKED)
    for stage_of, changed in (("reported", 0), ("pledged", 1)):
        row = Contribution(
            partnership=draft, government="partner", kind="in_kind", stage=stage_of, fiscal_year=2024,
            description="Rooms", amount_usd=Decimal("10.00"), valuation_method="Rent", source="A letter",
        )  # fmt: skip
        record_contribution(contribution=row, actor=stage.analyst)
        assert len(clearance_of(draft).changed) == changed


def test_no_text_is_sent_before_negotiations(stage: Stage) -> None:
    selected = stage.draft("KEN")
    assert error_codes(lambda: submit(stage, selected)) == ["not_negotiated"]
    row = TextVersion(partnership=selected, number=1, dated=ASKED, changed="First", is_material=True)
    assert db_error_code(row.save) == "not_negotiated"
    stage.step(selected, "invite", ASKED)
    assert error_codes(lambda: submit(stage, selected)) == ["not_negotiated"]
    stage.step(selected, "open_negotiations", ASKED)
    assert error_codes(lambda: submit(stage, selected)) == []


# ---- one request asks a whole list ----------------------------------------------------------------------------------


def test_one_submission_records_text_requests_and_step(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS, h=INFORMED)
    draft.refresh_from_db()
    assert (draft.status, draft.status_as_of) == ("in_clearance", ASKED)
    assert {(r.agency.code, r.role, r.due_on) for r in version.requests.all()} == {
        ("lt", "clear", DUE), ("inl", "clear", DUE), ("h", "info", DUE)
    }  # fmt: skip
    assert version.files.get().document.document.kind == "instrument"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_on": ASKED - DAY}, "due_on"),
        ({"asked_on": dt.date(2099, 1, 1), "due_on": dt.date(2099, 1, 2)}, "future_day"),
        ({"files": {}}, "file_missing"),
        ({"offices": {}}, "clearance_not_asked"),
        ({"second_language": "English"}, "second_language"),
        ({"files": {"French": text()}}, "language"),
    ],
)
def test_a_submission_is_whole_or_nothing(
    stage: Stage, draft: Partnership, changes: dict[str, object], code: str
) -> None:
    values = {
        "partnership": draft, "files": {"English": text()}, "offices": {office("lt"): CLEARS}, "asked_on": ASKED,
        "due_on": ASKED, "actor": stage.analyst,
    }  # fmt: skip
    assert error_codes(lambda: submit_text(**{**values, **changes})) == [code]  # type: ignore[arg-type]  # mixed
    assert not TextVersion.objects.exists()


def test_only_who_edits_partnerships_asks_and_answers(stage: Stage, draft: Partnership) -> None:
    for role in (Role.VIEWER, Role.REVIEWER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            submit_text(
                partnership=draft, files={"English": text()}, offices={office("lt"): CLEARS}, asked_on=ASKED,
                due_on=DUE, actor=make_account(role),
            )  # fmt: skip


# ---- what stops the signature, in Python and in SQL -----------------------------------------------------------------


def test_each_stop_is_one_of_python_and_of_the_database(stage: Stage, draft: Partnership) -> None:
    assert stops(draft) == {"clearance_text"}
    version = submit(stage, draft, second="French", lt=CLEARS, inl=CLEARS)
    assert stops(draft) == {"clearance_language", "legal_review", "clearance_silence"}
    add_language(version=version, language="French", file=text("texte"), actor=stage.analyst)
    found(stage, version)
    answer(stage, version, "lt")
    assert stops(draft) == {"clearance_silence"}
    answer(stage, version, "inl", "does_not_clear", "Article 5 lets case files leave.")
    assert stops(draft) == {"does_not_clear"}
    assert sign_by_sql(stage, draft) == "does_not_clear"
    assert error_codes(lambda: stage.step(draft, "sign")) == ["does_not_clear"]
    answer(stage, version, "inl", "clear_with_comments", "Name the ministry.")
    assert stops(draft) == set()
    assert stage.step(draft, "sign").signed_on == START


def test_a_material_change_reopens_answers_and_finding(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS, drl=CLEARS)
    found(stage, version)
    for code, kind in (("lt", "clear"), ("inl", "clear"), ("drl", "no_equities")):
        answer(stage, version, code, kind)
    draft.refresh_from_db()
    assert (draft.legal_review, draft.legal_reviewed_on) == ("non_binding", DUE)
    second = next_version(stage, draft, is_material=True)
    draft.refresh_from_db()
    assert draft.legal_review == "not_reviewed"
    assert {request.agency.code for request in second.requests.all()} == {"lt", "inl"}
    assert stops(draft) == {"legal_review", "clearance_silence"}


def test_a_change_that_is_not_material_leaves_answers_valid(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS)
    found(stage, version)
    answer(stage, version, "lt")
    answer(stage, version, "inl")
    second = next_version(stage, draft, is_material=False)
    assert (second.requests.count(), stops(draft)) == (0, set())
    ask_offices(version=second, offices={office("inl"): CLEARS}, asked_on=DUE, due_on=DUE, actor=stage.analyst)
    assert stops(draft) == {"clearance_silence"}
    answer(stage, second, "inl")
    assert stops(draft) == set()


def test_an_extension_is_no_answer_and_moves_the_reminder(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS)
    found(stage, version)
    answer(stage, version, "lt", "extension")
    assert stops(draft) == {"clearance_silence"}
    request = move_due_day(request=version.requests.get(), due_on=DUE + DAY, actor=stage.analyst)
    assert request.due_on == DUE + DAY


# ---- answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind", "comment", "on", "expected"),
    [
        ("inl", "does_not_clear", " ", DUE, ["comment"]),
        ("inl", "does_not_clear", "No.", DUE, []),
        ("inl", "clear", "", ASKED - DAY, ["answered_early"]),
        ("inl", "clear", "", ASKED, []),
        ("drl", "clear", "", DUE, ["not_asked"]),
        ("inl", "clear", "", dt.date(2099, 1, 1), ["future_day"]),
    ],
)
def test_an_answer_has_a_comment_and_a_day(
    stage: Stage, draft: Partnership, code: str, kind: str, comment: str, on: dt.date, expected: list[str]
) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS)
    assert error_codes(lambda: answer(stage, version, code, kind, comment, on)) == expected


def test_several_answers_go_in_together_or_not_at_all(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS)
    given = [Given(office("lt"), AnswerKind.CLEAR, DUE), Given(office("inl"), AnswerKind.REFUSED, DUE)]
    assert error_codes(lambda: record_answers(version=version, answers=given, actor=stage.analyst)) == ["comment"]
    assert not ClearanceAnswer.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE partnerships_clearanceanswer SET comment = 'x'",
        "DELETE FROM partnerships_clearanceanswer",
        "UPDATE partnerships_textversion SET is_material = FALSE",
        "UPDATE partnerships_clearancerequest SET role = 'info'",
        "DELETE FROM partnerships_clearancerequest",
        "UPDATE partnerships_partnership SET legal_review = 'binding'",
    ],
)
def test_no_row_changes_in_sql(stage: Stage, draft: Partnership, sql: str) -> None:
    answer(stage, submit(stage, draft), "lt")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(sql)


# ---- silence --------------------------------------------------------------------------------------------------------


def test_going_on_without_an_answer_needs_a_reason_and_another_person(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS)
    found(stage, version)
    answer(stage, version, "lt")
    assert error_codes(lambda: propose(stage, draft, lt="It is fine")) == ["answered"]
    assert error_codes(lambda: propose(stage, draft, inl=" ")) == ["reason"]
    [own] = propose(stage, draft, stage.approver, inl="Called twice")
    assert error_codes(lambda: decide(stage.approver)) == ["two_people"]
    with pytest.raises(PermissionDenied):
        decide(stage.analyst)
    assert stops(draft) == {"clearance_silence"}
    other = make_account(Role.APPROVER, username="second")
    assert error_codes(lambda: decide(other, agree=False)) == ["reason"]
    decide(other)
    assert stops(draft) == set()
    assert [f.code for f in clearance_of(draft).findings(START)] == ["went_on_without"]
    assert error_codes(lambda: decide(other)) == ["silence_state"]
    own.refresh_from_db()
    assert own.decided_by == other
    answer(stage, version, "inl", "does_not_clear", "No.")
    assert stops(draft) == {"does_not_clear"}


def test_consent_ends_with_a_material_change(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, inl=CLEARS)
    found(stage, version)
    propose(stage, draft, inl="Called")
    decide(stage.approver)
    assert stops(draft) == set()
    found(stage, next_version(stage, draft, is_material=True))
    assert stops(draft) == {"clearance_silence"}


def test_the_database_refuses_consent_of_the_same_person(stage: Stage, draft: Partnership) -> None:
    submit(stage, draft, inl=CLEARS)
    [row] = propose(stage, draft, stage.approver, inl="Called")
    row.decision, row.decided_by = "consented", stage.approver
    assert db_error_code(lambda: row.save(update_fields=("decision", "decided_by"))) == "two_people"


# ---- the list, reminders, and successors ----------------------------------------------------------------------------


def test_an_office_taken_off_the_list_owes_nothing_and_its_answers_stay(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS)
    found(stage, version)
    answer(stage, version, "lt")
    for reason, codes in ((" ", ["reason"]), ("Its funds do not pay.", [])):
        take_off = partial(
            take_off_list, clearance=clearance_of(draft), agency=office("inl"), on=DUE, actor=stage.analyst
        )
        assert error_codes(partial(take_off, reason=reason)) == codes
    assert stops(draft) == set()
    assert ClearanceRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("today", "reminders"), [("2026-11-17", 0), ("2026-11-18", 1), ("2026-11-20", 1), ("2026-11-21", 0)]
)
def test_reminders_are_sent_two_workdays_before_the_due_day_and_on_it(
    stage: Stage, draft: Partnership, today: str, reminders: int
) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS, h=INFORMED)
    answer(stage, version, "inl")
    make_account(Role.REVIEWER, agency=office("lt"))
    # Set in the past, so that the application's clock does not matter.
    for request in version.requests.all():
        move_due_day(request=request, due_on=dt.date(2026, 11, 20), actor=stage.analyst)
    day = dt.date.fromisoformat(today)
    assert remind(today=day) == reminders
    assert remind(today=day) == 0
    assert list(ClearanceReminder.objects.values_list("request__agency__code", "accounts")) == [("lt", 1)] * reminders
    assert Notification.objects.filter(kind="clearance.reminder").count() == reminders


def test_a_request_is_read_once_it_is_answered_asked_again_or_void(stage: Stage, draft: Partnership) -> None:
    reviewers = {code: make_account(Role.REVIEWER, username=code, agency=office(code)) for code in ("lt", "inl", "h")}

    def unread() -> dict[str, int]:
        return {code: user.notifications.filter(read_at=None).count() for code, user in reviewers.items()}

    version = submit(stage, draft, lt=CLEARS, inl=CLEARS, h=CLEARS)
    assert unread() == {"lt": 1, "inl": 1, "h": 1}
    answer(stage, version, "lt", "extension")
    answer(stage, version, "inl")
    assert unread() == {"lt": 1, "inl": 0, "h": 1}
    next_version(stage, draft, is_material=True)
    assert unread() == {"lt": 1, "inl": 1, "h": 1}
    assert reviewers["lt"].notifications.count() == 2
    take_off_list(clearance=clearance_of(draft), agency=office("h"), reason="No role", on=DUE, actor=stage.analyst)
    assert unread() == {"lt": 1, "inl": 1, "h": 0}


def test_a_text_waits_in_the_queue_of_the_offices_that_clear_it_alone(stage: Stage, draft: Partnership) -> None:
    readers = {code: make_account(Role.REVIEWER, username=code, agency=office(code)) for code in ("lt", "inl", "h")}

    def waits() -> dict[str, int]:
        return {code: sum(one.counts.total for one in lanes(Desk(user, DUE, 9))) for code, user in readers.items()}

    version = submit(stage, draft, lt=CLEARS, inl=CLEARS, h=INFORMED)
    assert waits() == {"lt": 1, "inl": 1, "h": 0}
    [row] = lanes(Desk(readers["lt"], DUE, 9))[0].items
    assert row.title == f"Tell the TIP Office whether your agency clears the instrument with {draft.country.name}"
    assert (row.due, row.asked_by) == (version.requests.filter(agency=office("lt"))[0].due_on, str(stage.analyst))
    assert row.due is not None
    assert row.url.startswith("mailto:")
    assert "mailto" not in str(agenda_of(readers["lt"], row.due).parts)
    answer(stage, version, "lt", "extension")
    answer(stage, version, "inl")
    assert waits() == {"lt": 1, "inl": 0, "h": 0}
    next_version(stage, draft, is_material=True)
    assert waits() == {"lt": 1, "inl": 1, "h": 0}
    take_off_list(clearance=clearance_of(draft), agency=office("lt"), reason="No role", on=DUE, actor=stage.analyst)
    assert waits() == {"lt": 0, "inl": 1, "h": 0}


def test_a_reminder_by_hand_is_sent_once_a_day(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft)
    request = version.requests.get()
    assert [remind_by_hand(request=request, today=DUE, actor=stage.analyst) for _ in range(2)] == [True, False]
    assert ClearanceReminder.objects.get().accounts == 0


# ---- signing days ---------------------------------------------------------------------------------------------------


def test_the_signature_is_as_of_the_later_day(stage: Stage, draft: Partnership) -> None:
    stage.clear(draft, ASKED)
    signed = sign(
        partnership=draft, actor=stage.approver, us_signed_on=START - 3 * DAY, partner_signed_on=START,
        in_effect_on=START + DAY,
    )  # fmt: skip
    assert signed.signed_on == START
    assert signed.signings.get().us_signed_on == START - 3 * DAY


@pytest.mark.parametrize(
    ("us", "partner", "effect", "codes"),
    [
        (START, START, None, []),
        (START - DAY, None, None, []),
        (None, START, START, []),
        (None, None, START, ["signing_day"]),
        (START - DAY, START - DAY, None, ["signing_day"]),
        (START + DAY, None, None, ["signing_day"]),
        (dt.date(2099, 1, 1), None, None, ["future_day"]),
        (START, START, START - DAY, ["in_effect_on"]),
    ],
)
def test_past_signing_days_fit_the_recorded_signature(
    stage: Stage, us: dt.date | None, partner: dt.date | None, effect: dt.date | None, codes: list[str]
) -> None:
    running = stage.active("KEN")
    record = partial(record_signing, partnership=running, us_signed_on=us, partner_signed_on=partner)
    assert error_codes(partial(record, in_effect_on=effect, actor=stage.analyst)) == codes


def test_an_answer_after_the_signature_is_on_record_and_changes_nothing_of_it(stage: Stage, draft: Partnership) -> None:
    version = submit(stage, draft, lt=CLEARS, inl=CLEARS)
    found(stage, version)
    answer(stage, version, "lt")
    propose(stage, draft, inl="Away")
    decide(stage.approver)
    signed = sign(partnership=draft, actor=stage.approver, us_signed_on=START, partner_signed_on=START)
    before = clearance_of(signed)
    for on in (START - DAY, START, START + DAY):  # days of the answer: what counts is when it is recorded
        answer(stage, version, "inl", "does_not_clear", "Article 3", on=on)
    after = clearance_of(signed)
    assert after.findings(START) == before.findings(START)
    assert after.statuses(START) == before.statuses(START)
    assert stops(signed) == set()
    assert [row.after_signature for row in after.answers] == [False, True, True, True]


@pytest.mark.parametrize("told", [True, False])
def test_the_database_marks_the_answers_that_came_after_the_signature(
    stage: Stage, draft: Partnership, *, told: bool
) -> None:
    version = submit(stage, draft)
    found(stage, version)

    def write() -> bool:
        row = ClearanceAnswer(version=version, agency=office("lt"), kind="clear", answered_on=DUE, after_signature=told)
        row.save()
        return ClearanceAnswer.objects.get(pk=row.pk).after_signature

    assert not write()
    sign(partnership=draft, actor=stage.approver, us_signed_on=START, partner_signed_on=START)
    assert write()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE partnerships_clearanceanswer SET after_signature = FALSE")


def test_no_version_follows_the_signature(stage: Stage) -> None:
    running = stage.active("KEN")
    assert error_codes(lambda: next_version(stage, running, is_material=True)) == ["text_closed"]
