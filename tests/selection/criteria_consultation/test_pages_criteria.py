"""Pages of the consultation on criteria: an agency reads and answers, and the version's page prints it."""

from __future__ import annotations

from django.utils import timezone

from selection.models import Adoption, CriteriaRequest
from tests.partnerships.sending import page_text
from tests.selection.criteria_consultation.test_services_criteria import adopts, asked, recorded
from tests.selection.weighting.conftest import People
from tests.support.models import shipped


def key_of(page: object) -> str:
    return str(page.context["form"]["idempotency_key"].value())  # type: ignore[attr-defined]  # a test response


def test_an_agency_reads_the_criteria_and_answers(people: People) -> None:
    request = asked(people)
    labor, url = people.client(people.contact), f"/consultation/criteria/{request.pk}/"
    page = labor.get(url)
    text = page_text(page)
    assert "Prevalence of modern slavery" in text
    assert "22 U.S.C. 7103a(d)(5)" in text
    assert not page.context["form"]["value"].value()  # nothing is preselected
    sent = {"value": "disagrees", "speaker": "Sample director", "revision": page.context["form"].initial["revision"]}
    rejected = labor.post(url, {**sent, "idempotency_key": key_of(page)})
    assert rejected.status_code == 422
    answer = labor.post(url, {**sent, "text": "Sample: count forced labor.", "idempotency_key": key_of(page)})
    assert answer["Location"] == url
    shown = page_text(people.client(people.viewer).get(f"/models/{shipped().pk}/"))
    assert "Sample: count forced labor." in shown
    assert "Disagrees" in shown
    assert people.client(people.drafter).get(url).status_code == 200
    for user in (people.analyst, people.approver, people.viewer):
        assert people.client(user).get(url).status_code == 404
    assert labor.get(f"/consultation/criteria/{CriteriaRequest.objects.latest('pk').pk + 1}/").status_code == 404


def test_the_approver_states_a_reason_for_each_agency_without_an_answer(people: People) -> None:
    approver, url = people.client(people.approver), f"/models/{shipped().pk}/adopt/"
    page = approver.get(url)
    assert "Why the office adopts without the answer of Department of Labor" in page_text(page)
    sent = {"reason": "Sample", "adopted_on": timezone.now().date().isoformat(), "idempotency_key": key_of(page)}
    rejected = approver.post(url, sent)
    assert rejected.status_code == 422
    assert "Department of Labor has not answered on the criteria of this version." in page_text(rejected)
    approver.post(url, {**sent, "without_dol": "Sample: no time."})
    assert Adoption.objects.get().unanswered == {"dol": "Sample: no time."}
    assert "Adopted without its answer: Sample: no time." in page_text(approver.get(f"/models/{shipped().pk}/"))


def test_the_office_records_an_answer(people: People) -> None:
    analyst, url = people.client(people.analyst), f"/models/{shipped().pk}/criteria/record/?agency=dol"
    page = analyst.get(url)
    today = timezone.now().date().isoformat()
    sent = {
        "agency": people.labor.pk,
        "value": "agrees",
        "speaker": "Sample director",
        "document": "Sample letter",
        "asked_on": today,
        "answered_on": today,
        "revision": page.context["form"].initial["revision"],
        "idempotency_key": key_of(page),
    }
    assert analyst.post(url, sent).status_code == 302
    text = page_text(analyst.get(f"/models/{shipped().pk}/"))
    assert "Document: Sample letter." in text
    again = analyst.post(url, {**sent, "document": "Another", "idempotency_key": key_of(analyst.get(url))})
    assert again.status_code == 422
    recorded(people)
    adopts(people)
