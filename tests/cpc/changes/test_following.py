"""A follower of the feed is equal to the database after 50 writers, long transactions, and servers that are killed.

`CPC_LONG_TRANSACTION=90` keeps the long transactions open for 90 seconds; by default they last a few.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Role
from cpc.accounts.scopes import permissions_in, scopes_for
from cpc.api_tokens.services import issue_token
from cpc.changes.cursors import START
from cpc.changes.feed import FEEDS
from cpc.changes.models import Change
from cpc.changes.queries import read, reader_of
from indicators.models import Country, NationalPlan
from partnerships.models import Contribution, Government, Participant, Partnership, Risk, RiskState
from partnerships.money.services import record_contribution
from partnerships.terms.services import add_term
from tests.cpc.changes.following import Follower, served
from tests.partnerships.limit_exceptions.test_concurrency import all_at_once
from tests.support.accounts import make_account
from tests.support.services import free_port, wait_until
from tests.worlds.partnerships.build import END, Stage

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, WRITES, SLOW = 50, 6, 4
LONG = float(os.environ.get("CPC_LONG_TRANSACTION", "6"))
"""Seconds for which the slow writers keep their transactions open."""
CODES = ("GHA", "KEN", "PHL", "PER", "MNG", "JAM")


@pytest.fixture
def office(transactional_db: None, tmp_path: Path, settings: Settings) -> Stage:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Stage()


def risk_of(partnership: Partnership, owner: Participant, number: int) -> Risk:
    return Risk.objects.create(
        partnership=partnership,
        text=f"Risk {number}",
        likelihood=1,
        impact=1,
        mitigation="-",
        owner=owner,
        review_on=END,
    )


def writer(office: Stage, drafts: list[Partnership], number: int) -> None:
    """Write rows of several partnerships in transactions of their own, some of which are taken back."""
    chance = random.Random(number)
    partnership = drafts[number % len(drafts)]
    owner = partnership.participants.earliest("pk")
    for turn in range(WRITES):
        time.sleep(chance.random() * LONG / WRITES)
        what = (number + turn) % 5
        if what == 0:
            risk_of(partnership, owner, turn)
        elif what == 1:
            Risk.objects.filter(partnership=partnership).update(impact=chance.randint(1, 5), text=f"Text {turn}")
        elif what == 2:
            record_contribution_to(office, partnership, turn)
        elif what == 3:
            with transaction.atomic():
                extra = add_term(
                    term=Participant(
                        partnership=partnership, government=Government.PARTNER, name=f"Lead {number} {turn}"
                    ),
                    actor=office.analyst,
                )
                time.sleep(chance.random() / 20)
                extra.delete()
        else:
            with transaction.atomic():
                risk_of(partnership, owner, turn)
                transaction.set_rollback(True)


def record_contribution_to(office: Stage, partnership: Partnership, turn: int) -> None:
    record_contribution(
        contribution=Contribution(
            partnership=partnership,
            government=Government.PARTNER,
            kind="cash",
            stage="pledged",
            fiscal_year=2022,
            description="A fund",
            amount_usd=Decimal(turn + 1),
            source="A letter",
        ),
        actor=office.analyst,
    )


def slow_writer(drafts: list[Partnership], number: int) -> None:
    """Begin early, and write to a partnership after everyone else: a low transaction with a high revision."""
    partnership = drafts[number % len(drafts)]
    with transaction.atomic():
        NationalPlan.objects.create(
            country=Country.objects.get(code="GHA"),
            kind="action_plan",
            title=f"Plan {number}",
            source="Sample",
        )
        time.sleep(LONG)
        risk_of(partnership, partnership.participants.earliest("pk"), 1000 + number)


def rows_of(subjects: set[str]) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the rows of the database as events show them, read from the models."""
    fed = [one for one in FEEDS if one.subject in subjects]
    assert not [one for one in fed if one.extra]
    return {
        (one.subject, row.pk): {column.name: spelled(column, row) for column in one.shown}
        for one in fed
        for row in one.model._default_manager.all()
    }


