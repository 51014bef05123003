"""Consultation pages: access of reviewers, forms that keep all entries, and query counts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.web.tables import paginate
from selection.consultation.queries import revision_of
from selection.consultation.services import positions as positions_services
from selection.consultation.services import requests as requests_services
from selection.evidence import services as evidence_services
from selection.models import (
    Candidate,
    ConsultationRequest,
    Position,
    PositionDraft,
    RequestCandidate,
    SelectionRound,
)
from tests.partnerships.sending import send as post_form
from tests.support.accounts import make_account
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
IVORY = "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire"


@pytest.fixture
def labor(office: Office) -> Agency:
    return office.agency()


@pytest.fixture
def request_(office: Office, labor: Agency) -> ConsultationRequest:
    today = timezone.now().date()
    return office.ask(office.consulting(), labor, "GHA", "CIV", due_on=today + dt.timedelta(9), today=today)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: object, status: int = 200, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == status, (name, response.status_code)
    return response.content.decode() if status != 302 else ""


def test_a_reviewer_reaches_nothing_of_another_agency(office: Office, request_: ConsultationRequest) -> None:
    justice = office.agency("doj", "Department of Justice")
    position = office.answer(request_, value="does_not_clear", text="A secret of Labor")
    mine = office.ask(
        request_.round, justice, "GHA", due_on=request_.due_on or dt.date.max, today=timezone.now().date()
    )
    member = signed_in(office.member(request_.agency))
    positions_services.save_draft(
        request=request_,
        candidate=office.candidate(request_.round, "CIV"),
        value="clear",
        text="A draft of Labor",
        proposed_due_on=None,
        evidence=office.candidate(request_.round, "CIV").evidence.get().pk,
        actor=office.member(request_.agency),
        expected_revision="0",
    )
    stranger = signed_in(office.contact(justice))
    draft = PositionDraft.objects.get()
    seen = page(stranger, "consultation") + page(stranger, "consultation-review", mine.pk, "GHA")
    assert [text for text in ("A secret", "A draft", "DOL", IVORY) if text in seen] == []
    for name, args in (
        ("consultation-review", (request_.pk, "GHA")),
        ("consultation-review", (request_.pk, "CIV")),
        ("consultation-review", (mine.pk, "CIV")),
        ("round-requests", (request_.round_id,)),
        ("round-request", (request_.round_id, request_.pk)),
        ("position-disposition", (request_.round_id, position.pk)),
    ):
        page(stranger, name, *args, status=404)
    page(stranger, "consultation-review", mine.pk, "GHA", status=404, query=f"?draft={draft.pk}")
    page(stranger, "round-requests", request_.round_id, status=404, query="?format=csv")
    for name in ("consultation-review", "consultation-confirm"):
        assert stranger.post(reverse(name, args=[request_.pk, "GHA"]), {}).status_code == 404
    assert "A draft of Labor" in page(member, "consultation-review", request_.pk, "CIV")
    office_client = signed_in(office.analyst)
    shown = page(office_client, "round-request", request_.round_id, request_.pk)
    assert "A secret of Labor" in shown
    assert "A draft of Labor" not in shown


@pytest.mark.world("scoring")
def test_the_office_has_no_queue_and_a_draft_is_not_seen_by_the_agency(office: Office, labor: Agency) -> None:
    found = office.scored()
    draft = office.draft(found, labor, due_on=timezone.now().date() + dt.timedelta(9), today=timezone.now().date())
    reviewer = signed_in(office.contact(labor))
    page(reviewer, "consultation-review", draft.pk, "GHA", status=404)
    assert "No requests for your agency yet" in page(reviewer, "consultation")
    assert "tip-office@cpc.example" in page(reviewer, "consultation")
    page(signed_in(office.analyst), "consultation", status=404)


def _hidden(text: str, name: str) -> str:
    start = text.index(f'name="{name}"')
    tag = text[start : text.index(">", start)]
    return tag.partition('value="')[2].partition('"')[0] if 'value="' in tag else ""


def _filled(shown: str, act: str, **values: str) -> dict[str, str]:
    form = shown[shown.index('id="position"') :]
    hidden = {
        name: _hidden(form, name) for name in ("evidence", "revision", "draft_revision", "draft", "idempotency_key")
    }
    return {**hidden, "act": act, **values}


def test_queue_links_to_the_page_for_the_answer(office: Office, request_: ConsultationRequest) -> None:
    client = signed_in(office.contact(request_.agency))
    queue = page(client, "consultation")
    content = queue.partition("<main")[2].partition("</main>")[0]
    assert content.count('class="usa-button"') == 1, "one filled button, in the first row"
    assert "Two candidates are waiting for DOL" in queue
    url = reverse("consultation-review", args=[request_.pk, "GHA"])
    shown = page(client, "consultation-review", request_.pk, "GHA")
    assert "Sheet!C" in shown, "the place in the publisher's file"
    refused = client.post(url, _filled(shown, "submit", value="does_not_clear", text=""))
    assert refused.status_code == 422
    assert "Enter the reason. It is printed in the memo." in refused.content.decode()
    data = _filled(shown, "submit", value="does_not_clear", text="A third partner overlaps.")
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302, "the same form again is carried out once"
    assert Position.objects.get().text == "A third partner overlaps."
    assert "One candidate is waiting for DOL" in page(client, "consultation")
    page(client, "consultation-review", request_.pk, "gha", status=302)


def test_a_member_drafts_and_the_contact_takes_it_over(office: Office, request_: ConsultationRequest) -> None:
    member, contact = (signed_in(user(request_.agency)) for user in (office.member, office.contact))
    url = reverse("consultation-review", args=[request_.pk, "GHA"])
    shown = page(member, "consultation-review", request_.pk, "GHA")
    assert "Submit for" not in shown
    assert member.post(url, _filled(shown, "submit", value="clear")).status_code == 403
    assert (
        member.post(url, _filled(shown, "draft", value="clear_with_comments", text="Lead with 20.1%.")).status_code
        == 302
    )
    again = member.post(
        url, _filled(shown, "draft", value="clear", text="From the other window", idempotency_key=uuid.uuid4().hex)
    )
    assert again.status_code == 422
    assert all(text in again.content.decode() for text in ("From the other window", "Lead with 20.1%."))
    assert "Lead with 20.1%." in page(contact, "consultation-review", request_.pk, "GHA")
    taken = page(contact, "consultation-review", request_.pk, "GHA", query=f"?draft={PositionDraft.objects.get().pk}")
    data = _filled(taken, "submit", value="clear_with_comments", text="Lead with 20.1%.")
    assert contact.post(url, data).status_code == 302
    made = Position.objects.get()
    assert (made.given_by.username, made.drafted_by and made.drafted_by.username) == ("contact-dol", "member-dol")


def test_newer_publication_is_shown_before_position_is_submitted_or_confirmed(
    office: Office, request_: ConsultationRequest, tmp_path: Path
) -> None:
    client = signed_in(office.contact(request_.agency))
    url = reverse("consultation-review", args=[request_.pk, "GHA"])
    office.answer(request_, value="clear_with_comments", text="Lead with 20.1%.")
    opened = page(client, "consultation-review", request_.pk, "GHA")
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2026", "44", error="2.5")], edition="2026", name="l")
    late = client.post(url, _filled(opened, "submit", value="clear", text="", idempotency_key=uuid.uuid4().hex))
    assert late.status_code == 422
    assert "The evidence changed since you opened this page." in late.content.decode()
    assert "<ins>44 (2026, 2026)</ins>" in late.content.decode()
    assert "Evidence changed" in page(client, "consultation")
    text = page(client, "consultation-review", request_.pk, "GHA")
    form = text[text.index("/confirm/") :]
    data = {name: _hidden(form, name) for name in ("evidence", "position", "idempotency_key")}
    confirm = reverse("consultation-confirm", args=[request_.pk, "GHA"])
    assert client.post(confirm, data).status_code == 302
    assert "Evidence changed" not in page(client, "consultation")
    assert [row.value for row in Position.objects.order_by("pk")] == ["clear_with_comments"] * 2
    stale = client.post(confirm, {**data, "idempotency_key": uuid.uuid4().hex})
    assert stale.status_code == 422
    assert "Another position was submitted" in stale.content.decode()


def test_a_changed_rating_shows_its_old_and_new_value(office: Office, request_: ConsultationRequest) -> None:
    office.answer(request_)
    office.rate(office.candidate(request_.round), step=3)
    shown = page(signed_in(office.contact(request_.agency)), "consultation-review", request_.pk, "GHA")
    assert "<del>not rated</del>" in shown
    assert "<ins>rated 3 of 4</ins>" in shown
    assert "rated 3 of 4" in page(signed_in(office.analyst), "round-request", request_.round_id, request_.pk)


def test_the_office_asks_previews_sends_and_drops(office: Office, labor: Agency) -> None:
    found, client = office.consulting(), signed_in(office.analyst)
    due = timezone.now().date() + dt.timedelta(9)
    new = reverse("round-request-new", args=[found.pk])
    data = {
        "agency": str(labor.pk),
        "role": "consult",
        "due_on": due.isoformat(),
        "questions": "One?\nTwo?",
        "candidates": [str(office.candidate(found).pk)],
        "idempotency_key": uuid.uuid4().hex,
    }
    past = client.post(new, {**data, "due_on": "2020-01-01"})
    assert past.status_code == 422
    assert "has passed" in past.content.decode()
    assert client.post(new, data).status_code == 302
    request = ConsultationRequest.objects.get()
    shown = page(client, "round-request", found.pk, request.pk)
    assert "Ghana: your position is due by" in shown
    assert "contact-dol" not in page(signed_in(office.contact(labor)), "consultation")
    edit = reverse("round-request-edit", args=[found.pk, request.pk])
    changed = {**data, "questions": "Three?", "revision": revision_of(request), "idempotency_key": uuid.uuid4().hex}
    assert client.post(edit, changed).status_code == 302
    second = signed_in(office.second).post(edit, {**changed, "questions": "Four?", "idempotency_key": uuid.uuid4().hex})
    assert second.status_code == 422
    assert all(text in second.content.decode() for text in ("Three?", "Four?"))
    send = reverse("round-request-send", args=[found.pk, request.pk])
    assert post_form(client, send).status_code == 302
    request.refresh_from_db()
    assert (request.is_sent, request.questions) == (True, "Three?")
    page(client, "round-request-edit", found.pk, request.pk, status=302)
    drop = reverse("round-request-drop", args=[found.pk, request.pk])
    assert client.post(drop, {"idempotency_key": uuid.uuid4().hex, "reason": ""}).status_code == 422
    assert post_form(client, drop, reason="By mistake").status_code == 302
    assert "By mistake" in page(signed_in(office.contact(labor)), "consultation")


def test_positions_are_downloaded_as_shown_with_formulas_made_harmless(
    office: Office, request_: ConsultationRequest
) -> None:
    office.answer(request_, value="does_not_clear", text="=cmd|' /C calc'!A0")
    client = signed_in(office.approver)
    response = client.get(reverse("round-requests", args=[request_.round_id]) + "?format=csv")
    rows = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # the response is streamed
    assert "Does not clear" in rows
    assert "'=cmd|" in rows
    assert "Waiting" in rows
    bad = client.get(reverse("round-requests", args=[request_.round_id]) + "?format=pdf")
    assert bad.status_code == 400


def test_script_in_an_answer_is_shown_as_text(office: Office, request_: ConsultationRequest) -> None:
    office.answer(request_, value="does_not_clear", text="<script>alert(1)</script>")
    for client, name, args in (
        (signed_in(office.analyst), "round-request", (request_.round_id, request_.pk)),
        (signed_in(office.contact(request_.agency)), "consultation-review", (request_.pk, "GHA")),
    ):
        shown = page(client, name, *args)
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert" in shown


def test_home_of_a_reviewer_lists_each_candidate_that_waits(office: Office, request_: ConsultationRequest) -> None:
    home = page(signed_in(office.contact(request_.agency)), "home")
    assert home.index(">Home</a>") < home.index(">Consultation</a>") < home.index(">Countries</a>")
    assert "Two items wait for DOL" in home
    assert "Answer the office on Ghana" in home
    assert ">Consultation</a>" not in page(signed_in(make_account(Role.VIEWER)), "home").partition("</nav>")[0]


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_queue_and_cells_take_the_same_number_of_queries_at_any_size(
    office: Office,
    request_: ConsultationRequest,
    run_pages: Callable[[Office, SelectionRound], list[tuple[Client, str]]],
) -> None:
    office.answer(request_)
    pages = run_pages(office, request_.round)
    few = [_queries(client, url) for client, url in pages]
    names = (("doj", "Department of Justice"), ("hhs", "Health and Human Services"), ("dhs", "Homeland Security"))
    more = Candidate.objects.filter(round=request_.round, excluded_because="not_added")[:20]
    Candidate.objects.filter(pk__in=[row.pk for row in more]).update(excluded_because="", reason="")
    evidence_services.refresh_evidence(selection_round=request_.round)
    pool = list(request_.round.candidates.in_pool())
    held = set(request_.candidates.values_list("candidate", flat=True))
    RequestCandidate.objects.bulk_create(
        RequestCandidate(request=request_, candidate=row) for row in pool if row.pk not in held
    )
    today = timezone.now().date()
    codes = [row.country.code for row in request_.round.candidates.in_pool().select_related("country")]
    for code, name in names:
        made = office.ask(
            request_.round, office.agency(code, name), *codes, due_on=today + dt.timedelta(9), today=today
        )
        office.answer(made, "GHA", "does_not_clear", "Because")
    assert [_queries(client, url) for client, url in pages] == few


@pytest.fixture
def run_pages() -> Callable[[Office, SelectionRound], list[tuple[Client, str]]]:
    """Return a function that gives the pages whose queries are counted, each with its reader's client."""

    def pages(office: Office, found: SelectionRound) -> list[tuple[Client, str]]:
        reviewer, analyst = signed_in(office.contact(office.agency())), signed_in(office.analyst)
        return [
            (reviewer, reverse("consultation")),
            (analyst, reverse("round-requests", args=[found.pk])),
            (analyst, reverse("round-request", args=[found.pk, found.requests.get(agency__code="dol").pk])),
        ]

    return pages


