"""Events after a run: a later edition, a correction, a retraction, and decisions on the pool.

Runs must replay to the same result after all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import MD5, Cast
from django.utils import timezone

from cpc.accounts.models import User
from indicators.imports.publishing import retract
from indicators.models import Country, Import, ImportState, Observation
from indicators.observations.as_of import current
from partnerships.demo import load_partnerships
from selection.models import ScoreRun
from selection.pool import services as pool_services
from selection.runs.services import replay
from tests.support.rankings import publish_values, value

FUTURE = 3000
SCORE = "cpi.score"


def time_goes_on(folder: Path) -> None:
    """Publish a later edition, correct a current value, and retract a file that runs used."""
    published = Import.objects.filter(state=ImportState.PUBLISHED)
    smallest = published.annotate(size=Count("observations")).filter(size__gt=0).order_by("size", "pk").first()
    known = Observation.objects.filter(indicator__code=SCORE, valid_to=None, value__isnull=False)
    corrected = known.select_related("country").order_by("-period", "country__code").first()
    country, period = (corrected.country.code, corrected.period) if corrected else ("GHA", "2025")
    later = FUTURE + current()  # an unpublished edition, however often this function runs
    publish_values(folder, [value(SCORE, country, str(later), "60")], edition=str(later), name="later")
    publish_values(folder, [value(SCORE, country, period, "1")], edition=str(later + 1), name="corrected")
    if smallest is not None:
        retract(batch_id=smallest.pk, actor=None, reason="The publisher took it back.")


def decisions_go_on(analyst: User, approver: User) -> None:
    """Let in high-income countries by policy, admit Haiti, a Special Case, and record the real partnerships."""
    policy = pool_services.propose_policy(
        reason="high_income",
        puts_outside=[],
        in_force_from=timezone.now().date(),
        citation="Memo on the pool",
        why="Every income class is looked at.",
        actor=analyst,
    )
    pool_services.decide_policy(policy=policy, approve=True, actor=approver)
    admission = pool_services.propose_admission(
        country=Country.objects.get(code="HTI"),
        why="The country asked for a partnership.",
        until=timezone.now().date() + timedelta(days=90),
        actor=analyst,
    )
    pool_services.decide_admission(admission=admission, approve=True, actor=approver)
    load_partnerships(lambda _done, _total: None)


ASKED = (
    "engine_version", "stage", "table_hash", "inputs_hash", "snapshot_hash", "seed", "draws", "reference_date", "as_of",
)  # fmt: skip
"""Columns that determine the result of a run."""

_replayed: set[tuple[object, ...]] = set()


def first_of_their_kind(made: QuerySet[ScoreRun]) -> set[int]:
    """Return the keys of runs whose inputs or results differ from all that this process has returned before."""
    first = set()
    held = MD5(Cast("result", TextField()))
    for pk, *kind in made.annotate(held=held).values_list("pk", "held", *ASKED):
        if tuple(kind) not in _replayed:
            _replayed.add(tuple(kind))
            first.add(pk)
    return first


def runs() -> QuerySet[ScoreRun]:
    """Return the stored runs, the oldest first."""
    return ScoreRun.objects.order_by("pk")


def differences(among: Collection[int] | None = None) -> list[str]:
    """Replay each stored run, or the runs with the keys `among`, and describe each difference."""
    asked = runs() if among is None else runs().filter(pk__in=among)
    found = {run: replay(run_id=run) for run in asked.values_list("pk", flat=True)}
    return [f"run {run}: {difference}" for run, difference in found.items() if difference is not None]
