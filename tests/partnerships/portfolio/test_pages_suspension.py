"""A suspended partnership on its page: why, and ground by ground what leads to its reinstatement."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.web import formats
from partnerships.limits import add_months
from partnerships.models import Correction, Determination, DeterminationKind, Ground, Partnership
from partnerships.status import services
from tests.partnerships.error_codes import error_codes
from tests.partnerships.sending import client_of, page_text
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
FIRST = add_months(TODAY, -36)
LAST = add_months(FIRST, 60)
SUSPENDED_ON = TODAY - timedelta(days=60)
HEADING = "Why it is suspended, and what leads to reinstatement"
ELIGIBILITY = "Pattern of actions inconsistent with the criteria of eligibility"
DUTIES = "Responsibilities under the compact not met"


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return stage.active("KEN", starts_on=FIRST, ends_on=LAST)


@pytest.fixture
def suspended(stage: Stage, running: Partnership) -> Partnership:
    return suspend(stage, running, SUSPENDED_ON)


def suspend(stage: Stage, partnership: Partnership, on: date) -> Partnership:
    services.determine(
        determination=Determination(
            partnership=partnership,
            kind=DeterminationKind.SUSPENSION,
            grounds=[Ground.ELIGIBILITY, Ground.RESPONSIBILITIES],
            text="The register was not kept",
            signatory="The Secretary",
            determined_on=on,
        ),
        actor=stage.approver,
    )
    partnership.refresh_from_db()
    return partnership


def correct(stage: Stage, ground: Ground, on: date | None = None) -> Correction:
    """Open a correction of a ground, and close it on a day, if one is given."""
    suspension = Determination.objects.get(kind=DeterminationKind.SUSPENSION)
    row = services.open_correction(
        determination=suspension, ground=ground, description=f"Keep it for {ground}", actor=stage.analyst
    )
    if on is None:
        return row
    return services.close_correction(correction=row, evidence="A decree", on=on, actor=stage.approver)


def reinstate(stage: Stage, partnership: Partnership, on: date) -> None:
    services.determine(
        determination=Determination(
            partnership=partnership,
            kind=DeterminationKind.REINSTATEMENT,
            suspension=Determination.objects.get(kind=DeterminationKind.SUSPENSION),
            text="Corrected",
            signatory="The Secretary",
            determined_on=on,
        ),
        actor=stage.approver,
    )


def panel(user: User, partnership: Partnership) -> str:
    """Return the panel of the suspension as text, "" without one."""
    text = unescape(page_text(client_of(user).get(f"/partnerships/{partnership.pk}/")))
    return text.partition(HEADING)[2].partition("On this page")[0]


def links(user: User, partnership: Partnership) -> list[str]:
    """Return the forms to which the panel leads, by the end of their URL."""
    html = client_of(user).get(f"/partnerships/{partnership.pk}/").content.decode()
    forms = ("corrections/new/", "/close/", "determinations/new/reinstatement/")
    return [form for form in forms if form in html]


def test_a_partnership_in_force_has_no_panel(stage: Stage, running: Partnership) -> None:
    assert panel(stage.approver, running) == ""


def test_with_no_correction_each_ground_is_missing(stage: Stage, suspended: Partnership) -> None:
    text = panel(stage.analyst, suspended)
    assert "The register was not kept" in text
    assert f"Determined on {formats.day(SUSPENDED_ON)}. Signed: The Secretary." in text
    for label in (ELIGIBILITY, DUTIES):
        assert f"{label} No correction recorded" in text
        assert f"No closed correction of this ground: {label}." in text
    after = f"not before {formats.day(SUSPENDED_ON)}, the day of the suspension."
    assert f"The day on which the last open ground is corrected, and {after}" in text
    assert f"The term keeps running and ends on {formats.day(LAST)}." in text
    assert links(stage.analyst, suspended) == ["corrections/new/"]


def test_with_one_ground_corrected_the_other_is_missing(stage: Stage, suspended: Partnership) -> None:
    day = SUSPENDED_ON + timedelta(days=10)
    correct(stage, Ground.ELIGIBILITY, day)
    correct(stage, Ground.RESPONSIBILITIES)
    text = panel(stage.approver, suspended)
    assert f"{ELIGIBILITY} Corrected {formats.day(day)}" in text
    assert f"{DUTIES} Correction open" in text
    assert f"No closed correction of this ground: {ELIGIBILITY}." not in text
    assert f"No closed correction of this ground: {DUTIES}." in text
    assert f"and not before {formats.day(day)}, when a ground was corrected." in text
    assert links(stage.approver, suspended) == ["/close/"]
    assert links(stage.analyst, suspended) == [], "every correction is open, and an analyst closes none"


def test_with_all_corrected_the_page_names_the_day_that_the_service_allows(
    stage: Stage, suspended: Partnership
) -> None:
    day = SUSPENDED_ON + timedelta(days=20)
    correct(stage, Ground.RESPONSIBILITIES, day)
    correct(stage, Ground.ELIGIBILITY, SUSPENDED_ON)
    text = panel(stage.approver, suspended)
    assert "Only the reinstatement itself: each ground has a closed correction." in text
    assert f"{formats.day(day)}, when the last ground was corrected." in text
    assert links(stage.approver, suspended) == ["determinations/new/reinstatement/"]
    assert links(stage.analyst, suspended) == []
    early = error_codes(lambda: reinstate(stage, suspended, day - timedelta(days=1)))
    assert early == ["ground_open"]
    reinstate(stage, suspended, day)
    suspended.refresh_from_db()
    assert panel(stage.approver, suspended) == ""


def test_a_viewer_reads_all_of_it_and_is_offered_nothing(stage: Stage, suspended: Partnership) -> None:
    viewer = make_account(Role.VIEWER)
    assert f"{DUTIES} No correction recorded" in panel(viewer, suspended)
    assert links(viewer, suspended) == []
    correct(stage, Ground.RESPONSIBILITIES)
    assert links(viewer, suspended) == []
    correct(stage, Ground.ELIGIBILITY, TODAY)
    services.close_correction(
        correction=Correction.objects.get(closed_on__isnull=True), evidence="Yes", on=TODAY, actor=stage.approver
    )
    assert "Only the reinstatement itself" in panel(viewer, suspended)
    assert links(viewer, suspended) == []


@pytest.mark.parametrize(("late", "is_possible"), [(0, True), (1, False)])
def test_reinstatement_is_not_offered_once_no_day_allows_it(stage: Stage, late: int, is_possible: bool) -> None:
    last = TODAY - timedelta(days=30)
    partnership = stage.active("KEN", starts_on=add_months(last, -48), ends_on=last)
    suspend(stage, partnership, last - timedelta(days=30))
    correct(stage, Ground.ELIGIBILITY, last - timedelta(days=5))
    text = panel(stage.approver, partnership)
    assert f"The term ended on {formats.day(last)}. A reinstatement can't be dated after that" in text
    day = last + timedelta(days=late)
    correct(stage, Ground.RESPONSIBILITIES, day)
    text = panel(stage.approver, partnership)
    assert ("A reinstatement is no longer possible; record the completion." in text) is not is_possible
    assert ("determinations/new/reinstatement/" in links(stage.approver, partnership)) is is_possible
    if is_possible:
        reinstate(stage, partnership, day)
    else:
        assert "Earliest day of a reinstatement None" in text
        assert error_codes(lambda: reinstate(stage, partnership, day)) == ["term_over"]


def test_more_corrections_take_no_more_queries(stage: Stage, suspended: Partnership) -> None:
    client = client_of(make_account(Role.VIEWER))  # whose page reads no queue
    correct(stage, Ground.ELIGIBILITY, TODAY)
    client.get(f"/partnerships/{suspended.pk}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/partnerships/{suspended.pk}/")
    correct(stage, Ground.RESPONSIBILITIES, TODAY)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/partnerships/{suspended.pk}/")
    assert len(many) == len(few)
