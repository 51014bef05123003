"""First day of a partnership in force: it is fixed, the limit counts from it, and only a correction changes it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from partnerships.agreements import services as agreements_services
from partnerships.amendments.services import drafting as drafting_services
from partnerships.amendments.services import steps as step_services
from partnerships.limits import counted_from, months_used
from partnerships.models import (
    Amendment,
    AmendmentKind,
    AmendmentState,
    DocumentVersion,
    LedgerEntry,
    LedgerKind,
    Partnership,
)
from tests.api.test_partnerships import JSON, as_program, problem
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, page_text, rejected_page, send
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import (
    END,
    FOUR_YEARS,
    START,
    Active,
    Stage,
)

TODAY = timezone.now().date()
LATER, LATER_END = date(2024, 6, 1), date(2029, 6, 1)
"""A term that starts three years later: the former way to exceed five years."""


@pytest.fixture
def running(extendable: Active) -> Partnership:
    return extendable.partnership


def drafted(
    stage: Stage, partnership: Partnership, kind: AmendmentKind, document: DocumentVersion | None = None
) -> Amendment:
    return drafting_services.draft_amendment(
        partnership=partnership, kind=kind, title="Dates", reason="As agreed", document=document, actor=stage.analyst
    )


def propose(stage: Stage, amendment: Amendment, **days: date) -> None:
    for field, day in days.items():
        drafting_services.propose_change(
            amendment=amendment, row=amendment.partnership, field=field, value=day, actor=stage.analyst
        )


def planted(amendment: Amendment, **days: date) -> None:
    """Insert changes into a draft amendment without the service."""
    for field, day in days.items():
        raw(
            "INSERT INTO partnerships_amendmentchange (amendment_id, action, row_table, row_id, \"column\", old, new) "
            "SELECT %s, 'set', 'partnerships_partnership', p.id, %s, to_jsonb(p) -> %s, to_jsonb(%s::text) "
            "FROM partnerships_partnership p WHERE p.id = %s",
            amendment.pk, field, field, day.isoformat(), amendment.partnership_id,
        )  # fmt: skip


def approved(stage: Stage, amendment: Amendment) -> Amendment:
    """Set a draft amendment to approved by another person, without the service's checks."""
    rows = Amendment.objects.filter(pk=amendment.pk)
    rows.update(state=AmendmentState.SUBMITTED)
    rows.update(state=AmendmentState.APPROVED, decided_by=stage.approver)
    return rows.get()


def applied(stage: Stage, amendment: Amendment) -> Partnership:
    step_services.submit_amendment(amendment=amendment, actor=stage.analyst, on=TODAY)
    decided = step_services.decide_amendment(amendment=amendment, approve=True, actor=stage.approver)
    return step_services.apply_amendment(amendment=decided, actor=stage.analyst, on=TODAY)


# ---- frozen on every way -------------------------------------------------------------------------------------------


def test_no_service_moves_it(stage: Stage, running: Partnership) -> None:
    for kind in AmendmentKind:
        amendment = drafted(stage, running, kind)
        assert error_codes(partial(propose, stage, amendment, starts_on=LATER)) == ["first_day_frozen"], kind
    edit = {"partnership": running, "actor": stage.analyst, "values": {"starts_on": LATER}}
    assert error_codes(lambda: agreements_services.edit_partnership(**edit)) == ["first_day_frozen"]  # type: ignore[arg-type]  # the arguments have several types
    planted(drafted(stage, running, AmendmentKind.EXTENSION), starts_on=LATER, ends_on=LATER_END)
    extension = Amendment.objects.latest("pk")
    submit = {"amendment": extension, "actor": stage.analyst, "on": TODAY}
    found = error_codes(lambda: step_services.submit_amendment(**submit))  # type: ignore[arg-type]  # the arguments have several types
    assert sorted(found) == ["first_day_frozen", "term_limit"]
    running.refresh_from_db()
    assert (running.starts_on, running.ends_on) == (START, FOUR_YEARS)


