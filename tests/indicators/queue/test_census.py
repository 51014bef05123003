"""No one's queue misses an item about data that SQL over all open states finds, and none has one too many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.lifecycle import StateMachine
from cpc.site import queue
from cpc.site.queue import Desk, Item, Lane, QueueSource
from indicators import registrations, states
from indicators.models import (
    Country,
    FormReview,
    Import,
    Indicator,
    Narrative,
    Observation,
    Publication,
    Source,
    SourceFile,
    TierAnswer,
    TierConfirmation,
    TierDraw,
    TierDrawing,
    TierSitting,
    TraffickingForm,
    UnpublishedEdition,
)
from indicators.models.coverage import recount
from selection.models import CountryScore, ScoreRun
from tests.indicators.queue import census
from tests.support.accounts import make_account
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
KNOWN = {*census.IMPORTING, *census.CONFIRMING}

PRODUCED: dict[str, dict[str, tuple[str, ...]]] = {
    "IMPORT": {"preview": ("import",), "failed": ("import",)},
    "UPDATE": {},
}
"""Rows that find records in a state, by machine."""
SETTLED: dict[str, dict[str, str]] = {
    "IMPORT": {
        "received": "A worker reads it; without one, `check:worker` waits for administrators.",
        "reading": "A worker reads it; if it keeps failing, `task-failing` waits for administrators.",
        "published": "It is in use; retracting it is a choice.",
        "retracted": "It stays on file; receiving it again is a choice.",
        "discarded": "It stays on file; receiving it again is a choice.",
    },
    "UPDATE": {
        "open": "Each of its files that waits has a row of its own.",
        "published": "Each of its files that waits has a row of its own.",
        "discarded": "It stays on file; receiving the files again is a choice.",
    },
}
"""Why no one has to do anything in a state, by machine."""


def test_each_state_has_a_row_or_a_reason() -> None:
    machines = {name: machine for name, machine in vars(states).items() if isinstance(machine, StateMachine)}
    assert machines.keys() == PRODUCED.keys() == SETTLED.keys()
    for name, machine in machines.items():
        assert not PRODUCED[name].keys() & SETTLED[name].keys()
        assert {*PRODUCED[name], *SETTLED[name]} == set(machine.states), name
    assert {key for by_state in PRODUCED.values() for found in by_state.values() for key in found} <= KNOWN


@pytest.fixture(autouse=True)
def fresh_editions() -> Iterator[None]:
    """Let no test read the editions of another one."""
    registrations._editions_due.cache_clear()
    yield
    registrations._editions_due.cache_clear()


@pytest.fixture
def people() -> list[User]:
    """Return an account of each kind; reviewers are two, the point of contact and one who drafts."""
    contact = make_account(Role.REVIEWER, username="contact")
    User.objects.filter(pk=contact.pk).update(is_contact=True)
    return [contact, *map(make_account, Role)]


class Forge:
    """Imports, sources, narratives, and a ranking in each state; `publish` is False before the first publication."""

    def __init__(self, *, publish: bool = True, previews: bool = True) -> None:
        self.numbers = count(1)
        self.countries = list(Country.objects.order_by("pk")[:40])
        with unguarded():
            self.file = self.make(SourceFile, sha256="0" * 64, name="A", size=1, first_seen_at=timezone.now())
            self.batch = self.imported("published")
            for state in states.IMPORT.states:
                for _ in range(0 if state == "preview" and not previews else 2):
                    self.imported(state)
            self.sources()
            recount()  # the triggers that count values are off, too
            self.narratives()
            self.rankings()
            self.spot_checks()
            if publish:
                self.make(Publication, seq=1, kind="publish", batch=self.batch, at=timezone.now())

    def make(self, kind: type[models.Model], /, **values: Any) -> Any:
        return kind._default_manager.bulk_create([kind(**values)])[0]

    def imported(self, state: str) -> Import:
        number = next(self.numbers)
        file = self.make(SourceFile, sha256=f"{number:064x}", name="A", size=1, first_seen_at=timezone.now())
        found = self.make(Import, file=file, file_name=f"File {number}", state=state, created_at=timezone.now())
        assert isinstance(found, Import)
        return found

    def source(self, cadence: int | None, *editions: tuple[int, int, str, int | None]) -> Source:
        """Make a source with values: edition, reference year, what is missing, and the publication that closed it."""
        number = next(self.numbers)
        source = self.make(
            Source, key=f"sample-{number}", title=f"Sample {number}", publisher="A", cadence_months=cadence
        )
        indicator = self.make(Indicator, code=f"sample.{number}", source=source, name="A", wording="A")
        for index, (rank, year, missing, closed) in enumerate(editions):
            self.make(
                Observation, indicator=indicator, country=self.countries[index], period=str(year), year=year,
                value=None if missing else 1.0, missing=missing, file=self.file, batch=self.batch, locator="A",
                edition=f"Edition {rank}", edition_rank=rank, precedence=rank * 10 + 2, valid_from=1, valid_to=closed,
                superseded_at=timezone.now() if closed else None,
            )  # fmt: skip
        assert isinstance(source, Source)
        return source

    def sources(self) -> None:
        """Make sources without data, of one edition, of several, and with statements around their ninety days."""
        self.source(12)
        for cadence in (None, 1, 6, 12, 13, 24):
            for rank in (20241100, 20250500, 20251100, 20251200, 20261000, 20240000, 20250000, 20260000):
                for year in (rank // 10_000 - 1, rank // 10_000):
                    self.source(cadence, (rank, year, "", None))
        self.source(12, (20241100, 2023, "", None), (20251200, 2024, "", None))
        self.source(12, (20241100, 2023, "", None), (20251200, 2024, "", 1))
        self.source(12, (20250000, 2024, "", None), (20250000, 2025, "not_reported", None))
        for days in (-400, -91, -90, -89, -1, 0):
            for withdrawn in (False, True):
                source = self.source(12, (20241100, 2023, "", None))
                closed = {"superseded_at": timezone.now(), "superseded_reason": "A"} if withdrawn else {}
                self.make(
                    UnpublishedEdition, source=source, edition="2026", as_of=TODAY + days * DAY, evidence="A", **closed
                )

    def narratives(self) -> None:
        reviewer = make_account(Role.ANALYST, username="reader")
        for index, (closed, verdicts) in enumerate(
            [
                (None, []),
                (None, []),
                (None, ["confirmed"]),
                (None, ["rejected", "confirmed"]),
                (2, []),
                (2, ["rejected"]),
            ]
        ):
            narrative = self.make(
                Narrative, country=self.countries[index], report_year=2025, title="A", locator="A", file=self.file,
                batch=self.batch, digest="0" * 64, valid_from=1, valid_to=closed,
                superseded_at=timezone.now() if closed else None,
            )  # fmt: skip
            form = self.make(
                TraffickingForm, narrative=narrative, ordinal=1, form="A", sentence="A", section="profile", locator="A"
            )
            for verdict in verdicts:
                self.make(FormReview, form=form, verdict=verdict, reviewer=reviewer)

    def spot_checks(self) -> None:
        """Make tiers that wait for a second person, that are settled by one or both, and of a published sitting."""
        analyst = User.objects.filter(role=Role.ANALYST).exclude(username="reader").first() or make_account(
            Role.ANALYST
        )
        reader = User.objects.get(username="reader")
        record = Observation.objects.filter(valid_to=None)[0]
        for year, batch in ((2025, None), (2024, None), (2023, self.batch)):
            sitting = self.make(TierSitting, report_year=year, batch=batch)
            drawing = self.make(TierDrawing, sitting=sitting, number=1, seed=1, population=6, size=6)
            cases: list[tuple[User, str | None, list[tuple[User, str]]]] = [
                (reader, None, []),
                (analyst, None, []),
                (analyst, "Tier 2", []),
                (analyst, "Tier 3", []),
                (reader, "Tier 3", [(analyst, "Tier 3")]),
                (reader, "Tier 3", [(analyst, "Tier 3"), (reader, "Tier 2")]),
                (reader, "Tier 3", [(analyst, "Tier 3"), (reader, "Tier 3")]),
                (reader, "Tier 3", [(reader, "Tier 2"), (analyst, "Tier 3")]),
            ]
            for index, (first, second, settled) in enumerate(cases if year != 2024 else cases[1:2]):
                confirmation = self.make(
                    TierConfirmation, sitting=sitting, country=self.countries[index], tier="Tier 2", page="7",
                    on_record=record, recorded_by=first, recorded_at=timezone.now(),
                )  # fmt: skip
                draw = self.make(TierDraw, drawing=drawing, confirmation=confirmation, reason="random")
                other = reader if first == analyst else analyst
                if second:
                    self.make(TierAnswer, draw=draw, kind="reading", tier=second, page="7", answered_by=other)
                for person, tier in settled:
                    self.make(TierAnswer, draw=draw, kind="settlement", tier=tier, text="A", answered_by=person)

    def rankings(self) -> None:
        """Make a default run with unconfirmed tiers around the twentieth rank, one beside it, and an older one."""
        self.ranking(1, {}, range(1, 30))
        self.ranking(2, {}, (1, 19, 20, 21, 30))
        self.ranking(3, {"beside": {}}, range(1, 10))

    def ranking(self, as_of: int, inputs: dict[str, Any], unconfirmed: Any) -> None:
        run = self.make(
            ScoreRun, stage="screen", model_key="a", model_version="1", table={}, table_hash="0" * 64,
            model_hash="0" * 64, as_of=as_of, reference_date=TODAY, inputs=inputs, snapshot_hash="0" * 64,
            engine_version="1", seed="1", draws=1, ranked=40, result={},
        )  # fmt: skip
        for rank, country in enumerate(self.countries, 1):
            quality = "unconfirmed" if rank in unconfirmed else "stated"
            self.make(
                CountryScore, run=run, country=country, status="ranked", rank=rank, score=1.0, tier_quality=quality
            )


def counted(item: Item) -> str:
    """Return the key of a row; that of a row that stands for several has their number."""
    if ":" in item.key:
        return item.key
    number = re.search(r"[\d,]+", item.title)
    return f"{item.key}:{number[0].replace(',', '') if number else ''}"


def sources() -> list[QueueSource]:
    """Return the sources of data; that of a ranking to compute reads whole runs, which no row here is."""
    return [
        source
        for source in queue.sources
        if source.key in ("imports", "narratives", "editions", "tiers", "spot-checks")
    ]


def keys(user: User, today: date, read: Iterable[QueueSource] | None = None) -> set[str]:
    """Return what the queue of an account has about data."""
    with queue.sources.only(*(sources() if read is None else read)):
        found = queue.queue_of(Desk(user, today, 1000))
    return {counted(item) for lane in found.lanes for item in lane.items}


def differences(
    people: list[User], today: date, read: Iterable[QueueSource] | None = None
) -> list[tuple[str, set[str], set[str]]]:
    """Return for each account what its queue misses and what it has too many."""
    found = []
    for user in people:
        shown, expected = keys(user, today, read), census.open_for(user, today)
        if shown != expected:
            found.append((str(user), expected - shown, shown - expected))
    return found


@pytest.mark.parametrize("days", [-400, -1, 0, 6, 7, 8, 37, 38, 400])
def test_each_open_state_waits_for_whoever_may_do_it(people: list[User], days: int) -> None:
    Forge()
    today = TODAY + days * DAY
    assert differences(people, today) == []
    reached = {user.role: {key.partition(":")[0] for key in keys(user, today)} for user in people}
    assert reached.pop(Role.ANALYST) == KNOWN - {"first-import"}
    assert not any(reached.values())


@pytest.mark.parametrize("previews", [False, True])
def test_before_the_first_publication_the_first_import_waits(people: list[User], previews: bool) -> None:
    Forge(publish=False, previews=previews)
    assert differences(people, TODAY) == []
    analyst = next(user for user in people if user.role == Role.ANALYST)
    assert ("first-import:" in keys(analyst, TODAY)) is not previews


def test_in_an_empty_database_the_first_import_is_all_that_waits(people: list[User]) -> None:
    assert differences(people, TODAY) == []
    assert {key for user in people for key in keys(user, TODAY)} == {"first-import:"}


def test_the_census_notices_a_row_that_is_missing(people: list[User]) -> None:
    Forge()
    for left_out in sorted(KNOWN - {"first-import"}):
        read = [without(source, left_out) for source in sources()]
        missed = [key for _, lost, _ in differences(people, TODAY, read) for key in lost]
        assert {key.partition(":")[0] for key in missed} == {left_out}


def without(source: QueueSource, key: str) -> QueueSource:
    """Return a source that leaves out the rows of one kind."""

    def lanes(desk: Desk, lanes_of: Callable[[Desk], Any] = source.lanes) -> list[Lane]:
        return [
            Lane(lane.category, lane.counts, [item for item in lane.items if item.key.partition(":")[0] != key])
            for lane in lanes_of(desk)
        ]

    return QueueSource(source.key, source.permission, lanes, source.order, source.narrows)
