"""Pages that create, edit, and advance a partnership: errors name the limit and a remedy; no double writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.models import Country
from partnerships.models import Partnership, StatusChange
from tests.partnerships.sending import client_of, filled_fields, filled_fields_of, page_text, rejected_page, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, Stage

TODAY = timezone.now().date()


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return client_of(stage.approver)


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN")


def sent(client: Client, draft: Partnership, **values: Any) -> dict[str, Any]:
    """Return the values that the edit form shows, replaced by `values` where given."""
    return filled_fields(client, f"/partnerships/{draft.pk}/edit/", **values)


def test_a_record_is_opened_from_a_stated_reason_once(analyst: Client) -> None:
    country = Country.objects.get(code="KEN")
    values = {"country": country.pk, "title": "Partnership with Kenya", "origin_reason": "Prevalence and commitment"}
    data = filled_fields(analyst, "/partnerships/new/", **values)
    first = analyst.post("/partnerships/new/", data)
    made = Partnership.objects.get()
    assert first["Location"] == f"/partnerships/{made.pk}/"
    assert (made.status, made.origin_reason) == ("selected", "Prevalence and commitment")
    again = analyst.post("/partnerships/new/", data)
    assert again["Location"] == f"/partnerships/{made.pk}/"
    assert Partnership.objects.count() == 1


def test_the_united_states_is_no_choice(analyst: Client) -> None:
    codes = {row.code for row in analyst.get("/partnerships/new/").context["form"].fields["country"].queryset}
    assert "KEN" in codes
    assert "USA" not in codes


def test_a_reason_with_an_invisible_character_is_rejected_at_its_field(analyst: Client, draft: Partnership) -> None:
    dates = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=365)}
    rejected = analyst.post(
        f"/partnerships/{draft.pk}/edit/", sent(analyst, draft, overlap_reason="Two\u202eprograms", **dates)
    )
    assert rejected.status_code == 422
    assert set(rejected.context["form"].errors) == {"overlap_reason"}


@pytest.mark.django_db(transaction=True)
def test_a_double_click_opens_one_record(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    clients = [client_of(owner) for owner in [Stage().analyst] * 8]
    values = {"country": Country.objects.get(code="KEN").pk, "title": "T", "origin_reason": "R"}
    data = filled_fields(clients[0], "/partnerships/new/", **values)

    def post(client: Client) -> str:
        try:
            return str(client.post("/partnerships/new/", data)["Location"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as pool:
        found = set(pool.map(post, clients))
    assert found == {f"/partnerships/{Partnership.objects.get().pk}/"}


def test_without_a_reason_nothing_is_opened(analyst: Client) -> None:
    country = Country.objects.get(code="KEN")
    response = send(analyst, "/partnerships/new/", country=country.pk, title="T", origin_reason=" ")
    assert response.status_code == 422
    assert "Nothing was saved." in response.content.decode()
    assert not Partnership.objects.exists()


def test_last_day_past_five_years_is_rejected_with_the_latest_lawful_day(analyst: Client, draft: Partnership) -> None:
    lawful = sent(analyst, draft, starts_on="2024-02-29", ends_on="2029-02-28")
    assert analyst.post(f"/partnerships/{draft.pk}/edit/", lawful).status_code == 302
    past = sent(analyst, draft, ends_on="2029-03-01")
    response = analyst.post(f"/partnerships/{draft.pk}/edit/", past)
    html = response.content.decode()
    assert response.status_code == 422
    assert "The term can last up to 60 months. From Feb 29, 2024, it can end on Feb 28, 2029 at the latest" in html
    assert "Mar 1, 2029 is 1 day later." in html
    assert 'aria-describedby="id_ends_on-error"' in html
    draft.refresh_from_db()
    assert str(draft.ends_on) == "2029-02-28"


def test_an_edit_that_somebody_overtook_saves_nothing_and_keeps_the_draft(
    analyst: Client, approver: Client, draft: Partnership
) -> None:
    mine, theirs = sent(analyst, draft, title="Mine"), sent(approver, draft, title="Theirs")
    assert approver.post(f"/partnerships/{draft.pk}/edit/", theirs).status_code == 302
    response = analyst.post(f"/partnerships/{draft.pk}/edit/", mine)
    html = rejected_page(response)
    assert "Someone else saved changes while you were editing" in html
    assert "Saved value" in html
    assert 'value="Mine"' in html
    draft.refresh_from_db()
    assert draft.title == "Theirs"
    again = filled_fields_of(response.context["form"])
    assert analyst.post(f"/partnerships/{draft.pk}/edit/", again).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Mine"


def test_what_others_add_to_the_record_is_no_conflict(analyst: Client, draft: Partnership, stage: Stage) -> None:
    mine = sent(analyst, draft, focus_regions="Nairobi\nKisumu", forms=["online"])
    stage.program(draft, "1.00")
    assert analyst.post(f"/partnerships/{draft.pk}/edit/", mine).status_code == 302
    draft.refresh_from_db()
    assert (draft.focus_regions, draft.forms) == (["Nairobi", "Kisumu"], ["online"])


def test_once_signed_report_and_publication_are_recorded_and_nothing_else(analyst: Client, stage: Stage) -> None:
    signed = stage.active("KEN")
    url = f"/partnerships/{signed.pk}/edit/"
    dates = {"reported_to_congress_on": "2021-02-01", "published_on": "2021-04-01"}
    assert send(analyst, url, ends_on="2030-01-01", **dates).status_code == 302
    signed.refresh_from_db()
    assert (str(signed.reported_to_congress_on), str(signed.published_on)) == ("2021-02-01", "2021-04-01")
    assert (signed.legal_review, signed.ends_on) == ("non_binding", END)
    text = page_text(analyst.get(f"/partnerships/{signed.pk}/terms/"))
    assert "To Congress Reported Feb 1, 2021" in text
    assert "Published Apr 1, 2021" in text


def test_second_click_takes_no_second_step(analyst: Client, draft: Partnership) -> None:
    url = f"/partnerships/{draft.pk}/step/invite/"
    data = {"on": TODAY.isoformat(), "reason": "", "source": "selected", "idempotency_key": new_key()}
    assert analyst.get(url).status_code == 200
    assert analyst.post(url, data).status_code == 302
    again = analyst.post(url, data, follow=True)
    assert "The partnership is already invited. Nothing changed." in again.content.decode()
    assert StatusChange.objects.filter(partnership=draft).count() == 1


def test_a_step_back_asks_why(analyst: Client, draft: Partnership, stage: Stage) -> None:
    stage.step(draft, "invite", TODAY)
    url = f"/partnerships/{draft.pk}/step/withdraw_invitation/"
    data = {"on": TODAY.isoformat(), "reason": "", "source": "invited", "idempotency_key": new_key()}
    assert analyst.post(url, data).status_code == 422
    assert analyst.post(url, data | {"reason": "Elections"}).status_code == 302
    assert StatusChange.objects.filter(partnership=draft).latest("pk").reason == "Elections"


def test_signature_lists_missing_elements_before_and_after_the_attempt(
    approver: Client, draft: Partnership, stage: Stage
) -> None:
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(draft, name, TODAY)
    url = f"/partnerships/{draft.pk}/step/sign/"
    message = "No restriction was reviewed for this country"
    assert message in approver.get(url).content.decode()
    response = approver.post(
        url, {"on": TODAY.isoformat(), "reason": "", "source": "in_clearance", "idempotency_key": new_key()}
    )
    assert response.status_code == 422
    assert message in response.content.decode()
    draft.refresh_from_db()
    assert draft.signed_on is None


def test_a_day_to_come_is_refused(analyst: Client, draft: Partnership) -> None:
    data = {
        "on": (TODAY + timedelta(days=1)).isoformat(),
        "reason": "",
        "source": "selected",
        "idempotency_key": new_key(),
    }
    response = analyst.post(f"/partnerships/{draft.pk}/step/invite/", data)
    assert response.status_code == 422
    assert not StatusChange.objects.exists()


def test_signed_terms_and_records_of_the_past_are_not_edited(documented: None, analyst: Client, stage: Stage) -> None:
    signed = stage.active("KEN")
    response = analyst.get(f"/partnerships/{signed.pk}/edit/")
    assert "To change its terms, draft an amendment." in response.content.decode()
    assert "ends_on" not in response.context["form"].fields
    past = Partnership.objects.get(country__code="PER")
    for path in ("edit/", "step/complete/"):
        assert analyst.get(f"/partnerships/{past.pk}/{path}").status_code == 404


@pytest.mark.parametrize("name", ["suspend", "terminate", "reinstate", "marry"])
def test_steps_by_statute_and_unknown_ones_have_no_form(analyst: Client, draft: Partnership, name: str) -> None:
    assert analyst.get(f"/partnerships/{draft.pk}/step/{name}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "opens", "cancels"), [(Role.VIEWER, 403, 403), (Role.REVIEWER, 404, 404), (Role.ADMINISTRATOR, 403, 403)]
)
def test_who_may_only_look_writes_nothing(draft: Partnership, role: Role, opens: int, cancels: int) -> None:
    client = client_of(make_account(role))
    assert client.post("/partnerships/new/", {}).status_code == opens
    assert client.post(f"/partnerships/{draft.pk}/edit/", {}).status_code == opens
    assert client.post(f"/partnerships/{draft.pk}/step/cancel/", {}).status_code == cancels


def test_only_who_may_approve_is_offered_a_cancellation(analyst: Client, approver: Client, draft: Partnership) -> None:
    link = f"/partnerships/{draft.pk}/step/cancel/"
    assert link not in analyst.get(f"/partnerships/{draft.pk}/").content.decode()
    assert link in approver.get(f"/partnerships/{draft.pk}/").content.decode()
    assert analyst.get(link).status_code == 403
