"""The reviewer's workbench: what to answer next, one position for several, notes in place, and what was opened."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import Agency
from selection.models import ConsultationRequest, CountryScore, EvidenceOpening, Note, Position
from tests.partnerships.sending import client_of, filled_fields, page_text, send
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]


def ask(office: Office, *codes: str, agency: Agency | None = None) -> ConsultationRequest:
    today = timezone.now().date()
    found = agency or office.agency()
    return office.ask(office.consulting(), found, *codes, due_on=today + dt.timedelta(9), today=today)


@pytest.fixture
def request_(office: Office) -> ConsultationRequest:
    return ask(office, "CIV", "GHA", "XKX")


@pytest.fixture
def contact(office: Office, request_: ConsultationRequest) -> Client:
    return client_of(office.contact(request_.agency))


def review(request: ConsultationRequest, code: str, name: str = "consultation-review") -> str:
    return reverse(name, args=[request.pk, code])


def several(request: ConsultationRequest) -> str:
    return reverse("consultation-several", args=[request.pk])


# ---- next ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "here", "following"),
    [("", "GHA", "XKX"), ("", "XKX", "CIV"), ("XKX", "GHA", "CIV"), ("CIV", "XKX", "GHA"), ("GHA", "CIV", "XKX")],
)
def test_submitting_leads_to_the_next_candidate_that_waits(
    office: Office, request_: ConsultationRequest, contact: Client, answered: str, here: str, following: str
) -> None:
    if answered:
        office.answer(request_, answered)
    sent = send(contact, review(request_, here), act="submit", value="clear")
    assert sent.headers["Location"] == review(request_, following) + "#candidate"
    assert 'id="candidate" tabindex="-1"' in contact.get(review(request_, following)).content.decode()


def test_after_the_last_one_the_queue_follows(office: Office, request_: ConsultationRequest, contact: Client) -> None:
    for code in ("CIV", "XKX"):
        office.answer(request_, code)
    page = contact.get(review(request_, "GHA"))
    assert "Submit for DOL" in page_text(page)
    assert "2 of 3" in page_text(page)
    sent = send(contact, review(request_, "GHA"), act="submit", value="clear")
    assert sent.headers["Location"] == reverse("consultation")


def test_the_list_shows_what_is_to_do(office: Office, request_: ConsultationRequest, contact: Client) -> None:
    office.answer(request_, "CIV")
    office.rate(office.candidate(request_.round, "CIV"))
    text = page_text(contact.get(review(request_, "GHA")))
    assert "Clear; changed" in text
    assert text.count("To do") == 2
    shown = contact.get(review(request_, "GHA")).content.decode()
    assert re.findall(r'name="c" value="(\w+)"', shown) == ["GHA", "XKX"]


# ---- several ---------------------------------------------------------------------------------------------------------


def test_one_submission_answers_several(office: Office, request_: ConsultationRequest, contact: Client) -> None:
    contact.get(review(request_, "CIV"))
    page = contact.get(several(request_) + "?c=CIV&c=XKX")
    text = page_text(page)
    assert text.count("Not opened") == 2
    entries = {"candidates": ["CIV", "XKX"], "value": "no_equities", "text": "No program.", "only-XKX": "Tea."}
    sent = send(contact, several(request_), **entries)
    assert sent.headers["Location"] == review(request_, "GHA") + "#candidate"
    assert [(row.candidate.country.code, row.text, row.is_unopened) for row in Position.objects.order_by("pk")] == [
        ("CIV", "No program.", False), ("XKX", "No program.\n\nTea.", True)
    ]  # fmt: skip
    assert send(contact, several(request_) + "?c=GHA", candidates=["GHA"], value="clear").status_code == 302
    assert contact.get(several(request_)).status_code == 302, "nothing waits"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"candidates": [], "value": "clear"}, "Choose at least one candidate."),
        ({"candidates": ["GHA"], "value": ""}, "Choose a position."),
        ({"candidates": ["GHA", "CIV"], "value": "does_not_clear", "text": "No"}, "for one candidate at a time"),
        ({"candidates": ["GHA", "CIV"], "value": "clear_with_comments"}, "Enter the comments."),
        ({"candidates": ["GHA"], "value": "clear", "only-CIV": "Cocoa"}, "which is not chosen"),
        ({"candidates": ["FRA"], "value": "clear"}, "FRA"),
    ],
)
def test_a_refused_submission_keeps_what_was_typed(
    request_: ConsultationRequest, contact: Client, entries: dict[str, object], message: str
) -> None:
    refused = send(contact, several(request_), **{"only-GHA": "Typed", **entries, "candidates": entries["candidates"]})
    assert refused.status_code == 422
    assert message in page_text(refused)
    assert 'value="Typed"' in refused.content.decode()
    assert not Position.objects.exists()


def test_two_colleagues_at_once_lose_nothing(office: Office, request_: ConsultationRequest, contact: Client) -> None:
    fields = filled_fields(contact, several(request_), value="no_equities", **{"only-CIV": "Cocoa"})
    fields["candidates"] = ["CIV", "GHA"]
    office.answer(request_, "CIV", "clear_with_comments", "Faster")
    refused = contact.post(several(request_), fields)
    assert refused.status_code == 422
    text = page_text(refused)
    assert "Somebody submitted a position for your agency since you opened this page." in text
    assert "Clear with comments" in text
    assert 'value="Cocoa"' in refused.content.decode()
    assert Position.objects.count() == 1
    again = {name: refused.context["form"][name].value() for name in refused.context["form"].fields}
    again = {name: value for name, value in again.items() if value is not None}
    assert contact.post(several(request_), again).status_code == 302, "having read it, the second may replace it"
    assert {row.value for row in Position.objects.live()} == {"no_equities"}


def test_only_the_contact_answers_several(office: Office, request_: ConsultationRequest) -> None:
    member = client_of(office.member(request_.agency))
    page = member.get(several(request_))
    assert "Only the point of contact of DOL submits." in page_text(page)
    assert send(member, several(request_), candidates=["GHA"], value="clear").status_code == 403


def test_twelve_candidates_take_four_submissions(office: Office) -> None:
    scored = CountryScore.objects.order_by("country__code").values_list("country__code", flat=True).distinct()
    found = office.consulting(only=list(scored), title="Twelve")
    codes = list(found.candidates.in_pool().order_by("country__name").values_list("country__code", flat=True)[:12])
    assert len(codes) == 12
    today = timezone.now().date()
    labor = office.agency()
    request = office.ask(found, labor, *codes, due_on=today + dt.timedelta(9), today=today)
    contact = client_of(office.contact(labor))
    groups = [(codes[:8], "no_equities", ""), (codes[8:10], "clear", ""), (codes[10:11], "clear_with_edits", "Edit")]
    posts = 0
    for group, value, text in groups:
        assert send(contact, several(request), candidates=group, value=value, text=text).status_code == 302
        posts += 1
    last = send(contact, review(request, codes[11]), act="submit", value="does_not_clear", text="It overlaps.")
    assert (last.status_code, posts + 1) == (302, 4)
    assert Position.objects.live().filter(request=request).count() == 12


# ---- notes in place --------------------------------------------------------------------------------------------------


def note(request: ConsultationRequest, code: str = "GHA", row: str = "") -> str:
    return review(request, code, "consultation-note") + (f"?row={row}" if row else "")


def written(contact: Client, url: str, **values: str) -> dict[str, str]:
    form = contact.get(url).context["note_form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in data.items() if value is not None} | values


def test_a_note_is_written_in_its_row(request_: ConsultationRequest, contact: Client) -> None:
    plain = contact.get(review(request_, "GHA")).content.decode()
    rows = re.findall(r'data-row="(e-[^"]+)"', plain)
    key = rows[0]
    assert f'{note(request_, row=key)}#{key}"' in plain
    assert "data-compose" not in plain
    opened = contact.get(note(request_, row=key)).content.decode()
    row = opened[opened.index(f'data-row="{key}"') : opened.index(f'data-row="{rows[1]}"')]
    assert "data-compose" in row
    data = written(contact, note(request_, row=key), text="Show both figures.", kind="major")
    sent = contact.post(note(request_), data)
    assert sent.headers["Location"] == f"{review(request_, 'GHA')}#{key}"
    assert contact.post(note(request_), data).status_code == 302, "the same form again is carried out once"
    made = Note.objects.get()
    assert (made.reference, made.anchor, made.criterion) == ("DOL-1", "criterion", key.removeprefix("e-"))
    assert not Position.objects.exists(), "a note needs no position"
    shown = contact.get(review(request_, "GHA")).content.decode()
    row = shown[shown.index(f'data-row="{key}"') :]
    assert row.index('id="nDOL-1"') < row.index("</tbody>")


@pytest.mark.parametrize("values", [{"text": ""}, {"kind": ""}, {"kind": "critical", "rationale": ""}])
def test_a_refused_note_stays_in_its_row(
    request_: ConsultationRequest, contact: Client, values: dict[str, str]
) -> None:
    data = written(contact, note(request_, row="notes"), text="Typed text", kind="major") | values
    refused = contact.post(note(request_), data)
    assert refused.status_code == 422
    assert "Nothing was saved." in page_text(refused)
    assert not Note.objects.exists()
    if values.get("text") is None:
        assert "Typed text" in refused.content.decode()


def test_a_row_that_is_gone_keeps_the_text_and_offers_another(request_: ConsultationRequest, contact: Client) -> None:
    data = written(contact, note(request_, row="notes"), text="Typed text", kind="major", row="s-999-1")
    refused = contact.post(note(request_), data)
    assert refused.status_code == 422
    assert "Typed text" in refused.content.decode()
    form = refused.context["note_form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert contact.post(note(request_), again).status_code == 302
    assert Note.objects.get().anchor == "candidate"
    assert contact.get(note(request_, row="e-nothing")).status_code == 404


# ---- opened, withdrawn, guessed --------------------------------------------------------------------------------------


def test_reading_the_page_is_recorded_once_for_each_reader(
    office: Office, request_: ConsultationRequest, contact: Client
) -> None:
    for _ in range(2):
        contact.get(review(request_, "GHA"))
    client_of(office.member(request_.agency)).get(note(request_, "CIV", "notes"))
    contact.get(reverse("consultation"))
    contact.get(several(request_))
    opened = {(row.opened_by.username, row.evidence.candidate.country.code) for row in EvidenceOpening.objects.all()}
    assert opened == {("contact-dol", "GHA"), ("member-dol", "CIV")}
    sent = send(contact, review(request_, "GHA"), act="submit", value="clear")
    assert sent.status_code == 302
    assert not Position.objects.get().is_unopened


def test_a_position_is_withdrawn_with_a_reason(office: Office, request_: ConsultationRequest, contact: Client) -> None:
    office.answer(request_, "GHA")
    url = review(request_, "GHA", "consultation-withdraw")
    assert url in contact.get(review(request_, "GHA")).content.decode()
    assert send(contact, url, reason="").status_code == 422
    fields = filled_fields(contact, url, reason="Sent by mistake")
    assert contact.post(url, fields).status_code == 302
    text = page_text(contact.get(review(request_, "GHA")))
    assert "DOL owes an answer again" in text
    assert "Sent by mistake" in text
    office_page = reverse("round-request", args=[request_.round_id, request_.pk])
    assert "Sent by mistake" in page_text(client_of(office.analyst).get(office_page))
    assert contact.get(url).status_code == 302, "there is nothing to withdraw"


def test_a_colleague_who_answered_again_stops_a_withdrawal(
    office: Office, request_: ConsultationRequest, contact: Client
) -> None:
    office.answer(request_, "GHA")
    url = review(request_, "GHA", "consultation-withdraw")
    fields = filled_fields(contact, url, reason="Typed reason")
    office.answer(request_, "GHA", "no_equities")
    refused = contact.post(url, fields)
    assert refused.status_code == 422
    assert "Typed reason" in refused.content.decode()
    assert Position.objects.live().count() == 1


def test_a_member_sees_why_they_cannot_withdraw(office: Office, request_: ConsultationRequest) -> None:
    office.answer(request_, "GHA")
    member = client_of(office.member(request_.agency))
    url = review(request_, "GHA", "consultation-withdraw")
    assert url not in member.get(review(request_, "GHA")).content.decode()
    assert "Only the point of contact of DOL" in page_text(member.get(url))
    assert send(member, url, reason="Mistake").status_code == 403


def test_guessed_keys_of_other_agencies_answer_as_missing_ones(office: Office, request_: ConsultationRequest) -> None:
    office.answer(request_, "GHA")
    stranger = client_of(office.contact(office.agency("doj", "Department of Justice")))
    urls = [several(request_)]
    urls += [review(request_, "GHA", f"consultation-{name}") for name in ("review", "note", "withdraw", "confirm")]
    for url in urls:
        missing = url.replace(f"/{request_.pk}/", "/999999/")
        for method in ("get", "post"):
            answers = [getattr(stranger, method)(one).status_code for one in (url, missing)]
            assert answers[0] == answers[1] == (405 if (method, url) == ("get", urls[-1]) else 404)
