"""The inbox of a round: position and reason in the line, like answers on one line, only for those who may read them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.notifications.lines import InboxSection, Tally, sections_of
from cpc.notifications.models import Notification
from tests.partnerships.sending import client_of, page_text
from tests.support.rounds import DUE, POOL, Office

pytestmark = pytest.mark.world("consultation")


def sections(user: User) -> list[InboxSection]:
    return sections_of(Notification.objects.filter(recipient=user).order_by("-pk"), user)


def texts(user: User) -> list[tuple[str, str, str]]:
    return [
        (who, line.text, line.reason) for one in sections(user) for who, lines in one.lines.items() for line in lines
    ]


def test_the_line_has_the_position_and_its_reason(office: Office) -> None:
    labor = office.agency()
    request = office.ask(office.consulting(), labor)
    office.answer(request, value="does_not_clear", text="A project works in the same districts.")
    short = labor.short
    assert (short, f"{short} does not clear Ghana", "A project works in the same districts.") in texts(office.analyst)
    assert "does not clear Ghana" in page_text(client_of(office.analyst).get("/inbox/"))
    Notification.objects.filter(recipient=office.analyst).update(read_at="2026-11-29T00:00Z")
    assert f"{short} does not clear Ghana" in page_text(client_of(office.analyst).get("/inbox/?show=rounds"))


def test_a_person_who_lost_the_role_reads_no_position(office: Office) -> None:
    request = office.ask(office.consulting(), office.agency())
    office.answer(request, value="does_not_clear", text="Secret reason")
    former = User.objects.get(pk=office.analyst.pk)
    former.role = Role.REVIEWER
    assert not any("clear" in text or "Secret" in reason for _, text, reason in texts(former))


def test_like_answers_of_one_agency_are_one_line_and_take_no_more_queries(office: Office) -> None:
    found = office.consulting()
    codes = [row.country.code for row in found.candidates.in_pool().select_related("country")[:3]]
    labor = office.agency()
    request = office.ask(found, labor, *codes)
    counts = []
    for code in codes:
        office.answer(request, code)
        with CaptureQueriesContext(connection) as queries:
            sections(office.analyst)
        counts.append(len(queries))
    assert len(set(counts)) == 1
    cleared = [text for who, text, _ in texts(office.analyst) if who == labor.short and " clears " in text]
    assert len(cleared) == 1
    assert cleared[0].count(",") + cleared[0].count(" and ") == len(codes) - 1


DAY = f"Consultation, day 1 of {(DUE - timezone.now().date()).days + 1}"
"""Stage of a consultation whose requests are sent today."""


def tallies(user: User) -> tuple[Tally | None, dict[str, Tally | None]]:
    """Return what the section of the round counts, and each agency in it."""
    [found] = [one for one in sections(user) if one.tally is not None or any(one.tallies.values())]
    return found.tally, {who: tally for who, tally, _ in found.groups if who}


def test_headings_say_how_many_have_answered(office: Office) -> None:
    found, labor = office.consulting(), office.agency()
    justice = office.agency("doj", "Department of Justice")
    asked = {agency: office.ask(found, agency, *POOL) for agency in (labor, justice)}
    office.ask(found, office.agency("ed", "Department of Education"), role="info")
    office.answer(asked[labor], POOL[0])
    office.answer(asked[justice], POOL[0], value="extension", text="Until then.", day=DUE.replace(day=30))
    assert tallies(office.analyst) == (Tally(1, 6, DAY), {labor.short: Tally(1, 3), justice.short: Tally(0, 3)})
    for code in POOL[1:]:
        office.answer(asked[labor], code)
    office.answer(asked[labor], POOL[0], value="no_equities")  # in place of the first answer
    assert tallies(office.analyst) == (Tally(3, 6, DAY), {labor.short: Tally(3, 3), justice.short: Tally(0, 3)})
    text = page_text(client_of(office.analyst).get("/inbox/"))
    assert f"{DAY}; 3 of 6 answered" in text
    assert f"{labor.short} 3 of 3 answered" in text
    assert f"{justice.short} 0 of 3 answered" in text


def test_an_agency_reads_its_own_count_alone(office: Office) -> None:
    found, labor = office.consulting(), office.agency()
    other = office.ask(found, office.agency("doj", "Department of Justice"), *POOL)
    asked = office.ask(found, labor, *POOL[:2])
    office.answer(other, POOL[0])
    contact = office.contact(labor)
    assert tallies(contact) == (Tally(0, 2, DAY), {labor.short: Tally(0, 2)})
    office.answer(asked, POOL[0])
    assert tallies(contact) == (Tally(1, 2, DAY), {labor.short: Tally(1, 2)})
    assert "1 of 2 answered" in page_text(client_of(contact).get("/inbox/"))


def test_a_heading_without_requests_counts_nothing(office: Office) -> None:
    assert all(one.tally is None and not any(one.tallies.values()) for one in sections(office.analyst))
    assert " answered" not in page_text(client_of(office.analyst).get("/inbox/"))