def test_the_form_of_an_amendment_does_not_move_it(stage: Stage, running: Partnership) -> None:
    client = client_of(stage.analyst)
    url = f"/partnerships/{running.pk}/amendments/new/"
    draft = str(send(client, url, kind="extension", title="A new window", reason="As agreed")["Location"])
    response = send(
        client,
        f"{draft}change/partnership/{running.pk}/",
        starts_on=LATER.isoformat(),
        ends_on=LATER_END.isoformat(),
    )
    assert "cannot change after the partnership enters into force" in rejected_page(response)
    form = response.context["form"]
    assert [error.code for error in form.errors["starts_on"].as_data()] == ["first_day_frozen"]
    assert not form.non_field_errors()
    assert not Amendment.objects.get().changes.exists()


def test_rest_does_not_move_it(stage: Stage, running: Partnership) -> None:
    client = as_program(stage.analyst)
    here = f"/api/v1/partnerships/{running.pk}/"
    etag = {"If-Match": client.get(here)["ETag"]}
    attempts = [client.patch(here, {"starts_on": LATER.isoformat()}, headers=etag, **JSON)]  # type: ignore[arg-type]  # the arguments have several types
    number = drafted(stage, running, AmendmentKind.TERMS).number
    change = {"of": "partnership", "row": running.pk, "field": "starts_on", "value": LATER.isoformat()}
    attempts.append(client.post(f"{here}amendments/{number}/changes/", change, **JSON))  # type: ignore[arg-type]  # the arguments have several types
    for response in attempts:
        [error] = problem(response, 422, "refused")["errors"]
        assert (error["field"], error["code"]) == ("starts_on", "first_day_frozen")


def test_bulk_writes_and_sql_do_not_move_it(stage: Stage, running: Partnership) -> None:
    rows = Partnership.objects.filter(pk=running.pk)
    bulk = rows.get()
    bulk.starts_on = LATER
    both = "UPDATE partnerships_partnership SET starts_on = %s, ends_on = %s WHERE id = %s"
    assert db_error_code(lambda: rows.update(starts_on=LATER)) == "first_day_frozen"
    assert db_error_code(lambda: rows.update(starts_on=None, ends_on=None)) == "first_day_frozen"
    assert db_error_code(lambda: Partnership.objects.bulk_update([bulk], ["starts_on"])) == "first_day_frozen"
    assert db_error_code(lambda: raw(both, LATER, LATER_END, running.pk)) == "first_day_frozen"


@pytest.mark.parametrize("kind", [AmendmentKind.EXTENSION, AmendmentKind.TERMS, AmendmentKind.CORRECTION])
def test_an_amendment_applied_in_sql_does_not_move_it(stage: Stage, running: Partnership, kind: AmendmentKind) -> None:
    amendment = drafted(stage, running, kind)
    planted(amendment, starts_on=LATER)
    approved(stage, amendment)

    def in_sql() -> None:
        raw("UPDATE partnerships_amendment SET state = 'applied', applied_by_id = %s", stage.analyst.pk)
        raw("UPDATE partnerships_partnership SET starts_on = %s WHERE id = %s", LATER, running.pk)

    assert db_error_code(in_sql) == "first_day_frozen"


def test_a_record_of_the_past_keeps_its_days(documented: None) -> None:
    both = "UPDATE partnerships_partnership SET starts_on = %s, ends_on = %s WHERE status = 'active'"
    active = Partnership.objects.filter(status="active")
    assert active.exists()
    assert db_error_code(lambda: raw(both, LATER, LATER_END)) == "documented_record"
    assert db_error_code(lambda: active.update(signed_on=LATER)) == "documented_record"
    record = active.first()
    assert record is not None
    edit: dict[str, Any] = {"partnership": record, "actor": None, "values": {"starts_on": LATER}}
    assert error_codes(lambda: agreements_services.edit_partnership(**edit)) == ["documented_record"]


