"""One hundred concurrent writers on one partnership: totals are correct, limits hold, and no deadlock occurs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from pytest_django import Settings

from cpc.api_tokens.services import issue_token
from partnerships.agreements import services as agreements_services
from partnerships.awards.services import awards as awards_services
from partnerships.deadlines import services as deadlines_services
from partnerships.models import (
    Award,
    Government,
    LedgerEntry,
    LedgerKind,
    Objective,
    Partnership,
    Program,
    ProgramAmount,
)
from partnerships.terms import services as terms_services
from tests.support.error_codes import constraint_code
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 100
ON = date(2021, 6, 1)


@pytest.fixture
def office(transactional_db: None, tmp_path: Path, settings: Settings) -> Stage:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Stage()


def all_at_once(writers: Sequence[Callable[[], object]]) -> list[str]:
    """Run all writers at the same moment, each on its own connection; return each error code, "" for success."""
    barrier = threading.Barrier(len(writers))

    def run(writer: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=60)
            writer()
        except ValidationError as error:
            lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
            return " ".join(sorted({str(one.code) for errors in lists for one in errors}))
        except DatabaseError as error:
            return constraint_code(error) or f"{type(error).__name__}: {error}"
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(writers)) as pool:
        return list(pool.map(run, writers))


def insert_entry(award: Award, kind: LedgerKind, amount: Decimal) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO partnerships_ledgerentry (award_id, kind, amount, "on", fiscal_year, reference, note, '
            "authority) VALUES (%s, %s, %s, %s, 2021, '', '', '')",
            [award.pk, kind, amount, ON],
        )


def post_entry(client: Client, award: Award, kind: LedgerKind, amount: Decimal) -> None:
    """Post a ledger entry over REST, and raise a rejection as the service would raise it."""
    answer = client.post(
        f"/api/v1/partnerships/{award.partnership_id}/ledger/",
        {"award": award.pk, "kind": kind.value, "amount": str(amount), "on": ON.isoformat()},
        content_type="application/json",
    )
    if answer.status_code != 201:
        assert answer.status_code == 422, answer.content
        errors = answer.json()["errors"]
        raise ValidationError([ValidationError(error["message"], code=error["code"]) for error in errors])


def amounts() -> list[Decimal]:
    """Return one hundred different amounts, large and small, so that late small ones still fit."""
    return [Decimal(1 + (number * 37) % WRITERS) * Decimal("1000.01") for number in range(WRITERS)]


def test_a_hundred_obligations_by_service_rest_and_sql(office: Stage) -> None:
    partnership = office.active(planned="3000000.00")
    awards = [office.award(partnership, "1500000.00", title=f"Award {number}") for number in (1, 2)]

    issued = issue_token(owner=office.analyst, name="Writers", scopes=["partnerships:money"], days=1)

    def writer(number: int, amount: Decimal) -> Callable[[], object]:
        award = awards[number % 2]
        if number % 3 == 1:
            return lambda: insert_entry(award, LedgerKind.OBLIGATION, amount)
        if number % 3 == 2:
            client = Client(headers={"Authorization": f"Bearer {issued.secret}"})
            return lambda: post_entry(client, award, LedgerKind.OBLIGATION, amount)
        return lambda: awards_services.record_ledger_entry(
            award=award, kind=LedgerKind.OBLIGATION, amount=amount, on=ON, actor=office.analyst
        )

    outcomes = all_at_once([writer(number, amount) for number, amount in enumerate(amounts())])
    acknowledged = sum((a for a, t in zip(amounts(), outcomes, strict=True) if not t), Decimal(0))
    partnership.refresh_from_db()
    assert partnership.obligated_total == acknowledged
    assert acknowledged <= partnership.awarded_total == Decimal("3000000.00")
    assert all("award_obligated_over_awarded" in text.split() for text in outcomes if text), set(outcomes)
    assert any(outcomes), "together they asked for more than there is"
    for index, award in enumerate(awards):
        award.refresh_from_db()
        refused = [a for n, (a, t) in enumerate(zip(amounts(), outcomes, strict=True)) if t and n % 2 == index]
        assert all(award.obligated_total + amount > award.awarded_total for amount in refused)


def test_a_hundred_plans_against_the_limit(office: Stage) -> None:
    """Set the planned amounts of many programs in one draft, against the funding limit."""
    partnership = office.draft()
    programs = [Program.objects.create(partnership=partnership, title=f"P{n}") for n in range(WRITERS)]

    def raw(program: Program, amount: Decimal) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO partnerships_programamount (program_id, government, amount, note) "
                "VALUES (%s, 'us', %s, '')",
                [program.pk, amount],
            )

    def writer(number: int, amount: Decimal) -> Callable[[], object]:
        program = programs[number]
        if number % 3 == 0:
            return lambda: raw(program, amount)
        if number % 3 == 1:
            row = ProgramAmount(program=program, government=Government.UNITED_STATES, amount=amount)
            return row.save
        return lambda: terms_services.set_amounts(
            partnership=partnership,
            amounts=[(program, Government.UNITED_STATES, amount)],
            actor=office.analyst,
        )

    outcomes = all_at_once([writer(number, amount) for number, amount in enumerate(amounts())])
    acknowledged = sum((a for a, t in zip(amounts(), outcomes, strict=True) if not t), Decimal(0))
    partnership.refresh_from_db()
    assert partnership.planned_total == acknowledged <= Decimal("5000000.00")
    assert set(outcomes) <= {"", "planned_limit"}
    refused = [amount for amount, text in zip(amounts(), outcomes, strict=True) if text]
    assert refused
    assert all(acknowledged + amount > Decimal("5000000.00") for amount in refused), "refused without need"


def test_concurrent_movements_and_edits_do_not_deadlock(office: Stage) -> None:
    partnership = office.active(planned="4000000.00")
    awards = [office.award(partnership, "1000000.00", title=f"Award {number}") for number in range(4)]
    for award in awards:
        office.move(award, LedgerKind.OBLIGATION, "500000.00")
    one = Decimal("1000.00")

    def disburse(award: Award) -> None:
        awards_services.record_ledger_entry(
            award=award, kind=LedgerKind.DISBURSEMENT, amount=one, on=ON, actor=office.analyst
        )

    def rename(award: Award) -> None:
        awards_services.edit_award(award=award, actor=office.analyst, values={"nofo": f"NOFO {threading.get_ident()}"})

    def several() -> None:
        LedgerEntry.objects.bulk_create(
            [
                LedgerEntry(award=award, kind=LedgerKind.DISBURSEMENT, amount=one, on=ON, fiscal_year=2021)
                for award in reversed(awards)
            ]
        )

    def edit() -> None:
        agreements_services.edit_partnership(
            partnership=partnership, actor=office.analyst, values={"fund_account": "incle"}
        )

    def touch_all() -> None:
        rows = Award.objects.filter(partnership=partnership)
        with transaction.atomic():
            # An SQL UPDATE locks its rows in no defined order: two at once could deadlock. The partnership comes
            # before its awards, since each write of an award makes a version of it.
            Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
            list(rows.select_for_update(no_key=True).order_by("pk"))
            rows.update(nofo="x")

    def renumber() -> None:
        Objective.objects.filter(partnership=partnership).update(number=1)

    def due() -> None:
        deadlines_services.run_due(today=ON)

    kinds: list[Callable[[Award], object]] = [
        disburse,
        lambda award: insert_entry(award, LedgerKind.DISBURSEMENT, one),
        lambda _: several(),
        rename,
        lambda _: edit(),
        lambda _: touch_all(),
        lambda _: renumber(),
        lambda _: due(),
    ]
    writers = [partial(kinds[number % 8], awards[number % 4]) for number in range(WRITERS)]
    outcomes = all_at_once(writers)
    assert not any(outcomes), {text for text in outcomes if text}
    partnership.refresh_from_db()
    done = sum(4 if n % 8 == 2 else 1 for n in range(WRITERS) if n % 8 in (0, 1, 2))
    assert partnership.disbursed_total == done * one
