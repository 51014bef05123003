"""Demonstration data of selection: a first ranking, its backtest, and samples of narratives, rounds, and weights."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from cpc.demo import Progress
from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from indicators.models import Country
from indicators.services import publish_sample_narrative
from selection.backtest import signatures
from selection.backtest.services import compute_backtest
from selection.demo.consulting import consult
from selection.demo.deliberating import deliberate
from selection.demo.people import People
from selection.demo.scoring import scored_round
from selection.demo.weighing import weigh
from selection.lookups.model_versions import default_table
from selection.models import Backtest, ModelState, ScoreRun, ScoringModel, SelectionRound, WeightingExercise
from selection.pool_rules.pools import PoolRule, partners
from selection.runs.queries.stored_runs import newest_run
from selection.runs.services import compute_screen, follow_the_day

CANDIDATES = 12
FOR_DECISION = ("GHA", "PER", "SLE", "MWI", "NPL")
"""Countries of the round for decision. Ghana and Peru had a compact before."""

AS_OF = date(2026, 11, 29)
"""Day of the shipped ranking. It is fixed, so that ages and ranks are the same whenever a clone is set up."""


def load_screen(progress: Progress) -> str:
    """Compute the shipped ranking as of its fixed day, and today's ranking if only the date changes it.

    The shipped version of the model before the present one is computed first, to compare with. Do nothing if the runs
    exist already.
    """
    progress(0, 2)
    if ScoreRun.objects.exists():
        return ""
    former = ScoringModel.objects.filter(key=default_table().key, state=ModelState.SUPERSEDED).order_by("number").last()
    if former is not None:
        compute_screen(actor=None, on=AS_OF, table=former.as_table)
    run = compute_screen(actor=None, on=AS_OF)
    progress(1, 2)
    later = follow_the_day(today=timezone.now().date())
    beside = f"; run {later.pk} counts ages to {formats.day(later.reference_date)}" if later else ""
    return f"{run.ranked} countries ranked as of {formats.day(AS_OF)}{beside}"


def load_backtest(progress: Progress) -> str:
    """Compute the backtest of the ranking that pages show first. Do nothing if it exists already."""
    progress(0, 1)
    if newest_run() is None or not signatures() or Backtest.objects.exists():
        return ""
    made = compute_backtest(actor=None)
    return f"{len(made.inputs['signatures'])} partnerships placed using data published before each"


def load_narrative(progress: Progress) -> str:
    """Publish a sample narrative for the first candidate of the round in consultation that has no narrative.

    Do nothing if a round exists already or the demonstration accounts are missing.
    """
    progress(0, 1)
    people, run = People.of_demonstration(), newest_run()
    if people is None or run is None or SelectionRound.objects.exists():
        return ""
    codes = _first_of(run)
    found = Country.objects.filter(code__in=codes, narratives__isnull=True)
    country = min(found, key=lambda row: codes.index(row.code), default=None)
    if country is None:
        return ""
    publish_sample_narrative(country=country, actor=people.analyst)
    return f"A narrative written for the demonstration, for {country}"


@transaction.atomic
def load_round(progress: Progress) -> str:
    """Open two sample rounds, so that every person finds work: one in consultation, and one with a memo for decision.

    The candidates of the first are the highest-ranked countries of the desk screen that pass the pool rule. Every text
    is marked as a sample. Do nothing if a round exists already or the demonstration accounts are missing.
    """
    steps = 6
    progress(0, steps)
    people, run = People.of_demonstration(), newest_run()
    if people is None or run is None or SelectionRound.objects.exists():
        return ""
    model = ScoringModel.objects.get(state=ModelState.PUBLISHED, key=default_table().key)
    year = fiscal_year(run.reference_date) + 1
    consulting = scored_round(people, model, "Sample round", year, _first_of(run))
    progress(2, steps)
    consult(people, consulting)
    progress(3, steps)
    deciding = scored_round(people, model, "Sample round for decision", year, _for_decision(run))
    progress(5, steps)
    deliberate(people, deciding)
    counts = [found.candidates.in_pool().count() for found in (consulting, deciding)]
    return f"Sample rounds in consultation about {counts[0]} countries, and in deliberation about {counts[1]}"


@transaction.atomic
def load_weighting(progress: Progress) -> str:
    """Open a sample weighting exercise that one consultee has not answered.

    Do nothing if an exercise exists already or the demonstration accounts are missing.
    """
    progress(0, 1)
    people = People.of_demonstration()
    if people is None or newest_run() is None or WeightingExercise.objects.exists():
        return ""
    exercise = weigh(people, ScoringModel.objects.get(state=ModelState.PUBLISHED, key=default_table().key))
    return f"A sample weighting exercise with {formats.count_of(exercise.participants.count(), 'participant')}"


def _first_of(run: ScoreRun) -> tuple[str, ...]:
    """Return the codes of the highest-ranked countries that are neither high income nor current partners."""
    return tuple(_eligible(run)[:CANDIDATES])


def _for_decision(run: ScoreRun) -> tuple[str, ...]:
    """Return the codes of the five countries of the round for decision, two of which had a compact before."""
    eligible = _eligible(run)
    wanted = [code for code in FOR_DECISION if code in eligible]
    return tuple([*wanted, *(code for code in eligible if code not in wanted)][: len(FOR_DECISION)])


def _eligible(run: ScoreRun) -> list[str]:
    rows = run.countries.filter(rank__isnull=False, income__in=PoolRule().income_classes)
    rows = rows.exclude(country__code__in=partners()).order_by("rank", "country__name")
    return list(rows.values_list("country__code", flat=True))