# ---- a wrong day is set right --------------------------------------------------------------------------------------


def test_a_correction_with_its_document_sets_it_right(stage: Stage, running: Partnership) -> None:
    right = START + timedelta(days=14)
    correction = drafted(stage, running, AmendmentKind.CORRECTION, stage.document(running))
    propose(stage, correction, starts_on=right)
    amended = applied(stage, correction)
    assert (amended.starts_on, amended.signed_on) == (right, START)
    assert amended.counted_from == START, "the limit counts from entry into force, the earlier day"


def test_requester_of_a_correction_cannot_approve_it(stage: Stage, running: Partnership) -> None:
    correction = drafting_services.draft_amendment(
        partnership=running, kind=AmendmentKind.CORRECTION, title="Dates", reason="As agreed",
        document=stage.document(running), actor=stage.approver,
    )  # fmt: skip
    propose(stage, correction, starts_on=START + timedelta(days=1))
    step_services.submit_amendment(amendment=correction, actor=stage.approver, on=TODAY)
    decide: dict[str, Any] = {"amendment": correction, "approve": True, "actor": stage.approver}
    assert error_codes(lambda: step_services.decide_amendment(**decide)) == ["two_people"]
    rows = Amendment.objects.filter(pk=correction.pk)
    assert db_error_code(lambda: rows.update(state=AmendmentState.APPROVED, decided_by=stage.approver)) == "two_people"


def test_correction_does_not_restart_the_limit(stage: Stage, running: Partnership) -> None:
    correction = drafted(stage, running, AmendmentKind.CORRECTION, stage.document(running))
    propose(stage, correction, starts_on=LATER, ends_on=LATER_END)
    submit: dict[str, Any] = {"amendment": correction, "actor": stage.analyst, "on": TODAY}
    assert error_codes(lambda: step_services.submit_amendment(**submit)) == ["term_limit"]
    approved(stage, correction)

    def in_sql() -> None:
        raw("UPDATE partnerships_amendment SET state = 'applied', applied_by_id = %s", stage.analyst.pk)
        both = "UPDATE partnerships_partnership SET starts_on = %s, ends_on = %s WHERE id = %s"
        raw(both, LATER, LATER_END, running.pk)

    assert db_error_code(in_sql) == "term_limit"


def test_a_correction_takes_a_document_of_its_own_partnership(stage: Stage, running: Partnership) -> None:
    other = stage.document(stage.draft("PER"))
    assert error_codes(lambda: drafted(stage, running, AmendmentKind.CORRECTION, other)) == ["amendment_document"]
    correction = drafted(stage, running, AmendmentKind.CORRECTION, stage.document(running))
    propose(stage, correction, starts_on=START + timedelta(days=1))
    Amendment.objects.filter(pk=correction.pk).update(document=other)
    approved(stage, correction)
    apply: dict[str, Any] = {"amendment": correction, "actor": stage.analyst, "on": TODAY}
    assert error_codes(lambda: step_services.apply_amendment(**apply)) == ["first_day_frozen"]


# ---- the limit counts from the earlier of the two days -------------------------------------------------------------


def test_the_limit_counts_from_the_earlier_day() -> None:
    assert counted_from(date(2022, 1, 1), date(2021, 11, 1)) == date(2021, 11, 1)
    assert counted_from(date(2022, 1, 1), date(2022, 3, 1)) == date(2022, 1, 1)
    assert counted_from(None, None) is None
    assert months_used(date(2025, 1, 27), date(2026, 11, 27)) == 22
    assert months_used(date(2025, 1, 28), date(2026, 11, 27)) == 21
    assert months_used(date(2027, 1, 1), date(2026, 11, 27)) == 0


