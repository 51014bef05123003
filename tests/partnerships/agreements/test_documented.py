"""Documented partnerships: the loader writes each once, and every later write is rejected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from cpc.audit.models import AuditEntry
from indicators.models import Country, NationalPlan
from partnerships.agreements import services as agreements_services
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.models import (
    Contribution,
    Dialogue,
    DocumentedLoad,
    FigureStatement,
    LimitException,
    Objective,
    Participant,
    Partnership,
    Program,
    ReportingPeriod,
)
from partnerships.models.sealing import OF_PUBLICATION, models_below, partnership_sql
from partnerships.money import services as money_services
from partnerships.terms import services as terms_services
from tests.api.test_partnerships import CONTRIBUTION, as_program, change, post, problem, url_of
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of
from tests.worlds.partnerships.build import START, Stage

REFUSED = "documented_record"


@pytest.fixture
def past(documented: None) -> Partnership:
    """Return one of the eight documented partnerships that the project ships."""
    assert Partnership.objects.filter(kind="documented").count() == 8
    return Partnership.objects.get(country__code="PER", kind="documented")


def state() -> list[Any]:
    """Return every column of every documented partnership, and the number of rows below them."""
    rows = list(Partnership.objects.filter(kind="documented").order_by("pk").values())
    return [*rows, *(model._default_manager.count() for model in (Participant, FigureStatement, Dialogue))]


# ---- by REST and page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values", [{"title": "Another"}, {"starts_on": "2019-01-01"}, {"ends_on": "2030-01-01"}, {"focus_regions": ["X"]}]
)
def test_rest_does_not_change_its_fields(stage: Stage, past: Partnership, values: Mapping[str, Any]) -> None:
    before = state()
    answer = problem(change(as_program(stage.analyst), past, dict(values)), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == [REFUSED]
    assert state() == before


def test_rest_adds_nothing_below_it(stage: Stage, past: Partnership) -> None:
    program = as_program(stage.analyst)
    etag = program.get(url_of(past))["ETag"]
    body = {"program": None, **CONTRIBUTION}
    answers = [
        post(program, past, "contributions/", body),
        post(program, past, "periods/", {"frequency": "annual"}),
        post(program, past, "amendments/", {"kind": "correction", "title": "X", "reason": "Because"}),
        program.post(
            url_of(past, "programs/"), {"title": "X"}, content_type="application/json", headers={"If-Match": etag}
        ),
    ]
    for answer in answers:
        assert {error["code"] for error in problem(answer, 422, "refused")["errors"]} == {REFUSED}


def test_pages_know_no_form_for_it(stage: Stage, past: Partnership) -> None:
    client = client_of(stage.analyst)
    below = ("edit/", "money/contributions/new/", "awards/new/", "terms/objective/new/", "amendments/new/")
    assert {client.post(f"/partnerships/{past.pk}/{one}").status_code for one in below} == {404}
    assert client_of(stage.approver).post(f"/partnerships/{past.pk}/origin/confirm/").status_code == 404


# ---- by services, in bulk and by SQL -------------------------------------------------------------------------------


def test_services_write_nothing_below_it(stage: Stage, past: Partnership) -> None:
    country = past.country
    attempts: list[Callable[[], object]] = [
        lambda: agreements_services.edit_partnership(
            partnership=past, actor=stage.analyst, values={"title": "Another"}
        ),
        lambda: terms_services.add_term(term=Program(partnership=past, title="X"), actor=stage.analyst),
        lambda: terms_services.edit_term(term=past.participants.all()[0], actor=None, values={"name": "Another"}),
        lambda: terms_services.remove_term(term=past.participants.all()[0], actor=None),
        lambda: agreements_services.state_figure(
            statement=FigureStatement(partnership=past, kind="result", text="X", source="Y"), actor=None
        ),
        lambda: money_services.record_contribution(
            contribution=Contribution(partnership=past, **CONTRIBUTION), actor=None
        ),
        lambda: agreements_services.record_national_plan(
            plan=NationalPlan(country=country, kind="nap", title="X", source="Y"), partnership=past, actor=None
        ),
        lambda: limit_exceptions_services.document_practice(
            partnership=past, statement=past.statements.all()[0], term_months=90
        ),
    ]
    assert [error_codes(attempt) for attempt in attempts] == [[REFUSED]] * len(attempts)


def test_bulk_operations_write_nothing(past: Partnership) -> None:
    rows = Partnership.objects.filter(pk=past.pk)
    objective = Objective(partnership=past, number=9, title="X", paradigm="protection", system="justice", outcome="Y")
    period = ReportingPeriod(partnership=past, starts_on=START, ends_on=START, due_on=START)
    attempts: list[Callable[[], object]] = [
        lambda: rows.update(title="Another"),
        lambda: rows.update(version=99),
        lambda: rows._raw_delete("default"),
        lambda: Objective.objects.bulk_create([objective]),
        lambda: ReportingPeriod.objects.bulk_create([period]),
        lambda: Participant.objects.filter(partnership=past).update(name="Another"),
        lambda: Participant.objects.filter(partnership=past).delete(),
        lambda: FigureStatement.objects.filter(partnership=past).update(text="Another"),
        lambda: LimitException.objects.filter(partnership__kind="documented").update(term_months=120),
        lambda: Dialogue.objects.filter(partnership__kind="documented").update(place="Elsewhere"),
    ]
    assert [db_error_code(attempt) for attempt in attempts] == [REFUSED] * len(attempts)


def test_every_table_below_a_partnership_has_the_guard_in_the_database(past: Partnership) -> None:
    """Find the tables by their foreign keys, and check that the database has the guard on each."""
    below = {Partnership._meta.db_table}
    while True:
        more = {
            model._meta.db_table
            for model in apps.get_app_config("partnerships").get_models(include_auto_created=True)
            for field in model._meta.fields
            if isinstance(field, models.ForeignKey) and field.related_model._meta.db_table in below
        }
        if more <= below:
            break
        below |= more
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text FROM pg_trigger t WHERE t.tgname LIKE %s AND t.tgenabled = 'O'",
            ["pgtrigger_a0_%_documented_%"],
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert below - guarded == {f"partnerships_{name}" for name in OF_PUBLICATION}
    assert guarded <= below
    assert len(below) > 45


def test_a_row_of_each_table_finds_its_partnership(stage: Stage) -> None:
    partnership = stage.active("KEN")
    award = stage.award(partnership, "5.00")
    with connection.cursor() as cursor:
        for model in models_below():
            sql = f"SELECT DISTINCT {partnership_sql(model, 'r')} FROM {model._meta.db_table} r"
            cursor.execute(sql)
            assert {key for (key,) in cursor.fetchall()} <= {partnership.pk}, model
    assert award.ledger.exists()


def test_only_a_load_creates_documented_records(stage: Stage, past: Partnership) -> None:
    country = Country.objects.get(code="GHA")
    load = past.load
    assert load is not None
    new = Partnership(
        country=country, title="X", kind="documented", origin_reason="Y", status="completed", starts_on=START
    )
    assert db_error_code(lambda: Partnership.objects.bulk_create([new])) == REFUSED
    new.load = load
    assert db_error_code(lambda: Partnership.objects.bulk_create([new])) == REFUSED
    for statement in (
        "UPDATE partnerships_documentedload SET closed_at = NULL WHERE id = %s",
        "UPDATE partnerships_documentedload SET closed_at = now() WHERE id = %s",
        "UPDATE partnerships_documentedload SET opened_in = pg_current_xact_id()::text::bigint WHERE id = %s",
        "DELETE FROM partnerships_documentedload WHERE id = %s",
    ):
        assert db_error_code(lambda statement=statement: raw(statement, load.pk)) == REFUSED  # type: ignore[misc]  # a lambda that keeps the value of the loop
    raw("SET LOCAL pgtrigger.ignore = '{partnerships_partnership:a0_stays_documented}'")
    assert (
        db_error_code(lambda: raw("UPDATE partnerships_partnership SET title = 'X' WHERE id = %s", past.pk)) == REFUSED
    )


def test_a_load_writes_what_it_made_and_no_earlier_record(past: Partnership) -> None:
    with agreements_services.documenting(source="Statements", sha256="1" * 64) as load:
        assert db_error_code(lambda: Partnership.objects.filter(pk=past.pk).update(title="X")) == REFUSED
        made = agreements_services.document_partnership(
            load=load,
            country=Country.objects.get(code="GHA"),
            title="Another of the past",
            origin_reason="Public statements",
            status="completed",
            status_as_of=None,
            starts_on=START,
        )
        terms_services.add_term(term=Participant(partnership=made, government="us", name="An office"), actor=None)
    assert error_codes(
        lambda: agreements_services.edit_partnership(partnership=made, actor=None, values={"title": "X"})
    ) == [REFUSED]
    assert db_error_code(lambda: Participant.objects.filter(partnership=made).update(name="X")) == REFUSED
    trail = AuditEntry.objects.filter(object_type="partnerships.documentedload", object_id=str(load.pk))
    assert list(trail.order_by("pk").values_list("action", flat=True)) == ["opened", "closed"]


def test_what_is_shipped_names_the_file_it_came_from(past: Partnership) -> None:
    loads = DocumentedLoad.objects.filter(partnerships__isnull=False)
    assert {load.source for load in loads} == {"real_partnerships.json"}
    assert all(load.closed_at for load in loads)


def test_a_visitor_reads_it_as_before(stage: Stage, past: Partnership) -> None:
    client: Client = client_of(stage.analyst)
    assert client.get(f"/partnerships/{past.pk}/").status_code == 200
