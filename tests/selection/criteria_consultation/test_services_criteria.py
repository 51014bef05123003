"""The consultation on criteria and the adoption that rests on it, by the services and, on every route, the database."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from django.utils import timezone

from cpc.accounts.models import Agency
from cpc.database.revisions import EditConflict
from cpc.notifications.models import Notification
from selection.criteria_consultation import services
from selection.lookups.criteria_consultation import (
    adoption_reasons_needed,
    criteria_consultation,
    criteria_consultees,
)
from selection.model_versions.services import versions
from selection.model_versions.services.adoptions import adopt_model
from selection.models import Adoption, CriteriaAnswer, CriteriaRequest
from tests.selection.pool.test_pool_rules import refused
from tests.selection.weighting.conftest import People
from tests.support.models import draft, shipped, weighing

TODAY = timezone.now().date()
DAY = dt.timedelta(days=1)


def asked(people: People, **more: Any) -> CriteriaRequest:
    values: dict[str, Any] = {"model": shipped(), "agencies": [people.labor], "due_on": TODAY + DAY}
    return services.ask_on_criteria(actor=people.analyst, **{**values, **more})[0]


def answered(people: People, request: CriteriaRequest, **more: Any) -> CriteriaAnswer:
    values: dict[str, Any] = {"value": "agrees", "text": "", "speaker": "Sample director", "actor": people.contact}
    return services.answer_on_criteria(request=request, **{**values, **more})


def recorded(people: People, **more: Any) -> CriteriaAnswer:
    values: dict[str, Any] = {
        "model": shipped(),
        "agency": people.labor,
        "value": "disagrees",
        "text": "Sample: child labor counts too little.",
        "speaker": "Sample director",
        "document": "Sample letter 4",
        "asked_on": TODAY - 9 * DAY,
        "means": "Sample letter 3",
        "answered_on": TODAY,
        "actor": people.analyst,
    }
    return services.record_criteria_answer(**{**values, **more})


def adopts(people: People, **unanswered: str) -> Adoption:
    return adopt_model(model=shipped(), reason="Sample", adopted_on=TODAY, actor=people.approver, unanswered=unanswered)


def forged(people: People, unanswered: Any) -> str | None:
    row = Adoption(
        model=shipped(), reason="Sample", adopted_on=TODAY, adopted_by=people.approver, unanswered=unanswered
    )
    return refused(lambda: Adoption.objects.bulk_create([row]))


def test_an_adoption_needs_an_answer_or_a_reason(people: People) -> None:
    assert [fact.status for fact in criteria_consultation(shipped())] == ["not_asked"]
    with pytest.raises(ValidationError) as rejected:
        adopts(people)
    assert list(rejected.value.error_dict) == ["without_dol"]
    for text in ("", " \n"):
        assert refused(partial(adopts, people, dol=text)) == "criteria_not_consulted"
        assert forged(people, {"dol": text}) == "criteria_not_consulted"
    assert forged(people, {"doj": "Another agency"}) == "criteria_not_consulted"
    assert forged(people, []) == "unanswered"
    adoption = adopts(people, dol="Sample: no time.", doj="Not named")
    assert adoption.unanswered == {"dol": "Sample: no time."}
    (fact,) = criteria_consultation(shipped(), adoption)
    assert (fact.adopted_without, fact.asked_on) == ("Sample: no time.", None)


@pytest.mark.parametrize("value", ["agrees", "agrees_with_changes", "disagrees"])
def test_each_answer_settles_and_none_is_a_veto(people: People, value: str) -> None:
    request = asked(people)
    assert refused(lambda: adopts(people)) == "criteria_not_consulted"
    answered(people, request, value=value, text="Sample: in our words.")
    assert adopts(people, dol="Not needed").unanswered == {}
    (fact,) = criteria_consultation(shipped())
    assert (fact.status, fact.text, fact.by_agency, fact.asked_on, fact.answered_on) == (
        value,
        "Sample: in our words.",
        True,
        TODAY,
        TODAY,
    )


def test_that_it_does_not_apply_is_recorded_with_a_reason(people: People) -> None:
    record = partial(recorded, people, value="not_applicable", document="", speaker="", asked_on=None, means="")
    assert refused(lambda: record(text=" ")) == "text"
    record(text="Sample: the agency has no such office.")
    assert adopts(people).unanswered == {}
    assert not CriteriaRequest.objects.exists()


def test_silence_is_no_answer(people: People) -> None:
    request = asked(people)
    (fact,) = criteria_consultation(shipped())
    assert (fact.status, fact.settles) == ("waiting", False)
    adoption = adopts(people, dol="Sample: silent.")
    (fact,) = criteria_consultation(shipped(), adoption)
    assert (fact.status, fact.asked_on) == ("no_response", request.asked_on)


def test_an_adoption_keeps_what_was_on_record_then(people: People) -> None:
    request = asked(people)
    adoption = adopts(people, dol="Sample: silent.")
    answered(people, request, value="disagrees", text="Sample: too late.")
    (then,), (now,) = criteria_consultation(shipped(), adoption), criteria_consultation(shipped())
    assert (then.status, now.status) == ("no_response", "disagrees")


def test_an_answer_is_about_the_text_that_was_shown(people: People) -> None:
    made = draft(people.analyst)
    request = asked(people, model=made)
    shown = services.revision_of(made, people.labor)
    edited = versions.edit_model(model=made, change=weighing(made, "cpi", 3), actor=people.analyst)
    with pytest.raises(EditConflict):
        answered(people, request, expected_revision=shown)
    answered(people, request)
    assert not adoption_reasons_needed(edited)
    edited = versions.edit_model(model=edited, change=weighing(edited, "cpi", 4), actor=people.analyst)
    (fact,) = adoption_reasons_needed(edited)
    assert (fact.status, fact.is_outdated) == ("agrees", True)
    published = versions.publish_model(model=edited, actor=people.approver)
    row = Adoption(model=published, reason="Sample", adopted_on=TODAY, adopted_by=people.approver)
    assert refused(lambda: Adoption.objects.bulk_create([row])) == "criteria_not_consulted"


def test_only_the_contact_of_the_agency_that_was_asked_answers(people: People) -> None:
    request = asked(people)
    for actor in (people.drafter, people.analyst, people.viewer):
        with pytest.raises(PermissionDenied):
            answered(people, request, actor=actor)
        row = CriteriaAnswer(
            model=shipped(),
            agency=people.labor,
            request=request,
            table_hash=shipped().table_hash,
            value="agrees",
            answered_on=TODAY,
            by_agency=True,
            recorded_by=actor,
        )
        assert refused(partial(CriteriaAnswer.objects.bulk_create, [row])) == "may_not_answer"
    answer = answered(people, request)
    rows = CriteriaAnswer.objects.filter(pk=answer.pk)
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        rows.update(text="Another")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"asked_on": None}, "asked_on"),
        ({"asked_on": TODAY + DAY, "answered_on": TODAY + DAY}, "asked_later"),
        ({"answered_on": TODAY + DAY}, "answered_later"),
        ({"asked_on": TODAY, "answered_on": TODAY - DAY}, "answered_early"),
        ({"asked_on": TODAY, "answered_on": TODAY}, None),
        ({"document": " "}, "document"),
        ({"speaker": ""}, "document"),
        ({"text": ""}, "text"),
        ({"value": "agrees", "text": ""}, None),
    ],
)
def test_what_the_office_records_has_day_document_and_author(
    people: People, more: dict[str, Any], code: str | None
) -> None:
    assert refused(lambda: recorded(people, **more)) == code if code else recorded(people, **more).pk


def test_the_office_alone_asks_and_records(people: People) -> None:
    for actor in (people.approver, people.viewer, people.contact):
        with pytest.raises(PermissionDenied):
            services.ask_on_criteria(model=shipped(), agencies=[people.labor], due_on=TODAY, actor=actor)
        with pytest.raises(PermissionDenied):
            recorded(people, actor=actor)
    assert refused(lambda: asked(people, due_on=TODAY - DAY)) == "due_past"
    assert refused(lambda: asked(people, agencies=[])) == "no_participant"
    asked(people, due_on=TODAY)
    told = set(Notification.objects.values_list("recipient__username", flat=True))
    assert told == {"reviewer", "drafter"}


def test_the_second_of_two_is_rejected(people: People) -> None:
    shown = services.revision_of(shipped(), people.labor)
    recorded(people, expected_revision=shown)
    with pytest.raises(EditConflict):
        recorded(people, expected_revision=shown)


def test_the_successor_of_a_closed_agency_is_consulted(people: People) -> None:
    aid = Agency.objects.create(
        code="ended", name="Agency that ended", on_criteria=True, is_active=False,
        successor=Agency.objects.create(code="follows", name="Office that follows"), successor_reason="Sample",
    )  # fmt: skip
    found = {one.agency.code: one.succeeds for one in criteria_consultees()}
    assert found == {"dol": None, "follows": aid}
    assert refused(lambda: adopts(people, dol="A")) == "criteria_not_consulted"
    assert forged(people, {"dol": "A", "ended": "B"}) == "criteria_not_consulted"
    assert adopts(people, **{"dol": "A", "follows": "B"}).unanswered == {"dol": "A", "follows": "B"}


def test_without_a_marked_agency_no_model_is_adopted(people: People) -> None:
    Agency.objects.update(on_criteria=False)
    assert refused(lambda: adopts(people, dol="A")) == "no_criteria_consultee"
    assert forged(people, {"dol": "A"}) == "no_criteria_consultee"