def test_signed_before_its_first_day_it_ends_earlier(stage: Stage) -> None:
    signed = START - timedelta(days=60)
    draft = stage.draft("KEN")
    stage.program(draft, "1.00")
    assert error_codes(lambda: stage.sign(draft, signed)) == ["term_limit_if_signed"]
    agreements_services.edit_partnership(partnership=draft, actor=stage.analyst, values={"ends_on": date(2025, 11, 2)})
    running = stage.sign(draft, signed)
    assert running.counted_from == signed
    late = "UPDATE partnerships_partnership SET ends_on = %s WHERE id = %s"
    extension = drafted(stage, running, AmendmentKind.EXTENSION)
    propose(stage, extension, ends_on=END)
    submit: dict[str, Any] = {"amendment": extension, "actor": stage.analyst, "on": TODAY}
    with pytest.raises(ValidationError, match="it can end on 2025-11-02 at the latest") as caught:
        step_services.submit_amendment(**submit)
    assert "60 of 60 months are used" in str(caught.value)
    approved(stage, extension)

    def in_sql() -> None:
        raw("UPDATE partnerships_amendment SET state = 'applied', applied_by_id = %s", stage.analyst.pk)
        raw(late, END, running.pk)

    assert db_error_code(in_sql) == "term_limit"
    [client] = [as_program(stage.analyst)]
    term = client.get(f"/api/v1/partnerships/{running.pk}/").json()["term"]
    assert (term["counted_from"], term["latest_end"]) == (signed.isoformat(), "2025-11-02")


# ---- obligations before it -----------------------------------------------------------------------------------------


def test_nothing_is_obligated_before_it(stage: Stage, running: Partnership) -> None:
    award = stage.award(running, "1000.00")
    early = START - timedelta(days=1)
    entry = LedgerEntry(award=award, kind=LedgerKind.OBLIGATION, amount=1, on=early, fiscal_year=2021)
    assert "obligation_before_force" in error_codes(lambda: stage.move(award, LedgerKind.OBLIGATION, "1.00", early))
    assert db_error_code(entry.save) == "obligation_before_force"
    assert db_error_code(lambda: LedgerEntry.objects.bulk_create([entry])) == "obligation_before_force"


def test_an_earlier_obligation_is_a_finding(stage: Stage, running: Partnership) -> None:
    award = stage.award(running, "1000.00")
    stage.move(award, LedgerKind.OBLIGATION, "1.00", START)
    with unguarded():
        LedgerEntry.objects.filter(kind="obligation").update(on=START - timedelta(days=9))
    found = as_program(stage.analyst).get(f"/api/v1/partnerships/{running.pk}/findings/").json()["findings"]
    [early] = [finding for finding in found if finding["code"] == "obligation_before_force"]
    assert "2020-12-23" in early["message"]
    page = client_of(stage.analyst).get(f"/partnerships/{running.pk}/awards/{award.pk}/")
    assert "before the partnership is in force" in page_text(page)


# ---- texts of pages ------------------------------------------------------------------------------------------------


def test_pages_say_the_months_that_have_passed(stage: Stage) -> None:
    first = TODAY.replace(day=1) - timedelta(days=400)
    running = stage.active("KEN", starts_on=first, ends_on=first + timedelta(days=1460))
    used = f"{months_used(first, TODAY)} of 60 months used"
    client = client_of(stage.analyst)
    assert used in page_text(client.get(f"/partnerships/{running.pk}/"))
    draft = drafted(stage, running, AmendmentKind.EXTENSION)
    for page in ("", f"change/partnership/{running.pk}/"):
        text = page_text(client.get(f"/partnerships/{running.pk}/amendments/{draft.number}/{page}"))
        assert used in text
        assert "Latest lawful day" in text


def test_correction_is_audited(stage: Stage, running: Partnership) -> None:
    correction = drafted(stage, running, AmendmentKind.CORRECTION, stage.document(running))
    propose(stage, correction, starts_on=START + timedelta(days=3))
    applied(stage, correction)
    client: Client = client_of(stage.analyst)
    text = page_text(client.get(f"/partnerships/{running.pk}/amendments/{correction.number}/"))
    assert "Jan 1, 2021" in text
    assert "Jan 4, 2021" in text
    assert "Memorandum" in text