def test_a_long_queue_comes_in_pages(
    office: Office, request_: ConsultationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("selection.consultation.views.positions.paginate", partial(paginate, size=1))
    client = signed_in(office.contact(request_.agency))
    first, second = (page(client, "consultation", query=f"?page={number}") for number in (1, 2))
    assert "Two candidates are waiting for DOL" in second
    assert (IVORY in first, "Ghana</a>" in first) == (True, False)
    assert (IVORY in second, "Ghana</a>" in second) == (False, True)
    assert "1 to 1 of 2 candidates" in first
    page(client, "consultation", query="?page=3", status=404)
    page(client, "consultation", query="?answered=2", status=404)


def test_candidates_are_added_only_while_some_are_left(office: Office, request_: ConsultationRequest) -> None:
    client = signed_in(office.analyst)
    there = (request_.round_id, request_.pk)
    adding = reverse("round-request-candidates", args=there)
    assert adding in page(client, "round-request", *there)
    left = [row for row in request_.round.candidates.in_pool() if row.country.code not in ("GHA", "CIV")]
    assert left
    requests_services.add_candidates(request=request_, candidates=left, actor=office.analyst)
    assert adding not in page(client, "round-request", *there)
    answer = client.get(adding, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("round-request", args=there)
    assert "is already asked about every candidate in the round" in answer.content.decode()


def test_dropped_request_no_longer_asks_for_an_answer(office: Office, request_: ConsultationRequest) -> None:
    requests_services.drop_request(request=request_, reason="It has no part in it.", actor=office.analyst)
    text = page(signed_in(office.analyst), "round-request", request_.round_id, request_.pk)
    assert text.count("No longer asked") == 2
    assert "For information" not in text