def spelled(column: Any, row: Any) -> Any:
    value = getattr(row, column.attname)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if column.related_model in (Agency, Country) and value is not None:
        return column.related_model.objects.get(pk=value).code
    return value


def test_a_follower_equals_the_database_after_many_writers_and_a_killed_server(office: Stage, tmp_path: Path) -> None:
    drafts = [office.draft(code) for code in CODES]
    client = make_account(Role.API_CLIENT)
    token = issue_token(owner=client, name="Follower", scopes=scopes_for(client.permissions), days=1).secret
    writers: list[Callable[[], object]] = [partial(writer, office, drafts, number) for number in range(WRITERS - SLOW)]
    writers += [partial(slow_writer, drafts, number) for number in range(SLOW)]
    outcomes: list[str] = []
    writing = threading.Thread(target=lambda: outcomes.extend(all_at_once(writers)))
    with served(free_port(), tmp_path / "server.log") as server:
        follower = Follower(server, token)
        wait_until(lambda: not follower.step(), "the end of the feed", 180)
        writing.start()
        is_killed = False
        while writing.is_alive():
            follower.step()
            if follower.was_held_back and not is_killed:
                server.kill()
                threading.Timer(0.5, server.start).start()
                is_killed = True
        writing.join()
        assert set(outcomes) == {""}
        wait_until(lambda: not follower.step(), "the end of the feed", 180)
        sent = [event["id"] for event in follower.events]
        assert len(sent) == len(set(sent))
        names = [one.name for one in permissions_in(scopes_for(client.permissions)) & client.permissions]
        readable = Change.objects.filter(permission__in=names, is_sample=False)
        assert set(sent) == set(readable.values_list("pk", flat=True))
        assert follower.applied == rows_of({event["subject"] for event in follower.events})
        numbers = list(Partnership.objects.values_list("pk", flat=True))
        assert follower.read == {number: follower.get(f"/api/v1/partnerships/{number}/") for number in numbers}
    assert follower.was_held_back
    assert follower.interruptions
    # It read far fewer than once for each event: a copy that has a change already is not read again.
    assert follower.reads < len([event for event in follower.events if event["partnership"]])
    # The case that a clock, and a lower bound of it, would get wrong: a later revision that comes first.
    orders = [[e["revision"] for e in follower.events if e["partnership"] == number] for number in numbers]
    assert any(order != sorted(order) for order in orders)


def test_an_event_waits_for_an_older_transaction_and_for_no_younger_one(office: Stage) -> None:
    partnership = office.draft()
    owner = partnership.participants.earliest("pk")
    plan = {"country": partnership.country, "kind": "action_plan", "title": "P", "source": "Sample"}
    reader = reader_of(office.analyst)
    after = settled(reader)
    may_end, has_begun = threading.Event(), threading.Event()

    def older() -> None:
        with transaction.atomic():
            NationalPlan.objects.create(**plan)
            has_begun.set()
            assert may_end.wait(60)

    thread = threading.Thread(target=lambda: all_at_once([older]))
    thread.start()
    assert has_begun.wait(60)
    risk = risk_of(partnership, owner, 1)
    held = read(reader, after, 100)
    assert (held.changes, held.held_back, held.more, held.position) == ([], True, False, after)
    may_end.set()
    thread.join(60)
    wait_until(lambda: not read(reader, after, 100).held_back, "the end of older transactions", 120)
    page = read(reader, after, 100)
    assert [(one.kind, one.key) for one in page.changes if one.subject != "national_plan"] == [("risk.added", risk.pk)]
    assert [one.kind for one in page.changes] == ["national_plan.added", "risk.added"]
    # A younger transaction that stays open holds nothing back.
    risk.state = RiskState.OCCURRED
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    risk.save(update_fields=["state"])
    wait_until(lambda: len(read(reader, page.position, 100).changes) == 1, "the next event", 120)


def settled(reader: Any) -> Any:
    """Return the position after everything that is saved, once it can be read."""
    wait_until(lambda: not read(reader, START, 1).held_back, "the end of older transactions", 120)
    after = START
    while (page := read(reader, after, 1000)).more:
        after = page.position
    return page.position
