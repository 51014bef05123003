"""The panel of what an agency answered in open rounds, beside the queue of its accounts."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from selection.consultation.registrations import SHOWN
from selection.evidence import services as evidence_services
from selection.models import SelectionRound
from tests.partnerships.sending import client_of, page_text
from tests.support.rounds import DUE, POOL, Office
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.world("consultation")


def panel(client: Client) -> str:
    """Return the text of the panel on home; empty if it is not shown."""
    found = re.search(r'<section[^>]*aria-labelledby="h-answered".*?</section>', client.get("/").content.decode(), re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[0])).replace(" :", ":").split()) if found else ""


def test_it_counts_what_is_answered_of_what_was_asked(office: Office) -> None:
    labor = office.agency()
    client = client_of(office.contact(labor))
    assert panel(client) == ""
    found = office.consulting()
    asked = office.ask(found, labor, *POOL)
    assert panel(client).startswith("Answered 0 of 3 Nothing is answered yet.")
    for number, (code, value) in enumerate(zip(POOL, ("clear", "no_equities", "does_not_clear"), strict=True), 1):
        office.answer(asked, code, value=value, text="It overlaps.")
        text = panel(client)
        assert text.startswith(f"Answered {number} of 3 ")
        country = office.candidate(found, code).country.name
        labels = {"clear": "clear", "no_equities": "no equities", "does_not_clear": "does not clear"}
        assert f"{country}: {labels[value]}" in text
    assert "Nothing is answered yet." not in text
    assert "All answers" not in text
    assert panel(client_of(office.member(labor))) == text
    assert panel(client_of(office.analyst)) == ""


def test_an_answer_of_another_agency_a_wish_for_time_and_a_copy_do_not_count(office: Office) -> None:
    found, labor = office.consulting(), office.agency()
    asked = office.ask(found, labor, *POOL[:2])
    other = office.ask(found, office.agency("doj", "Department of Justice"), *POOL)
    office.answer(other, POOL[0])
    office.answer(asked, POOL[0], value="extension", text="Until then.", day=DUE.replace(day=30))
    client = client_of(office.contact(labor))
    assert panel(client).startswith("Answered 0 of 2 ")
    informed = office.agency("ed", "Department of Education")
    office.ask(found, informed, role="info")
    assert panel(client_of(office.contact(informed))) == ""
    assert panel(client_of(office.contact(other.agency))).startswith("Answered 1 of 3 ")


def test_an_answer_before_newer_evidence_is_marked(office: Office) -> None:
    found, labor = office.consulting(), office.agency()
    asked = office.ask(found, labor, *POOL[:2])
    office.answer(asked, POOL[0])
    client = client_of(office.contact(labor))
    assert "the evidence changed since" not in panel(client)
    office.rate(office.candidate(found, POOL[0]))
    evidence_services.refresh_evidence(selection_round=SelectionRound.objects.get(pk=found.pk))
    assert "the evidence changed since" in panel(client)


def test_it_shows_the_newest_and_links_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selection.consultation.registrations.SHOWN", 2)
    assert SHOWN > 2
    found, labor = office.consulting(), office.agency()
    asked = office.ask(found, labor, *POOL)
    client = client_of(office.contact(labor))
    for code in POOL[:2]:
        office.answer(asked, code)
    assert "The newest" not in panel(client)
    office.answer(asked, POOL[2])
    names = [office.candidate(found, code).country.name for code in POOL]
    text = panel(client)
    assert (names[0] in text, names[1] in text, names[2] in text) == (False, True, True)
    assert text.startswith("Answered 3 of 3 ")
    assert text.endswith("The newest 2 All answers")
    assert "Nothing is answered yet" not in page_text(client.get("/"))


def test_a_round_that_is_closed_leaves_the_panel(office: Office) -> None:
    found, labor = office.consulting(), office.agency()
    office.answer(office.ask(found, labor, *POOL), POOL[0])
    client = client_of(office.contact(labor))
    for state, text in (("deliberation", "Answered 1 of 3 "), ("decided", ""), ("archived", "")):
        with unguarded():
            SelectionRound.objects.filter(pk=found.pk).update(state=state)
        assert panel(client)[: len("Answered 1 of 3 ")] == text
