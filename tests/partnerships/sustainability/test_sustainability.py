"""Services for strategies, measures, risks, and evaluations."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cpc.accounts.permissions import Role
from partnerships.models import (
    ActionItem,
    Evaluation,
    History,
    Objective,
    Participant,
    Partnership,
    Risk,
    SustainabilityMeasure,
    SustainabilityStrategy,
)
from partnerships.sustainability.services import add_entry, edit_entry
from tests.partnerships.monitoring.test_monitoring import codes
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.complete import make_complete

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 14)


def test_measures_risks_and_evaluations_have_owners_and_say_what_came_of_them() -> None:
    made = make_complete()
    measure = add_entry(
        entry=SustainabilityMeasure(
            partnership=made.partnership, kind="budget", text="A budget line", owner=made.ministry, review_on=DAY
        ),
        actor=made.analyst,
    )
    risk = add_entry(
        entry=Risk(
            partnership=made.partnership,
            text="The ministry is reorganized",
            likelihood=3,
            impact=4,
            mitigation="A second contact office",
            owner=made.ministry,
            review_on=DAY,
        ),
        actor=made.analyst,
    )
    evaluation = add_entry(
        entry=Evaluation(partnership=made.partnership, kind="midline", title="Midline", planned_on=DAY),
        actor=made.analyst,
    )
    assert risk.exposure == 12
    for entry, values, code in (
        (measure, {"status": "done"}, "evidence"),
        (risk, {"state": "closed"}, "closing_note"),
        (risk, {"likelihood": 6}, "risk_scale"),
        (evaluation, {"state": "completed", "completed_on": DAY}, "evaluation"),
    ):
        with pytest.raises(ValidationError) as error:
            edit_entry(entry=entry, values=values, actor=made.analyst)  # type: ignore[type-var]  # entries of both kinds
        assert codes(error) == {code}
    edit_entry(entry=measure, values={"status": "done", "evidence": "Budget law"}, actor=made.analyst)
    assert History.objects.filter(row_table=SustainabilityMeasure._meta.db_table, row_id=measure.pk).count() == 2
    assert all("individual child" in str(model._meta.get_field("text").help_text) for model in (Risk, ActionItem))


def test_the_strategy_of_a_signed_partnership_changes_by_amendment_alone(stage: Stage) -> None:
    signed = stage.active()
    strategy = SustainabilityStrategy(partnership=signed, institution="Ministry", approach="Drafts it")
    with pytest.raises(ValidationError) as error:
        add_entry(entry=strategy, actor=stage.analyst)
    assert codes(error) == {"by_amendment"}


def drafts(stage: Stage) -> tuple[Partnership, SustainabilityMeasure, Participant, Objective]:
    """Return a draft, an unsaved measure of it, and an office and an objective of another partnership."""
    draft, other = stage.draft(), stage.draft("KEN")
    measure = SustainabilityMeasure(
        partnership=draft, kind="law", text="A law", owner=draft.participants.get(government="partner"), review_on=DAY
    )
    return draft, measure, other.participants.get(government="partner"), other.objectives.get()


@pytest.mark.parametrize("field", ["owner", "objective"])
def test_owner_and_objective_are_of_the_same_partnership(stage: Stage, field: str) -> None:
    _, measure, *others = drafts(stage)
    foreign = dict(zip(("owner", "objective"), others, strict=True))[field]
    own = getattr(measure, field)
    setattr(measure, field, foreign)
    with pytest.raises(ValidationError) as error:
        add_entry(entry=measure, actor=stage.analyst)
    assert error.value.message_dict == {field: ["Choose one from this partnership."]}
    setattr(measure, field, own)
    made = add_entry(entry=measure, actor=stage.analyst)
    with pytest.raises(ValidationError) as error:
        edit_entry(entry=made, values={field: foreign}, actor=stage.analyst)
    assert error.value.message_dict == {field: ["Choose one from this partnership."]}


def test_an_objective_of_the_partnership_is_taken_and_a_viewer_changes_nothing(stage: Stage) -> None:
    draft, measure, *_ = drafts(stage)
    measure.objective = draft.objectives.get()
    made = add_entry(entry=measure, actor=stage.analyst)
    assert edit_entry(entry=made, values={"text": "A statute"}, actor=stage.analyst).text == "A statute"
    viewer = make_account(Role.VIEWER)
    with pytest.raises(PermissionDenied):
        edit_entry(entry=made, values={"text": "A decree"}, actor=viewer)
    with pytest.raises(PermissionDenied):
        add_entry(entry=Evaluation(partnership=draft, kind="midline", title="M", planned_on=DAY), actor=viewer)
