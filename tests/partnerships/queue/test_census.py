"""No one's queue misses an item that SQL over all open states finds, and none has one too many."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.findings import errors
from cpc.site.queue_rows import Branches
from cpc.web import formats
from partnerships.lookups.clearance import clearance_of
from partnerships.models import Amendment
from partnerships.queue import agency, registrations
from partnerships.queue.registrations import Reader
from tests.partnerships.queue import census
from tests.partnerships.queue.open_states import TODAY, Forge
from tests.partnerships.queue.reading import items, keys, sent_keys
from tests.support.accounts import make_account
from tests.worlds.partnerships import life
from tests.worlds.partnerships.build import Stage


def everyone(stage: Stage) -> list[User]:
    others = (Role.VIEWER, Role.ADMINISTRATOR, Role.API_CLIENT)
    extra = User.objects.filter(username="second")
    return [
        stage.analyst,
        stage.approver,
        *extra,
        make_account(Role.ANALYST, username="colleague"),
        *map(make_account, others),
        *reviewers(),
    ]


def reviewers() -> list[User]:
    """Return an account of each agency, open or closed; that of the first one is its point of contact."""
    made = [make_account(Role.REVIEWER, username=f"of-{one.code}", agency=one) for one in Agency.objects.order_by("pk")]
    User.objects.filter(pk__in=[user.pk for user in made[:1]]).update(is_contact=True)
    return made


def differences(people: list[User], today: date) -> list[tuple[str, set[str], set[str]]]:
    """Return for each account what its queue misses and what it has too many."""
    found = []
    for user in people:
        for index, shown, expected in (
            ("queue", keys(user, today), census.open_for(user, today)),
            ("sent", sent_keys(user, today), census.sent_by(user, today)),
        ):
            if shown != expected:
                found.append((f"{index} of {user}", expected - shown, shown - expected))
    return found


def test_each_open_state_waits_for_whoever_may_do_it(stage: Stage) -> None:
    Forge(stage)
    people = everyone(stage)
    assert differences(people, TODAY) == []
    reached = {key.partition(":")[0] for user in people for key in keys(user, TODAY)}
    known = {*census.OFFICE, *census.MONEY, *census.CLOSING, *census.DECIDED, *census.AGENCY} - {"partnership-open"}
    assert reached == known
    assert {key.partition(":")[0] for user in people for key in sent_keys(user, TODAY)} == {
        *census.DECIDED,
        *census.SENT,
    }


def test_the_queue_of_one_partnership_has_its_own_rows_alone(stage: Stage) -> None:
    Forge(stage)
    for user in (stage.analyst, stage.approver):
        whole = items(user, TODAY)
        found = {item.partnership for item in whole if item.partnership is not None}
        assert len(found) > 10
        for key in sorted(found)[::5]:
            own = {item.key for item in whole if item.partnership == key}
            assert {item.key for item in items(user, TODAY, partnership=key)} == own


@pytest.mark.parametrize("days", [-1000, -300, -7, 0, 60, 300, 1000])
def test_a_partnership_in_its_third_year_on_any_day(stage: Stage, days: int) -> None:
    life.live(stage)
    assert differences(everyone(stage), timezone.now().date() + timedelta(days=days)) == []


def test_the_census_notices_a_source_that_is_missing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [stage.analyst, stage.approver, Forge(stage).second]
    whole = registrations.branches_of
    for left_out in ("amendment-decide", "silence-decide", "amendment-clear", "report-log", "dialogue-due"):

        def without(reader: Reader, key: str = left_out) -> Branches:
            return Branches(branch for branch in whole(reader).branches if branch.key != key)

        monkeypatch.setattr(registrations, "branches_of", without)
        missed = [key for _, lost, _ in differences(people, TODAY) for key in lost]
        assert {key.partition(":")[0] for key in missed} == {left_out}


def test_the_census_notices_a_request_that_is_missing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    Forge(stage)
    monkeypatch.setattr(agency, "_branches", lambda: Branches([]))
    missed = [key for _, lost, _ in differences(reviewers(), TODAY) for key in lost]
    assert {key.partition(":")[0] for key in missed} == set(census.AGENCY)


def test_a_text_in_clearance_shows_how_many_points_stop_it_and_since_when(stage: Stage) -> None:
    forge = Forge(stage)
    shown = [
        (item, Amendment.objects.get(pk=item.key.partition(":")[2]))
        for item in items(forge.second, TODAY) + items(stage.analyst, TODAY)
        if item.key.startswith("amendment-clear:")
    ]
    several = 0
    for item, amendment in shown:
        stops = len(errors(clearance_of(amendment.partnership, amendment).findings(TODAY)))
        several += stops > 1
        assert item.why.startswith(f"{formats.spell_out(stops)} points stop the signing. ") is (stops > 1), item
        first = amendment.text_versions.earliest("number")
        assert item.since == first.dated
    assert shown
    assert several
