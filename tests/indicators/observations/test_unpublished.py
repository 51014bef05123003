"""Statements that an edition was not published by a day: rules in the service and the database, and queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.database.rights import rights_of
from cpc.web import formats
from indicators.imports.publishing import retract
from indicators.models import Source, UnpublishedEdition
from indicators.observations.services import record_unpublished, withdraw_unpublished
from indicators.observations.unpublished import statements_on
from indicators.publications import numbering, signals
from indicators.queries import (
    Unpublished,
    editions_due,
    unpublished_editions,
    unpublished_editions_of,
    withdrawn_statements_of,
)
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.support.accounts import make_account
from tests.support.outcomes import trail
from tests.support.pages import published, tiers

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
DUE = dt.date(2026, 6, 30)
JUNE_30 = (6, 30)
Write = Callable[..., object]


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> None:
    """Publish the tiers of 2025."""
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), year=2025))


def tip() -> Source:
    return Source.objects.get(key="tip")


def today() -> dt.date:
    return timezone.now().date()


def by_service(actor: User, **changed: Any) -> object:
    values: dict[str, Any] = {"source": tip(), "edition": "2026", "as_of": today(), "evidence": "state.gov/reports"}
    return record_unpublished(actor=actor, **values | changed)


def by_sql(actor: User, **changed: Any) -> None:
    values: dict[str, Any] = {
        "source": tip(),
        "edition": "2026",
        "as_of": today(),
        "evidence": "state.gov/reports",
    } | changed
    raw(
        "INSERT INTO indicators_unpublishededition (source_id, edition, as_of, due_on, evidence, recorded_at, "
        "recorded_by_id, superseded_reason) VALUES (%s, %s, %s, make_date(2026, 6, 30), %s, '2001-01-01', %s, '')",
        values["source"].pk,
        values["edition"],
        values["as_of"],
        values["evidence"],
        actor.pk,
    )


def codes(write: Write, *arguments: Any, **changed: Any) -> list[str]:
    """Return the error codes with which the service or the database refuses."""
    if write is by_service:
        return error_codes(lambda: write(*arguments, **changed))
    return [db_error_code(lambda: write(*arguments, **changed))]


# ---- recording -----------------------------------------------------------------------------------------------------


def test_a_statement_is_on_record_with_its_person_day_and_evidence(analyst: User, loaded: None) -> None:
    before = timezone.now()
    made = record_unpublished(
        source=tip(), edition=" 2026 ", as_of=today(), evidence=" looked at\nstate.gov/reports ", actor=analyst
    )
    assert (made.edition, made.as_of, made.due_on) == ("2026", today(), DUE)
    assert (made.evidence, made.recorded_by) == ("looked at state.gov/reports", analyst)
    assert before <= made.recorded_at <= timezone.now()
    expected = (Unpublished("2026", today(), "looked at state.gov/reports", str(analyst), made.pk),)
    assert unpublished_editions("tip") == unpublished_editions_of("tip.tier") == expected
    assert unpublished_editions("cpi") == unpublished_editions_of("cpi.score") == ()
    entry = AuditEntry.objects.get(action="recorded", object_id=str(made.pk))
    assert (entry.actor_id, entry.after["evidence"]) == (str(analyst.pk), "looked at state.gov/reports")


@pytest.mark.parametrize("write", [by_service, by_sql])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"as_of": "tomorrow"}, "in_future"),
        ({"as_of": DUE - DAY}, "not_due"),
        ({"edition": "2025"}, "edition_loaded"),
        ({"edition": "2024"}, "edition_earlier"),
        ({"edition": "1899"}, "edition_year"),
        ({"edition": "20x6"}, "edition_year"),
        ({"edition": "26"}, "edition_year"),
        ({"edition": ""}, "edition_year"),
        ({"evidence": ""}, "evidence"),
        ({"evidence": " \n "}, "evidence"),
    ],
)
def test_the_service_and_the_database_refuse_with_one_code(
    analyst: User, loaded: None, write: Write, changed: dict[str, Any], code: str
) -> None:
    if changed.get("as_of") == "tomorrow":
        changed = {"as_of": today() + DAY}
    assert codes(write, analyst, **changed) == [code]
    assert not UnpublishedEdition.objects.exists()


@pytest.mark.parametrize("write", [by_service, by_sql])
@pytest.mark.parametrize("as_of", [DUE, DUE + DAY, None])
def test_day_is_between_due_day_and_today(analyst: User, loaded: None, write: Write, as_of: dt.date | None) -> None:
    write(analyst, as_of=as_of or today())
    assert UnpublishedEdition.objects.get().as_of == (as_of or today())


def test_an_edition_of_a_later_year_is_not_due(analyst: User, loaded: None) -> None:
    """A statement made long before its time would otherwise count without notice once that time has come."""
    assert codes(by_service, analyst, edition=str(today().year + 1)) == ["not_due"]


def test_every_wrong_field_is_named_at_once(analyst: User, loaded: None) -> None:
    wrong = {"edition": "2025", "as_of": today() + DAY, "evidence": ""}
    assert sorted(codes(by_service, analyst, **wrong)) == ["edition_loaded", "evidence", "in_future"]


def test_before_anything_is_loaded_any_year_that_was_due_can_be_stated(analyst: User) -> None:
    by_service(analyst, edition="2001")
    assert [one.edition for one in unpublished_editions("tip")] == ["2001"]


def test_source_without_a_rule_has_no_due_day(analyst: User) -> None:
    made = record_unpublished(
        source=Source.objects.get(key="walk_free"),
        edition="2026",
        as_of=DUE - DAY,
        evidence="walkfree.org",
        actor=analyst,
    )
    assert made.due_on is None


def test_a_retracted_edition_is_not_loaded(analyst: User, loaded: None, tmp_path: Path) -> None:
    batch = published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), year=2026), "later.csv")
    assert codes(by_service, analyst) == codes(by_sql, analyst) == ["edition_loaded"]
    retract(batch_id=batch.pk, actor=analyst, reason="Another file")
    by_service(analyst)
    assert len(unpublished_editions("tip")) == 1


def test_once_the_edition_is_loaded_the_statement_is_marked_and_stays(
    analyst: User, loaded: None, tmp_path: Path
) -> None:
    by_service(analyst)
    assert [one.is_loaded for one in statements_on(tip())] == [False]
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), year=2026), "later.csv")
    assert [one.is_loaded for one in statements_on(tip())] == [True]
    assert len(unpublished_editions("tip")) == 1


# ---- one at a time -------------------------------------------------------------------------------------------------


def test_the_same_statement_twice_is_one(analyst: User, loaded: None) -> None:
    assert by_service(analyst) == by_service(analyst)
    assert AuditEntry.objects.filter(action="recorded").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("others", [False, True])
def test_of_several_at_once_one_is_recorded(others: bool) -> None:
    people = [make_account(Role.ANALYST, username=f"person-{number}") for number in range(4)]

    def write(person: User) -> str:
        try:
            by_service(person if others else people[0])
        except ValidationError as error:
            return str(error.error_list[0].code)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(max_workers=4) as writers:
        outcomes = sorted(writers.map(write, people))
    assert outcomes == (["", *["unpublished_once"] * 3] if others else [""] * 4)
    assert len(unpublished_editions("tip")) == 1
    assert AuditEntry.objects.filter(action="recorded", object_type="indicators.unpublishededition").count() == 1


@pytest.mark.parametrize("write", [by_service, by_sql])
def test_another_statement_on_the_same_edition_waits_for_a_withdrawal(
    analyst: User, loaded: None, write: Write
) -> None:
    by_service(analyst)
    assert codes(write, make_account(Role.ANALYST, username="second")) == ["unpublished_once"]
    assert codes(write, analyst, evidence="Elsewhere") == ["unpublished_once"]
    withdraw_unpublished(statement=UnpublishedEdition.objects.get(), reason="Looked again", actor=analyst)
    write(analyst, evidence="Elsewhere")
    assert [one.evidence for one in unpublished_editions("tip")] == ["Elsewhere"]
    assert [one.row.evidence for one in statements_on(tip())] == ["Elsewhere", "state.gov/reports"]


def test_each_edition_and_source_has_its_own(analyst: User) -> None:
    by_service(analyst)
    by_service(analyst, edition="2025")
    by_service(analyst, source=Source.objects.get(key="cpi"), edition="2025")
    assert [one.edition for one in unpublished_editions("tip")] == ["2025", "2026"]
    assert [one.edition for one in unpublished_editions("cpi")] == ["2025"]


# ---- who -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_only_analysts_record_and_withdraw(analyst: User, loaded: None, role: Role) -> None:
    other = make_account(role, username="other")
    with pytest.raises(PermissionDenied):
        by_service(other)
    assert codes(by_sql, other) == ["unpublished_by"]
    by_service(analyst)
    statement = UnpublishedEdition.objects.get()
    with pytest.raises(PermissionDenied):
        withdraw_unpublished(statement=statement, reason="Wrong", actor=other)
    assert db_error_code(lambda: close(statement, other.pk)) == "unpublished_by"
    assert UnpublishedEdition.objects.live().count() == 1


def test_no_person_is_no_one(analyst: User, loaded: None) -> None:
    by_service(analyst)
    statement = UnpublishedEdition.objects.get()
    assert db_error_code(lambda: close(statement, None)) == "unpublished_by"
    copy = UnpublishedEdition(source=tip(), edition="2027", as_of=today(), evidence="x")
    assert db_error_code(copy.save) == "unpublished_by"


# ---- withdrawing ---------------------------------------------------------------------------------------------------


def close(statement: UnpublishedEdition, person: int | None, reason: str = "Wrong") -> None:
    raw(
        "UPDATE indicators_unpublishededition SET superseded_at = '2001-01-01', superseded_by_id = %s, "
        "superseded_reason = %s WHERE id = %s",
        person,
        reason,
        statement.pk,
    )


def test_a_withdrawal_needs_a_reason_and_happens_once(analyst: User, loaded: None) -> None:
    by_service(analyst)
    statement = UnpublishedEdition.objects.get()
    assert error_codes(lambda: withdraw_unpublished(statement=statement, reason=" ", actor=analyst)) == ["reason"]
    assert db_error_code(lambda: close(statement, analyst.pk, "")) == "superseded_reason"
    withdraw_unpublished(statement=statement, reason=" It is out ", actor=analyst)
    other = make_account(Role.ANALYST, username="other")
    withdraw_unpublished(statement=statement, reason="Again", actor=other)
    statement.refresh_from_db()
    assert (statement.superseded_by, statement.superseded_reason) == (analyst, "It is out")
    assert unpublished_editions("tip") == ()
    assert (withdrawn_statements_of("tip.tier"), withdrawn_statements_of("cpi.score")) == ((statement.pk,), ())
    assert AuditEntry.objects.filter(action="withdrew", object_id=str(statement.pk)).count() == 1


def test_the_database_writes_both_times(analyst: User, loaded: None) -> None:
    before = timezone.now()
    by_sql(analyst)
    statement = UnpublishedEdition.objects.get()
    close(statement, analyst.pk)
    statement.refresh_from_db()
    assert statement.superseded_at is not None
    assert before <= statement.recorded_at <= statement.superseded_at


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE indicators_unpublishededition SET evidence = 'elsewhere'",
        "UPDATE indicators_unpublishededition SET as_of = '2026-07-01'",
        "UPDATE indicators_unpublishededition SET edition = '2027'",
        "DELETE FROM indicators_unpublishededition",
        "TRUNCATE indicators_unpublishededition CASCADE",
    ],
)
@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_nothing_is_overwritten_or_deleted(analyst: User, loaded: None, statement: str, is_withdrawn: bool) -> None:
    by_service(analyst)
    row = UnpublishedEdition.objects.get()
    if is_withdrawn:
        withdraw_unpublished(statement=row, reason="It is out", actor=analyst)
    before = UnpublishedEdition.objects.values().get()
    db_error_code(lambda: raw(statement))
    assert UnpublishedEdition.objects.values().get() == before


@pytest.mark.parametrize(
    "change",
    [
        "superseded_at = NULL, superseded_by_id = NULL, superseded_reason = ''",
        "superseded_reason = 'Another'",
        "superseded_at = now()",
    ],
)
def test_a_withdrawn_statement_never_changes(analyst: User, loaded: None, change: str) -> None:
    by_service(analyst)
    statement = withdraw_unpublished(statement=UnpublishedEdition.objects.get(), reason="It is out", actor=analyst)
    db_error_code(lambda: raw(f"UPDATE indicators_unpublishededition SET {change}"))
    found = UnpublishedEdition.objects.get()
    assert (found.superseded_reason, found.superseded_by) == ("It is out", statement.superseded_by)


def test_a_withdrawal_changes_nothing_else(analyst: User, loaded: None) -> None:
    by_service(analyst)
    closing = f"superseded_at = now(), superseded_by_id = {analyst.pk}, superseded_reason = 'Wrong'"
    db_error_code(lambda: raw(f"UPDATE indicators_unpublishededition SET evidence = 'elsewhere', {closing}"))
    assert UnpublishedEdition.objects.get().evidence == "state.gov/reports"


def test_no_statement_is_recorded_as_withdrawn(analyst: User, loaded: None) -> None:
    row = UnpublishedEdition(source=tip(), edition="2026", as_of=today(), evidence="x", recorded_by=analyst)
    row.superseded_at, row.superseded_by, row.superseded_reason = timezone.now(), analyst, "At once"
    assert db_error_code(row.save) == "withdrawn"


def test_the_application_may_only_add_and_withdraw() -> None:
    rights = rights_of(UnpublishedEdition)
    assert rights is not None
    assert (rights.add, rights.remove) == (True, False)
    assert set(rights.change) == {"superseded_at", "superseded_by", "superseded_reason"}


# ---- queries -------------------------------------------------------------------------------------------------------


def test_each_query_is_one(analyst: User, django_assert_num_queries: Any) -> None:
    for edition in ("2024", "2025", "2026"):
        by_service(analyst, edition=edition)
    with django_assert_num_queries(1):
        assert len(unpublished_editions("tip")) == 3
    with django_assert_num_queries(1):
        assert len(unpublished_editions_of("tip.tier")) == 3
    source = tip()
    with django_assert_num_queries(2):  # the statements, and which editions are loaded
        assert len([str(one.row.recorded_by) for one in statements_on(source)]) == 3


@pytest.mark.parametrize(
    ("newest", "on", "expected"),
    [
        (2025, (2025, 12, 31), ()),
        (2025, (2026, 6, 29), ()),
        (2025, (2026, 6, 30), (2026,)),
        (2025, (2026, 7, 1), (2026,)),
        (2025, (2027, 6, 29), (2026,)),
        (2025, (2027, 6, 30), (2026, 2027)),
        (2025, (2027, 11, 29), (2026, 2027)),
        (2026, (2026, 11, 29), ()),
        (2027, (2026, 11, 29), ()),
    ],
)
def test_editions_due(newest: int, on: tuple[int, int, int], expected: tuple[int, ...]) -> None:
    assert editions_due(newest, dt.date(*on), JUNE_30) == expected


def test_edition_due_on_december_31_and_on_leap_day() -> None:
    assert editions_due(2025, dt.date(2026, 12, 30), (12, 31)) == ()
    assert editions_due(2025, dt.date(2026, 12, 31), (12, 31)) == (2026,)
    assert editions_due(2025, dt.date(2026, 2, 28), (2, 29)) == ()
    assert editions_due(2025, dt.date(2026, 3, 1), (2, 29)) == (2026,)


# ---- what is told, and to whom -------------------------------------------------------------------------------------


def test_other_apps_hear_of_a_statement_and_of_its_withdrawal_once(
    analyst: User, loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[int] = []
    monkeypatch.setattr(signals, "announce", announced.append)
    by_service(analyst)
    by_service(analyst)
    assert announced == [numbering.current()]
    statement = UnpublishedEdition.objects.get()
    for reason in ("It is out", "Again"):
        assert withdraw_unpublished(statement=statement, reason=reason, actor=analyst).pk == statement.pk
    assert announced == [numbering.current()] * 2
    error_codes(lambda: by_service(analyst, edition="2024"))
    assert len(announced) == 2


def test_the_trail_says_what_was_stated_and_why_it_was_withdrawn(analyst: User, loaded: None) -> None:
    by_service(analyst)
    statement = UnpublishedEdition.objects.get()
    withdraw_unpublished(statement=statement, reason=" It is out ", actor=analyst)
    stated = {
        "source": tip().pk,
        "edition": "2026",
        "as_of": today().isoformat(),
        "due_on": DUE.isoformat(),
        "evidence": "state.gov/reports",
        "recorded_by": analyst.pk,
    }
    assert trail(statement) == [
        ("analyst", "recorded", None, stated),
        ("analyst", "withdrew", None, {"reason": "It is out"}),
    ]


NOT_DUE = "By the rule of the source, values of 2026 appear by Jun 30, 2026. Until then, none is late."


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"as_of": DUE - DAY}, {"as_of": NOT_DUE}),
        ({"edition": "2025"}, {"edition": "Edition 2025 is loaded, so it has been published."}),
        ({"edition": "2024"}, {"edition": "Edition 2025, a newer one, is loaded. Enter a later edition."}),
        ({"edition": "26"}, {"edition": "Enter the edition as a year with four digits, such as 2026."}),
        ({"evidence": " "}, {"evidence": "Enter where you looked."}),
    ],
)  # fmt: skip
def test_each_error_of_a_statement_is_at_its_field(
    analyst: User, loaded: None, changed: dict[str, Any], message: dict[str, str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        by_service(analyst, **changed)
    assert caught.value.message_dict == {field: [text] for field, text in message.items()}


def test_a_day_to_come_is_refused_at_its_field_with_all_else_that_is_wrong(analyst: User, loaded: None) -> None:
    with pytest.raises(ValidationError) as caught:
        by_service(analyst, as_of=today() + DAY, edition="26", evidence="")
    assert set(caught.value.message_dict) == {"as_of", "edition", "evidence"}
    assert caught.value.message_dict["as_of"] == ["The date is in the future. Enter the date on which you looked."]


def test_a_second_statement_is_refused_with_who_made_the_first(analyst: User, loaded: None) -> None:
    by_service(analyst)
    with pytest.raises(ValidationError) as caught:
        by_service(make_account(Role.ANALYST, username="second"), as_of=DUE)
    assert caught.value.messages == [
        f"{analyst} already recorded that edition 2026 was not published as of {formats.day(today())}. Nothing was "
        "saved. To record a later date, withdraw that statement first."
    ]
