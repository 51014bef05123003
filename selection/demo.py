"""Demonstration data of selection: a first ranking, its backtest, and a sample round with agencies."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.demo import Progress
from cpc.fiscal_years import fiscal_year
from cpc.web import formats
from selection.backtest import signatures
from selection.backtest.services import compute_backtest
from selection.consultation.services.requests import draft_request, send_request
from selection.lookups.model_versions import default_table
from selection.models import Backtest, ModelState, RequestRole, ScoreRun, ScoringModel, SelectionRound
from selection.pool_rules.pools import PoolRule, partners
from selection.rounds.services import open_round, score_round, take_round_step
from selection.runs.queries.stored_runs import newest_run
from selection.runs.services import compute_screen, follow_the_day

CANDIDATES = 12
DAYS_TO_ANSWER = 21
QUESTIONS = (
    "Which of your agency's programs would a partnership duplicate, and which could it build on?\n"
    "Do you know anything about this government's commitment that the evidence does not show?"
)


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


@transaction.atomic
def load_round(progress: Progress) -> str:
    """Open one sample round, scored and in consultation, so that reviewers have something to answer.

    The candidates are the highest-ranked countries of the desk screen that pass the pool rule. No opinion is invented:
    the round has no ratings, positions, or notes. Do nothing if a round exists already or the demonstration accounts
    are missing.
    """
    progress(0, 4)
    analyst = User.objects.filter(username="analyst", role=Role.ANALYST).first()
    run = newest_run()
    if analyst is None or run is None or SelectionRound.objects.exists():
        return ""
    sample_round = open_round(
        title="Sample round",
        fiscal_year=fiscal_year(run.reference_date) + 1,
        model=ScoringModel.objects.get(state=ModelState.PUBLISHED, key=default_table().key),
        rule=PoolRule(only=_first_of(run)),
        actor=analyst,
    )
    for done, name in enumerate(("screen", "start_scoring"), 1):
        sample_round = take_round_step(selection_round=sample_round, name=name, actor=analyst)
        progress(done, 4)
    score_round(selection_round=sample_round, actor=analyst)
    progress(3, 4)
    sample_round = take_round_step(selection_round=sample_round, name="open_consultation", actor=analyst)
    due = timezone.now().date() + timedelta(days=DAYS_TO_ANSWER)
    for agency in Agency.objects.filter(is_active=True, users__is_contact=True).distinct().order_by("code"):
        asked = draft_request(
            selection_round=sample_round,
            agency=agency,
            role=RequestRole.CONSULT,
            due_on=due,
            questions=QUESTIONS,
            candidates=sample_round.candidates.in_pool(),
            actor=analyst,
        )
        send_request(request=asked, actor=analyst)
    return f"{sample_round.title} in consultation about {sample_round.candidates.in_pool().count()} countries"


def _first_of(run: ScoreRun) -> tuple[str, ...]:
    """Return the codes of the highest-ranked countries that are neither high income nor current partners."""
    rows = run.countries.filter(rank__isnull=False, income__in=PoolRule().income_classes)
    rows = rows.exclude(country__code__in=partners()).order_by("rank", "country__name")
    return tuple(rows.values_list("country__code", flat=True)[:CANDIDATES])
