"""Reopening leads back to the status before closing, on every route; a correction is closed on a lawful day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from cpc.lifecycle import StateMachine, Transition
from cpc.web import formats
from partnerships import states
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.models import AwardState, AwardStep, Correction, Determination, Partnership, StatusChange
from partnerships.status import services as status_services
from tests.api.test_partnerships import as_program, step
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.partnerships.sending import client_of, page_text, rejected_page, send
from tests.worlds.partnerships.build import END, START, Active, Stage

DAY = timedelta(days=1)
TODAY = timezone.now().date()
TERMINATED = date(2023, 5, 1)
CLOSED, REOPENED = END + 60 * DAY, END + 90 * DAY


def terminated(stage: Stage, partnership: Partnership) -> Partnership:
    """Terminate a partnership by determination."""
    status_services.determine(
        determination=Determination(
            partnership=partnership,
            kind="termination",
            grounds=["eligibility"],
            text="Determined",
            signatory="The Secretary",
            determined_on=TERMINATED,
        ),
        actor=stage.approver,
    )
    return Partnership.objects.get(pk=partnership.pk)


def over(active: Active, status: str) -> Partnership:
    """Bring the partnership to the end of its term, or terminate it before."""
    if status == "terminated":
        return terminated(active.stage, active.partnership)
    return active.stage.step(active.partnership, "complete", END)


# ---- partnerships --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["completed", "terminated"])
def test_a_reopened_partnership_is_again_what_it_was(active: Active, before: str) -> None:
    ended_on = over(active, before).ended_on
    closed = active.stage.step(active.partnership, "close", CLOSED)
    approver = active.stage.approver
    [offered] = as_program(approver).get(f"/api/v1/partnerships/{closed.pk}/transitions/").json()["steps"]
    assert (offered["name"], offered["target"]) == ("reopen", before)
    page = page_text(client_of(approver).get(f"/partnerships/{closed.pk}/step/reopen/"))
    assert f"The partnership becomes {before} again." in page

    wrong = ({"completed", "terminated"} - {before}).pop()
    forged = StatusChange(
        partnership=closed,
        transition="reopen",
        from_status="closed",
        to_status=wrong,
        effective_on=REOPENED,
        reason="Why",
        actor=approver,
    )
    assert db_error_code(partial(StatusChange.objects.bulk_create, [forged])) == "transition"
    answer = step(as_program(approver), closed, "reopen", on=str(REOPENED), reason="An audit")
    assert (answer.status_code, answer.json()["status"]) == (200, before)
    reopened = Partnership.objects.get(pk=closed.pk)
    assert (reopened.status, reopened.ended_on) == (before, ended_on)

    overview = page_text(client_of(approver).get(f"/partnerships/{closed.pk}/"))
    assert f"It was reopened on {formats.day(REOPENED)}" in overview
    text = page_text(client_of(approver).get(f"/partnerships/{closed.pk}/as-of/"))
    assert "Reopened, recorded by" in text
    assert text.count(f"{before.capitalize()}, recorded by") == 1
    active.stage.step(reopened, "close", REOPENED)
    assert active.stage.step(reopened, "reopen", REOPENED, reason="Another audit").status == before


def test_a_closed_partnership_shows_how_it_ended(active: Active) -> None:
    terminated(active.stage, active.partnership)
    active.stage.step(active.partnership, "close", CLOSED)
    html = client_of(active.stage.analyst).get(f"/partnerships/{active.partnership.pk}/").content.decode()
    road = html[html.index('aria-label="Lifecycle"') :].partition("</section>")[0]
    assert "Terminated" in road
    assert "Completed" not in road


def test_each_step_has_its_line_in_the_timeline() -> None:
    lines = {step.past for step in states.PARTNERSHIP.transitions}
    assert len(lines) == len(states.PARTNERSHIP.transitions)
    assert all(lines)


# ---- awards --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [AwardState.ENDED, AwardState.TERMINATED])
def test_a_reopened_award_is_again_what_it_was(active: Active, before: AwardState) -> None:
    stage, award = active.stage, active.stage.award(active.partnership)

    def change(to: AwardState) -> None:
        awards_services.change_award_state(award=award, state=to, actor=stage.analyst, on=END, reason="Why")

    change(before)
    for row in reports_services.plan_closeout(award=award, actor=stage.analyst):
        reports_services.record_closeout_step(step=row, actor=stage.analyst, done_on=END)
    change(AwardState.CLOSED)
    [wrong] = {AwardState.ENDED, AwardState.TERMINATED} - {before}
    award.refresh_from_db()
    assert awards_services.states_after(award) == {before}
    assert error_codes(partial(change, wrong)) == ["award_state"]
    forged = AwardStep(award=award, name="reopen", source="closed", target=wrong, reason="Why", on=END)
    assert db_error_code(partial(AwardStep.objects.bulk_create, [forged])) == "transition"
    change(before)
    award.refresh_from_db()
    assert (award.state, award.ended_on) == (before, END)


def test_a_step_that_takes_another_back_leads_where_that_one_began() -> None:
    back = Transition("back", "Back", {"c"}, "a", "p", back_to=frozenset({"b"}))
    assert back.targets == ("a", "b")
    assert [back.leads_to(before) for before in (None, "a", "b", "c")] == ["a", "a", "b", "a"]
    there = Transition("on", "On", {"a"}, "b", "p")
    done = Transition("done", "Done", {"a", "b"}, "c", "p")
    machine = StateMachine(("a", "b", "c"), (there, done, back))
    assert ("back", "c", "b") in machine.edges()
    assert machine.transition_between("c", "b") == back
    with pytest.raises(ValueError, match="unknown states: d"):
        StateMachine(("a", "b", "c"), (there, done, Transition("back", "Back", {"c"}, "a", "p", back_to={"d"})))


# ---- corrections ---------------------------------------------------------------------------------------------------


@pytest.fixture
def correction(active: Active) -> Correction:
    """Suspend the partnership ten days ago on one ground, and open its correction."""
    stage = active.stage
    suspension = status_services.determine(
        determination=Determination(
            partnership=active.partnership,
            kind="suspension",
            grounds=["eligibility"],
            text="Determined",
            signatory="The Secretary",
            determined_on=START + 10 * DAY,
        ),
        actor=stage.approver,
    )
    return status_services.open_correction(
        determination=suspension, ground="eligibility", description="To do", actor=stage.analyst
    )


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (START + 9 * DAY, "before_determination"),
        (START + 10 * DAY, ""),
        (TODAY, ""),
        (TODAY + DAY, "future_day"),
    ],
)
def test_a_correction_is_closed_from_its_determination_through_today(
    active: Active, correction: Correction, on: date, code: str
) -> None:
    approver = active.stage.approver
    close = partial(status_services.close_correction, correction=correction, evidence="A decree", actor=approver)
    rows = Correction.objects.filter(pk=correction.pk)
    if not code:
        assert close(on=on).closed_on == on
        return
    assert error_codes(partial(close, on=on)) == [code]
    values = {"closed_on": on, "evidence": "A decree", "closed_by": approver}
    assert db_error_code(partial(rows.update, **values)) == code
    url = f"/partnerships/{active.partnership.pk}/corrections/{correction.pk}/close/"
    rejected = rejected_page(send(client_of(approver), url, evidence="A decree", on=str(on)))
    assert ("before that date" if code == "before_determination" else "in the future") in rejected
    correction.refresh_from_db()
    assert correction.closed_on is None


def test_a_reinstatement_names_the_day_before_which_it_cannot_be_dated(active: Active, correction: Correction) -> None:
    approver = client_of(active.stage.approver)
    base = f"/partnerships/{active.partnership.pk}/"
    closed_on = START + 40 * DAY
    close = send(approver, f"{base}corrections/{correction.pk}/close/", evidence="A decree", on=str(closed_on))
    assert close.status_code == 302
    url = f"{base}determinations/new/reinstatement/"
    assert "Every ground is corrected, the last on Feb 10, 2021." in page_text(approver.get(url))
    fields = {"suspension": correction.determination_id, "text": "Corrected", "signatory": "The Secretary"}
    early = rejected_page(send(approver, url, **fields, determined_on=str(closed_on - DAY)))
    assert "closed on Feb 10, 2021, after Feb 9, 2021" in early
    assert "Date the reinstatement Feb 10, 2021 or later." in early
    assert send(approver, url, **fields, determined_on=str(closed_on)).status_code == 302
    assert Partnership.objects.get(pk=active.partnership.pk).status == "active"
