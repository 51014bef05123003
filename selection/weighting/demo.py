"""Demonstration data of weighting: one sample exercise that is open, and a request on the criteria."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.demo import Progress
from selection.criteria_consultation.services import ask_on_criteria
from selection.lookups.criteria_consultation import criteria_consultees
from selection.lookups.model_versions import published_default
from selection.models import ScoringModel, WeightingExercise
from selection.weighting import services
from selection.weighting.queries import agencies, members

DAYS_TO_ANSWER = 21


@transaction.atomic
def load_exercise(progress: Progress) -> str:
    """Open a sample exercise on the published version, and ask the agencies that the statute names on its criteria.

    No opinion is invented: no one has answered. Do nothing if an exercise exists or the accounts are missing.
    """
    progress(0, 1)
    analyst = User.objects.filter(username="analyst", role=Role.ANALYST).first()
    found = published_default()
    if analyst is None or found is None or WeightingExercise.objects.exists():
        return ""
    model = ScoringModel.objects.get(pk=found.pk)
    due = timezone.now().date() + timedelta(days=DAYS_TO_ANSWER)
    named = [one.agency for one in criteria_consultees()]
    services.open_exercise(
        model=model,
        title=f"Sample: weights of {model}"[:120],
        reason="Sample exercise. The weights of this version are the project's own.",
        due_on=due,
        people=members(),
        agencies=agencies().filter(pk__in=[agency.pk for agency in named]),
        actor=analyst,
    )
    asked = list(agencies().filter(pk__in=[agency.pk for agency in named]))
    if asked:
        ask_on_criteria(model=model, agencies=asked, due_on=due, actor=analyst)
    return f"A sample exercise on {model}"
