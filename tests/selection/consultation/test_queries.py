"""Reads of the consultation: order, filters, and who is left to ask."""

from __future__ import annotations

import datetime as dt

import pytest

from cpc.accounts.models import Agency, User
from selection.consultation import queries
from selection.consultation.services import requests as requests_services
from selection.models import SelectionRound
from tests.support.rounds import DUE, ON, Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]

DAY = dt.timedelta(days=1)


@pytest.fixture
def found(office: Office) -> SelectionRound:
    Agency.objects.update(statutory=False)
    return office.consulting()


def test_the_consultation_of_a_round_is_by_agency_and_country(office: Office, found: SelectionRound) -> None:
    labor = office.agency()
    energy, state = office.agency("doe", "Department of Energy"), office.agency("drl", "Bureau of Democracy")
    office.ask(found, labor, "XKX", "GHA")
    office.ask(found, energy, "GHA", role="info")
    office.draft(found, state, "CIV")
    page = queries.consultation_of(found, ON)
    assert [summary.request.agency.code for summary in page.sent] == ["doe", "dol"]
    assert [summary.request.agency.code for summary in page.drafts] == ["drl"]
    assert [candidate.country.code for candidate in page.candidates] == ["GHA", "XKX"]
    assert [(cell.request.agency.code, cell.candidate.country.code) for cell in page.cells] == [
        ("doe", "GHA"), ("dol", "GHA"), ("dol", "XKX")
    ]  # fmt: skip
    assert (page.dropped, page.not_asked, page.missing) == ((), (), ())
    [dropped] = found.requests.filter(agency=labor)
    requests_services.drop_request(request=dropped, reason="Not now", actor=office.analyst)
    page = queries.consultation_of(found, ON)
    assert ([row.agency.code for row in page.dropped], len(page.sent)) == (["dol"], 1)
    assert [cell.request.agency.code for cell in queries.on_candidate(office.candidate(found), ON)] == ["doe"]
    assert queries.on_candidate(office.candidate(found, "CIV"), ON) == []


def test_statutory_agencies_are_missing_until_asked_or_recorded(office: Office, found: SelectionRound) -> None:
    labor = office.agency(statutory=True)
    energy = office.agency("doe", "Department of Energy", statutory=True)
    office.ask(found, energy, role="info")
    page = queries.consultation_of(found, ON)
    assert [agency.code for agency in page.missing] == ["doe", "dol"]
    assert page.statutory == {labor.pk, energy.pk}
    assert {agency.code for agency in queries.to_leave_out(found)} == {"doe", "dol"}
    requests_services.record_not_applicable(
        selection_round=found, agency=labor, reason="No programs", actor=office.analyst
    )
    page = queries.consultation_of(found, ON)
    assert ([agency.code for agency in page.missing], len(page.not_asked)) == (["doe"], 1)
    assert [agency.code for agency in queries.to_leave_out(found)] == ["doe"]


def test_an_agency_is_left_to_ask_without_a_live_request(office: Office, found: SelectionRound) -> None:
    labor, energy = office.agency(), office.agency("doe", "Department of Energy")
    request = office.ask(found, labor, "GHA")
    closed = office.agency("old", "Old agency")
    Agency.objects.filter(pk=closed.pk).update(is_active=False)
    left = set(queries.agencies_to_ask(found).values_list("code", flat=True))
    assert "doe" in left
    assert not left & {"dol", "old"}
    assert sorted(row.country.code for row in queries.left_to_ask(request)) == ["CIV", "XKX"]
    requests_services.drop_request(request=request, reason="Not now", actor=office.analyst)
    assert queries.agencies_to_ask(found).filter(pk=labor.pk).exists()
    assert [user.username for user in queries.contacts_of(energy)] == ["contact-doe"]
    User.objects.filter(username="contact-doe").update(is_active=False)
    assert queries.contacts_of(energy) == []


def test_queue_lists_earliest_due_dates_and_stale_answers_first(office: Office, found: SelectionRound) -> None:
    labor = office.agency()
    request = office.ask(found, labor, "XKX", "GHA", "CIV")
    contact = office.contact(labor)

    def codes(cells: tuple[queries.PositionCell, ...]) -> list[str]:
        return [cell.candidate.country.code for cell in cells]

    queue = queries.queue_of(contact, ON)
    assert (codes(queue.waiting), queue.answered, queue.informed) == (["CIV", "GHA", "XKX"], (), ())
    office.answer(request, "GHA")
    office.answer(request, "XKX", "does_not_clear", "It overlaps.")
    shown = office.candidate(found, "XKX").evidence.get()
    newer = type(shown).objects.create(
        candidate=shown.candidate,
        number=2,
        as_of=shown.as_of,
        digest="0" * 64,
        cells=shown.cells,
        changes=[{"key": "cpi", "label": "CPI", "before": "40", "after": "44"}],
    )
    queue = queries.queue_of(contact, ON)
    assert (codes(queue.waiting), codes(queue.answered), queue.stale) == (["CIV"], ["XKX", "GHA"], 1)
    [changes] = queue.changes.values()
    assert [change.description for change in changes] == ["CPI changed from 40 to 44"]
    assert queries.newest_versions([found])[shown.candidate_id] == newer.pk
    assert [row.pk for row in queries.open_rounds_of(contact)] == [found.pk]
    other = office.agency("doe", "Department of Energy")
    assert queries.queue_of(office.contact(other), ON).is_empty
    assert queries.open_rounds_of(office.contact(other)) == []


def test_a_request_is_informed_waiting_or_late_by_its_due_date(office: Office, found: SelectionRound) -> None:
    office.ask(found, office.agency(), "GHA")
    [on_the_day] = queries.owed_in(found, DUE)
    [after] = queries.owed_in(found, DUE + DAY)
    assert (on_the_day.status, after.status) == ("waiting", "no_response")


def test_revisions_change_with_the_candidates_and_with_each_disposition(office: Office, found: SelectionRound) -> None:
    labor = office.agency()
    draft = office.draft(found, labor, "GHA")
    before = queries.revision_of(draft)
    requests_services.edit_request(
        request=draft,
        values={"role": "consult", "due_on": DUE, "questions": draft.questions},
        candidates=found.candidates.filter(country__code__in=("GHA", "CIV")),
        actor=office.analyst,
        today=ON,
    )
    draft.refresh_from_db()
    assert queries.revision_of(draft) != before
    assert queries.revision_of_position(None) == "0"


def test_the_history_of_positions_is_newest_first(office: Office, found: SelectionRound) -> None:
    request = office.ask(found, office.agency(), "GHA", "CIV")
    first = office.answer(request, value="does_not_clear", text="It overlaps.")
    office.answer(request, "CIV")
    second = office.answer(request)
    assert queries.history_of(request, office.candidate(found)) == [second, first]
    assert queries.revision_of_position(second) == str(second.pk)
    assert queries.find_position(office.analyst, found.pk, second.pk) == second
    assert queries.find_position(office.analyst, found.pk + 1, second.pk) is None
