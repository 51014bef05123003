"""The next step of a partnership: what it needs, on which day it opens, and who takes it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.authors import record_authors
from cpc.findings import Finding
from cpc.web import formats
from partnerships.limits import add_months
from partnerships.models import Partnership
from partnerships.portfolio.next_step import LABELS, NEXT, ONLY_WARN, StepNeeds, next_steps, reports_to_settle
from partnerships.portfolio.overview import overview
from partnerships.states import PARTNERSHIP
from partnerships.status.preconditions import PARTNERSHIP_CHECKS
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, Stage

TODAY = timezone.now().date()
DAY = timedelta(days=1)


def steps_of(partnership: Partnership, today: date = TODAY) -> list[StepNeeds]:
    partnership.refresh_from_db()
    return next_steps(overview(partnership, today), today)


def next_panel(partnership: Partnership, user: User) -> str:
    """Return the markup of the panel of the next step."""
    html = client_of(user).get(f"/partnerships/{partnership.pk}/").content.decode()
    return html.partition('id="next"')[2].partition("</section>")[0]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_every_check_that_can_block_a_step_has_a_label() -> None:
    checks = {check for checks in PARTNERSHIP_CHECKS.values() for check in checks}
    assert checks - ONLY_WARN <= LABELS.keys()


def test_each_status_but_the_last_ones_has_a_step_that_starts_there() -> None:
    assert set(PARTNERSHIP.states) - set(NEXT) == {"closed", "canceled"}
    for status, name in NEXT.items():
        assert status in PARTNERSHIP.transition(name).sources


# ---- days ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "opens", "ready"), [(-1, True, False), (0, False, True), (1, False, True)])
def test_completion_opens_on_the_last_day(stage: Stage, days: int, *, opens: bool, ready: bool) -> None:
    running = stage.active("KEN", starts_on=add_months(TODAY, -12), ends_on=add_months(TODAY, 36))
    last = add_months(TODAY, 36)
    step, after = steps_of(running, last + days * DAY)
    assert (step.transition.name, after.transition.name) == ("complete", "close")
    assert (step.opens_on, step.is_ready) == (last if opens else None, ready)
    assert (step.met, len(step.needs)) == (int(ready), 1)
    assert len(step.expected) == 3


@pytest.mark.parametrize(("days", "ready"), [(-1, False), (0, True), (1, True)])
def test_start_opens_on_the_first_day(stage: Stage, days: int, *, ready: bool) -> None:
    first = add_months(TODAY, 2)
    signed = stage.draft("KEN", starts_on=first, ends_on=add_months(first, 48))
    stage.program(signed, "1000.00")
    signed = stage.sign(signed, TODAY)
    (step,) = steps_of(signed, first + days * DAY)
    assert (step.transition.name, step.is_ready) == ("start", ready)
    assert step.opens_on == (None if ready else first)
    assert step.needs[0].value.startswith(f"{first:%b} {first.day}, {first.year}, ")


# ---- who -----------------------------------------------------------------------------------------------------------


def test_a_step_has_a_button_only_when_all_is_there_and_for_who_may_take_it(stage: Stage) -> None:
    draft = stage.draft("KEN", is_confirmed=False)
    assert f"/partnerships/{draft.pk}/step/invite/" not in next_panel(draft, stage.analyst)
    assert "0 of 1 met" in words(next_panel(draft, stage.analyst))
    confirmed = stage.draft("NGA")
    assert f'class="usa-button" href="/partnerships/{confirmed.pk}/step/invite/"' in next_panel(
        confirmed, stage.analyst
    )
    viewer = next_panel(confirmed, make_account(Role.VIEWER))
    assert "<a class" not in viewer
    assert "/step/" not in viewer
    assert "All is there. The office takes this step." in words(viewer)


def test_before_signature_the_page_leads_with_what_signature_needs(stage: Stage) -> None:
    draft = stage.draft("KEN")
    invite, sign = steps_of(draft)
    assert (invite.transition.name, sign.transition.name) == ("invite", "sign")
    elements = next(need for need in sign.needs if "seven elements" in need.label)
    assert (elements.value, elements.is_met, elements.has_begun) == ("1 of 7", False, True)
    text = words(next_panel(draft, stage.analyst))
    assert "What signature needs" in text
    stage.complete(draft)
    elements = next(need for need in steps_of(draft)[1].needs if "seven elements" in need.label)
    assert (elements.value, elements.is_met) == ("7 of 7", True)


def test_the_author_of_a_partnership_is_not_offered_its_signature(stage: Stage) -> None:
    ready = stage.draft("KEN", starts_on=TODAY, ends_on=add_months(TODAY, 48))
    stage.restrictions(ready)
    stage.complete(ready)
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(ready, name, TODAY)
    (step,) = steps_of(ready)
    assert (step.transition.name, [need.label for need in step.needs if not need.is_met]) == ("sign", [])
    assert f'class="usa-button" href="/partnerships/{ready.pk}/step/sign/"' in next_panel(ready, stage.approver)
    assert "An approver takes this step." in words(next_panel(ready, stage.analyst))
    wrote = make_account(Role.APPROVER, username="second-approver")
    record_authors(wrote, "changed", ready)
    panel = next_panel(ready, wrote)
    assert "/step/sign/" not in panel
    assert "Another person takes this step." in words(panel)


def test_ways_out_name_the_determination_and_the_latest_lawful_end(stage: Stage) -> None:
    running = stage.active("KEN", starts_on=add_months(TODAY, -12), ends_on=add_months(TODAY, 36))
    lawful = add_months(TODAY, 48)
    approver, viewer = next_panel(running, stage.approver), next_panel(running, make_account(Role.VIEWER))
    assert f"/partnerships/{running.pk}/determinations/new/suspension/" in approver
    assert f"/partnerships/{running.pk}/determinations/new/termination/" in approver
    assert f"Latest lawful end: {lawful:%b} {lawful.day}, {lawful.year}" in words(viewer)
    assert "<a " not in viewer.partition("Ending sooner?")[2]


# ---- over ----------------------------------------------------------------------------------------------------------


def test_a_closed_or_canceled_partnership_has_its_days_and_no_next_step(stage: Stage) -> None:
    canceled = stage.step(stage.draft("NGA"), "cancel", TODAY, reason="Elections")
    assert steps_of(canceled) == []
    text = words(client_of(stage.analyst).get(f"/partnerships/{canceled.pk}/").content.decode())
    assert f"Canceled on {TODAY:%b} {TODAY.day}, {TODAY.year}" in text
    assert "It was canceled before signature, from “selected”. It has no next step" in text
    assert "Reason: Elections" in text
    assert "Next step" not in text
    closed = stage.step(stage.step(stage.active("KEN"), "complete", on=END), "close", on=END)
    assert steps_of(closed) == []
    text = words(client_of(stage.analyst).get(f"/partnerships/{closed.pk}/").content.decode())
    assert "It is closed: there is no next step." in text
    assert "The term ran from" in text
    assert "Next step" not in text


@pytest.mark.parametrize(("later", "shown"), [(0, 2), (1, 3), (2, 3), (21, 3)])
def test_reports_that_are_due_later_are_one_count(later: int, shown: int) -> None:
    today = date(2026, 11, 29)
    report = Finding.error("report_open", "It has not been received.")
    open_reports = [(today - timedelta(days=1), report), (today, report)]
    open_reports += [(today + timedelta(days=number + 1), report) for number in range(later)]
    found = reports_to_settle(open_reports, today)
    assert len(found) == shown
    last = formats.day(today + timedelta(days=later))
    assert (found[-1].message.startswith(f"{later} reports are due later, the last on {last}.")) is (later > 1)
