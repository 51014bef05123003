"""The inbox of a round: position and reason in the line, like answers on one line, only for those who may read them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.notifications.lines import InboxSection, sections_of
from cpc.notifications.models import Notification
from tests.partnerships.sending import client_of, page_text
from tests.support.rounds import Office

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
