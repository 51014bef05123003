"""Benchmark of a large consultation (200 candidates, 12 agencies, 5,000 notes) against one a tenth its size.

Both are in one database. A page takes the same number of queries on both, and at most twice the time, because it
shows one page of rows regardless of their total. Whole requests pass through all middleware and are interleaved.
`PAGES` names the pages; each gives its URL for a round.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from indicators.models import Country
from selection.models import (
    Adjudication,
    Candidate,
    Concurrence,
    ConsultationRequest,
    EvidenceVersion,
    Note,
    NoteKind,
    NoteReply,
    RequestCandidate,
    ScoringModel,
    SelectionRound,
)
from selection.models.notes import series_of
from selection.notes.services.adjudications import settle
from selection.pool_rules.pools import PoolRule
from tests.bench.measuring import Row, getting, medians, query_count, row
from tests.support.accounts import make_account
from tests.support.rounds import DUE, ON

LARGE, SMALL = (200, 5_000), (20, 500)
AGENCIES, ROUNDS = 12, 20
OUTCOMES = ("accepted", "modified", "rejected", "noted", "deferred")


@dataclass(frozen=True)
class Scene:
    """A round with its consultation, the person who runs it, and a reviewer of an agency."""

    round: SelectionRound
    analyst: User
    reviewer: User

    @property
    def code(self) -> str:
        """Return the country code of the first candidate of the reviewer's request."""
        row = RequestCandidate.objects.filter(request__round=self.round, request__agency=self.reviewer.agency_id)
        return str(row.order_by("candidate__country__code").values_list("candidate__country__code", flat=True)[0])


Page = Callable[[Scene], tuple[User, str]]

PAGES: Mapping[str, Page] = {
    "comment matrix, office": lambda scene: (scene.analyst, reverse("round-matrix", args=[scene.round.pk])),
    "comment matrix, reviewer": lambda scene: (scene.reviewer, reverse("round-matrix", args=[scene.round.pk])),
    "queue": lambda scene: (scene.reviewer, reverse("consultation")),
    "dossier": lambda scene: (scene.analyst, reverse("dossier", args=[scene.round.pk, scene.code])),
}


def _reviewers(which: str) -> list[User]:
    """Create twelve agencies with a reviewer each; agencies are not shared, because a queue covers all rounds."""
    code = slugify(which)
    agencies = [Agency.objects.create(code=f"{code}-{n}", name=f"Sample agency {n} {which}") for n in range(AGENCIES)]
    return [make_account(Role.REVIEWER, username=f"bench-{agency.code}", agency=agency) for agency in agencies]


def make(size: tuple[int, int], title: str, analyst: User, reviewers: list[User]) -> Scene:
    """Create a round in consultation: each agency asked about each candidate, with notes, two thirds answered."""
    candidates, notes = size
    found = SelectionRound.objects.create(
        title=title,
        fiscal_year=2027,
        model=ScoringModel.objects.get(state="published"),
        as_of=1,
        reference_date=ON,
        pool_rule=PoolRule().to_dict(),
        state="consultation",
    )
    countries = Country.objects.order_by("code")[:candidates]
    rows = Candidate.objects.bulk_create(Candidate(round=found, country=country) for country in countries)
    EvidenceVersion.objects.bulk_create(
        EvidenceVersion(candidate=row, number=1, as_of=1, digest="0" * 64, cells={}) for row in rows
    )
    for reviewer in reviewers:
        assert reviewer.agency is not None
        asked = ConsultationRequest.objects.create(round=found, agency=reviewer.agency, role="consult", due_on=DUE)
        RequestCandidate.objects.bulk_create(RequestCandidate(request=asked, candidate=row) for row in rows)
        asked.sent_at, asked.sent_by = timezone.now(), analyst
        asked.save()
    _notes(found, rows, notes, analyst, reviewers)
    return Scene(found, analyst, reviewers[0])


def _notes(found: SelectionRound, rows: list[Candidate], count: int, analyst: User, reviewers: list[User]) -> None:
    dice = random.Random(7)
    kinds = [str(kind) for kind in NoteKind.values]
    made = []
    for number in range(1, count + 1):
        author = reviewers[number % len(reviewers)]
        made.append(
            Note(
                round=found,
                series=series_of(author.agency, "office"),
                number=number,
                candidate=rows[number % len(rows)],
                agency=author.agency,
                author=author,
                kind=kinds[min(int(dice.expovariate(1.0)), 2) + 1] if number % 50 else "critical",
                text=f"Note {number}: the figure of the year before stands here, and the later one is known.",
                rationale="The later edition is out.",
                visibility=dice.choice(("office", "all")),
            )
        )
    notes = Note.objects.bulk_create(made)
    answered = [note for note in notes if note.number % 3]
    answers = Adjudication.objects.bulk_create(
        Adjudication(note=note, outcome=dice.choice(OUTCOMES), rationale="Seen.", by=analyst) for note in answered
    )
    _settle(answered)  # a note is answered before its agency agrees or not: the database permits no other order
    Concurrence.objects.bulk_create(
        Concurrence(adjudication=answer, concurs=dice.random() < 0.8, text="We looked.", by=answer.note.author)
        for answer in answers[::2]
    )
    _settle(answered[::2])
    NoteReply.objects.bulk_create(NoteReply(note=note, author=analyst, text="Thank you.") for note in notes[::4])


def _settle(notes: list[Note]) -> None:
    for note in notes:
        settle(note)


def run() -> Iterator[Row]:
    """Yield two rows per page: its time on the large round against a tenth (goal 2), and its queries (goal 1)."""
    analyst = make_account(Role.ANALYST, username="bench-consultation")
    scenes = [make(size, f"Bench {size[1]}", analyst, _reviewers(f"of {size[1]}")) for size in (SMALL, LARGE)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with override_settings(ALLOWED_HOSTS=["*"]):
        for name, page in PAGES.items():
            calls = [_opening(*page(scene)) for scene in scenes]
            few, many = (query_count(call) for call in calls)
            small, large = medians(*calls, rounds=ROUNDS)
            detail = f"{large:.1f} ms for {LARGE[0]} candidates, {LARGE[1]:,} notes; {small:.1f} ms for a tenth"
            yield row(f"{name}, ten times the round", large, small, 2.0, detail)
            yield row(f"{name}, queries", many, few, 1.0, f"{many} queries against {few}")


def _opening(user: User, url: str) -> Callable[[], object]:
    client = Client()
    client.force_login(user)
    return getting(client, url)
