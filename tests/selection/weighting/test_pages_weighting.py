"""Pages of weighting exercises: opened, answered by forms, hidden until answered, closed, and made into a draft."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from selection.models import ScoringModel, StatedWeights, WeightingExercise
from tests.partnerships.sending import page_text
from tests.selection.weighting.conftest import People
from tests.support.models import shipped
from tests.support.weighing import opened, participant, points_of, stated, typed


def test_the_office_opens_an_exercise_and_each_one_asked_answers(people: People) -> None:
    analyst, labor = people.client(people.analyst), people.client(people.contact)
    url = f"/models/{shipped().pk}/weighting/"
    due = timezone.now().date() + dt.timedelta(days=10)
    page = analyst.get(url)
    assert page.status_code == 200
    sent = {
        "title": "Sample weights",
        "reason": "Sample reason",
        "people": [people.analyst.pk, people.approver.pk],
        "agencies": [people.labor.pk],
        "due_on": due.isoformat(),
        "idempotency_key": page.context["form"]["idempotency_key"].value(),
    }
    answer = analyst.post(url, sent)
    exercise = WeightingExercise.objects.get()
    assert answer["Location"] == f"/weightings/{exercise.pk}/"
    assert exercise.run is not None
    shown = page_text(labor.get(f"/weightings/{exercise.pk}/answer/"))
    assert "In the pool: lowest" in shown
    assert "You answer for Department of Labor" in shown
    points = points_of(exercise)
    labor.post(f"/weightings/{exercise.pk}/answer/", typed(points, revision="0"))
    assert StatedWeights.objects.get().given_by == people.contact
    text = page_text(labor.get(f"/weightings/{exercise.pk}/"))
    assert "One answer shows no spread." in text


def test_the_form_shows_weights_without_saving(people: People) -> None:
    exercise = opened(people.analyst)
    client, url = people.client(people.analyst), f"/weightings/{exercise.pk}/answer/"
    need = {part["key"]: 0.0 for part in exercise.nodes[1]["children"]}
    need[next(iter(need))] = 100.0
    page = client.post(url, typed(points_of(exercise, need=need), switch="1", revision="0"))
    assert page.status_code == 200
    assert not StatedWeights.objects.exists()
    assert "67%" in page_text(page)
    assert "100%" in page_text(page)


def test_answers_are_hidden_until_one_has_answered(people: People) -> None:
    exercise = opened(people.analyst, people=[people.analyst, people.second], asked=[people.labor])
    stated(exercise, people.second)
    url = f"/weightings/{exercise.pk}/"
    for user in (people.analyst, people.contact, people.drafter):
        text = page_text(people.client(user).get(url))
        assert "You see the answers of others once you have given yours." in text or "Answers are hidden" in text
        assert "Sample: need counts first." not in text
    for user in (people.approver, people.viewer):
        text = page_text(people.client(user).get(url))
        assert "Answers are shown once everyone who was asked has answered" in text
        assert "TIP Office analyst Answered" in text
    stated(exercise, people.labor, people.contact)
    assert "Sample: need counts first." in page_text(people.client(people.drafter).get(url))
    assert "Sample: need counts first." not in page_text(people.client(people.analyst).get(url))


def test_a_draft_takes_the_mean_weights(people: People) -> None:
    exercise = opened(people.analyst)
    stated(exercise, people.analyst)
    client, url = people.client(people.analyst), f"/weightings/{exercise.pk}/draft/"
    page = client.get(url)
    form = page.context["form"]
    sent = {"takes": "weights", "note": "Sample: stated weights.", "revision": form.initial["revision"]}
    answer = client.post(url, {**sent, "idempotency_key": form["idempotency_key"].value()})
    draft = ScoringModel.objects.get(state="draft")
    assert answer["Location"] == f"/models/{draft.pk}/"
    nodes = {node.key: node.weight for node in draft.as_table.nodes}
    assert (nodes["need"], nodes["feasibility"]) == (66.67, 33.33)
    exercise.refresh_from_db()
    assert exercise.closed_because == f"Version {draft.number} was drafted from it."
    assert draft.title in page_text(client.get(f"/weightings/{exercise.pk}/"))
    assert participant(exercise, people.analyst).answers.live().count() == 1
