"""Strategies, measures, risks, and evaluations on pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from partnerships.limits import add_months
from partnerships.models import Partnership, SustainabilityStrategy
from tests.partnerships.sending import client_of, filled_fields, page_text, rejected_page, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)
BEFORE = (TODAY - timedelta(days=1)).isoformat()


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return stage.active("KEN", starts_on=START, ends_on=add_months(START, 48))


def test_measures_and_risks_have_an_owner_and_a_day_of_review(analyst: Client, running: Partnership) -> None:
    base = f"/partnerships/{running.pk}/outlook/"
    owner = running.participants.get(government="partner", is_lead=True)
    risk = {"text": "Staff leave", "mitigation": "Posts in the budget", "owner": owner.pk, "review_on": BEFORE}
    assert "from 1 to 5" in rejected_page(send(analyst, f"{base}risk/new/", **risk, likelihood="6", impact="4"))
    assert send(analyst, f"{base}risk/new/", **risk, likelihood="4", impact="4").status_code == 302
    html = analyst.get(base).content.decode()
    assert "High, 16 of 25" in html
    assert "Review overdue since" in html
    edit = f"{base}risk/{running.risks.get().pk}/edit/"
    assert "Explain why the risk is closed." in rejected_page(send(analyst, edit, state="closed"))
    assert send(analyst, edit, state="closed", closing_note="Posts are filled").status_code == 302
    measure = {"kind": "budget", "text": "A budget line", "owner": owner.pk, "review_on": BEFORE}
    assert send(analyst, f"{base}measure/new/", **measure).status_code == 302
    first = filled_fields(analyst, f"{base}measure/{running.sustainability_measures.get().pk}/edit/", text="Mine")
    send(analyst, f"{base}measure/{running.sustainability_measures.get().pk}/edit/", text="Theirs")
    overtaken = analyst.post(f"{base}measure/{running.sustainability_measures.get().pk}/edit/", first)
    assert "Someone else saved changes" in rejected_page(overtaken)
    strategy = {"institution": "The ministry", "approach": "With the provinces"}
    assert "by amendment" in rejected_page(send(analyst, f"{base}strategy/new/", **strategy))
    evaluation = {"kind": "midline", "title": "Midline", "planned_on": BEFORE, "state": "completed"}
    assert "needs a date" in rejected_page(send(analyst, f"{base}evaluation/new/", **evaluation))
    assert send(analyst, f"{base}evaluation/new/", **evaluation | {"state": "planned"}).status_code == 302
    assert "Midline" in analyst.get(f"/partnerships/{running.pk}/results/").content.decode()


def test_a_withdrawn_strategy_is_not_shown(analyst: Client, stage: Stage) -> None:
    draft = stage.draft("PER")
    base = f"/partnerships/{draft.pk}/outlook/"
    assert "No strategies recorded" in page_text(analyst.get(base))
    for institution, withdrawn in (("The ministry", False), ("The court", True)):
        row = {"partnership": draft, "institution": institution, "approach": "As ever", "withdrawn": withdrawn}
        SustainabilityStrategy.objects.create(**row)
    text = page_text(analyst.get(base))
    assert "The ministry As ever No date set." in text
    assert "The court" not in text


@pytest.mark.parametrize(
    ("kind", "heading", "back"),
    [
        ("strategy", "Add a sustainability strategy", "outlook"),
        ("measure", "Add a sustainability measure", "outlook"),
        ("risk", "Add a risk", "outlook"),
        ("evaluation", "Add an evaluation", "results"),
    ],
)
def test_each_kind_has_a_form_of_its_own(analyst: Client, stage: Stage, kind: str, heading: str, back: str) -> None:
    draft = stage.draft("PER")
    url = f"/partnerships/{draft.pk}/outlook/{kind}/new/"
    text = page_text(analyst.get(url))
    assert heading in text
    owner = draft.participants.get(government="partner").pk
    entries: dict[str, dict[str, Any]] = {
        "strategy": {"institution": "The ministry", "approach": "With the provinces"},
        "measure": {"kind": "law", "text": "A law", "owner": owner, "review_on": BEFORE},
        "risk": {"text": "Elections", "likelihood": "2", "impact": "2", "mitigation": "Talks", "owner": owner,
                 "review_on": BEFORE},
        "evaluation": {"kind": "midline", "title": "Midline", "planned_on": BEFORE},
    }  # fmt: skip
    made = send(analyst, url, **entries[kind])
    assert made["Location"] == f"/partnerships/{draft.pk}/{back}/"
    noun = heading.partition(" ")[2].partition(" ")[2]
    assert f"The {noun} is added." in page_text(analyst.get(made["Location"]))


def test_other_kinds_and_entries_of_others_are_not_found(analyst: Client, stage: Stage) -> None:
    draft, other = stage.draft("PER"), stage.draft("KEN")
    base = f"/partnerships/{draft.pk}/outlook/"
    assert analyst.get(f"{base}award/new/").status_code == 404
    foreign, own = (
        SustainabilityStrategy.objects.create(partnership=one, institution="A ministry", approach="As ever").pk
        for one in (other, draft)
    )
    assert analyst.get(f"{base}strategy/{foreign}/edit/").status_code == 404
    assert "Edit the sustainability strategy" in page_text(analyst.get(f"{base}strategy/{own}/edit/"))
    assert "Edit the strategy of A ministry" in page_text(analyst.get(base))


def test_what_the_page_offers_follows_the_reader_and_the_signature(
    analyst: Client, stage: Stage, running: Partnership
) -> None:
    viewer = client_of(make_account(Role.VIEWER))
    offers = {
        (who, one.pk): page_text(client.get(f"/partnerships/{one.pk}/outlook/"))
        for one in (running, stage.draft("PER"))
        for who, client in (("analyst", analyst), ("viewer", viewer))
    }
    texts = (
        "Add a measure",
        "Add a risk",
        "Add a strategy",
        "After signature, strategies change by",
        "Required by the",
    )
    assert [[text in page for text in texts] for page in offers.values()] == [
        [True, True, False, True, False],
        [False, False, False, False, True],
        [True, True, True, False, False],
        [False, False, False, False, True],
    ]
