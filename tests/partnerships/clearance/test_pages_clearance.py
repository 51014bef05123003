"""Pages of clearance: one request asks, one answers, one signs; the page says what stops it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import Agency
from cpc.api.run_once import new_key
from cpc.people.account_services import create_agency
from cpc.web import formats
from partnerships.agreements.services import confirm_origin
from partnerships.lookups.clearance import clearance_of
from partnerships.models import Partnership, Silence
from tests.partnerships.sending import client_of, page_text
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.clearing import in_clearance

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
START = TODAY - dt.timedelta(days=30)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def url(partnership: Partnership, *parts: str) -> str:
    return "/".join([f"/partnerships/{partnership.pk}/clearance", *parts, ""])


def key(code: str) -> int:
    return Agency.objects.get(code=code).pk


def text() -> ContentFile[bytes]:
    return ContentFile(b"Text", name="text.txt")


def send(client: Client, address: str, **values: object) -> int:
    return client.post(address, {"idempotency_key": new_key(), **values}).status_code


def test_three_requests_lead_from_negotiation_to_the_signature(stage: Stage) -> None:
    draft = stage.draft(starts_on=START, ends_on=START + dt.timedelta(days=900))
    stage.restrictions(draft)
    stage.complete(draft)
    for name in ("invite", "open_negotiations"):
        stage.step(draft, name, START)
    analyst, approver, lt = client_of(stage.analyst), client_of(stage.approver), key("lt")
    step = f"/partnerships/{draft.pk}/step/submit_for_clearance/"
    assert analyst.get(step)["Location"] == url(draft, "0", "ask")
    ask = {
        f"role-{lt}": "clear",
        f"role-{key('h')}": "info",
        "file_english": text(),
        "asked_on": START,
        "due_on": TODAY,
    }
    assert send(analyst, url(draft, "0", "ask"), **ask) == 302
    assert "Two points stop the signing of the instrument" in page_text(analyst.get(url(draft)))
    answers = {"version": 1, f"answer-{lt}": "clear", f"day-{lt}": START, "finding": "qualifying", "found_on": START}
    assert send(analyst, url(draft, "0", "answers"), **answers) == 302
    assert "Nothing stops the signing" in page_text(analyst.get(url(draft)))
    before = START - dt.timedelta(days=1)
    sign = f"/partnerships/{draft.pk}/step/sign/"
    assert send(approver, sign, on=START, us_signed_on=START, partner_signed_on=START, source="in_clearance") == 302
    draft.refresh_from_db()
    assert (draft.status, draft.signed_on, draft.legal_review) == ("signed", START, "qualifying")
    shown = page_text(analyst.get(url(draft)))
    assert "The instrument is signed" in shown
    assert send(analyst, url(draft, "0", "signing"), us_signed_on=before) == 302


def test_the_page_names_what_stops_the_signing_and_where_it_is_resolved(stage: Stage) -> None:
    partnership = in_clearance(stage, "KEN", TODAY)
    shown = page_text(client_of(stage.analyst).get(url(partnership)))
    for part in (
        "stop the signing of the instrument",
        "does not clear version 3",
        "The French text of version 3 is missing",
        "The Legal Adviser has made no finding on version 3",
        "applies from the earlier version",
        "no longer applies",
        "Late, no response",
        "Not material: earlier answers stand.",
        "Material: asked again.",
    ):
        assert part in shown, part
    # Of seven offices, one is informed: the others add up.
    answered = "1 clears it, 1 has no equities, 1 does not clear it, 3 have not answered. 1 is informed."
    assert f"6 offices are asked to clear it: {answered}" in shown
    reader = page_text(client_of(stage.approver).get(url(partnership)))
    assert "1 missing answer waits for an approver" in reader


def test_an_answer_of_one_office_opens_the_form_at_that_office(stage: Stage) -> None:
    partnership = in_clearance(stage, "KEN", TODAY)
    analyst, office = client_of(stage.analyst), key("inl")
    assert f"{url(partnership, '0', 'answers')}?office={office}" in analyst.get(url(partnership)).content.decode()
    plain, one = (analyst.get(url(partnership, "0", "answers") + query) for query in ("", f"?office={office}"))
    assert office not in [agency.pk for agency, _ in plain.context["silent"]]
    assert next(agency.pk for agency, _ in one.context["silent"]) == office
    assert office not in [agency.pk for agency, _ in one.context["others"]]
    assert analyst.get(url(partnership, "0", "answers") + "?office=x").status_code == 200


def test_an_approver_agrees_to_go_on_and_the_record_names_it(stage: Stage) -> None:
    partnership = in_clearance(stage, "KEN", TODAY)
    analyst, approver = client_of(stage.analyst), client_of(stage.approver)
    assert analyst.get(url(partnership, "0", "consent")).status_code == 403
    assert send(approver, url(partnership, "0", "consent"), agree="no") == 422
    assert send(approver, url(partnership, "0", "consent"), agree="yes") == 302
    assert Silence.objects.get().decision == "consented"
    assert f"agreed by {stage.approver}" in page_text(analyst.get(url(partnership)))


def test_leaving_out_an_agency_of_the_statute_takes_a_reason_that_goes_on_record(stage: Stage) -> None:
    justice = create_agency(code="doj", name="Department of Justice", statutory=True, actor=None)
    draft = stage.draft("KEN")
    analyst, ask = client_of(stage.analyst), {f"role-{key('lt')}": "clear", "asked_on": START, "due_on": TODAY}
    assert "Record that step first" in page_text(analyst.get(url(draft, "0", "ask")))
    for name in ("invite", "open_negotiations"):
        stage.step(draft, name, START)
    assert analyst.get(url(draft, "0", "ask")).context["form"][f"role-{justice.pk}"].value() == "clear"
    assert send(analyst, url(draft, "0", "ask"), file_english=text(), **ask) == 422
    assert send(analyst, url(draft, "0", "ask"), file_english=text(), not_asked="No stake", **ask) == 302
    assert "Not asked to clear: Department of Justice. No stake" in page_text(analyst.get(url(draft)))


def test_the_page_lists_every_other_condition_and_who_entered_an_answer(stage: Stage) -> None:
    draft = stage.draft("KEN", is_confirmed=False)
    confirm_origin(partnership=draft, actor=stage.approver)
    for name in ("invite", "open_negotiations"):
        stage.step(draft, name, START)
    stage.clear(draft, START)
    shown = page_text(client_of(stage.analyst).get(url(draft)))
    for part in ("Also needed for the signature", f"entered by {stage.analyst}", "An approver who did not draft"):
        assert part in shown, part
    assert "Nothing stops" not in shown


def test_an_answer_after_the_signature_is_shown_beside_what_the_signature_rests_on(stage: Stage) -> None:
    running = stage.active("KEN")
    analyst, office = client_of(stage.analyst), clearance_of(running).offices[0].key
    assert "came after the signature" not in page_text(analyst.get(url(running)))
    form = page_text(analyst.get(url(running, "0", "answers")))
    assert "marked as after signature, and changes nothing of the signature" in form
    late = {
        "version": 1,
        f"answer-{office}": "does_not_clear",
        f"day-{office}": TODAY,
        f"comment-{office}": "Article 3",
    }
    assert send(analyst, url(running, "0", "answers"), **late) == 302
    shown = page_text(analyst.get(url(running)))
    for part in (
        "The instrument is signed",
        "1 answer came after the signature and changes nothing of it.",
        f"After signature: does not clear, {formats.day(TODAY)}",
        "recorded after signature",
    ):
        assert part in shown, part
    [text] = analyst.get(f"/api/v1/partnerships/{running.pk}/clearance/").json()["texts"]
    assert [row["answer"] for row in text["answers"] if row["after_signature"]] == ["does_not_clear"]
    assert text["stops"] == []


@pytest.mark.parametrize("form", ["version", "language", "office", "answers", "go-on"])
def test_forms_open_and_refuse_an_empty_entry(stage: Stage, form: str) -> None:
    partnership = in_clearance(stage, "KEN", TODAY)
    analyst = client_of(stage.analyst)
    assert analyst.get(url(partnership, "0", form)).status_code == 200
    assert send(analyst, url(partnership, "0", form)) == 422


@pytest.mark.parametrize("values", [{"action": "remind"}, {"action": "off", "reason": "No stake"}, {"action": "due"}])
def test_a_request_is_moved_reminded_or_taken_off(stage: Stage, values: dict[str, str]) -> None:
    partnership = in_clearance(stage, "KEN", TODAY)
    request = partnership.text_versions.latest("number").requests.get(agency__code="lt")
    address = url(partnership, "0", "request", str(request.pk))
    revision = {"revision": str(request.due_on), "due_on": str(TODAY)}
    assert send(client_of(stage.analyst), address, **revision, **values) == 302
    stale = send(client_of(stage.analyst), address, **{**revision, "revision": "2020-01-01", "action": "due"})
    assert stale == 422


def test_a_partnership_signed_without_a_clearance_shows_it_and_guessed_texts_are_not_found(stage: Stage) -> None:
    draft = stage.draft("KEN")
    analyst = client_of(stage.analyst)
    assert "No clearance on record" in page_text(analyst.get(url(draft)))
    for path in (url(draft, "1"), url(draft, "0"), url(draft, "0", "answers"), url(draft, "0", "request", "999")):
        assert analyst.get(path).status_code == 404
