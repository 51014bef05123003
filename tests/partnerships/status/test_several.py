"""Several steps, corrections, and their closing in one form."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partnerships.limits import add_months
from partnerships.models import Correction, Partnership, StatusChange
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -24)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def drafted(stage: Stage) -> Partnership:
    return stage.draft("KEN", starts_on=START, ends_on=add_months(START, 36))


def _steps(partnership: Partnership) -> list[tuple[str, date]]:
    rows = StatusChange.objects.filter(partnership=partnership).order_by("pk")
    return list(rows.values_list("to_status", "effective_on"))


def test_three_steps_in_one_form_each_on_its_day(analyst: Client, drafted: Partnership) -> None:
    url = f"/partnerships/{drafted.pk}/steps/"
    days = [START - timedelta(days=days) for days in (90, 60, 30)]
    names = ("invite", "open_negotiations", "submit_for_clearance")
    sent = filled_fields(analyst, url, **{f"{name}-on": day.isoformat() for name, day in zip(names, days, strict=True)})
    for _ in range(2):
        assert analyst.post(url, sent).status_code == 302
    assert _steps(drafted) == list(zip(("invited", "negotiating", "in_clearance"), days, strict=True))
    assert set(StatusChange.objects.values_list("actor__role", flat=True)) == {"analyst"}
    assert "You can take no step" in analyst.get(url, follow=True).content.decode(), "the signature is another person's"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({}, "Enter the date of at least one step."),
        ({"open_negotiations": START}, "Enter the date of this step, too."),
        ({"invite": START, "open_negotiations": START - timedelta(days=1)}, "before"),
        ({"invite": TOMORROW}, "future"),
    ],
    ids=["none", "a gap", "out of order", "tomorrow"],
)
def test_no_step_is_recorded_unless_all_can_be(
    analyst: Client, drafted: Partnership, days: dict[str, date], expected: str
) -> None:
    given = {f"{name}-on": day.isoformat() for name, day in days.items()}
    html = rejected_page(send(analyst, f"/partnerships/{drafted.pk}/steps/", **given))
    assert expected in html
    assert _steps(drafted) == []


def test_two_steps_on_one_day_and_a_reason_without_a_day(analyst: Client, drafted: Partnership) -> None:
    url, day = f"/partnerships/{drafted.pk}/steps/", TODAY.isoformat()
    reason = {"open_negotiations-reason": "They asked"}
    assert "Enter the date of this step" in rejected_page(send(analyst, url, **{"invite-on": day}, **reason))
    assert send(analyst, url, **{"invite-on": day, "open_negotiations-on": day}, **reason).status_code == 302
    assert _steps(drafted) == [("invited", TODAY), ("negotiating", TODAY)]


def test_the_second_of_two_people_gets_an_error_and_keeps_the_text(stage: Stage, drafted: Partnership) -> None:
    url = f"/partnerships/{drafted.pk}/steps/"
    first, second = client_of(stage.analyst), client_of(stage.approver)
    sent = [filled_fields(person, url, **{"invite-on": TODAY.isoformat()}) for person in (first, second)]
    sent[1]["invite-reason"] = "By letter"
    assert first.post(url, sent[0]).status_code == 302
    html = rejected_page(second.post(url, sent[1]))
    assert "By letter" in html
    assert _steps(drafted) == [("invited", TODAY)]


def test_an_approver_completes_and_closes_in_one_form(stage: Stage) -> None:
    ended = stage.active("KEN", starts_on=START, ends_on=TODAY - timedelta(days=1))
    url, approver = f"/partnerships/{ended.pk}/steps/", client_of(stage.approver)
    days = {"complete-on": TODAY.isoformat(), "close-on": TODAY.isoformat()}
    assert send(approver, url, **days).status_code == 302
    ended.refresh_from_db()
    assert ended.status == "closed"


def test_corrections_are_opened_and_closed_together(stage: Stage, analyst: Client) -> None:
    running, approver = stage.active("KEN", starts_on=START, ends_on=add_months(START, 36)), client_of(stage.approver)
    base = f"/partnerships/{running.pk}/determinations/"
    grounds = ["eligibility", "responsibilities"]
    on = (TODAY - timedelta(days=30)).isoformat()
    send(
        approver, f"{base}new/suspension/", text="Determined", signatory="The Secretary", grounds=grounds,
        determined_on=on,
    )  # fmt: skip
    suspension = running.determinations.get()
    opening = f"{base}{suspension.pk}/corrections/"
    assert "at least one corrective action" in rejected_page(send(analyst, opening))
    assert (
        send(analyst, opening, **{f"{ground}-description": f"Corrects {ground}" for ground in grounds}).status_code
        == 302
    )
    one, two = suspension.corrections.order_by("pk")
    closing = f"{base}{suspension.pk}/corrections/close/"
    assert analyst.get(closing).status_code == 403
    late = {f"correction{one.pk}-evidence": "A decree", f"correction{one.pk}-on": on}
    wrong = {f"correction{two.pk}-evidence": "A law", f"correction{two.pk}-on": TOMORROW.isoformat()}
    html = rejected_page(send(approver, closing, **late, **wrong))
    assert "future" in html
    assert not Correction.objects.filter(closed_on__isnull=False).exists(), "all are closed, or none"
    sent = filled_fields(approver, closing, **late, **wrong | {f"correction{two.pk}-on": on})
    for _ in range(2):
        assert approver.post(closing, sent).status_code == 302
    assert Correction.objects.filter(closed_on__isnull=False).count() == 2


def test_one_correction_may_stay_open(stage: Stage) -> None:
    running, approver = stage.active("KEN", starts_on=START, ends_on=add_months(START, 36)), client_of(stage.approver)
    base, on = f"/partnerships/{running.pk}/determinations/", (TODAY - timedelta(days=30)).isoformat()
    grounds = ["eligibility", "responsibilities"]
    send(
        approver, f"{base}new/suspension/", text="Determined", signatory="The Secretary", grounds=grounds,
        determined_on=on,
    )  # fmt: skip
    suspension = running.determinations.get()
    opening = f"{base}{suspension.pk}/corrections/"
    send(client_of(stage.analyst), opening, **{"eligibility-description": "A law"})
    assert [row.ground for row in suspension.corrections.all()] == ["eligibility"]


def test_a_correction_that_another_person_closed_keeps_the_text_of_the_second(stage: Stage) -> None:
    running, approver = stage.active("KEN", starts_on=START, ends_on=add_months(START, 36)), client_of(stage.approver)
    base, on = f"/partnerships/{running.pk}/determinations/", (TODAY - timedelta(days=30)).isoformat()
    send(
        approver, f"{base}new/suspension/", text="Determined", signatory="The Secretary", grounds=["eligibility"],
        determined_on=on,
    )  # fmt: skip
    suspension = running.determinations.get()
    send(client_of(stage.analyst), f"{base}{suspension.pk}/corrections/", **{"eligibility-description": "A law"})
    closing, pk = f"{base}{suspension.pk}/corrections/close/", suspension.corrections.get().pk
    sent = [
        filled_fields(approver, closing, **{f"correction{pk}-evidence": text, f"correction{pk}-on": on})
        for text in ("What the first types", "What the second types")
    ]
    assert approver.post(closing, sent[0]).status_code == 302
    assert "What the second types" in rejected_page(approver.post(closing, sent[1]))
    assert suspension.corrections.get().evidence == "What the first types"


def test_the_overview_offers_several_steps_where_more_than_one_is_ahead(analyst: Client, drafted: Partnership) -> None:
    overview, url = f"/partnerships/{drafted.pk}/", f"/partnerships/{drafted.pk}/steps/"
    assert url in analyst.get(overview).content.decode()
    send(analyst, url, **{"invite-on": TODAY.isoformat(), "open_negotiations-on": TODAY.isoformat()})
    assert url not in analyst.get(overview).content.decode(), "one step is left before the signature"
